package nl

import (
	"bytes"
	"net"
	"reflect"
	"slices"
	"testing"

	"kern.sys/internal/capture"
	"kern.sys/unix"
)

// serializer is what most structures have.
type serializer interface {
	Len() int
	Serialize() []byte
}

// as makes a function of the table below of one that returns a type of its own.
func as[T serializer](fn func([]byte) T) func([]byte) serializer {
	return func(b []byte) serializer { return fn(b) }
}

func name64(s string) (b [64]byte) {
	copy(b[:], s)
	return b
}

// gcmKey is the key of the algorithm below.
var gcmKey = []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 0x11, 0x12, 0x13, 0x14}

// captured has structures that iproute2 6.1 sent. Ports, SPIs and keys of u32 are in network byte order.
var captured = []struct {
	command string
	bytes   string
	read    func([]byte) serializer
	want    serializer
}{
	{"tc qdisc add dev lo root handle 1: htb", "=00 =000000 01000000 00000100 ffffffff 00000000", as(DeserializeTcMsg),
		&TcMsg{Ifindex: 1, Handle: 0x10000, Parent: 0xffffffff}},
	{"tc qdisc … htb default 10 r2q 5", "03000000 05000000 10000000 00000000 00000000", as(DeserializeTcHtbGlob),
		&TcHtbGlob{Version: 3, Rate2Quantum: 5, Defcls: 0x10}},
	{"tc class … htb rate 1mbit ceil 2mbit burst 15k", `
		=03 =01 0000 ffff 0000 48e80100 =03 =01 0000 ffff 0000 90d00300 004c1d00 a0860100 00000000 00000000 00000000`,
		as(DeserializeTcHtbCopt), &TcHtbCopt{
			Rate:   TcRateSpec{CellLog: 3, Linklayer: LINKLAYER_ETHERNET, CellAlign: -1, Rate: 125000},
			Ceil:   TcRateSpec{CellLog: 3, Linklayer: LINKLAYER_ETHERNET, CellAlign: -1, Rate: 250000},
			Buffer: 1920000, Cbuffer: 100000,
		}},
	{"tc qdisc … tbf rate 1mbit burst 32kbit limit 4096", `
		=03 =01 0000 ffff 0000 48e80100 =00 =00 0000 0000 0000 00000000 00100000 00d00700 00000000`,
		as(DeserializeTcTbfQopt), &TcTbfQopt{
			Rate:  TcRateSpec{CellLog: 3, Linklayer: 1, CellAlign: -1, Rate: 125000},
			Limit: 4096, Buffer: 512000,
		}},
	{"tc qdisc … netem delay 100ms 10ms loss 1% duplicate 2% reorder 4%",
		"84d71700 e8030000 295c8f02 01000000 52b81e05 5a620200", as(DeserializeTcNetemQopt),
		&TcNetemQopt{Latency: 1562500, Limit: 1000, Loss: 0x28f5c29, Gap: 1, Duplicate: 0x51eb852, Jitter: 156250}},
	{"tc qdisc … netem delay … 25% loss … 5%", "00000040 cdcccc0c 00000000", as(DeserializeTcNetemCorr),
		&TcNetemCorr{DelayCorr: 0x40000000, LossCorr: 0xccccccd}},
	{"tc qdisc … netem reorder 4% 50%", "a4703d0a 00000080", as(DeserializeTcNetemReorder),
		&TcNetemReorder{Probability: 0xa3d70a4, Correlation: 0x80000000}},
	{"tc qdisc … netem corrupt 3%", "7b14ae07 00000000",
		as(DeserializeTcNetemCorrupt), &TcNetemCorrupt{Probability: 0x7ae147b}},
	{"tc qdisc … netem rate 1mbit", "48e80100 00000000 00000000 00000000",
		as(DeserializeTcNetemRate), &TcNetemRate{Rate: 125000}},
	{"tc qdisc … prio bands 3", "03000000 =01020202 =01020000 =01010101 =01010101", as(DeserializeTcPrioMap),
		&TcPrioMap{Bands: 3, Priomap: [16]uint8{1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1}}},
	{"tc qdisc … sfq perturb 10 limit 100 redflowlimit 100000 min 8000 max 60000 probability 0.20 ecn headdrop", `
		00000000 0a000000 64000000 00000000 00000000
		00000000 01000000 a0860100 401f0000 60ea0000 =06 =12 =00 =01 33333333
		00000000 00000000 00000000 00000000 00000000 00000000`, as(DeserializeTcSfqQoptV1),
		&TcSfqQoptV1{
			TcSfqQopt: TcSfqQopt{Perturb: 10, Limit: 100},
			HeadDrop:  1, Limit: 100000, QthMin: 8000, QthMax: 60000, Wlog: 6, Plog: 0x12, Flags: 1, MaxP: 0x33333333,
		}},
	{"tc filter … u32 match ip dst 10.1.2.0/24 match ip dport 80 0xffff", `
		=01 =00 =02 =00 0000 0000 0000 0000 00000000
		=ffffff00 =0a010200 10000000 00000000 =0000ffff =00000050 14000000 00000000`, as(DeserializeTcU32Sel),
		&TcU32Sel{Flags: TC_U32_TERMINAL, Nkeys: 2, Keys: []TcU32Key{
			{Mask: Swap32(0xffffff00), Val: Swap32(0x0a010200), Off: 16},
			{Mask: Swap32(0x0000ffff), Val: Swap32(80), Off: 20},
		}}},
	{"tc actions add action gact drop index 8", "08000000 00000000 02000000 00000000 00000000", as(DeserializeTcGen),
		&TcGen{Index: 8, Action: 2}},
	{"tc actions add action mirred egress redirect dev lo index 7", `
		07000000 00000000 04000000 00000000 00000000 01000000 01000000`, as(DeserializeTcMirred),
		&TcMirred{TcGen: TcGen{Index: 7, Action: 4}, Eaction: 1, Ifindex: 1}},
	{"tc actions add action vlan pop pipe index 3", "03000000 00000000 03000000 00000000 00000000 01000000",
		as(DeserializeTcVlan),
		&TcVlan{TcGen: TcGen{Index: 3, Action: 3}, Action: 1}},
	{"tc actions add action csum ip4h udp index 4", "04000000 00000000 00000000 00000000 00000000 11000000",
		as(DeserializeTcCsum),
		&TcCsum{TcGen: TcGen{Index: 4}, UpdateFlags: 0x11}},
	{"tc actions add action connmark zone 7 index 9", `
		09000000 00000000 03000000 00000000 00000000 0700 0000`, as(DeserializeTcConnmark),
		&TcConnmark{TcGen: TcGen{Index: 9, Action: 3}, Zone: 7}},
	{"tc actions add action skbedit priority 5 index 2", "02000000 00000000 03000000 00000000 00000000",
		as(DeserializeSkbEdit),
		&TcSkbEdit{TcGen{Index: 2, Action: 3}}},
	{"tc actions add action tunnel_key unset index 6", `
		06000000 00000000 03000000 00000000 00000000 02000000`, as(DeserializeTunnelKey),
		&TcTunnelKey{TcGen: TcGen{Index: 6, Action: 3}, Action: 2}},
	{"tc actions add action police rate 1mbit burst 10k index 5", `
		05000000 01000000 00000000 00881300 00000000
		=03 =01 0000 ffff 0000 48e80100 =00 =00 0000 0000 0000 00000000 00000000 00000000 00000000`,
		as(DeserializeTcPolice),
		&TcPolice{
			Index: 5, Action: 1, Burst: 1280000,
			Rate: TcRateSpec{CellLog: 3, Linklayer: 1, CellAlign: -1, Rate: 125000},
		}},
	{"ip xfrm state add … sel src 10.0.0.0/24 dst 10.1.0.0/16 proto tcp sport 80 dport 443", `
		=0a010000 =00000000 =00000000 =00000000 =0a000000 =00000000 =00000000 =00000000
		=01bb =ffff =0050 =ffff 0200 =10 =18 =06 =000000 00000000 00000000`, as(DeserializeXfrmSelector),
		&XfrmSelector{
			Daddr: XfrmAddress{10, 1}, Saddr: XfrmAddress{10},
			Dport: Swap16(443), DportMask: 0xffff, Sport: Swap16(80), SportMask: 0xffff,
			Family: FAMILY_V4, PrefixlenD: 16, PrefixlenS: 24, Proto: unix.IPPROTO_TCP,
		}},
	{"ip xfrm state allocspi src 10.0.0.1 dst 10.0.0.2 proto esp mode tunnel min 0x100 max 0x200", `
		=00000000000000000000000000000000 =00000000000000000000000000000000
		0000 0000 0000 0000 0000 =00 =00 =00 =000000 00000000 00000000
		=0a000002000000000000000000000000 =00000000 =32 =000000 =0a000001000000000000000000000000
		=0000000000000000000000000000000000000000000000000000000000000000
		=0000000000000000000000000000000000000000000000000000000000000000
		=0000000000000000000000000000000000000000000000000000000000000000
		00000000 00000000 00000000 00000000 00000000 0200 =01 =00 =00 =00000000000000 00010000 00020000`,
		as(DeserializeXfrmUserSpiInfo),
		&XfrmUserSpiInfo{
			XfrmUsersaInfo: XfrmUsersaInfo{
				Id:    XfrmId{Daddr: XfrmAddress{10, 0, 0, 2}, Proto: unix.IPPROTO_ESP},
				Saddr: XfrmAddress{10, 0, 0, 1}, Family: 2, Mode: 1,
			},
			Min: 0x100, Max: 0x200,
		}},
	{"ip xfrm state delete … dst 10.0.0.2 proto esp spi 0x1234",
		"=0a000002 =00000000 =00000000 =00000000 =00001234 0200 =32 =00",
		as(DeserializeXfrmUsersaId),
		&XfrmUsersaId{Daddr: XfrmAddress{10, 0, 0, 2}, Spi: Swap32(0x1234), Family: 2, Proto: unix.IPPROTO_ESP}},
	{"ip xfrm state add … aead 'rfc4106(gcm(aes))' 0x01020304… 128", `
		=72666334 =31303628 =67636d28 =61657329 =29 =0000000000000000000000000000000000000000000000
		=000000000000000000000000000000000000000000000000 a0000000 80000000 =0102030405060708090a0b0c0d0e0f1011121314`,
		as(DeserializeXfrmAlgoAEAD),
		&XfrmAlgoAEAD{AlgName: name64("rfc4106(gcm(aes))"), AlgKeyLen: 160, AlgICVLen: 128, AlgKey: gcmKey}},
	{"ip xfrm state add … encap espinudp 4500 4501 0.0.0.0",
		"0200 =1194 =1195 =0000 =00000000000000000000000000000000",
		as(DeserializeXfrmEncapTmpl),
		&XfrmEncapTmpl{EncapType: 2, EncapSport: Swap16(4500), EncapDport: Swap16(4501)}},
	{"ip xfrm policy add … tmpl src 10.0.0.1 dst 10.0.0.2 proto esp reqid 7 mode tunnel", `
		=0a000002 =00000000 =00000000 =00000000 =00000000 =32 =000000 0200 =0000
		=0a000001 =00000000 =00000000 =00000000
		07000000 =01 =00 =00 =00 ffffffff ffffffff ffffffff`, as(DeserializeXfrmUserTmpl),
		&XfrmUserTmpl{
			XfrmId: XfrmId{Daddr: XfrmAddress{10, 0, 0, 2}, Proto: unix.IPPROTO_ESP},
			Family: 2, Saddr: XfrmAddress{10, 0, 0, 1}, Reqid: 7, Mode: 1, Aalgos: 0xffffffff, Ealgos: 0xffffffff,
			Calgos: 0xffffffff,
		}},
	{"ip xfrm state flush proto esp", "=32",
		as(DeserializeXfrmUsersaFlush), &XfrmUsersaFlush{Proto: unix.IPPROTO_ESP}},
	{"ip link set dev lo vf 1 mac 02:00:00:00:00:07", `
		01000000 =020000000007 =0000000000000000000000000000000000000000000000000000`, as(DeserializeVfMac),
		&VfMac{Vf: 1, Mac: [32]byte{2, 0, 0, 0, 0, 7}}},
	{"ip link set dev lo vf 1 vlan 100 qos 3", "01000000 64000000 03000000",
		as(DeserializeVfVlan), &VfVlan{Vf: 1, Vlan: 100, Qos: 3}},
	{"ip link set dev lo vf 1 max_tx_rate 100 min_tx_rate 10", "01000000 0a000000 64000000", as(DeserializeVfRate),
		&VfRate{Vf: 1, MinTxRate: 10, MaxTxRate: 100}},
	{"ip link set dev lo vf 1 trust on", "01000000 01000000", as(DeserializeVfTrust), &VfTrust{Vf: 1, Setting: 1}},
	{"ip link set dev lo vf 1 state enable", "01000000 01000000", as(DeserializeVfLinkState),
		&VfLinkState{Vf: 1, LinkState: IFLA_VF_LINK_STATE_ENABLE}},
	{"ip link set dev lo vf 2 node_guid 00:11:22:33:44:55:66:77", "02000000 00000000 7766554433221100",
		as(DeserializeVfGUID),
		&VfGUID{Vf: 2, GUID: 0x0011223344556677}},
	{"ip nexthop add id 5 via 10.0.0.1 dev lo onlink", "=02 =00 =00 =00 04000000",
		as(DeserializeNhmsg), &Nhmsg{unix.Nhmsg{Family: unix.AF_INET, Flags: unix.RTNH_F_ONLINK}}},
	{"bridge vlan add dev lo …", "=07 =00 0000 01000000 00000000 00000000", as(DeserializeIfInfomsg),
		&IfInfomsg{unix.IfInfomsg{Family: unix.AF_BRIDGE, Index: 1}}},
	{"ip address add 10.3.0.1/24 dev lo …", "=02 =18 =00 =00 01000000", as(DeserializeIfAddrmsg),
		&IfAddrmsg{unix.IfAddrmsg{Family: unix.AF_INET, Prefixlen: 24, Index: 1}}},
	{"ip address add … valid_lft 100 preferred_lft 50", "32000000 64000000 00000000 00000000",
		as(DeserializeIfaCacheInfo),
		&IfaCacheInfo{unix.IfaCacheinfo{Prefered: 50, Valid: 100}}},
}

func TestDecodeAndEncodeCaptured(t *testing.T) {
	for _, c := range captured {
		b := capture.Words(t, c.bytes)
		if got := c.read(b); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: read as %+v\nwant %+v", c.command, got, c.want)
		}
		if got := c.want.Serialize(); !bytes.Equal(got, b) || c.want.Len() != len(b) {
			t.Errorf("%s: written as % x (length %d)\nwant % x", c.command, got, c.want.Len(), b)
		}
	}
}

// Structures without Len, and those that are read otherwise than they are written.
func TestDecodeAndEncodeOthersCaptured(t *testing.T) {
	// bridge vlan add dev lo vid 5 pvid untagged
	b := capture.Words(t, "0600 0500")
	vlan := &BridgeVlanInfo{Flags: BRIDGE_VLAN_INFO_PVID | BRIDGE_VLAN_INFO_UNTAGGED, Vid: 5}
	got := DeserializeBridgeVlanInfo(b)
	if *got != *vlan || !got.PortVID() || !got.EngressUntag() || !bytes.Equal(vlan.Serialize(), b) {
		t.Errorf("VLAN of a bridge: %v, % x", got, vlan.Serialize())
	}
	// ip link set dev lo vf 2 vlan 100 qos 3 proto 802.1ad, in IFLA_VF_VLAN_LIST
	info := capture.Words(t, "02000000 64000000 03000000 =88a8 =0000")
	list := capture.Words(t, "1400 0100 02000000 64000000 03000000 =88a8 =0000")
	want := VfVlanInfo{VfVlan: VfVlan{Vf: 2, Vlan: 100, Qos: 3}, VlanProto: 0x88a8}
	if got, err := DeserializeVfVlanList(list); err != nil || len(got) != 1 || *got[0] != want {
		t.Errorf("VLANs of a virtual function: %+v, %v", got, err)
	}
	want.VlanProto = Swap16(want.VlanProto)
	if got := want.Serialize(); !bytes.Equal(got, info) || want.Len() != len(info) {
		t.Errorf("VLAN of a virtual function: % x", got)
	}
	// ip xfrm state add … flag esn replay-window 64: XFRMA_REPLAY_ESN_VAL, in which ip sends no bitmap
	esn := &XfrmReplayStateEsn{BmpLen: 2, ReplayWindow: 64}
	b = capture.Words(t, "02000000 00000000 00000000 00000000 00000000 40000000")
	if got := esn.Serialize(); !bytes.Equal(got, b) {
		t.Errorf("replay window: % x", got)
	}
	// tc qdisc … hfsc default 3; tc class … hfsc sc m1 1mbit d 10ms m2 500kbit
	if got := (&TcHfscOpt{Defcls: 3}).Serialize(); !bytes.Equal(got, capture.Words(t, "0300")) {
		t.Errorf("hfsc: % x", got)
	}
	b = capture.Words(t, "48e80100 10270000 24f40000")
	curve := DeserializeHfscCurve(b)
	m1, d, m2 := curve.Attrs()
	if m1 != 125000 || d != 10000 || m2 != 62500 || !bytes.Equal(SerializeHfscCurve(curve), b) {
		t.Errorf("service curve: %d, %d, %d", m1, d, m2)
	}
	// bridge vni add vni 100-103 dev x0
	vni, err := DeserializeBridgeVniInfo(capture.Words(t, "0800 0100 64000000 0800 0200 67000000"))
	if err != nil || *vni != (BridgeVniInfo{Vni: 100, VniEnd: 103}) {
		t.Errorf("VNIs: %v, %v", vni, err)
	}
}

// What tc of iproute2 6.1 sends for an action pedit.
func TestEncodePedit(t *testing.T) {
	mac := func(s string) net.HardwareAddr {
		m, err := net.ParseMAC(s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, c := range []struct {
		command string
		fill    func(p *TcPedit)
		params  string
		headers []PeditHeaderType
	}{
		{"munge eth dst set 11:22:33:44:55:66 munge eth src set aa:bb:cc:dd:ee:ff",
			func(p *TcPedit) {
				p.SetEthDst(mac("11:22:33:44:55:66"))
				p.SetEthSrc(mac("aa:bb:cc:dd:ee:ff"))
			},
			`00000000 00000000 03000000 00000000 00000000 =04 =00 =0000
			=00000000 =11223344 00000000 00000000 00000000 00000000
			=0000ffff =55660000 04000000 00000000 00000000 00000000
			=ffff0000 =0000aabb 04000000 00000000 00000000 00000000
			=00000000 =ccddeeff 08000000 00000000 00000000 00000000`,
			slices.Repeat([]PeditHeaderType{TCA_PEDIT_KEY_EX_HDR_TYPE_ETH}, 4)},
		{"munge ip dst set 10.9.8.7 munge tcp dport set 8080 munge tcp sport set 4660",
			func(p *TcPedit) {
				p.SetDstIP(net.IPv4(10, 9, 8, 7))
				p.SetDstPort(8080, unix.IPPROTO_TCP)
				p.SetSrcPort(4660, unix.IPPROTO_TCP)
			},
			`00000000 00000000 03000000 00000000 00000000 =03 =00 =0000
			=00000000 =0a090807 10000000 00000000 00000000 00000000
			=ffff0000 =00001f90 00000000 00000000 00000000 00000000
			=0000ffff =12340000 00000000 00000000 00000000 00000000`,
			[]PeditHeaderType{
				TCA_PEDIT_KEY_EX_HDR_TYPE_IP4, TCA_PEDIT_KEY_EX_HDR_TYPE_TCP, TCA_PEDIT_KEY_EX_HDR_TYPE_TCP,
			}},
		{"munge ip6 src set 2001:db8::1:2",
			func(p *TcPedit) { p.SetSrcIP(net.ParseIP("2001:db8::1:2")) },
			`00000000 00000000 03000000 00000000 00000000 =04 =00 =0000
			=00000000 =20010db8 08000000 00000000 00000000 00000000
			=00000000 =00000000 0c000000 00000000 00000000 00000000
			=00000000 =00000000 10000000 00000000 00000000 00000000
			=00000000 =00010002 14000000 00000000 00000000 00000000`,
			slices.Repeat([]PeditHeaderType{TCA_PEDIT_KEY_EX_HDR_TYPE_IP6}, 4)},
	} {
		p := &TcPedit{Sel: TcPeditSel{TcGen: TcGen{Action: 3}}}
		c.fill(p)
		action := NewRtAttr(1, nil)
		p.Encode(action)
		attrs, err := ParseRouteAttrAsMap(action.Serialize()[4:])
		if err != nil {
			t.Fatal(err)
		}
		if kind := BytesToString(attrs[TCA_ACT_KIND].Value); kind != "pedit" {
			t.Errorf("%s: kind %q", c.command, kind)
		}
		options, err := ParseRouteAttrAsMap(attrs[TCA_ACT_OPTIONS].Value)
		if err != nil {
			t.Fatal(err)
		}
		params := capture.Words(t, c.params)
		if got := options[TCA_PEDIT_PARMS_EX].Value; !bytes.Equal(got, params) {
			t.Errorf("%s: % x\nwant % x", c.command, got, params)
		}
		sel, keys := DeserializeTcPedit(params)
		ex := DeserializeTcPeditKeysEx(options[TCA_PEDIT_KEYS_EX|NLA_F_NESTED].Value)
		if *sel != p.Sel || !reflect.DeepEqual(keys, p.Keys) || !reflect.DeepEqual(ex, p.KeysEx) {
			t.Errorf("%s: read as %+v, %+v, %+v", c.command, sel, keys, ex)
		}
		for i, k := range ex {
			if k.HeaderType != c.headers[i] || k.Cmd != TCA_PEDIT_KEY_EX_CMD_SET {
				t.Errorf("%s: key %d is %+v", c.command, i, k)
			}
		}
		src, dst := ParsePeditEthKeys(keys)
		ip6, _ := ParsePeditIP6Keys(keys)
		_, ip4 := ParsePeditIP4Keys(keys[:1])
		switch {
		case c.headers[0] == TCA_PEDIT_KEY_EX_HDR_TYPE_ETH:
			if src.String() != "aa:bb:cc:dd:ee:ff" || dst.String() != "11:22:33:44:55:66" {
				t.Errorf("addresses of Ethernet: %s, %s", src, dst)
			}
		case c.headers[0] == TCA_PEDIT_KEY_EX_HDR_TYPE_IP6:
			if ip6.String() != "2001:db8::1:2" {
				t.Errorf("address of IPv6: %s", ip6)
			}
		default:
			sport, dport := ParsePeditL4Keys(keys[1:])
			if sport != 4660 || dport != 8080 || ip4.String() != "10.9.8.7" {
				t.Errorf("ports %d and %d, address %s", sport, dport, ip4)
			}
		}
	}
	// Bytes that are no address change nothing.
	var p TcPedit
	p.SetEthDst(nil)
	p.SetEthSrc(net.HardwareAddr{1, 2, 3})
	p.SetSrcIP(nil)
	p.SetDstIP(net.IP{1})
	p.SetIPv4Src(net.IPv6loopback)
	p.SetDstPort(1, unix.IPPROTO_UDPLITE)
	if len(p.Keys) != 0 || p.Sel.NKeys != 0 {
		t.Errorf("keys %v", p.Keys)
	}
	p.Sel.NKeys = 7 // of which there are none
	p.Encode(NewRtAttr(1, nil))
}
