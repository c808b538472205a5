package netlink

import (
	"net"
	"reflect"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// TestLinkFieldsFitTheStructure compares the table, whose offsets no compiler checks
// against what is stored there, with LinkAttrs.
func TestLinkFieldsFitTheStructure(t *testing.T) {
	goType := map[wireForm]reflect.Type{
		wireText: reflect.TypeFor[string](), wireAddress: reflect.TypeFor[net.HardwareAddr](), wireBytes: reflect.TypeFor[[]byte](),
		wireBool: reflect.TypeFor[bool](), wireUint16: reflect.TypeFor[uint16](), wireUint32: reflect.TypeFor[uint32](),
		wireInt: reflect.TypeFor[int](), wireSigned: reflect.TypeFor[int](), wireUint: reflect.TypeFor[uint64](),
	}
	at := map[uintptr]reflect.StructField{}
	for f := range reflect.TypeFor[LinkAttrs]().Fields() {
		at[f.Offset] = f
	}
	seen, held := map[uintptr]int{}, map[uintptr]int{}
	for typ, f := range linkFields {
		switch f.wire {
		case wireUnknown:
			continue
		case wireHeld:
			if before, twice := held[f.at]; twice || f.at >= uintptr(len(heldAttrs{})) {
				t.Errorf("attribute %d is held at %d, as %d is", typ, f.at, before)
			}
			held[f.at] = typ
			continue
		}
		field := at[f.at]
		if before, twice := seen[f.at]; twice {
			t.Errorf("attribute %d goes to %s, as %d does", typ, field.Name, before)
		}
		seen[f.at] = typ
		if f.wire == wireUint8 {
			if field.Type.Kind() != reflect.Uint8 {
				t.Errorf("attribute %d: %s is a %v", typ, field.Name, field.Type)
			}
		} else if field.Type != goType[f.wire] {
			t.Errorf("attribute %d: %s is a %v, the table has a %v", typ, field.Name, field.Type, goType[f.wire])
		}
	}
	if len(seen) < 40 || len(held) != len(heldAttrs{}) {
		t.Errorf("%d attributes are stored and %d held", len(seen), len(held))
	}
}

// TestKindsWithoutAttributes decodes links of which a message tells no more than the
// kind: what stands for "not told" is there all the same.
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
