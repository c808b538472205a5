package mksyscall

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

func archs(names ...string) []abi.Arch {
	return slices.DeleteFunc(abi.GoLinux(), func(a abi.Arch) bool { return !slices.Contains(names, a.Name) })
}

func everyNumber(arch, number string) bool { return true }

// generate runs Generate over files, given as name and text in turns.
func generate(t *testing.T, on []abi.Arch, has func(arch, number string) bool, nameText ...string) (map[string]string,
	error) {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(nameText); i += 2 {
		if err := os.WriteFile(filepath.Join(dir, nameText[i]), []byte(nameText[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	files, err := Generate(dir, []abi.System{{Name: "linux", Archs: on, Form: abi.Number}},
		func(_ abi.System, arch, number string) bool {
			return has(arch, number)
		})
	out := map[string]string{}
	for name, b := range files {
		out[name] = string(b)
	}
	return out, err
}

// calls returns the system call that the function of one prototype makes, by architecture.
func calls(t *testing.T, prototype string, on ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, a := range archs(on...) {
		files, err := generate(t, []abi.Arch{a}, everyNumber, "syscall_linux.go", "package unix\n\n"+prototype+"\n")
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, one := range files {
			text += one
		}
		i := strings.Index(text, "(SYS_")
		i = strings.LastIndexAny(text[:i], " \t\n") + 1
		out[a.Name], _, _ = strings.Cut(text[i:], "\n")
	}
	return out
}

func TestCall(t *testing.T) {
	for _, c := range []struct{ prototype, want string }{
		{"//sys Sync()", "SyscallNoError(SYS_SYNC, 0, 0, 0)"},
		{"//sysnb Getpid() (pid int)", "RawSyscallNoError(SYS_GETPID, 0, 0, 0)"},
		{"//sysnb Umask(mask int) (old int)", "RawSyscallNoError(SYS_UMASK, uintptr(mask), 0, 0)"},
		{"//sys Fsync(fd int) (err error)", "Syscall(SYS_FSYNC, uintptr(fd), 0, 0)"},
		{"//sysnb Dup3(a, b, c int) (err error)", "RawSyscall(SYS_DUP3, uintptr(a), uintptr(b), uintptr(c))"},
		{"//sys EpollCreate1(flag int) (fd int, err error)", "Syscall(SYS_EPOLL_CREATE1, uintptr(flag), 0, 0)"},
		{"//sys read(fd int, p []byte) (n int, err error)", "Syscall(SYS_READ, uintptr(fd), uintptr(_p1), uintptr(len(p)))"},
		{"//sys x(path string, st *Stat_t) (err error) = SYS_NEWFSTATAT",
			"Syscall(SYS_NEWFSTATAT, uintptr(unsafe.Pointer(_p0)), uintptr(unsafe.Pointer(st)), 0)"},
		{"//sys x(a int, b int, c int, d bool) (err error) = SYS_Y",
			"Syscall6(SYS_Y, uintptr(a), uintptr(b), uintptr(c), _p3, 0, 0)"},
		{"//sys\tx(fd int, p unsafe.Pointer, l *_Socklen) (err error)  =  SYS_Y",
			"Syscall(SYS_Y, uintptr(fd), uintptr(p), uintptr(unsafe.Pointer(l)))"},
	} {
		if got := calls(t, c.prototype, "amd64")["amd64"]; !strings.HasSuffix(got, c.want) {
			t.Errorf("%s\n got %s\nwant %s", c.prototype, got, c.want)
		}
	}
}

// The orders are those of syscall(2), "architecture-specific requirements".
func TestWideArguments(t *testing.T) {
	for _, c := range []struct {
		prototype string
		want      map[string]string
	}{
		{"//sys ftruncate(fd int, length int64) (err error) = SYS_X", map[string]string{
			"amd64":  "Syscall(SYS_X, uintptr(fd), uintptr(length), 0)",
			"s390x":  "Syscall(SYS_X, uintptr(fd), uintptr(length), 0)",
			"386":    "Syscall(SYS_X, uintptr(fd), uintptr(length), uintptr(length>>32))",
			"arm":    "Syscall6(SYS_X, uintptr(fd), 0, uintptr(length), uintptr(length>>32), 0, 0)",
			"mipsle": "Syscall6(SYS_X, uintptr(fd), 0, uintptr(length), uintptr(length>>32), 0, 0)",
			"mips":   "Syscall6(SYS_X, uintptr(fd), 0, uintptr(length>>32), uintptr(length), 0, 0)",
		}},
		{"//sys f(fd int, mode int, off int64, n uint64) (err error) = SYS_X", map[string]string{
			"arm":  "Syscall6(SYS_X, uintptr(fd), uintptr(mode), uintptr(off), uintptr(off>>32), uintptr(n), uintptr(n>>32))",
			"mips": "Syscall6(SYS_X, uintptr(fd), uintptr(mode), uintptr(off>>32), uintptr(off), uintptr(n>>32), uintptr(n))",
		}},
		{"//sys f(fd int, off int64, n int64, flags int) (err error) = SYS_X", map[string]string{
			"386": "Syscall6(SYS_X, uintptr(fd), uintptr(off), uintptr(off>>32), uintptr(n), uintptr(n>>32), " +
				"uintptr(flags))",
			"mipsle": "Syscall9(SYS_X, uintptr(fd), 0, uintptr(off), uintptr(off>>32), uintptr(n), uintptr(n>>32), " +
				"uintptr(flags), 0, 0)",
		}},
	} {
		for arch, want := range c.want {
			if got := calls(t, c.prototype, arch)[arch]; !strings.HasSuffix(got, want) {
				t.Errorf("%s on %s\n got %s\nwant %s", c.prototype, arch, got, want)
			}
		}
	}
}

func TestWholeFile(t *testing.T) {
	files, err := generate(t, archs("amd64", "386"), everyNumber,
		"syscall_linux.go", "package unix\n\n// Mkdirat makes a folder.\n//sys\tMkdirat(dirfd int, path string, mode "+
			"uint32) (err error)\n",
		"syscall_linux_386.go", "package unix\n\n//sys\tTee(n int) (n64 int64, err error)\n",
		"syscall_linux_64bit.go", "//go:build linux && amd64\n\npackage unix\n\n//sys\tsetxattr(path string, data "+
			"[]byte) (n uint, err error)\n")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"zsyscall_linux.go": `//go:build linux

package unix

import "unsafe"

// Mkdirat makes a folder.
func Mkdirat(dirfd int, path string, mode uint32) (err error) {
	var _p1b shortString
	_p1, err := _p1b.pointer(path)
	if err != nil {
		return err
	}
	_, _, e1 := Syscall(SYS_MKDIRAT, uintptr(dirfd), uintptr(unsafe.Pointer(_p1)), uintptr(mode))
	return errOf(e1)
}
`,
		"zsyscall_linux_386.go": `//go:build 386 && linux

package unix

// Tee is tee(2).
func Tee(n int) (n64 int64, err error) {
	r0, _, e1 := Syscall(SYS_TEE, uintptr(n), 0, 0)
	return int64(int(r0)), errOf(e1)
}
`,
		"zsyscall_linux_amd64.go": `//go:build amd64 && linux

package unix

import "unsafe"

func setxattr(path string, data []byte) (n uint, err error) {
	var _p0b shortString
	_p0, err := _p0b.pointer(path)
	if err != nil {
		return ^uint(0), err
	}
	_p1 := unsafe.Pointer(&zero)
	if len(data) > 0 {
		_p1 = unsafe.Pointer(&data[0])
	}
	r0, _, e1 := Syscall(SYS_SETXATTR, uintptr(unsafe.Pointer(_p0)), uintptr(_p1), uintptr(len(data)))
	return uint(r0), errOf(e1)
}
`,
	}
	for name, text := range files {
		_, body, _ := strings.Cut(text, "\n\n")
		if strings.TrimSpace(body) != strings.TrimSpace(want[name]) {
			t.Errorf("%s is\n%s\nwant\n%s", name, body, want[name])
		}
	}
	if len(files) != len(want) {
		t.Errorf("%d files, want %d", len(files), len(want))
	}
}

func TestErrorsSayWhere(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"//sysx Fsync(fd int) (err error)", "want //sys or //sysnb"},
		{"//sys Fsync(fd int (err error)", "not a prototype"},
		{"//sys Fsync(fd int) (err error) {}", "not a prototype"},
		{"//sys (r T) Fsync(fd int) (err error)", "not a prototype"},
		{"//sys Fsync(fd int) (err error) = 74", `"74" is not the name of a number`},
		{"//sys Fsync(fd int) (err error) = ", `"" is not the name of a number`},
		{"//sys Fsync(int) (err error)", "a int has no name"},
		{"//sys Fsync(r0 int) (err error)", "r0 is a name that the generated code uses"},
		{"//sys Fsync(m map[int]int) (err error)", "cannot pass a map[int]int"},
		{"//sys Fsync(a [4]byte) (err error)", "cannot pass a [4]byte"},
		{"//sys Fsync(e error) (err error)", "cannot pass a error"},
		{"//sys Fsync(a any) (err error)", "cannot pass a any"},
		{"//sys Fsync(st Stat_t) (err error)", "cannot pass a Stat_t"},
		{"//sys Fsync(a ...int) (err error)", "cannot pass a ...int"},
		{"//sys Fsync(f func()) (err error)", "cannot pass a func()"},
		{"//sys Fsync(s *string) (err error)", "cannot pass a *string"},
		{"//sys Fsync(s []string) (err error)", "cannot pass a []string"},
		{"//sys Fsync(s [][]byte) (err error)", "cannot pass a [][]byte"},
		{"//sys Fsync(s *[]byte) (err error)", "cannot pass a *[]byte"},
		{"//sys Fsync(p []byte, len int) (err error)", "len is a name that the generated code uses"},
		{"//sys Fsync(fd int, fd int) (err error)", "two are called fd"},
		{"//sys Fsync(err int) (err error)", "two are called err"},
		{"//sys Fsync() (st Stat_t, err error)", "cannot return st Stat_t"},
		{"//sys", "not a prototype"},
		{"\t//sys Fsync(fd int) (err error)", "a prototype begins its line"},
		{"// sys Fsync(fd int) (err error)", "a prototype begins its line"},
		{"var x int //sysnb Fsync(fd int) (err error)", "a prototype begins its line"},
		{"//sys Fsync(s string)", "needs an error result"},
		{"//sys Fsync(fd int) (a int, b int, err error)", "cannot return a int, b int, err error"},
		{"//sys Fsync(fd int) (s string, err error)", "cannot return s string"},
		{"//sys Fsync(fd int) (p *byte, err error)", "cannot return p *byte"},
		{"//sys Fsync(a, b, c, d int)", "more than three arguments and no error"},
		{"//sys Fsync(a, b, c, d, e, f, g int) (err error)", "7 words of arguments on amd64"},
		{"//sys Missing() (err error)", "amd64 has no SYS_MISSING"},
		{"//sys Fsync() (err error)\n//sys Fsync() (err error)", "two prototypes on amd64"},
	} {
		has := func(arch, number string) bool { return number == "SYS_FSYNC" }
		files, err := generate(t, archs("amd64"), has, "syscall_linux.go", "package unix\n\n"+c.line+"\n")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "syscall_linux.go:") ||
			len(files) != 0 {
			t.Errorf("%s\n got %d files and %v\nwant syscall_linux.go:LINE: … %s", c.line, len(files), err, c.want)
		}
	}
}

// TestFilesOfPrototypes has prototypes where none are looked for, or for no architecture.
func TestFilesOfPrototypes(t *testing.T) {
	const sync = "package unix\n\n//sys Sync()\n"
	for _, c := range []struct{ name, text, want string }{
		{"sync_linux.go", sync, "a file that is not called syscall_*.go"},
		{"syscall_linux_test.go", sync, "is a test"},
		{"syscall_linux_windows.go", sync, "no architecture has this file"},
		{"syscall_linux_vax.go", "//go:build linux && vax\n\n" + sync, "no architecture has this file"},
	} {
		files, err := generate(t, archs("amd64", "arm"), everyNumber, c.name, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), c.name+":") ||
			len(files) != 0 {
			t.Errorf("%s: %d files and error %v, want one with %q", c.name, len(files), err, c.want)
		}
	}
	if _, err := generate(t, archs("amd64"), everyNumber, "sync_linux.go", "package unix\n\n// Nothing of sys here.\n",
		"syscall_linux_vax.go", "//go:build vax\n\npackage unix\n"); err != nil {
		t.Error("files without prototypes:", err)
	}
}
