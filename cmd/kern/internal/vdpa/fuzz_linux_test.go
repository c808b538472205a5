package vdpa

import (
	"encoding/json"
	"testing"

	"kern.sys/cmd/kern/internal/clitest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// fuzzed are commands that show what the kernel answers.
var fuzzed = []string{"mgmtdev show x", "dev show", "dev config show x", "dev vstats show x qidx 0"}

// FuzzShow has the kernel answer with any bytes at all: there is no panic, and JSON is valid.
func FuzzShow(f *testing.F) {
	for _, b := range mgmtdevs {
		f.Add(uint8(0), b)
	}
	for _, b := range devs {
		f.Add(uint8(1), b)
	}
	for _, b := range configs {
		f.Add(uint8(2), b)
	}
	f.Add(uint8(3), vstats(16, 8))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		line := fuzzed[int(which)%len(fuzzed)]
		k := clitest.AnswerGenl(uapi.VDPA_GENL_NAME, func(uint8, desc.Attrs, bool) ([][]byte, int32) {
			return [][]byte{data}, 0
		})
		k.Kern(t, line)
		if r, _ := k.Kern(t, "-j "+line); r.Code == 0 && !json.Valid([]byte(r.Out)) {
			t.Errorf("%s, %x: no JSON: %s", line, data, r.Out)
		}
	})
}
