package mksysctl

import (
	"strings"
	"testing"

	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/gentest"
)

const consts = `
CTL_KERN int sys/sysctl.h 1
KERN_OSTYPE int sys/sysctl.h 4
ODD int sys/sysctl.h 1 386=2
`

func TestGenerate(t *testing.T) {
	files, err := Generate(gentest.Facts(t, consts, "", ""), gentest.System(),
		gen.ParseList("list", "kern.ostype CTL_KERN.KERN_OSTYPE\nhw.x 6.3"))
	const want = "{\"hw.x\", []int32{6, 3}},\n\t{\"kern.ostype\", []int32{1, 4}},\n"
	if got := string(files["zsysctl_linux.go"]); err != nil || !strings.Contains(got, want) {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}

func TestGenerateRefuses(t *testing.T) {
	for list, want := range map[string]string{
		"kern":         "list:1: want a name and its numbers",
		"kern.x NONE":  `list:1: "NONE" is no number and no constant`,
		"kern.x ODD":   "list:1: constant ODD is not the same everywhere",
		"a 1.2\na 1.3": "a is there twice",
	} {
		if _, err := Generate(gentest.Facts(t, consts, "", ""), gentest.System(), gen.ParseList("list", list)); err == nil ||
			err.Error() != want {
			t.Errorf("%q: %v, want %s", list, err, want)
		}
	}
}
