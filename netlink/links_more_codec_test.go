package netlink

import (
	"bytes"
	"maps"
	"net"
	"reflect"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

func init() { maps.Copy(kindExamples, moreExamples) }

// bondOf is a bond with what kernels have where nothing is said, and what change sets.
func bondOf(change func(*Bond)) *Bond {
	b := &Bond{
		UseCarrier: 1, ResendIgmp: 1, NumPeerNotif: 1, LpInterval: 1, PacketsPerSlave: 1, TlbDynamicLb: 1,
		PeerNotifDelay: new(uint32(0)), LacpActive: new(true), LacpStrict: new(false), ArpMissedMax: new(uint8(2)),
		CoupledControl: new(true), BroadcastNeighbor: new(false),
	}
	change(b)
	return b
}

// newBond is a bond with nothing set but what change sets.
func newBond(change func(*Bond)) *Bond {
	b := NewLinkBond(LinkAttrs{})
	change(b)
	return b
}

var (
	tunnel4 = [2]net.IP{{10, 0, 0, 1}, {10, 0, 0, 2}}
	tunnel6 = [2]net.IP{net.ParseIP("fd00::1"), net.ParseIP("fd00::2")}
)

// moreExamples are more of kindExamples.
var moreExamples = map[string]struct{ set, read any }{
	"bond plain": {
		set:  NewLinkBond(LinkAttrs{}),
		read: bondOf(func(*Bond) {}),
	},
	"bond active-backup": {
		set: newBond(func(b *Bond) {
			b.Mode, b.ArpInterval, b.ArpValidate, b.ArpAllTargets = BOND_MODE_ACTIVE_BACKUP, 100, BOND_ARP_VALIDATE_ALL,
				BOND_ARP_ALL_TARGETS_ALL
			b.ArpIpTargets = []net.IP{net.IPv4(10, 0, 0, 7), net.IPv4(10, 0, 0, 8)}
			b.NsIP6Targets = []net.IP{net.ParseIP("fd00::7"), net.ParseIP("fd00::8")}
			b.ArpMissedMax = new(uint8(3))
			b.PrimaryReselect, b.FailOverMac, b.NumPeerNotif, b.AllSlavesActive, b.ResendIgmp = BOND_PRIMARY_RESELECT_BETTER,
				BOND_FAIL_OVER_MAC_ACTIVE, 3, 1, 2
		}),
		read: bondOf(func(b *Bond) {
			b.Mode, b.ArpInterval, b.ArpValidate, b.ArpAllTargets = BOND_MODE_ACTIVE_BACKUP, 100, BOND_ARP_VALIDATE_ALL,
				BOND_ARP_ALL_TARGETS_ALL
			b.ArpIpTargets = []net.IP{{10, 0, 0, 7}, {10, 0, 0, 8}}
			b.NsIP6Targets = []net.IP{net.ParseIP("fd00::7"), net.ParseIP("fd00::8")}
			b.ArpMissedMax = new(uint8(3))
			b.PrimaryReselect, b.FailOverMac, b.NumPeerNotif, b.AllSlavesActive, b.ResendIgmp = BOND_PRIMARY_RESELECT_BETTER,
				BOND_FAIL_OVER_MAC_ACTIVE, 3, 1, 2
		}),
	},
	"bond 802.3ad": {
		set: newBond(func(b *Bond) {
			b.Mode, b.Miimon, b.UpDelay, b.DownDelay, b.PeerNotifDelay = BOND_MODE_802_3AD, 100, 200, 300, new(uint32(400))
			b.LacpRate, b.LacpActive, b.LacpStrict, b.AdSelect = BOND_LACP_RATE_FAST, new(false), new(true),
				BOND_AD_SELECT_BANDWIDTH
			b.AdUserPortKey, b.AdActorSysPrio, b.AdActorSystem = 5, 7, ether("02:00:00:00:00:09")
			b.XmitHashPolicy, b.MinLinks, b.CoupledControl, b.BroadcastNeighbor = BOND_XMIT_HASH_POLICY_LAYER3_4, 2, new(false),
				new(true)
		}),
		read: bondOf(func(b *Bond) {
			b.Mode, b.Miimon, b.UpDelay, b.DownDelay, b.PeerNotifDelay = BOND_MODE_802_3AD, 100, 200, 300, new(uint32(400))
			b.LacpRate, b.LacpActive, b.LacpStrict, b.AdSelect = BOND_LACP_RATE_FAST, new(false), new(true),
				BOND_AD_SELECT_BANDWIDTH
			b.AdUserPortKey, b.AdActorSysPrio, b.AdActorSystem = 5, 7, ether("02:00:00:00:00:09")
			b.XmitHashPolicy, b.MinLinks, b.CoupledControl, b.BroadcastNeighbor = BOND_XMIT_HASH_POLICY_LAYER3_4, 2, new(false),
				new(true)
		}),
	},
	"bond tlb": {
		set:  newBond(func(b *Bond) { b.Mode, b.Miimon, b.TlbDynamicLb, b.LpInterval = BOND_MODE_BALANCE_TLB, 100, 0, 2 }),
		read: bondOf(func(b *Bond) { b.Mode, b.Miimon, b.TlbDynamicLb, b.LpInterval = BOND_MODE_BALANCE_TLB, 100, 0, 2 }),
	},
	"bond primary": {
		set:  newBond(func(b *Bond) { b.Primary = 3 }),
		read: bondOf(func(b *Bond) { b.Mode, b.Miimon, b.Primary, b.ActiveSlave = BOND_MODE_ACTIVE_BACKUP, 100, 3, 3 }),
	},
	"bond port active-backup": {
		set:  &BondSlave{Prio: new(int32(-4))},
		read: &BondSlave{PermHardwareAddr: ether("9a:5c:8f:3d:e4:6b"), Prio: new(int32(-4))},
	},
	"bond port 802.3ad": {
		set: &BondSlave{QueueId: 3, ActorPortPrio: new(uint16(77))},
		read: &BondSlave{State: BondStateBackup, MiiStatus: BondLinkFail, PermHardwareAddr: ether("2a:c1:d3:b3:46:4b"),
			QueueId: 3, Prio: new(int32(0)),
			ActorPortPrio: new(uint16(77))},
	},
	"ipip fou": {
		read: &Iptun{Tos: 1, PMtuDisc: 1, Local: tunnel4[0], Remote: tunnel4[1], EncapType: uint16(FOU),
			EncapFlags: uint16(CSum | RemCSum), EncapDport: 5555, FwMark: 0x17},
	},
	"sit 6rd": {
		read: &Sittun{Proto: uapi.IPPROTO_IPV6, Local: tunnel4[0], Remote: net.IP{0, 0, 0, 0}, FwMark: 9,
			Flags:     uapi.SIT_ISATAP,
			Prefix6rd: net.ParseIP("2001:db8::"), PrefixLen6rd: 32, RelayPrefix6rd: net.IP{10, 0, 0, 0}, RelayPrefixLen6rd: 8},
	},
	"ip6tnl everything": {
		read: &Ip6tnl{Local: tunnel6[0], Remote: tunnel6[1], Ttl: 64, Flags: 0x30000 | IP6_TNL_F_RCV_DSCP_COPY |
			IP6_TNL_F_ALLOW_LOCAL_REMOTE | uint32(IP6_TNL_F_IGN_ENCAP_LIMIT),
			FlowInfo: flowInfo(0x2212345), EncapLimit: 4, EncapType: uint16(GUE), EncapFlags: uint16(CSum), EncapSport: 7777,
			EncapDport: 5555, FwMark: 5},
	},
	"gre encap": {
		set: &Gretun{IKey: 0x1020304, OKey: 0x1020304, IFlags: uapi.GRE_CSUM | uapi.GRE_SEQ, OFlags: uapi.GRE_CSUM |
			uapi.GRE_SEQ, Tos: 0x10, Local: tunnel4[0], Remote: tunnel4[1],
			EncapType: uint16(GUE), EncapFlags: uint16(CSum), EncapSport: 7777, EncapDport: 5555, FwMark: 0x1f},
		read: &Gretun{IKey: 0x1020304, OKey: 0x1020304, IFlags: uapi.GRE_KEY | uapi.GRE_CSUM | uapi.GRE_SEQ,
			OFlags: uapi.GRE_KEY | uapi.GRE_CSUM | uapi.GRE_SEQ, Tos: 0x10,
			Local: tunnel4[0], Remote: tunnel4[1], EncapType: uint16(GUE), EncapFlags: uint16(CSum), EncapSport: 7777,
			EncapDport: 5555, FwMark: 0x1f, IgnoreDf: new(false)},
	},
	"ip6gre everything": {
		read: &Gretun{OKey: 9, IFlags: uapi.GRE_SEQ, OFlags: uapi.GRE_KEY | uapi.GRE_CSUM, Local: tunnel6[0],
			Remote: tunnel6[1], Link: 11, EncapFlags: uint16(CSum6),
			IP6: &GreIP6{Flags: 0x30000 | IP6_TNL_F_RCV_DSCP_COPY | IP6_TNL_F_USE_ORIG_TCLASS | IP6_TNL_F_USE_ORIG_FWMARK |
				IP6_TNL_F_ALLOW_LOCAL_REMOTE,
				FlowInfo: 0x42, EncapLimit: 3}},
	},
	"vti fwmark": {
		set:  &Vti{IKey: 5, OKey: 5, Local: tunnel4[0], Remote: tunnel4[1], FwMark: 0x10},
		read: &Vti{IKey: 5, OKey: 5, Local: tunnel4[0], Remote: tunnel4[1], FwMark: 0x10},
	},
	"erspan one": {
		read: &Erspan{IKey: 5, OKey: 5, IFlags: uapi.GRE_KEY | uapi.GRE_SEQ, OFlags: uapi.GRE_KEY | uapi.GRE_SEQ,
			Local: tunnel4[0], Remote: tunnel4[1],
			PMtuDisc: 1, Version: 1, Index: 123, IgnoreDf: new(false)},
	},
	"erspan two": {
		read: &Erspan{IKey: 6, OKey: 6, IFlags: uapi.GRE_KEY | uapi.GRE_SEQ, OFlags: uapi.GRE_KEY | uapi.GRE_SEQ,
			Local: tunnel4[0], Remote: tunnel4[1],
			PMtuDisc: 1, Version: 2, Dir: 1, HwID: 0x17, IgnoreDf: new(false)},
	},
	"ip6erspan one": {
		read: &Erspan{IKey: 5, OKey: 5, IFlags: uapi.GRE_KEY | uapi.GRE_SEQ, OFlags: uapi.GRE_KEY | uapi.GRE_SEQ,
			Local: tunnel6[0], Remote: tunnel6[1],
			Ttl: 64, EncapFlags: uint16(CSum6), IP6: &GreIP6{Flags: 0x30000, EncapLimit: 4}, Version: 1, Index: 123},
	},
	"geneve everything": {
		read: &Geneve{ID: 9, Remote: tunnel6[1], Local: tunnel6[0], TtlInherit: true, Tos: 1, Df: GENEVE_DF_INHERIT,
			FlowLabel: 0x1234, Dport: 7000,
			UdpZeroCsum6Tx: 1, UdpZeroCsum6Rx: 1, PortLow: 1, PortHigh: 65535},
	},
	"hsr plain": {
		set: &Hsr{Slave1: 11, Slave2: 12, Supervision: new(uint8(45)), Version: new(uint8(1))},
		read: &Hsr{Slave1: 11, Slave2: 12, Version: new(uint8(1)), SupervisionAddr: ether("01:15:4e:00:01:2d"),
			SeqNr: 64511},
	},
	"hsr prp": {
		set: &Hsr{Slave1: 11, Slave2: 12, Protocol: uapi.HSR_PROTOCOL_PRP},
		read: &Hsr{Slave1: 11, Slave2: 12, Protocol: uapi.HSR_PROTOCOL_PRP, SupervisionAddr: ether("01:15:4e:00:01:00"),
			SeqNr: 64511},
	},
	"macsec everything": {
		set: &Macsec{Port: 11, CipherSuite: uapi.MACSEC_CIPHER_ID_GCM_AES_256, Encrypt: new(true), IncSci: new(true),
			Protect:       new(true),
			ReplayProtect: new(true), Window: new(uint32(32)), Validation: new(uint8(uapi.MACSEC_VALIDATE_CHECK)),
			EncodingSa: new(uint8(1))},
		read: &Macsec{Sci: new(uint64(0x66bb0efebf4d000b)), CipherSuite: uapi.MACSEC_CIPHER_ID_GCM_AES_256, IcvLen: 16,
			EncodingSa: new(uint8(1)), Encrypt: new(true), Protect: new(true), IncSci: new(true),
			Es: new(false), Scb: new(false), ReplayProtect: new(true), Window: new(uint32(32)),
			Validation: new(uint8(uapi.MACSEC_VALIDATE_CHECK)), Offload: new(uint8(0))},
	},
	"macsec sci": {
		set: &Macsec{Sci: new(uint64(0x0102030405060708)), CipherSuite: uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_128},
		read: &Macsec{Sci: new(uint64(0x0102030405060708)), CipherSuite: uapi.MACSEC_CIPHER_ID_GCM_AES_XPN_128, IcvLen: 16,
			EncodingSa: new(uint8(0)), Encrypt: new(false), Protect: new(true), IncSci: new(true),
			Es: new(false), Scb: new(false), ReplayProtect: new(false), Validation: new(uint8(uapi.MACSEC_VALIDATE_STRICT)),
			Offload: new(uint8(0))},
	},
	"gtp sgsn": {
		set:  &GTP{CreateSockets: true, Role: uapi.GTP_ROLE_SGSN, PDPHashsize: 512, RestartCount: 5},
		read: &GTP{Role: uapi.GTP_ROLE_SGSN, PDPHashsize: 512, RestartCount: 5},
	},
	"ovpn plain": {
		read: &Ovpn{},
	},
	"ovpn server": {
		set:  &Ovpn{Mode: uapi.OVPN_MODE_MP},
		read: &Ovpn{Mode: uapi.OVPN_MODE_MP},
	},
	"batadv plain": {
		set:  &BatAdv{RoutingAlgo: "BATMAN_IV"},
		read: &BatAdv{},
	},
	"amt gateway": {
		set:  &Amt{Local: tunnel4[0], Discovery: tunnel4[1], Link: 3, GatewayPort: 2270, RelayPort: 2271},
		read: &Amt{},
	},
	"amt told": {
		read: &Amt{Local: tunnel4[0], Discovery: tunnel4[1], Remote: net.IP{10, 0, 0, 3}, Link: 3, GatewayPort: 2270,
			RelayPort: 2271},
	},
	"dsa conduit": {
		set:  &Dsa{Conduit: 3},
		read: &Dsa{},
	},
	"dsa told": {
		read: &Dsa{Conduit: 3},
	},
	"ipoib plain": {
		set:  &IPoIB{Pkey: 0x8001, Mode: IPOIB_MODE_CONNECTED, Umcast: 1},
		read: &IPoIB{},
	},
	"ipoib told": {
		read: &IPoIB{Pkey: 0x8001, Mode: IPOIB_MODE_CONNECTED, Umcast: 1},
	},
	"rmnet flags": {
		set: &Rmnet{MuxID: 6, IngressDeaggregation: new(true), IngressCommands: new(false), IngressChecksumV4: new(true),
			EgressChecksumV4:  new(false),
			IngressChecksumV5: new(false), EgressChecksumV5: new(true)},
		read: &Rmnet{},
	},
	"rmnet told": {
		read: &Rmnet{MuxID: 6, IngressDeaggregation: new(true), IngressCommands: new(false), IngressChecksumV4: new(true),
			EgressChecksumV4:  new(false),
			IngressChecksumV5: new(false), EgressChecksumV5: new(true)},
	},
	"can fd": {
		set: &Can{BitRate: 500000, SamplePoint: 875, DataTiming: &CanTiming{BitRate: 2000000, SamplePoint: 750},
			Tdc:  &CanDelay{new(uint32(10)), new(uint32(20)), new(uint32(0))},
			Mask: 0x423, Flags: 0x421, RestartMs: 100, Terminator: new(uint16(120))},
		read: &Can{},
	},
	"can xl": {
		set: &Can{BitRate: 500000, XLTiming: &CanTiming{BitRate: 8000000}, XLTdc: &CanDelay{Offset: new(uint32(16))},
			XLPwm: &CanPwm{new(uint32(4)), new(uint32(8)), new(uint32(2))},
			Mask:  0xb000, Flags: 0xb000, Restart: true},
		read: &Can{},
	},
	"can told": {
		read: &Can{BitRate: 500000, SamplePoint: 875, TimeQuanta: 125, PropagationSegment: 6, PhaseSegment1: 7,
			PhaseSegment2: 2, SyncJumpWidth: 1, BitRatePreScaler: 2,
			Name: "xyz", TimeSegment1Min: 2, TimeSegment1Max: 256, TimeSegment2Min: 2, TimeSegment2Max: 128,
			SyncJumpWidthMax: 128, BitRatePreScalerMin: 1, BitRatePreScalerMax: 512, BitRatePreScalerInc: 1,
			ClockFrequency: 40000000, State: CAN_STATE_STOPPED, Flags: 0x421, TxError: 3, RxError: 4, RestartMs: 100,
			Terminator: new(uint16(120)),
			DataTiming: &CanTiming{BitRate: 2000000, SamplePoint: 750, TimeQuanta: 25, PropagationSegment: 7, PhaseSegment1: 7,
				PhaseSegment2: 5, SyncJumpWidth: 1, BitRatePreScaler: 1},
			Tdc: &CanDelay{Value: new(uint32(10)), Offset: new(uint32(20))},
			Limits: &CanLimits{Modes: 0x21, BitRateMax: 8000000, TerminationValues: []uint16{0, 120},
				DataTiming: []uint32{1, 32, 1, 16, 16, 1, 32, 1}}},
	},
	"vxcan plain": {
		set:  &Vxcan{PeerName: "x1"},
		read: &Vxcan{},
	},
}

// flowInfo is a traffic class and a flow label as Ip6tnl has them, in network byte order.
func flowInfo(v uint32) uint32 {
	var e wire.Encoder
	e.BE32(1, v)
	d := wire.NewDecoder(e.Bytes())
	d.Next()
	return d.Uint32()
}

// TestBondThatWasReadCanBeSent sends what was read of bonds of each mode: options that the mode has not are left out.
func TestBondThatWasReadCanBeSent(t *testing.T) {
	left := map[BondMode][]uint16{
		BOND_MODE_BALANCE_RR: {uapi.IFLA_BOND_AD_LACP_RATE, uapi.IFLA_BOND_AD_LACP_ACTIVE, uapi.IFLA_BOND_TLB_DYNAMIC_LB,
			uapi.IFLA_BOND_PRIMARY,
			uapi.IFLA_BOND_AD_ACTOR_SYS_PRIO, uapi.IFLA_BOND_UPDELAY, uapi.IFLA_BOND_COUPLED_CONTROL},
		BOND_MODE_802_3AD: {uapi.IFLA_BOND_ARP_INTERVAL, uapi.IFLA_BOND_ARP_VALIDATE, uapi.IFLA_BOND_MISSED_MAX,
			uapi.IFLA_BOND_PACKETS_PER_SLAVE},
		BOND_MODE_BALANCE_TLB: {uapi.IFLA_BOND_ARP_INTERVAL, uapi.IFLA_BOND_PACKETS_PER_SLAVE, uapi.IFLA_BOND_AD_LACP_RATE},
	}
	for mode, gone := range left {
		var e wire.Encoder
		encodeAttrs(&e, bondOf(func(b *Bond) { b.Mode = mode }))
		if err := e.Err(); err != nil {
			t.Fatal(err)
		}
		sent := map[uint16]bool{}
		for d := wire.NewDecoder(e.Bytes()); d.Next(); {
			sent[d.Type()] = true
		}
		for _, typ := range gone {
			if sent[typ] {
				t.Errorf("%v: attribute %d is sent", mode, typ)
			}
		}
		if !sent[uapi.IFLA_BOND_MODE] || !sent[uapi.IFLA_BOND_LP_INTERVAL] {
			t.Errorf("%v: only %v are sent", mode, sent)
		}
	}
	var e wire.Encoder
	encodeAttrs(&e, newBond(func(b *Bond) {
		b.Mode, b.LacpRate, b.ArpIpTargets = BOND_MODE_BALANCE_RR, BOND_LACP_RATE_FAST, []net.IP{}
	}))
	want := []byte{}
	for d := wire.NewDecoder(e.Bytes()); d.Next(); {
		want = append(want, byte(d.Type()))
	}
	if !bytes.Equal(want, []byte{uapi.IFLA_BOND_MODE, uapi.IFLA_BOND_AD_LACP_RATE, uapi.IFLA_BOND_ARP_IP_TARGET}) {
		t.Errorf("attributes %v are sent: what is asked for is for the kernel to refuse", want)
	}
}

func TestBondAdInfo(t *testing.T) {
	var e wire.Encoder
	e.Nest(uapi.IFLA_BOND_AD_INFO)
	e.Uint16(uapi.IFLA_BOND_AD_INFO_AGGREGATOR, 1)
	e.Uint16(uapi.IFLA_BOND_AD_INFO_NUM_PORTS, 2)
	e.Uint16(uapi.IFLA_BOND_AD_INFO_ACTOR_KEY, 9)
	e.Uint16(uapi.IFLA_BOND_AD_INFO_PARTNER_KEY, 4)
	e.Data(uapi.IFLA_BOND_AD_INFO_PARTNER_MAC, ether("02:00:00:00:00:01"))
	e.End()
	var b Bond
	if err := decodeAttrs(&b, e.Bytes()); err != nil {
		t.Fatal(err)
	}
	if want := (&BondAdInfo{AggregatorId: 1, NumPorts: 2, ActorKey: 9, PartnerKey: 4,
		PartnerMac: ether("02:00:00:00:00:01")}); !reflect.DeepEqual(b.AdInfo, want) {
		t.Errorf("is %+v, want %+v", b.AdInfo, want)
	}
	var again wire.Encoder
	encodeAttrs(&again, &b)
	for d := wire.NewDecoder(again.Bytes()); d.Next(); {
		if d.Type() == uapi.IFLA_BOND_AD_INFO {
			t.Error("what was negotiated is sent")
		}
	}
}

func TestBondNames(t *testing.T) {
	for name, mode := range StringToBondModeMap {
		if mode.String() != name || StringToBondMode(name) != mode {
			t.Errorf("%s is %v, which is %s", name, mode, mode)
		}
	}
	for name, v := range StringToBondXmitHashPolicyMap {
		if v.String() != name || StringToBondXmitHashPolicy(name) != v {
			t.Errorf("%s is %d, which is %s", name, v, v)
		}
	}
	for name, v := range StringToBondLacpRateMap {
		if v.String() != name || StringToBondLacpRate(name) != v {
			t.Errorf("%s is %d, which is %s", name, v, v)
		}
	}
	for name, v := range StringToBondArpValidateMap {
		if v.String() != name {
			t.Errorf("%s is %d, which is %s", name, v, v)
		}
	}
	for name, v := range StringToBondAdSelectMap {
		if v.String() != name {
			t.Errorf("%s is %d, which is %s", name, v, v)
		}
	}
	for name, v := range StringToBondFailOverMacMap {
		if v.String() != name {
			t.Errorf("%s is %d, which is %s", name, v, v)
		}
	}
	for name, v := range StringToBondPrimaryReselectMap {
		if v.String() != name {
			t.Errorf("%s is %d, which is %s", name, v, v)
		}
	}
	for name, v := range StringToBondArpAllTargetsMap {
		if v.String() != name {
			t.Errorf("%s is %d, which is %s", name, v, v)
		}
	}
	for name, v := range StringToIPoIBMode {
		if v.String() != name {
			t.Errorf("%s is %d, which is %s", name, v, v.String())
		}
	}
	if StringToBondMode("x") != BOND_MODE_UNKNOWN || StringToBondXmitHashPolicy("x") != BOND_XMIT_HASH_POLICY_UNKNOWN ||
		StringToBondLacpRate("x") != BOND_LACP_RATE_UNKNOWN {
		t.Error("a name that none has is known")
	}
	for want, v := range map[string]interface{ String() string }{
		"BondMode(9)": BondMode(9), "BondArpValidate(-1)": BondArpValidate(-1), "XmitHashPolicy(7)": BondXmitHashPolicy(7),
		"LacpRate(2)": BOND_LACP_RATE_UNKNOWN,
		"BACKUP":      BondStateBackup, "7": BondSlaveState(7), "GOING_BACK": BondLinkBack, "9": BondSlaveMiiStatus(9),
	} {
		if v.String() != want {
			t.Errorf("%s is called %s", want, v)
		}
	}
}
