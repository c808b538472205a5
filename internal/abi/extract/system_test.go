package main

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// asCommand makes the test binary the command itself.
const asCommand = "KERN_EXTRACT_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// packageFiles is what a wheel has, by the name within headerFolder.
var packageFiles = map[string]string{
	"any-darwin-any/first.h": `
#include <sys/second.h>
#ifdef __BIG_ENDIAN__
#define BIG 1
#endif
#ifdef WISH
#define WISHED (WISH + 1)
#endif
#define NEGATIVE -5
#define WIDE (1ULL << 63)
#define WORD (~0UL)
#define ZERO 0
#define EMPTY_TEXT ""
#define TEXT ("one" " two")
#define NULS "a\0b\0"
#define LIST "one", "two"
#define BRACES { 'a', 'b' }
#define NESTED {{{ 0xff, 0x02 }}}
#define FUNCTION(x) (x)
#define USES FUNCTION(SECOND)
enum { FAR = 0x100000000, };
typedef enum : unsigned short { SHORT } short_enum;
struct s { char c; second_t second; unsigned low : 3, high : 5; };
typedef struct hidden hidden;
int code(void) { return 1; }
`,
	"any-darwin-any/sys/second.h": "#pragma once\ntypedef long second_t;\n#define SECOND 2\nstruct seconds { " +
		"second_t s[2]; };\n",
	"any-darwin-any/sys/syscall.h": "#define SYS_read 3\n#define OTHER 4\n",
	"any-darwin-any/broken.h":      "struct {",
	"any-darwin-any/empty.h":       "#pragma once\nint code(void);\n",
}

// tree of the package abi with a list of headers, a lock, and the locked file in a cache.
func abiTree(t *testing.T, list string) (dir, cache string) {
	t.Helper()
	if lookClang() == "" {
		t.Skipf("no clang %d or newer is installed", oldestClang)
	}
	dir, cache = t.TempDir(), t.TempDir()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range packageFiles {
		w, err := z.Create(headerFolder + "/" + name)
		if err == nil {
			_, err = w.Write([]byte(text))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(cache, "new")
	put(t, file, b.String())
	sum, err := fileSum(file)
	if err != nil {
		t.Fatal(err)
	}
	w := wheel{"ziglang", "1.0", "ziglang-1.0-py3-none-any.whl", sum}
	if err := os.Rename(file, w.kept(cache)); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(dir, "extract/headers-darwin.txt"), list)
	if err := w.write(filepath.Join(dir, "extract/wheels.lock")); err != nil {
		t.Fatal(err)
	}
	return dir, cache
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// extract runs the command and returns what it printed and its status.
func extract(t *testing.T, args ...string) (stdout, stderr string, status int) {
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

const list = "first.h define=WISH=6\nsys/syscall.h\nnet/lacked.h source=imported\n"

// TestObjectFormats extracts the same headers by objects of each format, byte order and size of a word.
func TestObjectFormats(t *testing.T) {
	dir, cache := abiTree(t, list)
	w, err := readWheel(filepath.Join(dir, "extract/wheels.lock"))
	if err != nil {
		t.Fatal(err)
	}
	darwin, _ := abi.FindSystem("darwin")
	root, err := w.unpacked(cache, darwin)
	if err != nil {
		t.Fatal(err)
	}
	hs, err := parseHeaders(list, darwin.Archs)
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]struct{ big, word, s string }{
		"arm64-apple-macos13.0": {"", "18446744073709551615",
			"size 24 align 8\n\t0 c char\n\t8 second second_t\n\t128:3 low unsigned int\n\t131:5 high unsigned int\n"},
		"x86_64-unknown-freebsd15.0": {"", "18446744073709551615",
			"size 24 align 8\n\t0 c char\n\t8 second second_t\n\t128:3 low unsigned int\n\t131:5 high unsigned int\n"},
		"i386-unknown-netbsd10.1": {"", "4294967295",
			"size 12 align 4\n\t0 c char\n\t4 second second_t\n\t64:3 low unsigned int\n\t67:5 high unsigned int\n"},
		"powerpc64-unknown-openbsd7.8": {"BIG int first.h 1\n", "18446744073709551615",
			"size 24 align 8\n\t0 c char\n\t8 second second_t\n\t128:3 low unsigned int\n\t131:5 high unsigned int\n"},
	} {
		s := abi.System{Name: "darwin", Folder: darwin.Folder, Archs: []abi.Arch{{Name: "amd64", Target: target}}}
		db, err := extractSystem(s, hs, root, cache)
		if err != nil {
			t.Errorf("%s: %v", target, err)
			continue
		}
		text := db.Text([]string{"amd64"})
		// Which base type an enumeration of 8 bytes without a name is does not matter for its constants.
		if got, want := string(text["const.txt"]), "# name kind header value [architectures=value]...  (-: absent)\n"+
			want.big+`EMPTY_TEXT string first.h ""
FAR int first.h 4294967296
NEGATIVE int first.h -5
NULS string first.h "a\x00b\x00"
OTHER int sys/syscall.h 4
SECOND int sys/second.h 2
SHORT int first.h 0
TEXT string first.h "one two"
USES int first.h 2
WIDE int first.h 9223372036854775808
WISHED int first.h 7
WORD int first.h `+want.word+`
ZERO int first.h 0
`; got != want {
			t.Errorf("%s: constants are\n%s\nwant\n%s", target, got, want)
		}
		if !strings.HasSuffix(string(text["syscall.txt"]), "\nread 3\n") {
			t.Errorf("%s: calls are %s", target, text["syscall.txt"])
		}
		for _, want := range []string{"\nstruct s first.h\n\t" + want.s, "\nstruct seconds sys/second.h\n",
			"\ntypedef second_t sys/second.h\n\t= long\n", "\ntypedef hidden first.h\n\t= struct hidden\n",
			"\ntypedef short_enum first.h\n\t= unsigned short\n"} {
			if !strings.Contains(string(text["type.txt"]), want) {
				t.Errorf("%s: types lack %q:\n%s", target, want, text["type.txt"])
			}
		}
	}
}

func TestSystemCommand(t *testing.T) {
	dir, cache := abiTree(t, list)
	args := func(more ...string) []string {
		return append([]string{"-dir", dir, "-cache", cache, "-system", "darwin"}, more...)
	}
	if _, stderr, status := extract(t, args()...); status != 0 {
		t.Fatal(stderr)
	}
	consts := filepath.Join(dir, "facts/darwin/const.txt")
	b, err := os.ReadFile(consts)
	if err != nil || !strings.Contains(string(b), "\nSECOND int sys/second.h 2\n") {
		t.Errorf("%v, constants are %s", err, b)
	}
	darwin, _ := abi.FindSystem("darwin")
	if b, err := os.ReadFile(filepath.Join(dir, "facts/darwin/source.txt")); string(b) != darwin.Facts+"\n" {
		t.Errorf("%v, source is %q", err, b)
	}
	if _, stderr, status := extract(t, args("-check")...); status != 0 {
		t.Errorf("what was just written differs: %s", stderr)
	}
	out, stderr, status := extract(t, args("-try", "sys/second.h")...)
	if status != 0 || !strings.Contains(out, "SECOND int") || strings.Contains(out, "first.h") {
		t.Errorf("-try: status %d, %s%s", status, out, stderr)
	}
	put(t, filepath.Join(dir, "extract/headers-darwin.txt"), list+"\nempty.h\n")
	out, stderr, status = extract(t, args("-try", "empty.h")...)
	if status != 1 || out != "" || !strings.Contains(stderr, "header empty.h defines nothing") {
		t.Errorf("-try of a header without facts: status %d, %s%s", status, out, stderr)
	}
	put(t, filepath.Join(dir, "extract/headers-darwin.txt"), list)

	put(t, consts, strings.Replace(string(b), "SECOND int sys/second.h 2", "SECOND int sys/second.h 3", 1))
	if _, stderr, status := extract(t, args("-check")...); status != 1 || !strings.Contains(stderr, "const.txt differs") {
		t.Errorf("facts were changed: status %d, %s", status, stderr)
	}
	imported := func(consts string) {
		for name, text := range map[string]string{"const.txt": consts, "type.txt": "#\n", "syscall.txt": "#\n"} {
			put(t, filepath.Join(dir, "facts/darwin/imported", name), text)
		}
	}
	imported("#\nSECOND int sys/second.h 2\n")
	if _, stderr, status := extract(t, args()...); status != 0 {
		t.Errorf("an imported fact agrees: %s", stderr)
	}
	imported("#\nSECOND int sys/second.h 2 arm64=3\n")
	_, stderr, status = extract(t, args()...)
	if status != 1 || !strings.Contains(stderr, "constant SECOND of sys/second.h on arm64: both 3 and 2") {
		t.Errorf("an imported fact contradicts: status %d, %s", status, stderr)
	}
}

func TestSystemCommandFails(t *testing.T) {
	for what, test := range map[string]struct{ system, list, want string }{
		"on a header that the package lacks": {"darwin", "missing.h", "'missing.h' file not found"},
		"on one that does not compile":       {"darwin", "broken.h", "darwin for amd64: exit status 1"},
		"on one that the package does not lack": {"darwin", "first.h\nsys/second.h source=imported",
			"header sys/second.h: source=imported, but the package has it"},
		"on what several headers cannot have": {"darwin", "first.h parts=second.h",
			"header first.h: what is compiled together"},
		"on an empty list":                     {"darwin", "net/lacked.h source=imported", "no headers of darwin"},
		"on an architecture of another system": {"darwin", "first.h only=s390x", `unknown architecture "s390x"`},
		"on a system without headers":          {"aix", "", "the facts of aix are imported whole"},
		"on no system":                         {"plan9", "", `no system is called "plan9"`},
	} {
		t.Run(what, func(t *testing.T) {
			dir, cache := abiTree(t, test.list)
			_, stderr, status := extract(t, "-dir", dir, "-cache", cache, "-system", test.system)
			if status != 1 || !strings.Contains(stderr, test.want) {
				t.Errorf("status %d, %s, want 1 and %q", status, stderr, test.want)
			}
			if _, err := os.Stat(filepath.Join(dir, "facts")); err == nil {
				t.Error("facts were written")
			}
		})
	}
}

func TestWheelLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wheels.lock")
	w := wheel{"ziglang", "1.0", "ziglang-1.0-py3-none-any.whl", strings.Repeat("ab", 32)}
	if err := w.write(file); err != nil {
		t.Fatal(err)
	}
	if got, err := readWheel(file); err != nil || got != w {
		t.Errorf("read %v and %v, wrote %v", got, err, w)
	}
	for _, text := range []string{"", "# only words\n", "ziglang 1.0 z-1.0-py3-none-any.whl abc\n",
		"ziglang 1.0 ../z.whl " + w.sha256 + "\n", "ziglang 1.0 " + w.sha256 + "\n"} {
		put(t, file, text)
		if got, err := readWheel(file); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

// TestWheelOfAnotherSum has pip fetch another file than the locked one, and finds another one in the cache.
func TestWheelOfAnotherSum(t *testing.T) {
	bin, cache := t.TempDir(), t.TempDir()
	put(t, filepath.Join(bin, "python3"), `#!/bin/sh
echo "$@" >"`+cache+`/asked"
for last; do :; done
while [ "$1" != --dest ]; do shift; done
echo not it >"$2/ziglang-1.1-py3-none-plat_a.plat_b.whl"
`)
	if err := os.Chmod(filepath.Join(bin, "python3"), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	darwin, _ := abi.FindSystem("darwin")
	w := wheel{"ziglang", "1.0", "ziglang-1.0-py3-none-plat_a.plat_b.whl", strings.Repeat("0", 64)}
	if _, err := w.unpacked(cache, darwin); err == nil || !strings.Contains(err.Error(), "locked is 0000") {
		t.Errorf("fetched: error is %v", err)
	}
	if asked, err := os.ReadFile(filepath.Join(cache, "asked")); err != nil ||
		!strings.HasSuffix(string(asked), " --platform plat_a --platform plat_b ziglang==1.0\n") {
		t.Errorf("pip was asked for %q, %v", asked, err)
	}
	put(t, w.kept(cache), "not it either")
	if _, err := w.unpacked(cache, darwin); err == nil || !strings.Contains(err.Error(), "locked is 0000") {
		t.Errorf("kept: error is %v", err)
	}

	now, err := w.newest(cache)
	if err != nil || now.version != "1.1" || now.file != "ziglang-1.1-py3-none-plat_a.plat_b.whl" {
		t.Fatalf("the newest is %v, %v", now, err)
	}
	if sum, err := fileSum(now.kept(cache)); err != nil || sum != now.sha256 {
		t.Errorf("the cache has it with sum %s, locked is %s, %v", sum, now.sha256, err)
	}
}

// TestListsOfHeaders are read, and say of the same headers that they are imported as the facts do.
func TestListsOfHeaders(t *testing.T) {
	for _, s := range abi.Systems() {
		if s.Folder == "" {
			continue
		}
		hs, err := readHeaders("headers-"+s.Name+".txt", s.Archs)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := together(s.Name, hs); err != nil {
			t.Error(err)
		}
		var want []string
		for _, h := range hs {
			if h.source == imported {
				want = append(want, h.name+": "+s.Imported+"\n")
			}
		}
		slices.Sort(want)
		source, err := os.ReadFile(filepath.Join("../facts", s.Name, abi.ImportedFolder, "source.txt"))
		if err != nil && want != nil || string(source) != strings.Join(want, "") {
			t.Errorf("%s: %v, the facts have\n%swant\n%s", s.Name, err, source, strings.Join(want, ""))
		}
	}
}
