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
	files, err := Generate(gentest.Facts(t, "", "", calls), gentest.Archs(), gen.ParseList("list", "!^Linux$\nset fstatat newfstatat 386\nset old 9 386,mips"))
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
	for list, want := range map[string]string{
		"read":                    "list:1: want !REGEXP",
		"!(":                      "error parsing regexp",
		"!^nothing$":              "no system call matches ^nothing$",
		"set read newfstatat 386": "read is 3 on 386",
		"set a b 386":             "b is no number and no system call of 386",
		"set a only 386":          "only is no number and no system call of 386",
		"set a read vax":          `unknown architecture "vax"`,
		"!.":                      "386 has no system call",
	} {
		_, err := Generate(gentest.Facts(t, "", "", calls), gentest.Archs(), gen.ParseList("list", list))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want one with %q", list, err, want)
		}
	}
}
