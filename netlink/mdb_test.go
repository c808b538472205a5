package netlink

import (
	"bytes"
	"net"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"kern.sys/internal/capture"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// What Linux 6.18 lists of a bridge (10), its port (11) and a VXLAN device (12).
const (
	mdbOfBridge = `
		00000000 0a000000
		a4010100
		2c000100 28000100 0a000000 00000000 ef010103 00000000 00000000 00000000 08000000
			08000100 64650000
		34000100 30000100 0b000000 01000000 01005e7f 00010000 00000000 00000000 00000000
			08000100 00000000 05000500 04000000
		50000100 4c000100 0b000000 01000000 ff150000 00000000 00000000 00000001 86dd0000
			08000100 00000000 14000400 20010db8 00000000 00000000 00000001 05000500 04000000 05000300 01000000
		44000100 40000100 0b000000 00000a00 ef010101 00000000 00000000 00000000 08000000
			08000100 00000000 08000400 0a000002 05000500 63000000 05000300 01000000
		44000100 40000100 0b000000 00000a00 ef010101 00000000 00000000 00000000 08000000
			08000100 00000000 08000400 0a000001 05000500 63000000 05000300 01000000
		68000100 64000100 0b000000 00000a00 ef010101 00000000 00000000 00000000 08000000
			08000100 00000000 05000500 63000000 2c000280
				14000180 08000100 0a000002 08000200 62650000
				14000180 08000100 0a000001 08000200 62650000
			05000300 01000000
		2c000200 28000100 0b000000 08000100 00000000 05000200 02000000 08000300 00000000 08000400 00000000`
	mdbOfVxlan = `
		07000000 0c000000
		bc000100
		4c000100 48000100 0c000000 01000000 00000000 00000000 00000000 00000000 08000000
			08000100 00000000 05000500 04000000 05000300 00000000 08000600 c0000208 08000a00 42000000
		6c000100 68000100 0c000000 01000000 ef010109 00000000 00000000 00000000 08000000
			08000100 00000000 08000400 0a000008 05000500 04000000 05000300 01000000 08000600 c0000207
			06000700 b3150000 08000800 4d000000 08000900 0b000000 08000a00 42000000`
)

func TestDecodeMDBOfKernel(t *testing.T) {
	ip := netip.MustParseAddr
	include, exclude := new(MCAST_INCLUDE), new(MCAST_EXCLUDE)
	openr := RouteProtocol(uapi.RTPROT_OPENR)
	static := RouteProtocol(uapi.RTPROT_STATIC)
	vni := new(uint32(66))
	const left = 25956 * 10 * time.Millisecond
	for _, c := range []struct {
		typ  uint16
		text string
		want MDB
	}{
		{uapi.RTM_GETMDB, mdbOfBridge, MDB{10, []MDBEntry{
			{LinkIndex: 10, PortIndex: 10, Group: ip("239.1.1.3"), Timer: left},
			{LinkIndex: 10, PortIndex: 11, HardwareAddr: net.HardwareAddr{1, 0, 0x5e, 0x7f, 0, 1}, State: MDB_PERMANENT,
				Protocol: static},
			{LinkIndex: 10, PortIndex: 11, Group: ip("ff15::1"), Source: ip("2001:db8::1"), State: MDB_PERMANENT,
				FilterMode: include, Protocol: static},
			{LinkIndex: 10, PortIndex: 11, Group: ip("239.1.1.1"), Source: ip("10.0.0.2"), Vlan: 10, FilterMode: include,
				Protocol: openr},
			{LinkIndex: 10, PortIndex: 11, Group: ip("239.1.1.1"), Source: ip("10.0.0.1"), Vlan: 10, FilterMode: include,
				Protocol: openr},
			{LinkIndex: 10, PortIndex: 11, Group: ip("239.1.1.1"), Vlan: 10, FilterMode: include, Protocol: openr,
				Sources: []MDBSource{{ip("10.0.0.2"), left - 20*time.Millisecond},
					{ip("10.0.0.1"), left - 20*time.Millisecond}}},
		}, []MDBRouter{{LinkIndex: 10, PortIndex: 11, Type: MDB_RTR_TYPE_PERM, TimerIPv4: new(time.Duration(0)),
			TimerIPv6: new(time.Duration(0))}}}},
		{uapi.RTM_NEWMDB, mdbOfVxlan, MDB{12, []MDBEntry{
			{LinkIndex: 12, PortIndex: 12, Group: ip("0.0.0.0"), State: MDB_PERMANENT, FilterMode: exclude,
				Protocol: static, Dst: ip("192.0.2.8"), SrcVNI: vni},
			{LinkIndex: 12, PortIndex: 12, Group: ip("239.1.1.9"), Source: ip("10.0.0.8"), State: MDB_PERMANENT,
				FilterMode: include, Protocol: static, Dst: ip("192.0.2.7"), DstPort: 5555, VNI: new(uint32(77)),
				SrcVNI: vni, ViaIndex: 11},
		}, nil}},
	} {
		got, err := MDBDeserialize(capture.Message(t, c.typ, c.text))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, &c.want) {
			t.Errorf("got %+v\nwant %+v", got, &c.want)
		}
	}
}

// The requests are those of iproute2 7.3's bridge.
func TestMDBRequests(t *testing.T) {
	ip := netip.MustParseAddr
	vxlan := MDBEntry{LinkIndex: 12, PortIndex: 12, Group: ip("239.1.1.9"), Source: ip("10.0.0.8"),
		State: MDB_PERMANENT, Dst: ip("192.0.2.7"), DstPort: 5555, VNI: new(uint32(77)), SrcVNI: new(uint32(66)),
		ViaIndex: 11}
	v6 := MDBEntry{LinkIndex: 10, PortIndex: 11, Group: ip("ff15::1"), Source: ip("2001:db8::1"), State: MDB_PERMANENT}
	for name, c := range map[string]struct {
		typ  uint16
		got  *wire.Request
		want string
	}{
		"mdb add dev br0 port pa grp 239.1.1.1 temp vid 10 filter_mode include source_list 10.0.0.1,10.0.0.2 proto 99": {
			uapi.RTM_NEWMDB, (&MDBEntry{LinkIndex: 10, PortIndex: 11, Group: ip("239.1.1.1"), Vlan: 10,
				FilterMode: new(MCAST_INCLUDE), Protocol: RouteProtocol(uapi.RTPROT_OPENR),
				Sources: []MDBSource{{Addr: ip("10.0.0.1")}, {Addr: ip("10.0.0.2")}}}).Request(uapi.RTM_NEWMDB, 0),
			`07000000 0a000000 20000100 0b000000 00000a00 ef010101 00000000 00000000 00000000 08000000
			30000280 05000300 01000000 1c000280 0c000180 08000100 0a000001 0c000180 08000100 0a000002 05000400 63000000`,
		},
		"mdb add dev br0 port pa grp ff15::1 src 2001:db8::1 permanent": {
			uapi.RTM_NEWMDB, v6.Request(uapi.RTM_NEWMDB, 0),
			`07000000 0a000000 20000100 0b000000 01000000 ff150000 00000000 00000000 00000001 86dd0000
			18000280 14000100 20010db8 00000000 00000000 00000001`,
		},
		"mdb add dev br0 port pa grp 01:00:5e:7f:00:01 permanent": {
			uapi.RTM_NEWMDB, (&MDBEntry{LinkIndex: 10, PortIndex: 11, State: MDB_PERMANENT,
				HardwareAddr: net.HardwareAddr{1, 0, 0x5e, 0x7f, 0, 1}}).Request(uapi.RTM_NEWMDB, 0),
			`07000000 0a000000 20000100 0b000000 01000000 01005e7f 00010000 00000000 00000000 00000000`,
		},
		"mdb add dev vx port vx grp 239.1.1.9 src 10.0.0.8 permanent dst 192.0.2.7 dst_port 5555 vni 77 src_vni 66 via pa": {
			uapi.RTM_NEWMDB, vxlan.Request(uapi.RTM_NEWMDB, 0),
			`07000000 0c000000 20000100 0c000000 01000000 ef010109 00000000 00000000 00000000 08000000
			34000280 08000100 0a000008 08000500 c0000207 06000600 b3150000 08000700 4d000000 08000900 42000000
			08000800 0b000000`,
		},
		"mdb get dev vx grp 239.1.1.9 src 10.0.0.8 src_vni 66": {
			uapi.RTM_GETMDB, (&MDBEntry{LinkIndex: 12, Group: vxlan.Group, Source: vxlan.Source,
				SrcVNI: vxlan.SrcVNI}).Request(uapi.RTM_GETMDB, 0),
			`07000000 0c000000 20000100 00000000 00000000 ef010109 00000000 00000000 00000000 08000000
			14000280 08000100 0a000008 08000900 42000000`,
		},
		"mdb flush dev vx src_vni 66 dst 192.0.2.7 vni 77 dst_port 5555 permanent": {
			uapi.RTM_DELMDB, (&MDBFilter{LinkIndex: 12, Permanent: new(true), Dst: vxlan.Dst, DstPort: 5555, VNI: 77,
				SrcVNI: 66}).Request(),
			`07000000 0c000000 20000100 00000000 01000000 00000000 00000000 00000000 00000000 00000000
			2c000280 08000500 c0000207 06000600 b3150000 08000700 4d000000 08000900 42000000 05000a00 01000000`,
		},
		"mdb flush dev br0 port pa vid 10 proto 99 nopermanent": {
			uapi.RTM_DELMDB, (&MDBFilter{LinkIndex: 10, PortIndex: 11, Vlan: 10, Permanent: new(false),
				Protocol: RouteProtocol(uapi.RTPROT_OPENR)}).Request(),
			`07000000 0a000000 20000100 0b000000 00000a00 00000000 00000000 00000000 00000000 00000000
			14000280 05000400 63000000 05000a00 01000000`,
		},
		"mdb flush dev br0 nopermanent proto static": {
			uapi.RTM_DELMDB, (&MDBFilter{LinkIndex: 10, Permanent: new(false),
				Protocol: RouteProtocol(uapi.RTPROT_STATIC)}).Request(),
			`07000000 0a000000 20000100 00000000 00000000 00000000 00000000 00000000 00000000 00000000
			14000280 05000400 04000000 05000a00 01000000`,
		},
		"fdb flush dev br0 brport pa vlan 10 dynamic noextern_learn sticky self": {
			uapi.RTM_DELNEIGH, (&FDBFilter{LinkIndex: 10, PortIndex: 11, Vlan: 10,
				StateMask: NUD_NOARP | NUD_PERMANENT, Flags: NTF_STICKY,
				FlagsMask: NTF_STICKY | NTF_EXT_LEARNED}).request(),
			`07000000 0a000000 00004200 08000800 0b000000 06000500 0a000000 05001100 50000000 06001000 c0000000`,
		},
		"fdb flush dev vx dst 192.0.2.7 port 5555 vni 7 src_vni 8 nhid 9": {
			uapi.RTM_DELNEIGH, (&FDBFilter{LinkIndex: 12, Dst: vxlan.Dst, Port: 5555, VNI: new(uint32(7)),
				SrcVNI: new(uint32(8)), NHID: 9}).request(),
			`07000000 0c000000 00000200 08000b00 08000000 08000d00 09000000 08000700 07000000 06000600 15b30000
			08000100 c0000207`,
		},
	} {
		if err := c.got.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		want := capture.Message(t, c.typ, c.want)
		if got := c.got.Bytes()[uapi.SizeofNlmsghdr:]; !bytes.Equal(got, want) {
			t.Errorf("%s\ngot  %x\nwant %x", name, got, want)
		}
	}
}

// What the library refuses has no place on the wire.
func TestMDBEntriesThatAreNone(t *testing.T) {
	ip := netip.MustParseAddr
	mac := net.HardwareAddr{1, 0, 0x5e, 0x7f, 0, 1}
	for name, e := range map[string]MDBEntry{
		"no group": {LinkIndex: 1}, "two groups": {Group: ip("239.1.1.1"), HardwareAddr: mac},
		"a long address": {HardwareAddr: append(mac, 1)}, "a zone": {Group: ip("ff02::1%2")},
		"a VLAN": {Group: ip("239.1.1.1"), Vlan: 1 << 12}, "a port": {Group: ip("239.1.1.1"), DstPort: 1 << 16},
		"no source": {Group: ip("239.1.1.1"), Sources: []MDBSource{{}}},
		"a mode":    {Group: ip("239.1.1.1"), FilterMode: new(-1)},
	} {
		if err := e.Request(uapi.RTM_NEWMDB, 0).Err(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzMDBDecode(f *testing.F) {
	f.Add(capture.Message(f, uapi.RTM_GETMDB, mdbOfBridge))
	f.Add(capture.Message(f, uapi.RTM_NEWMDB, mdbOfVxlan))
	f.Fuzz(func(t *testing.T, b []byte) {
		mdb, err := MDBDeserialize(b)
		if err != nil {
			return
		}
		for _, e := range mdb.Entries {
			_ = e.String()
			_ = e.Request(uapi.RTM_NEWMDB, 0).Err()
		}
	})
}
