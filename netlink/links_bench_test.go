package netlink

import (
	"os"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// BenchmarkLinkDecode decodes a thousand links that are no ports, as LinkList does.
func BenchmarkLinkDecode(b *testing.B) {
	text, err := os.ReadFile("testdata/link_veth_port.txt")
	if err != nil {
		b.Fatal(err)
	}
	port := capture.Message(b, uapi.RTM_NEWLINK, string(text))
	var e wire.Encoder
	copy(e.Raw(uapi.SizeofIfinfomsg), port)
	for d := wire.NewDecoderAfter(port, uapi.SizeofIfinfomsg); d.Next(); {
		switch d.Type() {
		case uapi.IFLA_LINKINFO:
			e.Nest(uapi.IFLA_LINKINFO)
			e.String(uapi.IFLA_INFO_KIND, "veth")
			e.End()
		case uapi.IFLA_PROP_LIST:
		default:
			e.Data(d.Type(), d.Data())
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		var d linkDecoder
		for range 1000 {
			if _, err := d.decode(e.Bytes()); err != nil {
				b.Fatal(err)
			}
		}
	}
}
