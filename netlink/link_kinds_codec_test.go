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

type uapiIfinfomsg = uapi.Ifinfomsg

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
		set:  &Vlan{VlanId: 5},
		read: &Vlan{VlanId: 5, VlanProtocol: VLAN_PROTOCOL_8021Q, ReorderHdr: pointer(true), Gvrp: pointer(false), Mvrp: pointer(false), LooseBinding: pointer(false), BridgeBinding: pointer(false)},
	},
	"vlan every flag": {
		set:  &Vlan{VlanId: 6, VlanProtocol: VLAN_PROTOCOL_8021AD, ReorderHdr: pointer(false), Gvrp: pointer(true), Mvrp: pointer(true), LooseBinding: pointer(true), BridgeBinding: pointer(true)},
		read: &Vlan{VlanId: 6, VlanProtocol: VLAN_PROTOCOL_8021AD, ReorderHdr: pointer(false), Gvrp: pointer(true), Mvrp: pointer(true), LooseBinding: pointer(true), BridgeBinding: pointer(true)},
	},
	"macvlan plain": {
		set:  &Macvlan{},
		read: &Macvlan{Mode: MACVLAN_MODE_VEPA, BCQueueLen: 1000, UsedBCQueueLen: 1000, NoPromisc: pointer(false), NoDst: pointer(false)},
	},
	"macvlan bridge mode": {
		set:  &Macvlan{Mode: MACVLAN_MODE_BRIDGE, BCQueueLen: 99},
		read: &Macvlan{Mode: MACVLAN_MODE_BRIDGE, BCQueueLen: 99, UsedBCQueueLen: 99, NoPromisc: pointer(false), NoDst: pointer(false)},
	},
	"macvlan passthru without promisc": {
		set:  &Macvlan{Mode: MACVLAN_MODE_PASSTHRU, NoPromisc: pointer(true)},
		read: &Macvlan{Mode: MACVLAN_MODE_PASSTHRU, BCQueueLen: 1000, UsedBCQueueLen: 1000, NoPromisc: pointer(true), NoDst: pointer(false)},
	},
	"macvlan source addresses": {
		set: &Macvlan{Mode: MACVLAN_MODE_SOURCE, NoDst: pointer(true), MACAddrs: []net.HardwareAddr{ether("02:00:00:00:00:01"), ether("02:00:00:00:00:02")}},
		read: &Macvlan{Mode: MACVLAN_MODE_SOURCE, BCQueueLen: 1000, UsedBCQueueLen: 1000, NoPromisc: pointer(false), NoDst: pointer(true),
			MACAddrs: []net.HardwareAddr{ether("02:00:00:00:00:02"), ether("02:00:00:00:00:01")}},
	},
	"macvtap private": {
		set:  &Macvtap{Macvlan{Mode: MACVLAN_MODE_PRIVATE}},
		read: &Macvtap{Macvlan{Mode: MACVLAN_MODE_PRIVATE, BCQueueLen: 1000, UsedBCQueueLen: 1000, NoPromisc: pointer(false), NoDst: pointer(false)}},
	},
	"vxlan multicast": {
		set: &Vxlan{VxlanId: 42, Group: net.IPv4(239, 1, 1, 1), VtepDevIndex: 2, Port: 4789, SrcAddr: net.IPv4(10, 0, 0, 1), TTL: 5, TOS: 0x10, PortLow: 1000, PortHigh: 2000,
			Age: 7, Limit: 8, Proxy: true, RSC: true, L2miss: true, L3miss: true, UDPCSum: true, UDP6ZeroCSumTx: true, UDP6ZeroCSumRx: true, GBP: true, DF: pointer(uint8(uapi.VXLAN_DF_SET))},
		read: &Vxlan{VxlanId: 42, Group: net.IP{239, 1, 1, 1}, VtepDevIndex: 2, Port: 4789, SrcAddr: net.IP{10, 0, 0, 1}, TTL: 5, TOS: 0x10, PortLow: 1000, PortHigh: 2000,
			Age: 7, Limit: 8, Proxy: true, RSC: true, L2miss: true, L3miss: true, UDPCSum: true, UDP6ZeroCSumTx: true, UDP6ZeroCSumRx: true, GBP: true, DF: pointer(uint8(uapi.VXLAN_DF_SET)),
			FlowLabel: pointer(uint32(0)), UDPCSumSet: pointer(true), RemCSumTx: pointer(false), RemCSumRx: pointer(false), LocalBypass: pointer(true), ReservedBits: pointer(uint64(0x77000000000000ff))},
	},
	"vxlan IPv6": {
		set: &Vxlan{VxlanId: 43, Group: net.ParseIP("2001:db8::1"), VtepDevIndex: 2, Port: 4789, TTLInherit: true, TOS: 1, FlowLabel: pointer(uint32(0x1234)),
			UDPCSumSet: pointer(false), RemCSumTx: pointer(true), RemCSumRx: pointer(false), Learning: true},
		read: &Vxlan{VxlanId: 43, Group: net.ParseIP("2001:db8::1"), VtepDevIndex: 2, Port: 4789, TTLInherit: true, TOS: 1, FlowLabel: pointer(uint32(0x1234)),
			UDPCSumSet: pointer(false), RemCSumTx: pointer(true), RemCSumRx: pointer(false), Learning: true, Age: 300,
			DF: pointer(uint8(0)), LocalBypass: pointer(true), ReservedBits: pointer(uint64(0xf7dfffff00000000))},
	},
	"vxlan external": {
		set: &Vxlan{FlowBased: true, VniFilter: true, Port: 4790, VxlanId: 7},
		read: &Vxlan{FlowBased: true, VniFilter: true, Port: 4790, Age: 300, UDPCSum: true, UDPCSumSet: pointer(true), FlowLabel: pointer(uint32(0)),
			DF: pointer(uint8(0)), RemCSumTx: pointer(false), RemCSumRx: pointer(false), LocalBypass: pointer(true), ReservedBits: pointer(uint64(0xf7ffffff000000ff))},
	},
	"bridge everything": {
		set: &Bridge{ForwardDelay: pointer(uint32(1600)), HelloTime: pointer(uint32(300)), MaxAge: pointer(uint32(2100)), AgeingTime: pointer(uint32(30100)), StpState: pointer(uint32(0)),
			Priority: pointer(uint16(5)), GroupFwdMask: pointer(uint16(0x18)), GroupAddr: ether("01:80:c2:00:00:04"), NoLinkLocalLearn: pointer(true), MulticastVlanSnooping: pointer(true),
			VlanProtocol: VLAN_PROTOCOL_8021AD, VlanDefaultPVID: pointer(uint16(5)), VlanStatsEnabled: pointer(true), VlanStatsPerPort: pointer(true), VlanFiltering: pointer(true),
			MulticastRouter: pointer(uint8(2)), MulticastQueryUseIfaddr: pointer(true), MulticastQuerier: pointer(true), MulticastHashElasticity: pointer(uint32(5)), MulticastHashMax: pointer(uint32(512)),
			MulticastLastMemberCount: pointer(uint32(3)), MulticastStartupQueryCount: pointer(uint32(4)), MulticastLastMemberInterval: pointer(uint64(101)), MulticastMembershipInterval: pointer(uint64(26001)),
			MulticastQuerierInterval: pointer(uint64(25501)), MulticastQueryInterval: pointer(uint64(12501)), MulticastQueryResponseInterval: pointer(uint64(1001)), MulticastStartupQueryInterval: pointer(uint64(3125)),
			MulticastStatsEnabled: pointer(true), MulticastIgmpVersion: pointer(uint8(3)), MulticastMldVersion: pointer(uint8(2)),
			NfCallIptables: pointer(true), NfCallIp6tables: pointer(true), NfCallArptables: pointer(true)},
		read: &Bridge{ForwardDelay: pointer(uint32(1600)), HelloTime: pointer(uint32(300)), MaxAge: pointer(uint32(2100)), AgeingTime: pointer(uint32(30100)), StpState: pointer(uint32(0)), StpMode: pointer(uint32(0)),
			Priority: pointer(uint16(5)), GroupFwdMask: pointer(uint16(0x18)), GroupAddr: ether("01:80:c2:00:00:04"), NoLinkLocalLearn: pointer(true), MulticastVlanSnooping: pointer(true),
			MstEnabled: pointer(false), MdbOffloadFailNotification: pointer(false), FdbLocalVlan0: pointer(false), FdbMaxLearned: pointer(uint32(0)), MulticastSnooping: pointer(true),
			VlanProtocol: VLAN_PROTOCOL_8021AD, VlanDefaultPVID: pointer(uint16(5)), VlanStatsEnabled: pointer(true), VlanStatsPerPort: pointer(true), VlanFiltering: pointer(true),
			// The kernel no longer knows an elasticity, and keeps intervals in ticks.
			MulticastRouter: pointer(uint8(2)), MulticastQueryUseIfaddr: pointer(true), MulticastQuerier: pointer(true), MulticastHashElasticity: pointer(uint32(16)), MulticastHashMax: pointer(uint32(512)),
			MulticastLastMemberCount: pointer(uint32(3)), MulticastStartupQueryCount: pointer(uint32(4)), MulticastLastMemberInterval: pointer(uint64(100)), MulticastMembershipInterval: pointer(uint64(26000)),
			MulticastQuerierInterval: pointer(uint64(25500)), MulticastQueryInterval: pointer(uint64(12500)), MulticastQueryResponseInterval: pointer(uint64(1000)), MulticastStartupQueryInterval: pointer(uint64(3124)),
			MulticastStatsEnabled: pointer(true), MulticastIgmpVersion: pointer(uint8(3)), MulticastMldVersion: pointer(uint8(2)),
			NfCallIptables: pointer(true), NfCallIp6tables: pointer(true), NfCallArptables: pointer(true),
			State: &BridgeState{ID: BridgeID{Priority: 5}, RootID: BridgeID{Priority: 5}, GcTimer: 30094}},
	},
	"bridge port everything": {
		set: &BridgePort{Priority: pointer(uint16(3)), Cost: pointer(uint32(4)), Hairpin: pointer(true), Guard: pointer(true), RootBlock: pointer(true), FastLeave: pointer(true),
			Learning: pointer(false), Flood: pointer(false), ProxyArp: pointer(true), ProxyArpWiFi: pointer(true), MulticastRouter: pointer(uint8(2)), MulticastFlood: pointer(false),
			BroadcastFlood: pointer(false), MulticastUnicast: pointer(true), GroupFwdMask: pointer(uint16(0x4018)), NeighSuppress: pointer(true), VlanTunnel: pointer(true),
			Isolated: pointer(true), Locked: pointer(true), BackupPort: pointer(uint32(0x1c))},
		read: &BridgePort{State: pointer(uint8(0)), Priority: pointer(uint16(3)), Cost: pointer(uint32(4)), Hairpin: pointer(true), Guard: pointer(true), RootBlock: pointer(true), FastLeave: pointer(true),
			Learning: pointer(false), Flood: pointer(false), ProxyArp: pointer(true), ProxyArpWiFi: pointer(true), MulticastRouter: pointer(uint8(2)), MulticastFlood: pointer(false),
			BroadcastFlood: pointer(false), MulticastUnicast: pointer(true), GroupFwdMask: pointer(uint16(0x4018)), NeighSuppress: pointer(true), VlanTunnel: pointer(true),
			Isolated: pointer(true), Locked: pointer(true), Mab: pointer(false), NeighVlanSuppress: pointer(false), NeighForwardGrat: pointer(false), BackupPort: pointer(uint32(0x1c)),
			EhtHostsLimit: pointer(uint32(512)), MaxGroups: pointer(uint32(0)),
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
		d := wire.NewDecoder(c.told(t))
		got.(dataDecoder).decodeData(&d)
		if err := d.Err(); err != nil {
			t.Fatal(err)
		}
		for i, v := 0, reflect.ValueOf(got).Elem(); i < v.NumField(); i++ {
			w := reflect.ValueOf(want).Elem().Field(i).Interface()
			if g := v.Field(i).Interface(); !reflect.DeepEqual(g, w) {
				t.Errorf("%s is %+v, want %+v", v.Type().Field(i).Name, value(g), value(w))
			}
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
		x.set.(dataEncoder).encodeData(&e)
		if err := e.Err(); err != nil {
			t.Fatal(err)
		}
		sameAttrs(t, e.Bytes(), c.sent(t))
	})
}

// eachExample calls fn for the captured links that there is an example of.
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
	v.encodeData(&e)
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
	v.encodeData(&e)
	got := map[uint16]uint32{}
	d := wire.NewDecoder(vethPeer(t, e.Bytes())[uapi.SizeofIfinfomsg:])
	for d.Next() {
		got[d.Type()] = d.Uint32()
	}
	want := map[uint16]uint32{uapi.IFLA_MTU: 1300, uapi.IFLA_TXQLEN: 7, uapi.IFLA_NUM_TX_QUEUES: 2, uapi.IFLA_NUM_RX_QUEUES: 3}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the peer has %v, want %v", got, want)
	}
}

func TestKindValuesThatDoNotFit(t *testing.T) {
	for name, l := range map[string]dataEncoder{
		"vlan id":              &Vlan{VlanId: 4096},
		"negative vlan id":     &Vlan{VlanId: -1},
		"macvlan mode":         &Macvlan{Mode: 6},
		"macvlan address":      &Macvlan{MACAddrs: []net.HardwareAddr{{1, 2}}},
		"vxlan id":             &Vxlan{VxlanId: 1 << 24},
		"vxlan group":          &Vxlan{Group: net.IP{1, 2, 3}},
		"vxlan ttl":            &Vxlan{TTL: 256},
		"vxlan tos":            &Vxlan{TOS: -1},
		"vxlan port":           &Vxlan{Port: 65536},
		"vxlan source port":    &Vxlan{PortLow: 1, PortHigh: 65536},
		"vxlan negative age":   &Vxlan{Age: -1},
		"vxlan negative limit": &Vxlan{Limit: -1},
		"vxlan flow label":     &Vxlan{FlowLabel: pointer(uint32(1 << 20))},
		"veth name":            &Veth{PeerName: "sixteen-bytes-xx"},
		"veth namespace":       &Veth{PeerNamespace: "name"},
	} {
		var e wire.Encoder
		l.encodeData(&e)
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
		x.set.(dataEncoder).encodeData(&clean)
		var used wire.Encoder
		used.Nest(1)
		dirty := used.Raw(4096)
		for i := range dirty {
			dirty[i] = 0xff
		}
		used.Cancel()
		x.set.(dataEncoder).encodeData(&used)
		if !bytes.Equal(used.Bytes(), clean.Bytes()) {
			t.Errorf("%s: in used memory it is\n%x, in clean memory\n%x", name, used.Bytes(), clean.Bytes())
		}
	}
}

func FuzzLinkKindData(f *testing.F) {
	for i, k := range linkKinds {
		f.Add(i, false, []byte{})
		for _, c := range capturedKinds(f) {
			if c.Kind == k.Name {
				f.Add(i, c.Port, c.told(f))
			}
		}
	}
	f.Fuzz(func(t *testing.T, i int, port bool, b []byte) {
		if i < 0 || i >= len(linkKinds) {
			return
		}
		k := linkKinds[i]
		var v any = k.links.one()
		fields := k.Data
		if port && k.newPort != nil {
			v, fields = k.newPort(), k.Port
		}
		for _, json := range []bool{false, true} {
			p := desc.Printer{Details: true, JSON: json}
			p.Reset()
			desc.Show(&p, fields, b)
		}
		dec, ok := v.(dataDecoder)
		if !ok {
			return
		}
		d := wire.NewDecoder(b)
		dec.decodeData(&d)
		if enc, ok := v.(dataEncoder); ok && d.Err() == nil {
			// What was read is a value that can be sent, or one that is refused.
			var e wire.Encoder
			enc.encodeData(&e)
			if e.Err() == nil {
				again := wire.NewDecoder(e.Bytes())
				for again.Next() {
				}
				if again.Err() != nil {
					t.Errorf("%x is encoded as %x: %v", b, e.Bytes(), again.Err())
				}
			}
		}
	})
}
