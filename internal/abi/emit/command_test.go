package main

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// asCommand makes the test binary the command itself.
const asCommand = "KERN_EMIT_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// emit runs the command and returns what it printed and its status.
func emit(t *testing.T, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), errOut.String(), cmd.ProcessState.ExitCode()
}

// module returns a copy of all that the generators work from and make.
func module(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"internal/abi/facts", "internal/uapi", "netlink/nl", "unix"} {
		copyFiles(t, dir, d, "")
	}
	copyFiles(t, dir, "internal/abi/emit", ".txt")
	return dir
}

func copyFiles(t *testing.T, dir, folder, suffix string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		to := filepath.Join(dir, rel)
		return errors.Join(os.MkdirAll(filepath.Dir(to), 0o777), os.WriteFile(to, b, 0o666))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// tree returns all files below a folder.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		out[path] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestBrokenInputChangesNothing breaks what each generator works from: the command says where and what, exits with
// status 1 and leaves every file as it was, whether that generator is run alone or, tried once each, with all others.
func TestBrokenInputChangesNothing(t *testing.T) {
	t.Parallel()
	const (
		emitted  = "internal/abi/emit/linux/"
		facts    = "internal/abi/facts/linux/"
		syscalls = "unix/syscall_linux.go"
	)
	dir := module(t)
	together := map[string]bool{}
	for _, c := range []struct{ name, generator, file, more, want string }{
		{"a number of an unknown kind", "mksysnum", emitted + "sysnum.txt", "drop read\n", "sysnum.txt:LINE: want !REGEXP"},
		{"a number twice", "mksysnum", emitted + "sysnum.txt", "set read 9 amd64\n", "sysnum.txt:LINE: read is 0 on amd64"},
		{"a number that is missing", "mksysnum", emitted + "sysnum.txt", "set a no_such_call amd64\n",
			"sysnum.txt:LINE: no_such_call is no number and no system call of amd64"},
		{"facts with a number twice", "mksysnum", facts + "syscall.txt", "read 3\n",
			"syscall.txt:LINE: system call read is there twice"},
		{"facts with a number below zero", "mksysnum", facts + "syscall.txt", "zzz -1 386=-\n",
			"amd64: system call zzz: strconv"},
		{"a prototype of another sort", "mksyscall", syscalls, "//sysx A(fd int) (err error)\n",
			"//sysx: want //sys or //sysnb"},
		{"a prototype with an unknown type", "mksyscall", syscalls, "//sys Sync2(m map[int]int) (err error) = SYS_SYNC\n",
			"cannot pass a map[int]int"},
		{"a prototype twice", "mksyscall", syscalls, "//sys Acct(path string) (err error)\n",
			"Acct has two prototypes on 386"},
		{"a prototype without a number", "mksyscall", syscalls, "//sys NoSuchCall()\n", "386 has no SYS_NO_SUCH_CALL"},
		{"a prototype elsewhere", "mksyscall", "unix/fd_linux.go", "//sys Sync2() = SYS_SYNC\n", "fd_linux.go:"},
		{"constants of an unknown kind", "mkerrors", emitted + "errors.txt", "enum linux/fs.h\n",
			`errors.txt:LINE: unknown "enum"`},
		{"constants twice", "mkerrors", emitted + "errors.txt", "const linux/fs.h\n", "selects all of that"},
		{"a constant set twice", "mkerrors", emitted + "errors.txt", "set ZZZ 1\nset ZZZ 2\n",
			"ZZZ is set on 386 in linux/errors.txt:LINE\n"},
		{"a header that is missing", "mkerrors", emitted + "errors.txt", "const linux/none.h\n",
			"errors.txt:LINE: no constant of linux/none.h matches"},
		{"a type with an unknown option", "mktypes", emitted + "types.txt", "Zzz struct:iovec odd\n",
			`types.txt:LINE: want FIELD=GONAME, not "odd"`},
		{"a type twice", "mktypes", emitted + "types.txt", "Iovec struct:iovec\n",
			"types.txt:LINE: type Iovec is there twice"},
		{"a type that is missing", "mktypes", emitted + "types.txt", "Zzz struct:none\n",
			"types.txt:LINE: type Zzz on 386: struct none is not among the facts"},
		{"facts with a type twice", "mktypes", facts + "type.txt", "struct iovec linux/uio.h\n\tsize 8 align 4\n",
			"type.txt:LINE: type struct iovec is there twice"},
		{"facts with a type without layout", "mktypes", facts + "type.txt", "struct zzz linux/uio.h\n",
			"type.txt:LINE: type zzz has no layout"},
		{"a constant under two names", "mknl", emitted + "nl.txt", "const linux/rtnetlink.h TCA_KIND\n",
			"nl.txt:LINE: TCA_KIND is there in linux/nl.txt:"},
		{"a constant that is missing", "mknl", emitted + "nl.txt", "const linux/rtnetlink.h ZZZ\n",
			"nl.txt:LINE: linux/rtnetlink.h has no ZZZ"},
		{"a wire structure twice", "mkuapi", emitted + "uapi.txt", "struct nlmsghdr\n",
			"uapi.txt:LINE: struct nlmsghdr is there twice"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(dir, c.file)
			whole, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, append(bytes.Clone(whole), c.more...), 0o666); err != nil {
				t.Fatal(err)
			}
			// LINE is the first line that is wrong.
			want := strings.ReplaceAll(c.want, "LINE", strconv.Itoa(bytes.Count(whole, []byte("\n"))+1))
			before := tree(t, dir)
			names := []string{c.generator}
			if !together[c.generator] {
				together[c.generator] = true
				names = append(names, all)
			}
			for _, name := range names {
				out, errOut, status := emit(t, "-root", dir, name)
				if status != 1 || out != "" || !strings.HasPrefix(errOut, "emit: ") || !strings.Contains(errOut, want) {
					t.Errorf("emit %s: status %d, %q, %q\nwant 1 and %q", name, status, out, errOut, want)
				}
			}
			if !maps.Equal(before, tree(t, dir)) {
				t.Error("files have changed")
			}
			if err := os.WriteFile(path, whole, 0o666); err != nil {
				t.Fatal(err)
			}
		})
	}
	if _, errOut, status := emit(t, "-root", dir, "-check"); status != 0 {
		t.Errorf("with everything as it was: status %d, %s", status, errOut)
	}
}

// TestCommand runs each generator by its name, with flags before and behind it.
func TestCommand(t *testing.T) {
	t.Parallel()
	dir := module(t)
	want := tree(t, dir)
	for _, g := range generators {
		names, least := "z*.go", 3 // the folder is the generator's own
		if g.folder == "unix" {
			names, least = "z"+strings.TrimPrefix(g.name, "mk")+"_linux*.go", 10
		}
		if g.name == "mksysctl" { // for one system, whose kernel knows no names
			names, least = "zsysctl_*.go", 1
		}
		if g.name == "mktakers" { // Linux has its list in a test
			names, least = "ztakers_*_test.go", 7
		}
		made, err := filepath.Glob(filepath.Join(dir, g.folder, names))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range made {
			if err := os.WriteFile(file, nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if len(made) < least {
			t.Errorf("%s makes %d files, by their names", g.name, len(made))
		}
		if out, errOut, status := emit(t, g.name, "-root", dir); status != 0 || out != "" || errOut != "" {
			t.Errorf("%s: status %d, %q, %q", g.name, status, out, errOut)
		}
		if !maps.Equal(want, tree(t, dir)) {
			t.Errorf("%s does not make its files anew, or changes others", g.name)
		}
	}
	plan, _, status := emit(t, "-n")
	for _, args := range [][]string{{"mkall", "-n"}, {"-n", "mkall"}, {"mkall", "-n", "-root", dir}} {
		if out, errOut, s := emit(t, args...); s != status || s != 0 || out != plan || errOut != "" {
			t.Errorf("%v: status %d, %q, %q", args, s, out, errOut)
		}
	}
	for _, args := range [][]string{{"mkperl"}, {"mkall", "mktypes"}, {"mktypes", "mktypes"}, {"mkperl", "-n"}, {"-odd"},
		{"-root", dir + "/none"}} {
		if out, errOut, s := emit(t, args...); s == 0 || out != "" || errOut == "" {
			t.Errorf("%v: status %d, %q, %q", args, s, out, errOut)
		}
	}
	if !maps.Equal(want, tree(t, dir)) {
		t.Error("what was not to be written has changed")
	}
}

// TestWriteLeavesNothingByHalf has a file that cannot be written among others.
func TestWriteLeavesNothingByHalf(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(dir+"/a", 0o777), os.WriteFile(dir+"/a/1", []byte("old"), 0o666)); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	files := map[string][]byte{"a/1": []byte("new"), "a/2": []byte("new"), "b/1": []byte("new")}
	if err := write(dir, files); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that there is no folder b", err)
	}
	if after := tree(t, dir); !maps.Equal(before, after) {
		t.Errorf("it left %v", after)
	}
	if err := errors.Join(os.Mkdir(dir+"/b", 0o777), write(dir, files)); err != nil {
		t.Fatal(err)
	}
	if after := tree(t, dir); len(after) != 3 || after[dir+"/a/1"] != "new" {
		t.Errorf("it left %v", after)
	}
}
