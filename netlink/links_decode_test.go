package netlink

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// capturedFile returns a message about a link that is in a file in testdata.
func capturedFile(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return capture.Message(t, uapi.RTM_NEWLINK, string(text))
}

func parseMAC(t testing.TB, s string) net.HardwareAddr {
	t.Helper()
	a, err := net.ParseMAC(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestDecodeLinkOfKernel(t *testing.T) {
	link, err := decodeLink(capturedFile(t, "link_veth_port.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := link.(*Veth); !ok || link.Type() != "veth" {
		t.Errorf("got a %T of type %q", link, link.Type())
	}
	got := *link.Attrs()
	if got.Slave == nil || got.Slave.SlaveType() != "bridge" {
		t.Errorf("slave is %#v", got.Slave)
	}
	got.Slave = nil
	want := LinkAttrs{
		Index:            4,
		MTU:              1400,
		TxQLen:           55,
		Name:             "d0",
		HardwareAddr:     parseMAC(t, "02:00:00:00:00:01"),
		Flags:            net.FlagUp | net.FlagBroadcast | net.FlagMulticast,
		RawFlags:         uapi.IFF_UP | uapi.IFF_BROADCAST | uapi.IFF_MULTICAST,
		ParentIndex:      3,
		MasterIndex:      2,
		Alias:            "hello world",
		AltNames:         []string{"a-rather-long-alternative-name", "d0alt"},
		Statistics:       &LinkStatistics{},
		Promisc:          1,
		Allmulti:         1,
		Multi:            1,
		Xdp:              &LinkXdp{},
		EncapType:        "ether",
		OperState:        OperLowerLayerDown,
		NetNsID:          -1,
		NewNetNsID:       -1,
		NumTxQueues:      4,
		NumRxQueues:      2,
		TSOMaxSegs:       65535,
		TSOMaxSize:       524280,
		GSOMaxSegs:       65535,
		GSOMaxSize:       65536,
		GROMaxSize:       65536,
		GSOIPv4MaxSize:   65536,
		GROIPv4MaxSize:   65536,
		Group:            7,
		Broadcast:        parseMAC(t, "ff:ff:ff:ff:ff:ff"),
		Qdisc:            "noqueue",
		CarrierChanges:   1,
		CarrierDownCount: 1,
		MinMTU:           68,
		MaxMTU:           65535,
		IP6:              &LinkIP6{},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// message builds the payload of a message about a link.
func linkMessage(ifi uapi.Ifinfomsg, attrs func(*wire.Encoder)) []byte {
	b := make([]byte, uapi.SizeofIfinfomsg)
	ifi.Put(b)
	var e wire.Encoder
	if attrs != nil {
		attrs(&e)
	}
	return append(b, e.Bytes()...)
}

func TestDecodeLinkPrefersCountersOf64Bits(t *testing.T) {
	s64 := uapi.RtnlLinkStats64{RxPackets: 1 << 40, RxNohandler: 7}
	s32 := uapi.RtnlLinkStats{RxPackets: 5, RxNohandler: 6}
	put32 := func(e *wire.Encoder) { e.Struct(uapi.IFLA_STATS, uapi.SizeofRtnlLinkStats, &s32) }
	put64 := func(e *wire.Encoder) { e.Struct(uapi.IFLA_STATS64, uapi.SizeofRtnlLinkStats64, &s64) }
	for name, c := range map[string]struct {
		attrs func(*wire.Encoder)
		want  LinkStatistics
	}{
		"64 first": {func(e *wire.Encoder) { put64(e); put32(e) }, LinkStatistics{RxPackets: 1 << 40, RxNohandler: 7}},
		"32 first": {func(e *wire.Encoder) { put32(e); put64(e) }, LinkStatistics{RxPackets: 1 << 40, RxNohandler: 7}},
		"32 alone": {put32, LinkStatistics{RxPackets: 5, RxNohandler: 6}},
		"Linux 3.10": {func(e *wire.Encoder) { copy(e.Reserve(uapi.IFLA_STATS64, 184), []byte{0: 9, 7: 0}) },
			LinkStatistics{RxPackets: 9}},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "Linux 3.10" && native.Uint16([]byte{1, 0}) != 1 {
				c.want.RxPackets = 9 << 56
			}
			link, err := decodeLink(linkMessage(uapi.Ifinfomsg{Index: 1}, c.attrs))
			if err != nil {
				t.Fatal(err)
			}
			if got := link.Attrs().Statistics; got == nil || *got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestDecodeLinkOfUnknownKindKeepsItsData(t *testing.T) {
	link, err := decodeLink(linkMessage(uapi.Ifinfomsg{Index: 3}, func(e *wire.Encoder) {
		e.Nest(uapi.IFLA_LINKINFO)
		e.String(uapi.IFLA_INFO_KIND, "martian")
		e.Nest(uapi.IFLA_INFO_DATA)
		e.Uint32(1, 7)
		e.End()
		e.End()
		e.Uint32(3000, 1) // an attribute of a kernel to come
	}))
	if err != nil {
		t.Fatal(err)
	}
	g, ok := link.(*GenericLink)
	if !ok || g.Type() != "martian" {
		t.Fatalf("got %#v", link)
	}
	d := wire.NewDecoder(g.Data)
	if !d.Next() || d.Type() != 1 || d.Uint32() != 7 {
		t.Errorf("data is %x", g.Data)
	}
}

// IFLA_AF_SPEC and IFLA_PROTINFO are other things for other families.
func TestDecodeLinkOfBridgeFamily(t *testing.T) {
	b := linkMessage(uapi.Ifinfomsg{Family: uapi.AF_BRIDGE, Index: 3}, func(e *wire.Encoder) {
		e.Nest(uapi.IFLA_PROTINFO | uapi.NLA_F_NESTED)
		e.Uint8(uapi.IFLA_BRPORT_MODE, 1)
		e.Uint8(uapi.IFLA_BRPORT_LEARNING, 1)
		e.Uint8(uapi.IFLA_BRPORT_UNICAST_FLOOD, 0)
		e.End()
		e.Nest(uapi.IFLA_AF_SPEC)
		e.Uint16(uapi.AF_INET6, 9)
		e.End()
	})
	link, err := decodeLink(b)
	if err != nil {
		t.Fatal(err)
	}
	if p := link.Attrs().Protinfo; p == nil || *p != (Protinfo{Hairpin: true, Learning: true}) {
		t.Errorf("got %v", p)
	} else if p.String() != "Hairpin Learning" {
		t.Errorf("got %q", p)
	}
	if link.Attrs().IP6 != nil {
		t.Error("a bridge's flags were taken for IPv6")
	}
	port, err := decodeLink(capturedFile(t, "bridge_vlan_port.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if p := port.Attrs().Protinfo; p == nil || *p != (Protinfo{Learning: true, Flood: true, VlanTunnel: true}) {
		t.Errorf("got %v of the kernel's bytes", p)
	}
	b[0] = uapi.AF_INET6
	if link, err = decodeLink(b); err != nil || link.Attrs().Protinfo != nil {
		t.Errorf("got %v, %v for IPv6", link.Attrs().Protinfo, err)
	}
}

func TestDecodeLinkRefusesWhatIsCutOff(t *testing.T) {
	whole := capturedFile(t, "link_veth_port.txt")
	for n := range uapi.SizeofIfinfomsg {
		if link, err := decodeLink(whole[:n]); err == nil {
			t.Errorf("%d bytes: got %+v", n, link)
		} else if !errors.Is(err, wire.ErrMalformed) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	// At each cut there is a link or an error, and never a panic.
	for n := range whole {
		link, err := decodeLink(whole[:n:n])
		if (link == nil) == (err == nil) {
			t.Errorf("%d bytes: got %v, %v", n, link, err)
		}
	}
}

func TestOperStatesAreNamed(t *testing.T) {
	var got []string
	for s := LinkOperState(0); s <= 7; s++ {
		got = append(got, s.String())
	}
	want := []string{"unknown", "not-present", "down", "lower-layer-down", "testing", "dormant", "up", "state 7"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzDecodeLink(f *testing.F) {
	f.Add(capturedFile(f, "link_veth_port.txt"))
	f.Add(capture.Message(f, uapi.RTM_NEWLINK, vfList))
	f.Add(capturedFile(f, "bridge_vlan_port.txt"))
	f.Add(linkMessage(uapi.Ifinfomsg{Family: uapi.AF_BRIDGE}, func(e *wire.Encoder) {
		e.Nest(uapi.IFLA_PROTINFO | uapi.NLA_F_NESTED)
		e.Uint8(uapi.IFLA_BRPORT_MODE, 1)
		e.End()
	}))
	f.Fuzz(func(t *testing.T, b []byte) {
		link, err := decodeLink(b)
		if (link == nil) == (err == nil) {
			t.Errorf("got %v, %v", link, err)
		}
	})
}
