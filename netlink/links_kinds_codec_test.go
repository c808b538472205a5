package netlink

import (
	"bytes"
	"net"
	"reflect"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func ether(s string) net.HardwareAddr {
	a, err := net.ParseMAC(s)
	if err != nil {
		panic(err)
	}
	return a
}

// kindExamples are the captured links as values: as they are given to LinkAdd,
// and as they are read.
var kindExamples = map[string]struct {
	set, read any
}{
	"vlan plain": {
		set: &Vlan{VlanId: 5},
		read: &Vlan{VlanId: 5, VlanProtocol: VLAN_PROTOCOL_8021Q, ReorderHdr: new(true), Gvrp: new(false), Mvrp: new(false),
			LooseBinding: new(false), BridgeBinding: new(false)},
	},
	"vlan every flag": {
		set: &Vlan{VlanId: 6, VlanProtocol: VLAN_PROTOCOL_8021AD, ReorderHdr: new(false), Gvrp: new(true), Mvrp: new(true),
			LooseBinding: new(true), BridgeBinding: new(true)},
		read: &Vlan{VlanId: 6, VlanProtocol: VLAN_PROTOCOL_8021AD, ReorderHdr: new(false), Gvrp: new(true), Mvrp: new(true),
			LooseBinding: new(true), BridgeBinding: new(true)},
	},
	"ipip plain": {
		read: &Iptun{Ttl: 64, Tos: 4, PMtuDisc: 1, Link: 2, Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}},
	},
	"ipip external": {
		read: &Iptun{PMtuDisc: 1, Local: net.IP{0, 0, 0, 0}, Remote: net.IP{0, 0, 0, 0}, FlowBased: true},
	},
	"sit plain": {
		read: &Sittun{Ttl: 64, PMtuDisc: 1, Link: 3, Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2},
			Prefix6rd: net.ParseIP("2002::"), PrefixLen6rd: 16, RelayPrefix6rd: net.IP{0, 0, 0, 0}},
	},
	"ip6tnl plain": {
		read: &Ip6tnl{Ttl: 32, EncapLimit: 7, Link: 4, Local: net.ParseIP("fd00::1"), Remote: net.ParseIP("fd00::2"),
			Flags: 0x30000, EncapFlags: uint16(CSum6)},
	},
	"ip6tnl external": {
		read: &Ip6tnl{Local: net.IPv6zero, Remote: net.IPv6zero, Flags: 0x40000, FlowBased: true},
	},
	"gre plain": {
		read: &Gretun{Link: 5, IFlags: uapi.GRE_KEY | uapi.GRE_CSUM, OFlags: uapi.GRE_KEY | uapi.GRE_SEQ, IKey: 5, OKey: 6,
			Ttl: 64, PMtuDisc: 1, Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}, IgnoreDf: new(false)},
	},
	"gre external": {
		read: &Gretun{PMtuDisc: 1, Local: net.IP{0, 0, 0, 0}, Remote: net.IP{0, 0, 0, 0}, FlowBased: true,
			IgnoreDf: new(false)},
	},
	"ip6gre plain": {
		read: &Gretun{IFlags: uapi.GRE_KEY, OFlags: uapi.GRE_KEY, IKey: 7, OKey: 7, Ttl: 64,
			Local: net.ParseIP("fd00::1"), Remote: net.ParseIP("fd00::2"), EncapFlags: uint16(CSum6),
			IP6: &GreIP6{Flags: 0x30000, EncapLimit: 4}},
	},
	"gretap plain": {
		read: &Gretap{IgnoreDf: GRETAP_IGNORE_DF_TRUE, Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}},
	},
	"ip6gretap plain": {
		read: &Gretap{Ttl: 9, Local: net.ParseIP("fd00::1"), Remote: net.ParseIP("fd00::2"), EncapFlags: uint16(CSum6),
			IP6: &GreIP6{Flags: 0x30000, EncapLimit: 4}},
	},
	"vti plain": {
		read: &Vti{IKey: 5, OKey: 6, Link: 9, Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}},
	},
	"vti6 plain": {
		read: &Vti{IKey: 7, OKey: 7, Local: net.ParseIP("fd00::1"), Remote: net.ParseIP("fd00::2")},
	},
	"geneve plain": {
		read: &Geneve{ID: 7, Remote: net.IP{10, 0, 0, 2}, Ttl: 5, Tos: 4, Dport: 6082, Df: GENEVE_DF_SET, UdpZeroCsum6Rx: 1,
			PortLow: 1, PortHigh: 65535},
	},
	"geneve six": {
		read: &Geneve{ID: 8, Remote: net.ParseIP("fd00::2"), Dport: 6081, PortLow: 1, PortHigh: 65535},
	},
	"geneve external": {
		read: &Geneve{Dport: 6081, FlowBased: true, UdpZeroCsum6Rx: 1, PortLow: 1, PortHigh: 65535},
	},
	"ipvlan plain": {
		read: &IPVlan{Mode: IPVLAN_MODE_L3},
	},
	"ipvlan l3 private": {
		set:  &IPVlan{Mode: IPVLAN_MODE_L3, Flag: IPVLAN_FLAG_PRIVATE},
		read: &IPVlan{Mode: IPVLAN_MODE_L3, Flag: IPVLAN_FLAG_PRIVATE},
	},
	"ipvlan l3s vepa": {
		set:  &IPVlan{Mode: IPVLAN_MODE_L3S, Flag: IPVLAN_FLAG_VEPA},
		read: &IPVlan{Mode: IPVLAN_MODE_L3S, Flag: IPVLAN_FLAG_VEPA},
	},
	"ipvtap l2": {
		set:  &IPVtap{},
		read: &IPVtap{},
	},
	"netkit plain": {
		read: &Netkit{Mode: NETKIT_MODE_L3, Scrub: NETKIT_SCRUB_DEFAULT, PeerScrub: NETKIT_SCRUB_DEFAULT,
			supportsScrub: true, isPrimary: true},
	},
	"netkit everything": {
		set: &Netkit{Policy: NETKIT_POLICY_BLACKHOLE, PeerScrub: NETKIT_SCRUB_DEFAULT, peerLinkAttrs: LinkAttrs{Name: "x1"}},
		read: &Netkit{Policy: NETKIT_POLICY_BLACKHOLE, PeerScrub: NETKIT_SCRUB_DEFAULT,
			supportsScrub: true, isPrimary: true},
	},
	"bareudp plain": {
		set:  &BareUDP{Port: 6635, EtherType: 0x8847},
		read: &BareUDP{Port: 6635, EtherType: 0x8847},
	},
	"bareudp everything": {
		set:  &BareUDP{Port: 6636, EtherType: 0x800, SrcPortMin: 3000, MultiProto: true},
		read: &BareUDP{Port: 6636, EtherType: 0x800, SrcPortMin: 3000, MultiProto: true},
	},
	"wwan plain": {set: &Wwan{LinkID: 7}, read: &Wwan{}},
	"wwan told":  {read: &Wwan{LinkID: 7}},
	"vrf plain": {
		set:  &Vrf{Table: 10},
		read: &Vrf{Table: 10},
	},
	"vrf port plain": {
		read: &VrfSlave{Table: 1234},
	},
	"xfrm plain": {
		set:  &Xfrmi{LinkAttrs: LinkAttrs{ParentIndex: 2}, Ifid: 7},
		read: &Xfrmi{LinkAttrs: LinkAttrs{ParentIndex: 2}, Ifid: 7},
	},
	"xfrm external": {
		set:  &Xfrmi{External: true},
		read: &Xfrmi{External: true},
	},
	"macvlan plain": {
		set: &Macvlan{},
		read: &Macvlan{Mode: MACVLAN_MODE_VEPA, BCQueueLen: 1000, UsedBCQueueLen: 1000, NoPromisc: new(false),
			NoDst: new(false)},
	},
	"macvlan bridge mode": {
		set: &Macvlan{Mode: MACVLAN_MODE_BRIDGE, BCQueueLen: 99},
		read: &Macvlan{Mode: MACVLAN_MODE_BRIDGE, BCQueueLen: 99, UsedBCQueueLen: 99, NoPromisc: new(false),
			NoDst: new(false)},
	},
	"macvlan passthru without promisc": {
		set: &Macvlan{Mode: MACVLAN_MODE_PASSTHRU, NoPromisc: new(true)},
		read: &Macvlan{Mode: MACVLAN_MODE_PASSTHRU, BCQueueLen: 1000, UsedBCQueueLen: 1000, NoPromisc: new(true),
			NoDst: new(false)},
	},
	"macvlan source addresses": {
		set: &Macvlan{Mode: MACVLAN_MODE_SOURCE, NoDst: new(true),
			MACAddrs: []net.HardwareAddr{ether("02:00:00:00:00:01"), ether("02:00:00:00:00:02")}},
		read: &Macvlan{Mode: MACVLAN_MODE_SOURCE, BCQueueLen: 1000, UsedBCQueueLen: 1000, NoPromisc: new(false),
			NoDst:    new(true),
			MACAddrs: []net.HardwareAddr{ether("02:00:00:00:00:02"), ether("02:00:00:00:00:01")}},
	},
	"macvtap private": {
		set: &Macvtap{Macvlan{Mode: MACVLAN_MODE_PRIVATE}},
		read: &Macvtap{Macvlan{Mode: MACVLAN_MODE_PRIVATE, BCQueueLen: 1000, UsedBCQueueLen: 1000, NoPromisc: new(false),
			NoDst: new(false)}},
	},
	"vxlan multicast": {
		set: &Vxlan{VxlanId: 42, Group: net.IPv4(239, 1, 1, 1), VtepDevIndex: 2, Port: 4789, SrcAddr: net.IPv4(10, 0, 0, 1),
			TTL: 5, TOS: 0x10, PortLow: 1000, PortHigh: 2000,
			Age: 7, Limit: 8, Proxy: true, RSC: true, L2miss: true, L3miss: true, UDPCSum: true, UDP6ZeroCSumTx: true,
			UDP6ZeroCSumRx: true, GBP: true, DF: new(uint8(uapi.VXLAN_DF_SET))},
		read: &Vxlan{VxlanId: 42, Group: net.IP{239, 1, 1, 1}, VtepDevIndex: 2, Port: 4789, SrcAddr: net.IP{10, 0, 0, 1},
			TTL: 5, TOS: 0x10, PortLow: 1000, PortHigh: 2000,
			Age: 7, Limit: 8, Proxy: true, RSC: true, L2miss: true, L3miss: true, UDPCSum: true, UDP6ZeroCSumTx: true,
			UDP6ZeroCSumRx: true, GBP: true, DF: new(uint8(uapi.VXLAN_DF_SET)),
			FlowLabel: new(uint32(0)), UDPCSumSet: new(true), RemCSumTx: new(false), RemCSumRx: new(false),
			LocalBypass: new(true), ReservedBits: new(uint64(0x77000000000000ff))},
	},
	"vxlan IPv6": {
		set: &Vxlan{VxlanId: 43, Group: net.ParseIP("2001:db8::1"), VtepDevIndex: 2, Port: 4789, TTLInherit: true, TOS: 1,
			FlowLabel:  new(uint32(0x1234)),
			UDPCSumSet: new(false), RemCSumTx: new(true), RemCSumRx: new(false), Learning: true},
		read: &Vxlan{VxlanId: 43, Group: net.ParseIP("2001:db8::1"), VtepDevIndex: 2, Port: 4789, TTLInherit: true, TOS: 1,
			FlowLabel:  new(uint32(0x1234)),
			UDPCSumSet: new(false), RemCSumTx: new(true), RemCSumRx: new(false), Learning: true, Age: 300,
			DF: new(uint8(0)), LocalBypass: new(true), ReservedBits: new(uint64(0xf7dfffff00000000))},
	},
	"vxlan external": {
		set: &Vxlan{FlowBased: true, VniFilter: true, Port: 4790, VxlanId: 7},
		read: &Vxlan{FlowBased: true, VniFilter: true, Port: 4790, Age: 300, UDPCSum: true, UDPCSumSet: new(true),
			FlowLabel: new(uint32(0)),
			DF:        new(uint8(0)), RemCSumTx: new(false), RemCSumRx: new(false), LocalBypass: new(true),
			ReservedBits: new(uint64(0xf7ffffff000000ff))},
	},
	"bridge everything": {
		set: &Bridge{ForwardDelay: new(uint32(1600)), HelloTime: new(uint32(300)), MaxAge: new(uint32(2100)),
			AgeingTime: new(uint32(30100)), StpState: new(uint32(0)),
			Priority: new(uint16(5)), GroupFwdMask: new(uint16(0x18)), GroupAddr: ether("01:80:c2:00:00:04"),
			NoLinkLocalLearn: new(true), MulticastVlanSnooping: new(true),
			VlanProtocol: VLAN_PROTOCOL_8021AD, VlanDefaultPVID: new(uint16(5)), VlanStatsEnabled: new(true),
			VlanStatsPerPort: new(true), VlanFiltering: new(true),
			MulticastRouter: new(uint8(2)), MulticastQueryUseIfaddr: new(true), MulticastQuerier: new(true),
			MulticastHashElasticity: new(uint32(5)), MulticastHashMax: new(uint32(512)),
			MulticastLastMemberCount: new(uint32(3)), MulticastStartupQueryCount: new(uint32(4)),
			MulticastLastMemberInterval: new(uint64(101)), MulticastMembershipInterval: new(uint64(26001)),
			MulticastQuerierInterval: new(uint64(25501)), MulticastQueryInterval: new(uint64(12501)),
			MulticastQueryResponseInterval: new(uint64(1001)), MulticastStartupQueryInterval: new(uint64(3125)),
			MulticastStatsEnabled: new(true), MulticastIgmpVersion: new(uint8(3)), MulticastMldVersion: new(uint8(2)),
			NfCallIptables: new(true), NfCallIp6tables: new(true), NfCallArptables: new(true)},
		read: &Bridge{ForwardDelay: new(uint32(1600)), HelloTime: new(uint32(300)), MaxAge: new(uint32(2100)),
			AgeingTime: new(uint32(30100)), StpState: new(uint32(0)), StpMode: new(uint32(0)),
			Priority: new(uint16(5)), GroupFwdMask: new(uint16(0x18)), GroupAddr: ether("01:80:c2:00:00:04"),
			NoLinkLocalLearn: new(true), MulticastVlanSnooping: new(true),
			MstEnabled: new(false), MdbOffloadFailNotification: new(false), FdbLocalVlan0: new(false),
			FdbMaxLearned: new(uint32(0)), MulticastSnooping: new(true),
			VlanProtocol: VLAN_PROTOCOL_8021AD, VlanDefaultPVID: new(uint16(5)), VlanStatsEnabled: new(true),
			VlanStatsPerPort: new(true), VlanFiltering: new(true),
			// The kernel no longer knows an elasticity, and keeps intervals in ticks.
			MulticastRouter: new(uint8(2)), MulticastQueryUseIfaddr: new(true), MulticastQuerier: new(true),
			MulticastHashElasticity: new(uint32(16)), MulticastHashMax: new(uint32(512)),
			MulticastLastMemberCount: new(uint32(3)), MulticastStartupQueryCount: new(uint32(4)),
			MulticastLastMemberInterval: new(uint64(100)), MulticastMembershipInterval: new(uint64(26000)),
			MulticastQuerierInterval: new(uint64(25500)), MulticastQueryInterval: new(uint64(12500)),
			MulticastQueryResponseInterval: new(uint64(1000)), MulticastStartupQueryInterval: new(uint64(3124)),
			MulticastStatsEnabled: new(true), MulticastIgmpVersion: new(uint8(3)), MulticastMldVersion: new(uint8(2)),
			NfCallIptables: new(true), NfCallIp6tables: new(true), NfCallArptables: new(true),
			State: &BridgeState{ID: BridgeID{Priority: 5}, RootID: BridgeID{Priority: 5}, GcTimer: 30094}},
	},
	"bridge port everything": {
		set: &BridgePort{Priority: new(uint16(3)), Cost: new(uint32(4)), Hairpin: new(true), Guard: new(true),
			RootBlock: new(true), FastLeave: new(true),
			Learning: new(false), Flood: new(false), ProxyArp: new(true), ProxyArpWiFi: new(true),
			MulticastRouter: new(uint8(2)), MulticastFlood: new(false),
			BroadcastFlood: new(false), MulticastUnicast: new(true), GroupFwdMask: new(uint16(0x4018)),
			NeighSuppress: new(true), VlanTunnel: new(true),
			Isolated: new(true), Locked: new(true), BackupPort: new(uint32(0x1c))},
		read: &BridgePort{State: new(uint8(0)), Priority: new(uint16(3)), Cost: new(uint32(4)), Hairpin: new(true),
			Guard: new(true), RootBlock: new(true), FastLeave: new(true),
			Learning: new(false), Flood: new(false), ProxyArp: new(true), ProxyArpWiFi: new(true),
			MulticastRouter: new(uint8(2)), MulticastFlood: new(false),
			BroadcastFlood: new(false), MulticastUnicast: new(true), GroupFwdMask: new(uint16(0x4018)),
			NeighSuppress: new(true), VlanTunnel: new(true),
			Isolated: new(true), Locked: new(true), Mab: new(false), NeighVlanSuppress: new(false),
			NeighForwardGrat: new(false), BackupPort: new(uint32(0x1c)),
			EhtHostsLimit: new(uint32(512)), MaxGroups: new(uint32(0)),
			ID: 0xc02, Number: 2, DesignatedPort: 0xc02,
			RootID:   BridgeID{0x8000, [6]byte{0x76, 0xba, 0x17, 0x0b, 0x33, 0x17}},
			BridgeID: BridgeID{0x8000, [6]byte{0x76, 0xba, 0x17, 0x0b, 0x33, 0x17}}},
	},
	"tun many queues": {
		read: &Tuntap{Mode: TUNTAP_MODE_TUN, Flags: TUNTAP_VNET_HDR | TUNTAP_MULTI_QUEUE},
	},
	"tun tap": {
		read: &Tuntap{Mode: TUNTAP_MODE_TAP, Flags: TUNTAP_NO_PI},
	},
}

func TestLinkKindsAreDecoded(t *testing.T) {
	eachExample(t, func(t *testing.T, c capturedKind) {
		want := kindExamples[c.String()].read
		got := reflect.New(reflect.TypeOf(want).Elem()).Interface()
		if err := decodeAttrs(got, c.told(t)); err != nil {
			t.Fatal(err)
		}
		for i, v := 0, reflect.ValueOf(got).Elem(); i < v.NumField(); i++ {
			if !v.Type().Field(i).IsExported() {
				continue
			}
			w := reflect.ValueOf(want).Elem().Field(i).Interface()
			if g := v.Field(i).Interface(); !reflect.DeepEqual(g, w) {
				t.Errorf("%s is %+v, want %+v", v.Type().Field(i).Name, value(g), value(w))
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("is %+v, want %+v", got, want)
		}
	})
}

// value is what a pointer points to, for messages.
func value(v any) any {
	if r := reflect.ValueOf(v); r.Kind() == reflect.Pointer && !r.IsNil() {
		return r.Elem().Interface()
	}
	return v
}

func TestLinkKindsAreEncodedAsIPEncodesThem(t *testing.T) {
	eachExample(t, func(t *testing.T, c capturedKind) {
		x := kindExamples[c.String()]
		if x.set == nil {
			return
		}
		var e wire.Encoder
		encodeAttrs(&e, x.set)
		if err := e.Err(); err != nil {
			t.Fatal(err)
		}
		sameAttrs(t, e.Bytes(), c.sent(t))
	})
}

// eachExample calls fn for each captured link that has an example.
func eachExample(t *testing.T, fn func(*testing.T, capturedKind)) {
	found := 0
	for _, c := range capturedKinds(t) {
		if _, ok := kindExamples[c.String()]; ok {
			found++
			t.Run(c.String(), func(t *testing.T) { fn(t, c) })
		}
	}
	if found != len(kindExamples) {
		t.Errorf("%d of %d examples are captured links", found, len(kindExamples))
	}
}

func TestVethPeerIsEncodedAsIPEncodesIt(t *testing.T) {
	v := NewVeth(LinkAttrs{Name: "x0"})
	v.PeerName, v.PeerMTU, v.PeerHardwareAddr = "x1", 1300, ether("02:00:00:00:00:07")
	v.PeerNumTxQueues, v.PeerNumRxQueues, v.PeerTxQLen = 3, 4, 55
	var e wire.Encoder
	encodeAttrs(&e, v)
	for _, c := range capturedKinds(t) {
		if c.Kind != "veth" {
			continue
		}
		got, want := vethPeer(t, e.Bytes()), vethPeer(t, c.sent(t))
		if !bytes.Equal(got[:uapi.SizeofIfinfomsg], want[:uapi.SizeofIfinfomsg]) {
			t.Errorf("header is %x, want %x", got[:uapi.SizeofIfinfomsg], want[:uapi.SizeofIfinfomsg])
		}
		sameAttrs(t, got[uapi.SizeofIfinfomsg:], want[uapi.SizeofIfinfomsg:])
	}
}

func vethPeer(t *testing.T, b []byte) []byte {
	d := wire.NewDecoder(b)
	if !d.Next() || d.Type() != uapi.VETH_INFO_PEER || len(d.Data()) < uapi.SizeofIfinfomsg {
		t.Fatalf("%x: no peer", b)
	}
	return d.Data()
}

func TestVethPeerTakesWhatIsNotSetFromTheLink(t *testing.T) {
	attrs := LinkAttrs{Name: "x0", MTU: 1400, TxQLen: 7, NumTxQueues: 2, NumRxQueues: 3}
	v := NewVeth(attrs)
	v.PeerMTU = 1300
	var e wire.Encoder
	encodeAttrs(&e, v)
	got := map[uint16]uint32{}
	d := wire.NewDecoder(vethPeer(t, e.Bytes())[uapi.SizeofIfinfomsg:])
	for d.Next() {
		got[d.Type()] = d.Uint32()
	}
	want := map[uint16]uint32{uapi.IFLA_MTU: 1300, uapi.IFLA_TXQLEN: 7, uapi.IFLA_NUM_TX_QUEUES: 2,
		uapi.IFLA_NUM_RX_QUEUES: 3}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the peer has %v, want %v", got, want)
	}
}

func TestKindValuesThatDoNotFit(t *testing.T) {
	for name, l := range map[string]attributed{
		"vlan id":              &Vlan{VlanId: 4096},
		"negative vlan id":     &Vlan{VlanId: -1},
		"macvlan mode":         &Macvlan{Mode: 6},
		"macvlan address":      &Macvlan{MACAddrs: []net.HardwareAddr{{1, 2}}},
		"vxlan id":             &Vxlan{VxlanId: 1 << 24},
		"vxlan ttl":            &Vxlan{TTL: 256},
		"vxlan tos":            &Vxlan{TOS: -1},
		"vxlan port":           &Vxlan{Port: 65536},
		"vxlan source port":    &Vxlan{PortLow: 1, PortHigh: 65536},
		"vxlan negative age":   &Vxlan{Age: -1},
		"vxlan negative limit": &Vxlan{Limit: -1},
		"vxlan flow label":     &Vxlan{FlowLabel: new(uint32(1 << 20))},
		"veth name":            &Veth{PeerName: "sixteen-bytes-xx"},
		"veth namespace":       &Veth{PeerNamespace: "name"},
	} {
		var e wire.Encoder
		encodeAttrs(&e, l)
		if e.Err() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestKindsZeroTheirPadding(t *testing.T) {
	for name, x := range kindExamples {
		if x.set == nil {
			continue
		}
		var clean wire.Encoder
		encodeAttrs(&clean, x.set)
		var used wire.Encoder
		used.Nest(1)
		dirty := used.Raw(4096)
		for i := range dirty {
			dirty[i] = 0xff
		}
		used.Cancel()
		encodeAttrs(&used, x.set)
		if !bytes.Equal(used.Bytes(), clean.Bytes()) {
			t.Errorf("%s: in used memory it is\n%x, in clean memory\n%x", name, used.Bytes(), clean.Bytes())
		}
	}
}

func FuzzLinkKindData(f *testing.F) {
	for i, k := range linkKinds {
		f.Add(i, false, []byte{})
		for _, c := range capturedKinds(f) {
			if c.Kind == k.name {
				f.Add(i, c.Port, c.told(f))
			}
		}
	}
	f.Fuzz(func(t *testing.T, i int, port bool, b []byte) {
		if i < 0 || i >= len(linkKinds) {
			return
		}
		name := linkKinds[i].name
		v, _ := linkKinds.new(name)
		fuzzKind(t, DescribeLink(name), v, b)
		if slave, ok := portKinds.new(name); ok && port {
			fuzzKind(t, DescribeLinkPort(name), slave, b)
		}
	})
}

// fuzzKind shows and decodes any bytes. What was read is a value that can be sent, or one that is refused.
func fuzzKind(t *testing.T, k *desc.Kind, v any, b []byte) {
	for _, json := range []bool{false, true} {
		p := desc.Printer{Details: true, JSON: json}
		p.Reset()
		desc.Show(&p, k, b)
	}
	if decodeAttrs(v, b) != nil {
		return
	}
	var e wire.Encoder
	encodeAttrs(&e, v)
	if e.Err() != nil {
		return
	}
	again := wire.NewDecoder(e.Bytes())
	for again.Next() {
	}
	if again.Err() != nil {
		t.Errorf("%x is encoded as %x: %v", b, e.Bytes(), again.Err())
	}
}
