package mksysnum

import (
	"go/types"
	"strings"
	"testing"

	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/gentest"
)

const calls = `
Linux - mips=4000
read 3 amd64=0 mips=4003
newfstatat 300 amd64=262 mips=4293
only 7 386=- mips=-
`

func TestGenerate(t *testing.T) {
	files, err := Generate(gentest.Facts(t, "", "", calls), gentest.System(),
		gen.ParseList("list", "!^Linux$\nset fstatat newfstatat 386\nset old 9 386,mips"))
	if err != nil {
		t.Fatal(err)
	}
	const byNumber = "{0, \"read\"},\n\t{7, \"only\"},\n\t{262, \"newfstatat\"},\n}\n"
	if amd64 := string(files["zsysnum_linux_amd64.go"]); !strings.HasSuffix(amd64, byNumber) {
		t.Errorf("want the table %s in\n%s", byNumber, amd64)
	}
	for arch, want := range map[string]string{
		"386":   "SYS_FSTATAT=300 SYS_NEWFSTATAT=300 SYS_OLD=9 SYS_READ=3",
		"amd64": "SYS_NEWFSTATAT=262 SYS_ONLY=7 SYS_READ=0",
		"mips":  "SYS_NEWFSTATAT=4293 SYS_OLD=9 SYS_READ=4003",
	} {
		scope := gentest.Check(t, files, arch).Scope()
		var got []string
		for _, name := range scope.Names() {
			if c, ok := scope.Lookup(name).(*types.Const); ok {
				got = append(got, name+"="+c.Val().String())
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s has %v, want %s", arch, got, want)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	for _, c := range []struct{ list, want string }{
		{"\nread", "list:2: want !REGEXP"},
		{"set a read", "list:1: want !REGEXP, or set NAME OTHER ARCHITECTURES"},
		{"!(", "list:1: error parsing regexp"},
		{"!^nothing$", "list:1: no system call matches ^nothing$"},
		{"set read newfstatat 386", "list:1: read is 3 on 386"},
		{"set a 1 386\nset a 2 386", "list:2: a is 1 on 386"},
		{"set a b 386", "list:1: b is no number and no system call of 386"},
		{"set a -1 386", "list:1: -1 is no number and no system call of 386"},
		{"set a only 386", "list:1: only is no number and no system call of 386"},
		{"set a read vax", `list:1: unknown architecture "vax"`},
		{"!.", "386 has no system call"},
		{"set READ 9 386", "386: system calls READ and read are both SYS_READ"},
		{"set a-b 9 386", `386: system call "a-b": SYS_A-B is no name in Go`},
		{"set a 4294967295 386", `386: system call a: strconv.ParseUint: parsing "4294967295"`},
	} {
		files, err := Generate(gentest.Facts(t, "", "", calls), gentest.System(), gen.ParseList("list", c.list))
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || files != nil {
			t.Errorf("%q: %d files and error %v, want one with %q", c.list, len(files), err, c.want)
		}
	}
}

func TestFactsWithoutNumber(t *testing.T) {
	for facts, want := range map[string]string{
		"read -3":                     "386: system call read: strconv.ParseUint",
		"read 3 amd64=99999999999":    "amd64: system call read: strconv.ParseUint",
		"read 3\nRead 4 386=- mips=-": "amd64: system calls Read and read are both SYS_READ",
	} {
		files, err := Generate(gentest.Facts(t, "", "", facts+"\n"), gentest.System(), nil)
		if err == nil || !strings.HasPrefix(err.Error(), want) || files != nil {
			t.Errorf("%q: %d files and error %v, want one with %q", facts, len(files), err, want)
		}
	}
}
