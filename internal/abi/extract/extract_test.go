package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// tree writes headers into folders as linux-libc-dev has them, and returns the roots to extract them from.
func tree(t *testing.T, headers map[string]string) map[string]string {
	t.Helper()
	if lookClang() == "" {
		t.Skipf("no clang %d or newer is installed", oldestClang)
	}
	root := t.TempDir()
	headers["asm/bitsperlong.h"] = "#define __BITS_PER_LONG (8 * __SIZEOF_LONG__)\n"
	for name, text := range headers {
		file := filepath.Join(root, "usr/include", name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{"uapi": root, "stub": root}
}

// facts extracts headers for the architectures and returns all lines of all files.
func facts(t *testing.T, archs []abi.Arch, list string, headers map[string]string) (string, error) {
	t.Helper()
	roots := tree(t, headers)
	hs, err := parseHeaders(list, abi.Linux())
	if err != nil {
		t.Fatal(err)
	}
	cache := t.TempDir()
	db, err := extractLinux(hs, roots, archs, cache)
	if err != nil {
		return "", err
	}
	again, err := extractLinux(hs, roots, archs, cache)
	if err != nil {
		t.Fatalf("from the cache: %v", err)
	}
	var all strings.Builder
	for name, b := range db.Text(abi.ArchNames(archs)) {
		all.Write(b)
		if cached := again.Text(abi.ArchNames(archs))[name]; string(cached) != string(b) {
			t.Errorf("from the cache, %s is\n%s\nit was\n%s", name, cached, b)
		}
	}
	return all.String(), nil
}

func TestExtract(t *testing.T) {
	got, err := facts(t, abi.Linux(), "linux/a.h\nasm/unistd.h", map[string]string{
		"linux/a.h": `
#include <linux/b.h>
enum { FIRST, SECOND = 7, MINUS = -3 };
enum color { RED = 0x80000000 };
#define SECOND SECOND
#define SHADOWED 8
#define SUM (SECOND + FROM_B)
#define BIG (~0ULL)
#define WORD (~0UL)
#define NEGATIVE -5
#define CHARACTER 'a'
#define TEXT "one" " two"
#define FLOAT 1.5
#define COMMA 1, 2
#define POINTER ((void *)1)
#define UNKNOWN (nothing + 1)
#define STATEMENT do { } while (0)
#define TYPE unsigned int
#define CALL(x) (x)
#define SIZE sizeof(struct s)
#ifdef __mips__
#define ONLY_MIPS 1
#endif
typedef unsigned long long wide;
typedef struct { char c; } boxed;
struct s {
	char c;
	wide w;
	unsigned low : 3, high : 5;
	union { int i; struct s *next; };
	enum color color[2];
	void (*call)(int);
	boxed box;
	char rest[];
};
struct __attribute__((packed)) p { char c; long l; };
struct declared;
`,
		"linux/b.h":    "#define FROM_B 10\nstruct b { int x; };\n",
		"asm/unistd.h": "#ifdef __i386__\n#define __NR_read 3\n#else\n#define __NR_read 63\n#endif\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	const narrow = "386,arm,mips,mipsle,ppc"
	for _, want := range []string{
		"\nFIRST int linux/a.h 0\n", "\nSECOND int linux/a.h 7\n", "\nMINUS int linux/a.h -3\n",
		"\nRED int linux/a.h 2147483648\n", "\nSHADOWED int linux/a.h 8\n", "\nSUM int linux/a.h 17\n",
		"\nBIG int linux/a.h 18446744073709551615\n",
		"\nWORD int linux/a.h 18446744073709551615 " + narrow + "=4294967295\n",
		"\nNEGATIVE int linux/a.h -5\n", "\nCHARACTER int linux/a.h 97\n", "\nTEXT string linux/a.h \"one two\"\n",
		"\nSIZE int linux/a.h 56 386=36 arm,mips,mipsle,ppc=40\n",
		"\nONLY_MIPS int linux/a.h - mips,mips64,mips64le,mipsle=1\n",
		"\nread 63 386=3\n",
		"\nenum color linux/a.h\n\tsize 4 unsigned\n", "\ntypedef wide linux/a.h\n\t= unsigned long long\n",
		"\ntypedef boxed linux/a.h\n\t= struct(1)\n\t0 c char\n",
		"\nstruct p linux/a.h\n\tsize 9 align 1\n\t0 c char\n\t1 l long\n@" + narrow + "\n\tsize 5 align 1\n",
		"\nstruct s linux/a.h\n\tsize 56 align 8\n\t0 c char\n\t8 w wide\n\t128:3 low unsigned int\n\t131:5 high " +
			"unsigned int\n" +
			"\t24 - union(8) {\n\t\t0 i int\n\t\t0 next *struct s\n\t}\n\t32 color [2]enum color\n\t40 call *func\n" +
			"\t48 box boxed\n\t49 rest []char\n",
		"@386\n\tsize 36 align 4\n\t0 c char\n\t4 w wide\n\t96:3 low",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the facts lack %q", want)
		}
	}
	for _, name := range []string{"FLOAT", "COMMA", "POINTER", "UNKNOWN", "STATEMENT", "TYPE", "CALL", "FROM_B",
		"struct b", "struct declared", "__NR_"} {
		if strings.Contains(got, "\n"+name+" ") {
			t.Errorf("%s is among the facts", name)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestExtractFails(t *testing.T) {
	some := abi.Linux()[:2]
	for what, test := range map[string]struct{ list, a, want string }{
		"on a header that does not compile": {"linux/a.h", "struct {", "linux/a.h for 386: exit status 1"},
		"on one that is not there":          {"linux/missing.h", "", "'linux/missing.h' file not found"},
		"on a macro that misses an include": {"linux/a.h\nlinux/b.h", "#define X (FROM_B + 1)",
			"linux/a.h: X needs FROM_B of linux/b.h on 386,amd64 (say after=linux/b.h, or drop=X)"},
		"on a macro that misses a macro": {"linux/a.h\nlinux/b.h", "#define X CALL(1)", "X needs CALL of linux/b.h"},
		"on a macro that misses a type": {"linux/a.h\nlinux/b.h", "#define X sizeof(struct b)",
			"X needs struct b of linux/b.h"},
		"on a type of a header that is not in the list": {"linux/a.h", "#include <linux/b.h>\nstruct a { struct b b; };",
			"type struct b is not among the facts and used by a"},
		"on a type that it does not understand": {"linux/a.h", "struct a { _Complex double c; };", "is not understood"},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := facts(t, some, test.list, map[string]string{
				"linux/a.h": test.a, "linux/b.h": "#define FROM_B 10\n#define CALL(x) (x)\nstruct b { int x; };\n",
			})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
	if _, err := facts(t, some, "linux/a.h drop=X\nlinux/b.h", map[string]string{
		"linux/a.h": "#define X (FROM_B + 1)\n", "linux/b.h": "#define FROM_B 10\n",
	}); err != nil {
		t.Errorf("drop is not heeded: %v", err)
	}
}
