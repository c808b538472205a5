package main

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

func TestParseHeaders(t *testing.T) {
	hs, err := parseHeaders(`
# a comment
asm/errno.h parts=asm-generic/errno-base.h
linux/a.h after=linux/b.h,linux/c.h define=X define@mips,arm=Y drop=Z # and one at the end
bits/d.h source=mips only=mips
`, abi.Linux())
	if err != nil {
		t.Fatal(err)
	}
	want := []header{
		{name: "asm/errno.h", source: "uapi", parts: []string{"asm-generic/errno-base.h", "asm-generic/errno.h"}},
		{name: "linux/a.h", source: "uapi", after: []string{"linux/b.h", "linux/c.h"}, drop: []string{"Z"},
			define: []define{{"X", nil}, {"Y", []string{"mips", "arm"}}}},
		{name: "bits/d.h", source: "mips", only: []string{"mips"}},
	}
	if !reflect.DeepEqual(hs, want) {
		t.Errorf("got %+v\nwant %+v", hs, want)
	}
	for arch, want := range map[string]string{
		"arm": "#define X\n#define Y\n#include <asm/bitsperlong.h>\n#include <linux/b.h>\n#include " +
			"<linux/c.h>\n#include <linux/a.h>\n",
		"amd64": "#define X\n#include <asm/bitsperlong.h>\n#include <linux/b.h>\n#include <linux/c.h>\n#include " +
			"<linux/a.h>\n",
	} {
		if got := hs[1].prologue(arch); got != want {
			t.Errorf("unit on %s starts with\n%s\nwant\n%s", arch, got, want)
		}
	}
	if hs[2].on("arm") || !hs[2].on("mips") || !hs[1].on("arm") {
		t.Error("only is not heeded")
	}
}

func TestParseHeadersRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"linux/a.h parts":                  `1: header linux/a.h: want key=value, not "parts"`,
		"linux/a.h parts=":                 `want key=value`,
		"linux/a.h color=red":              `unknown key "color"`,
		"linux/a.h only=vax":               `unknown architecture "vax"`,
		"linux/a.h define@vax=X":           `unknown architecture "vax"`,
		"linux/a.h after@arm=linux/b.h":    `want key=value`,
		"linux/a.h\nlinux/a.h":             `2: header linux/a.h: linux/a.h belongs to linux/a.h already`,
		"linux/a.h parts=x.h\nx.h":         `x.h belongs to linux/a.h already`,
		"asm/a.h\nasm-generic/a.h":         `asm-generic/a.h belongs to asm/a.h already`,
		"linux/a.h parts=x.h,x.h source=u": `x.h belongs to linux/a.h already`,
	} {
		if _, err := parseHeaders(text, abi.Linux()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want one with %q", text, err, want)
		}
	}
}

func TestReadPreprocessed(t *testing.T) {
	const text = `# 1 "<built-in>" 1
#define __LP64__ 1
# 1 "/inc/linux/a.h" 1 3
#define A 1
#define EMPTY
#define B (A + 2)
#define CALL(x) (x)
#define GONE 1
#undef GONE
#define LATER(x) x
#define LATER 5
#define OPEN (
#define DO do { } while (0);
struct first
{
 int x; struct inner { int y; } z;
};
struct __attribute__((packed)) second { int x; };
struct only_declared;
# 1 "/inc/linux/b.h" 1 3
#define OTHER 1
struct other { int x; };
# 9 "/inc/linux/a.h" 2 3
#define NAME "a \" b"
union u { int x; };
# 3 "<stdin>" 2
#define MINE 3
`
	home := func(path string) string {
		rel, ok := strings.CutPrefix(path, "/inc/")
		if !ok {
			return ""
		}
		return rel
	}
	p, err := readPreprocessed(text, home, func(f string) bool { return f == "linux/a.h" })
	if err != nil {
		t.Fatal(err)
	}
	var macros []string
	for _, m := range p.macros {
		macros = append(macros, m.name)
	}
	if want := []string{"A", "B", "LATER", "NAME"}; !slices.Equal(macros, want) {
		t.Errorf("macros are %v, want %v", macros, want)
	}
	if want := []string{"struct first", "struct inner", "struct second", "union u"}; !slices.Equal(p.tags, want) {
		t.Errorf("tags are %v, want %v", p.tags, want)
	}
	if want := []string{"CALL", "LATER"}; !slices.Equal(p.funcs, want) {
		t.Errorf("function-like macros are %v, want %v", p.funcs, want)
	}
}

func TestBalanced(t *testing.T) {
	for body, want := range map[string]bool{
		"1": true, "(1 + [2] {3})": true, `"(" + 'x'`: true, `'"'`: true, `"\""`: true,
		"(": false, ")": false, "(]": false, "a; b": false, `"abc`: false, `'\'`: false, "} while (0": false,
	} {
		if got := balanced(body); got != want {
			t.Errorf("balanced(%q) is %v", body, got)
		}
	}
}

func TestDefinitionsKeepsOnlyWhatStandsAlone(t *testing.T) {
	got, err := definitions(`/* comment
 * #define NOT 1
 */
#ifndef GUARD_H
#define GUARD_H
#include <linux/other.h>
#define A 1 /* one */
#define LONG 1 + \
	2
#if IS_ENABLED(CONFIG_X)
struct s { int x; };
#endif
enum kind {
	ONE = 1,
	TWO,
};
enum kind f(void);
extern int g(enum kind);
struct wanted {
	union {
		int i;
	} u;
};
struct other {
	int i;
};
typedef struct {
	__u8 b[6];
} __packed addr_t;
static inline struct wanted *h(void)
{
	return 0;
}
#endif
`, []string{"wanted", "addr_t"})
	if err != nil {
		t.Fatal(err)
	}
	const want = `#define IS_ENABLED(option) 0
#undef GUARD_H
#ifndef GUARD_H
#define GUARD_H
#define A 1` + "  " + `
#define LONG 1 + \
	2
#if IS_ENABLED(CONFIG_X)
#endif
enum kind {
	ONE = 1,
	TWO,
};
struct wanted {
	union {
		int i;
	} u;
};
typedef struct {
	__u8 b[6];
} __packed addr_t;
#endif
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, bad := range []string{"/* no end", "enum a {\n\tB,\n", "struct a {\n\tint b;\n};\n"} {
		if _, err := definitions(bad, []string{"c"}); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestMirror(t *testing.T) {
	for what, test := range map[string]struct{ file, text, want string }{
		"stanzas": {"sources.list.d/debian.sources", "Types: deb\nURIs: http://mirror.test/debian/\nSuites: stable\n",
			"http://mirror.test/debian"},
		"one line": {"sources.list", "# deb http://old.test/debian x main\ndeb [arch=amd64] http://mirror.test/debian " +
			"stable main\n", "http://mirror.test/debian"},
		"others":   {"sources.list.d/a.list", "deb https://packages.test/apt stable main\n", ""},
		"security": {"sources.list.d/a.sources", "URIs: http://mirror.test/debian-security\n", ""},
		"two in it": {"sources.list.d/a.sources", "URIs: http://mirror.test/debian-security http://mirror.test/debian\n",
			"http://mirror.test/debian"},
	} {
		etc := t.TempDir()
		file := filepath.Join(etc, test.file)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(test.text), 0o666); err != nil {
			t.Fatal(err)
		}
		got, _, err := mirror(etc)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: got %q and %v, want %q", what, got, err, test.want)
		}
	}
}

func TestLock(t *testing.T) {
	file := filepath.Join(t.TempDir(), "packages.lock")
	sum := strings.Repeat("ab", 32)
	pkgs := []locked{{"uapi", "linux-libc-dev", "7.3.4-1~bpo13+1", "trixie-backports", sum}}
	if err := writeLock(file, pkgs); err != nil {
		t.Fatal(err)
	}
	got, err := readLock(file)
	if err != nil || !slices.Equal(got, pkgs) {
		t.Errorf("read %v and %v, wrote %v", got, err, pkgs)
	}
	if err := os.WriteFile(file, []byte("uapi linux-libc-dev 7 trixie abc\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := readLock(file); err == nil {
		t.Error("a line with half a sum is taken")
	}
}

func TestUnpackedRefusesAnotherSum(t *testing.T) {
	cache := t.TempDir()
	p := locked{"uapi", "linux-libc-dev", "1", "trixie", strings.Repeat("0", 64)}
	if err := os.WriteFile(filepath.Join(cache, p.sha256+".deb"), []byte("not it"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := p.unpacked(cache); err == nil || !strings.Contains(err.Error(), "locked is 0000") {
		t.Errorf("error is %v", err)
	}
}

func TestCompareReportsTheDifference(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("one\ntwo\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := compare(dir, map[string][]byte{"a.txt": []byte("one\ntwo\n")}); err != nil {
		t.Error(err)
	}
	err := compare(dir, map[string][]byte{"a.txt": []byte("one\n2\n"), "b.txt": nil})
	for _, want := range []string{`line 2 is "two", should be "2"`, "b.txt: no such file"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one with %q", err, want)
		}
	}
}
