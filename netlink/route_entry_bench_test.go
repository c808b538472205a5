package netlink

import (
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// BenchmarkRouteEntryDecode reads routes as a long IPv4 dump has them; an
// operation is a route.
func BenchmarkRouteEntryDecode(b *testing.B) {
	const routes = 512
	var all [routes][]byte
	for i := range all {
		var enc wire.Encoder
		(&uapi.Rtmsg{Family: uapi.AF_INET, DstLen: 32, Protocol: uapi.RTPROT_BOOT,
			Type: uapi.RTN_UNICAST}).Put(enc.Raw(uapi.SizeofRtmsg))
		enc.Uint32(uapi.RTA_TABLE, uapi.RT_TABLE_MAIN)
		enc.Data(uapi.RTA_DST, []byte{20, 0, byte(i >> 8), byte(i)})
		enc.Data(uapi.RTA_GATEWAY, []byte{10, 0, 0, 1})
		enc.Uint32(uapi.RTA_OIF, 3)
		all[i] = enc.Bytes()
	}
	f := newRouteFilter(FAMILY_V4, nil, 0)
	var e RouteEntry
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if want, err := f.decode(wire.Message{Type: uapi.RTM_NEWROUTE, Data: all[i%routes]}, &e); err != nil || !want {
			b.Fatal(want, err)
		}
	}
}
