package netlink

import (
	"reflect"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// TestLinkFields has a message with each attribute alone: exactly one field of LinkAttrs, or of those that are held,
// takes it.
func TestLinkFields(t *testing.T) {
	taken := map[string]uint16{}
	for typ := range uint16(uapi.IFLA_MAX + 2) {
		var e wire.Encoder
		e.Data(typ, []byte{1, 1, 1, 1, 1, 1, 1, 1})
		var l linkDecoder
		var a LinkAttrs
		var held heldAttrs
		if err := l.fill(&a, &held, e.Bytes()); err != nil {
			t.Errorf("attribute %d: %v", typ, err)
		}
		var fields []string
		for _, v := range []reflect.Value{reflect.ValueOf(a), reflect.ValueOf(held)} {
			for i := range v.NumField() {
				if !v.Field(i).IsZero() {
					fields = append(fields, v.Type().Field(i).Name)
				}
			}
		}
		if len(fields) == 0 {
			continue
		}
		if len(fields) > 1 {
			t.Errorf("attribute %d goes to %q", typ, fields)
		}
		if before, twice := taken[fields[0]]; twice {
			t.Errorf("attributes %d and %d go to %s", before, typ, fields[0])
		}
		taken[fields[0]] = typ
		for _, short := range []int{0, 1} {
			e = wire.Encoder{}
			e.Data(typ, make([]byte, short))
			_ = l.fill(&a, &held, e.Bytes()) // returns
		}
	}
	if len(taken) < 50 {
		t.Errorf("%d attributes are taken", len(taken))
	}
	for name, want := range map[string]uint16{"MTU": uapi.IFLA_MTU, "NetNsID": uapi.IFLA_LINK_NETNSID,
		"vfs": uapi.IFLA_VFINFO_LIST} {
		if taken[name] != want {
			t.Errorf("%s takes attribute %d, want %d", name, taken[name], want)
		}
	}
}

// TestKindsWithoutAttributes decodes links of which a message has no more than the
// kind: the values that mean "not reported" are there all the same.
func TestKindsWithoutAttributes(t *testing.T) {
	want := map[string]func(Link) bool{
		"veth":   func(l Link) bool { return l.(*Veth).PeerTxQLen == -1 },
		"tun":    func(l Link) bool { return l.(*Tuntap).Flags == TUNTAP_NO_PI && l.(*Tuntap).NonPersist },
		"bridge": func(l Link) bool { return l.(*Bridge).State != nil },
	}
	for kind, told := range want {
		link, err := decodeLink(linkMessage(uapi.Ifinfomsg{Index: 1}, func(e *wire.Encoder) {
			e.Nest(uapi.IFLA_LINKINFO)
			e.String(uapi.IFLA_INFO_KIND, kind)
			e.End()
		}))
		if err != nil {
			t.Fatal(err)
		}
		if a := link.Attrs(); !told(link) || a.NetNsID != -1 || a.NewNetNsID != -1 || a.TxQLen != -1 {
			t.Errorf("%s: %+v", kind, link)
		}
	}
}

// TestLinksOfAListAreApart changes what links refer to that were cut from one piece
// of memory.
func TestLinksOfAListAreApart(t *testing.T) {
	message := func(n byte) []byte {
		return linkMessage(uapi.Ifinfomsg{Index: int32(n)}, func(e *wire.Encoder) {
			e.String(uapi.IFLA_IFNAME, "eth"+string('0'+rune(n)))
			e.Data(uapi.IFLA_ADDRESS, []byte{2, 0, 0, 0, 0, n})
			e.Data(uapi.IFLA_BROADCAST, []byte{255, 255, 255, 255, 255, n})
			e.Data(uapi.IFLA_STATS64, []byte{n, 0, 0, 0, 0, 0, 0, n})
			e.Nest(uapi.IFLA_XDP)
			e.Uint8(uapi.IFLA_XDP_ATTACHED, 0)
			e.End()
		})
	}
	var d linkDecoder
	var links []*Device
	for n := range byte(9) {
		l, err := d.decode(message(n + 1))
		if err != nil {
			t.Fatal(err)
		}
		links = append(links, l.(*Device))
	}
	for _, l := range links {
		_ = append(l.HardwareAddr, "what an append must not write over"...)
		l.HardwareAddr[0], l.Broadcast[0] = 0xee, 0xee
		l.Statistics.TxPackets, l.Xdp.Flags, l.MTU = 99, 99, 99
		for i, other := range links {
			want, err := decodeLink(message(byte(i + 1)))
			if err != nil {
				t.Fatal(err)
			}
			if other.Statistics.TxPackets == 99 { // it has been changed
				w := want.Attrs()
				w.HardwareAddr[0], w.Broadcast[0] = 0xee, 0xee
				w.Statistics.TxPackets, w.Xdp.Flags, w.MTU = 99, 99, 99
			}
			if !reflect.DeepEqual(other, want) {
				t.Fatalf("link %d is %+v, want %+v", i, other, want)
			}
		}
	}
}
