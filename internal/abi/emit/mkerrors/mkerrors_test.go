package mkerrors

import (
	"go/types"
	"strings"
	"testing"

	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/gentest"
)

const consts = `
AF_INET int linux/a.h 2
AF_ODD int linux/a.h 2 mips=3
AF_ONLY int linux/a.h - mips=3
AF_NAME string linux/a.h "a b"
_HIDDEN int linux/a.h 12
ENOENT int asm/errno.h 2
EINIT int asm/errno.h - mips=141
EDEADLK int asm/errno.h 35 mips=45
EDEADLOCK int asm/errno.h 35 mips=45
SIGCHLD int asm/signal.h 17 mips=18
HUGE int linux/b.h 18446744073709551615
`

const bitTypes = `
base unsigned long long
	size 8 unsigned
struct attr linux/a.h
	size 16 align 8
	0 size unsigned long long
	64:1 disabled unsigned long long
	65:2 precise unsigned long long
@386
	size 16 align 4
	0 size unsigned long long
	64:1 disabled unsigned long long
	65:2 precise unsigned long long
`

const list = `
const linux/a.h
const linux/b.h
errno asm/errno.h ^E
signal asm/signal.h ^SIG
`

func generate(t *testing.T, list string) (map[string][]byte, error) {
	t.Helper()
	return Generate(gentest.Facts(t, consts, bitTypes, ""), gentest.System(), gen.ParseList("list", list))
}

// values returns all constants with their types and values.
func values(pkg *types.Package) map[string]string {
	out := map[string]string{}
	for _, name := range pkg.Scope().Names() {
		if c, ok := pkg.Scope().Lookup(name).(*types.Const); ok {
			out[name] = c.Type().String() + " " + c.Val().ExactString()
		}
	}
	return out
}

func TestGenerate(t *testing.T) {
	files, err := generate(t, list+`
set AF_INET 10 mips
set AF_LOCAL 1
set AF_HIDDEN _HIDDEN
set SIGCLD SIGCHLD
set LETTER 'f'
set HUGE2 0xffffffffffffffff
set MINUS -1 386`)
	if err != nil {
		t.Fatal(err)
	}
	for arch, want := range map[string]map[string]string{
		"amd64": {
			"AF_INET": "untyped int 2", "AF_ODD": "untyped int 2", "AF_ONLY": "", "AF_NAME": `untyped string "a b"`,
			"AF_LOCAL": "untyped int 1", "AF_HIDDEN": "untyped int 12", "_HIDDEN": "", "MINUS": "",
			"ENOENT": "syscall.Errno 2", "EDEADLK": "syscall.Errno 35",
			"SIGCHLD": "syscall.Signal 17", "SIGCLD": "syscall.Signal 17",
			"HUGE": "untyped int 18446744073709551615", "HUGE2": "untyped int 18446744073709551615",
			"LETTER": "untyped rune 102",
		},
		"mips": {"AF_INET": "untyped int 10", "AF_ODD": "untyped int 3", "AF_ONLY": "untyped int 3",
			"EDEADLK": "syscall.Errno 45", "SIGCLD": "syscall.Signal 18"},
		"386": {"MINUS": "untyped int -1"},
	} {
		got := values(gentest.Check(t, files, arch))
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s on %s is %q, want %q", name, arch, got[name], value)
			}
		}
	}
	common := string(files["zerrors_linux.go"])
	for name, want := range map[string]bool{"ENOENT ": true, "AF_LOCAL ": true, "AF_ODD ": false, "EDEADLK ": false,
		"AF_ONLY ": false, "SIGCHLD ": false} {
		if strings.Contains(common, "\t"+name) != want {
			t.Errorf("%s in the common file: %v, want %v", name, !want, want)
		}
	}
}

// TestNamesOfNumbers has a name that all architectures know, in the common file alone, and one that some do.
func TestNamesOfNumbers(t *testing.T) {
	files, err := generate(t, list)
	if err != nil {
		t.Fatal(err)
	}
	common := string(files["zerrors_linux.go"])
	for _, name := range []string{"ENOENT", "EDEADLK", "SIGCHLD"} {
		entry := "{" + name + ", \"" + name + "\"},"
		if !strings.Contains(common, entry) {
			t.Errorf("the common file lacks %s", entry)
		}
		for _, arch := range []string{"amd64", "mips"} {
			if strings.Contains(string(files["zerrors_linux_"+arch+".go"]), entry) {
				t.Errorf("%s has %s again", arch, entry)
			}
		}
	}
	// Of two names for a number, the first in the alphabet.
	if strings.Contains(common, `"EDEADLOCK"`) {
		t.Error("35 has two names")
	}
	for _, arch := range []string{"386", "amd64", "mips"} {
		if strings.Contains(string(files["zerrors_linux_"+arch+".go"]), `{EINIT, "EINIT"},`) != (arch == "mips") {
			t.Errorf("EINIT is among the names of %s, or not", arch)
		}
		gentest.Check(t, files, arch)
	}
}

func TestBitFieldsFollowTheByteOrder(t *testing.T) {
	files, err := generate(t, list+`
masks Bit
bit Disabled:uint64 struct:attr disabled
bit Precise2 struct:attr precise 1`)
	if err != nil {
		t.Fatal(err)
	}
	for arch, want := range map[string]map[string]string{
		"amd64": {"Bit0": "untyped int 1", "Bit63": "untyped int 9223372036854775808", "Disabled": "uint64 1",
			"Precise2": "untyped int 4"},
		"mips": {"Bit0": "untyped int 9223372036854775808", "Bit63": "untyped int 1",
			"Disabled": "uint64 9223372036854775808", "Precise2": "untyped int 2305843009213693952"},
	} {
		got := values(gentest.Check(t, files, arch))
		for name, value := range want {
			if got[name] != value {
				t.Errorf("%s on %s is %q, want %q", name, arch, got[name], value)
			}
		}
	}
}

// TestGenerateRefuses has what no list may say, as its line 6: each error says where it stands.
func TestGenerateRefuses(t *testing.T) {
	for _, c := range []struct{ more, want string }{
		{"enum linux/a.h", `list:6: unknown "enum"`},
		{"const", "list:6: const of what?"},
		{"const linux/c.h", "list:6: no constant of linux/c.h matches"},
		{"const linux/a.h ^AF_ !ODD", "list:6: linux/a.h ^AF_ !ODD: list:"},
		{"const linux/a.h (", "list:6: error parsing regexp"},
		{"const asm/errno.h ENOENT", "list:4: ENOENT is a errno here and a const in list:6"},
		{"set AF_INET", "list:6: want name, value and architectures"},
		{"set AF-INET 3", `list:6: "AF-INET" is no name that Go exports`},
		{"set AF_INET 3 vax", `list:6: unknown architecture "vax"`},
		{"set AF_INET 2", "list:6: AF_INET is 2 on 386 anyway"},
		{"set AF_INET 3 mips\nset AF_INET 4 386,mips", "list:7: AF_INET is set on mips in list:6"},
		{"set X Y", `list:6: "Y" is no number and no constant of 386`},
		{"set X 'ab'", `list:6: "'ab'" is no number and no constant of 386`},
		{"set X AF_ONLY", `list:6: "AF_ONLY" is no number and no constant of 386`},
		{"set AF_INET ENOENT", "list:6: AF_INET is of kind const, ENOENT of kind errno"},
		{"bit X struct:attr size", `list:6: struct attr has no bit field "size"`},
		{"bit X struct:attr precise 2", "list:6: bit field precise has 2 bits"},
		{"bit X struct:attr precise two", `list:6: strconv.ParseUint: parsing "two"`},
		{"bit X struct:none precise", "list:6: struct none is not among the facts"},
		{"bit X struct:attr", "list:6: want a name, a C type"},
		{"bit x struct:attr precise", `list:6: "x" is no name that Go exports, or no type`},
		{"bit X: struct:attr precise", `list:6: "X:" is no name that Go exports, or no type`},
		{"bit AF_INET struct:attr precise", "AF_INET is a const here and a const in list:"},
		{"masks AF_ X", "list:6: want a prefix"},
		{"masks 8", `list:6: "8" is no name that Go exports`},
		{"masks M\nmasks M", "list:7: M0 is a const here and a const in list:6"},
	} {
		files, err := generate(t, list+c.more)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "list:") || files != nil {
			t.Errorf("%q: %d files and error %v, want one with %q", c.more, len(files), err, c.want)
		}
	}
}
