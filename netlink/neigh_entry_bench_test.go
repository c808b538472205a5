package netlink

import (
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
)

// BenchmarkNeighEntryDecode reads neighbours as a dump has them.
func BenchmarkNeighEntryDecode(b *testing.B) {
	data := capture.Message(b, uapi.RTM_NEWNEIGH,
		"02000000 03000000 80000001 08000100 0a010209 0a000200 02000000 00090000 08000400 00000000 14000300 00000000 "+
			"00000000 00000000 00000000")
	var e NeighEntry
	for b.Loop() {
		if err := e.decode(data); err != nil || e.LinkIndex != 3 {
			b.Fatal(e, err)
		}
	}
}
