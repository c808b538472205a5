package netlink

import (
	"math"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Bond is a device that uses several links as one: ip link add DEV type bond. Begin with [NewLinkBond]: numbers
// that are negative and pointers that are nil are not sent, and the kernel's default, or what the bond has, holds.
// Times are in milliseconds where nothing else is said.
//
// The kernel takes a Mode, even the same one, only from a bond without ports: set it to -1 to change one that has
// some.
type Bond struct {
	LinkAttrs
	Mode            BondMode
	ActiveSlave     int                 // index of the port in use, 0: none
	Miimon          int                 // between looks at the links' state, 0: never
	UpDelay         int                 // a link is to be up before it is used; with Miimon
	DownDelay       int                 // and down before it is no longer
	UseCarrier      int                 // without effect since Linux 6.18, 1
	ArpInterval     int                 // between ARP requests to ArpIpTargets, 0: none
	ArpIpTargets    []net.IP            // up to 16 IPv4 addresses; nil is unset, and what is empty removes all
	ArpValidate     BondArpValidate     // whose replies are looked into
	ArpAllTargets   BondArpAllTargets   // how many targets have to answer
	Primary         int                 // index of the port that is preferred, 0: none
	PrimaryReselect BondPrimaryReselect // when it is used again
	FailOverMac     BondFailOverMac     // hardware addresses of ports
	XmitHashPolicy  BondXmitHashPolicy
	ResendIgmp      int // IGMP reports after a change of ports, 0 to 255
	NumPeerNotif    int // ARP and neighbour advertisements after it, 0 to 255
	AllSlavesActive int // 1: what comes in on ports that are not in use is not dropped
	MinLinks        int // ports that are up for the bond to be up, in mode 802.3ad
	LpInterval      int // seconds between packets that switches learn from, from 1
	PacketsPerSlave int // in mode balance-rr: 0 is at random
	LacpRate        BondLacpRate
	AdSelect        BondAdSelect
	AdInfo          *BondAdInfo      // of the aggregator in use, only read
	AdActorSysPrio  int              // 1 to 65535
	AdUserPortKey   int              // 10 bits
	AdActorSystem   net.HardwareAddr // nil is unset
	TlbDynamicLb    int              // 1: by load, 0: by XmitHashPolicy

	PeerNotifDelay    *uint32  // peer_notify_delay: between those of NumPeerNotif (Linux 5.3)
	LacpActive        *bool    // lacp_active: LACPDUs are sent unasked (Linux 5.15)
	LacpStrict        *bool    // lacp_strict: without a partner the bond is down (Linux 7.1)
	ArpMissedMax      *uint8   // arp_missed_max: checks that fail before a port is down (Linux 5.17)
	NsIP6Targets      []net.IP // ns_ip6_target, as ArpIpTargets for neighbour discovery (Linux 5.18)
	CoupledControl    *bool    // coupled_control: collecting and distributing are one state (Linux 6.9)
	BroadcastNeighbor *bool    // broadcast_neighbor: ARP and ND go out of all ports (Linux 6.17)
}

// BondAdInfo is the result of an 802.3ad bond's negotiation.
type BondAdInfo struct {
	AggregatorId int
	NumPorts     int
	ActorKey     int
	PartnerKey   int
	PartnerMac   net.HardwareAddr
}

// NewLinkBond returns a Bond with these attributes and no option set.
func NewLinkBond(atr LinkAttrs) *Bond {
	return &Bond{
		LinkAttrs: atr, Mode: -1, ActiveSlave: -1, Miimon: -1, UpDelay: -1, DownDelay: -1, UseCarrier: -1, ArpInterval: -1,
		ArpValidate: -1, ArpAllTargets: -1, Primary: -1, PrimaryReselect: -1, FailOverMac: -1, XmitHashPolicy: -1,
		ResendIgmp: -1, NumPeerNotif: -1, AllSlavesActive: -1, MinLinks: -1, LpInterval: -1, PacketsPerSlave: -1,
		LacpRate: -1, AdSelect: -1, AdActorSysPrio: -1, AdUserPortKey: -1, TlbDynamicLb: -1,
	}
}

// Attrs returns the attributes that all kinds have.
func (b *Bond) Attrs() *LinkAttrs { return &b.LinkAttrs }

// Type returns "bond".
func (b *Bond) Type() string { return "bond" }

// bondModeSet is a set of modes, of which each is a bit.
type bondModeSet uint8

// The modes that have some options.
const (
	bondAny     bondModeSet = 1<<BOND_MODE_UNKNOWN - 1
	bondRR      bondModeSet = 1 << BOND_MODE_BALANCE_RR
	bondAD      bondModeSet = 1 << BOND_MODE_802_3AD
	bondTLB     bondModeSet = 1<<BOND_MODE_BALANCE_TLB | 1<<BOND_MODE_BALANCE_ALB
	bondPrimary             = bondTLB | 1<<BOND_MODE_ACTIVE_BACKUP
	bondARP                 = bondAny &^ (bondAD | bondTLB)
)

// has reports whether an option is to be sent that only some modes have. The kernel reports it in all modes and takes
// it in those; in the others it is left out where it equals the kernel's report, so that what was read can be sent.
func (b *Bond) has(modes bondModeSet, told bool) bool {
	return !told || b.Mode < 0 || b.Mode >= BOND_MODE_UNKNOWN || modes>>b.Mode&1 != 0
}

// bondOption is an option that is a number, unset where it is negative.
type bondOption struct {
	typ   attr.Type
	bytes uint8
	modes bondModeSet // that have it
	told  int8        // the kernel's report in the others
	name  string
}

var bondOptions = [...]bondOption{
	{uapi.IFLA_BOND_MODE, 1, bondAny, 0, "bond mode"},
	{uapi.IFLA_BOND_ACTIVE_SLAVE, 4, bondPrimary, 0, "active_slave"},
	{uapi.IFLA_BOND_MIIMON, 4, bondAny, 0, "miimon"},
	{uapi.IFLA_BOND_UPDELAY, 4, bondAny, 0, "updelay"},
	{uapi.IFLA_BOND_DOWNDELAY, 4, bondAny, 0, "downdelay"},
	{uapi.IFLA_BOND_USE_CARRIER, 1, bondAny, 0, "use_carrier"},
	{uapi.IFLA_BOND_ARP_INTERVAL, 4, bondARP, 0, "arp_interval"},
	{uapi.IFLA_BOND_ARP_VALIDATE, 4, bondARP, 0, "arp_validate"},
	{uapi.IFLA_BOND_ARP_ALL_TARGETS, 4, bondAny, 0, "arp_all_targets"},
	{uapi.IFLA_BOND_PRIMARY, 4, bondPrimary, 0, "primary"},
	{uapi.IFLA_BOND_PRIMARY_RESELECT, 1, bondAny, 0, "primary_reselect"},
	{uapi.IFLA_BOND_FAIL_OVER_MAC, 1, bondAny, 0, "fail_over_mac"},
	{uapi.IFLA_BOND_XMIT_HASH_POLICY, 1, bondAny, 0, "xmit_hash_policy"},
	{uapi.IFLA_BOND_RESEND_IGMP, 4, bondAny, 0, "resend_igmp"},
	{uapi.IFLA_BOND_NUM_PEER_NOTIF, 1, bondAny, 0, "num_grat_arp"},
	{uapi.IFLA_BOND_ALL_SLAVES_ACTIVE, 1, bondAny, 0, "all_slaves_active"},
	{uapi.IFLA_BOND_MIN_LINKS, 4, bondAny, 0, "min_links"},
	{uapi.IFLA_BOND_LP_INTERVAL, 4, bondAny, 0, "lp_interval"},
	{uapi.IFLA_BOND_PACKETS_PER_SLAVE, 4, bondRR, 1, "packets_per_slave"},
	{uapi.IFLA_BOND_AD_LACP_RATE, 1, bondAD, 0, "lacp_rate"},
	{uapi.IFLA_BOND_AD_SELECT, 1, bondAny, 0, "ad_select"},
	{uapi.IFLA_BOND_AD_ACTOR_SYS_PRIO, 2, bondAD, 0, "ad_actor_sys_prio"},
	{uapi.IFLA_BOND_AD_USER_PORT_KEY, 2, bondAD, 0, "ad_user_port_key"},
	{uapi.IFLA_BOND_TLB_DYNAMIC_LB, 1, bondTLB, 1, "tlb_dynamic_lb"},
}

// numbers are where the values of bondOptions are.
func (b *Bond) numbers() [len(bondOptions)]*int {
	return [...]*int{
		(*int)(&b.Mode), &b.ActiveSlave, &b.Miimon, &b.UpDelay, &b.DownDelay, &b.UseCarrier, &b.ArpInterval,
		(*int)(&b.ArpValidate),
		(*int)(&b.ArpAllTargets), &b.Primary, (*int)(&b.PrimaryReselect), (*int)(&b.FailOverMac), (*int)(&b.XmitHashPolicy),
		&b.ResendIgmp,
		&b.NumPeerNotif, &b.AllSlavesActive, &b.MinLinks, &b.LpInterval, &b.PacketsPerSlave, (*int)(&b.LacpRate),
		(*int)(&b.AdSelect),
		&b.AdActorSysPrio, &b.AdUserPortKey, &b.TlbDynamicLb,
	}
}

func (b *Bond) attrs(c *attr.Codec) {
	delays := b.Miimon > 0 // else the kernel takes none, not even 0
	for i, v := range b.numbers() {
		o := &bondOptions[i]
		delay := o.typ == uapi.IFLA_BOND_UPDELAY || o.typ == uapi.IFLA_BOND_DOWNDELAY
		if c.Encoding() && (*v < 0 || !b.has(o.modes, *v == int(o.told)) || delay && *v == 0 && !delays) {
			continue
		}
		switch o.bytes {
		case 1:
			attr.IntU8(c, o.typ, v, o.name, math.MaxUint8)
		case 2:
			attr.IntU16(c, o.typ, v, o.name, math.MaxUint16)
		default:
			attr.IntU32(c, o.typ, v, o.name, math.MaxInt32)
		}
	}
	attr.Array(c, uapi.IFLA_BOND_ARP_IP_TARGET, 0, &b.ArpIpTargets, attr.IP4)
	attr.Array(c, uapi.IFLA_BOND_NS_IP6_TARGET, 0, &b.NsIP6Targets, attr.IP6)
	if !c.Encoding() || b.has(bondAD, zeroEther(b.AdActorSystem)) && !zeroEther(b.AdActorSystem) {
		attr.Ether(c, uapi.IFLA_BOND_AD_ACTOR_SYSTEM, &b.AdActorSystem)
	}
	if !c.Encoding() || delays || b.PeerNotifDelay != nil && *b.PeerNotifDelay != 0 {
		attr.OptU32(c, uapi.IFLA_BOND_PEER_NOTIF_DELAY, &b.PeerNotifDelay)
	}
	if !c.Encoding() || b.ArpMissedMax != nil && b.has(bondARP, *b.ArpMissedMax == 2) {
		attr.OptU8(c, uapi.IFLA_BOND_MISSED_MAX, &b.ArpMissedMax)
	}
	for _, o := range [...]struct {
		typ  attr.Type
		v    **bool
		told bool
	}{
		{uapi.IFLA_BOND_AD_LACP_ACTIVE, &b.LacpActive, true}, {uapi.IFLA_BOND_LACP_STRICT, &b.LacpStrict, false},
		{uapi.IFLA_BOND_COUPLED_CONTROL, &b.CoupledControl, true},
		{uapi.IFLA_BOND_BROADCAST_NEIGH, &b.BroadcastNeighbor, false},
	} {
		if !c.Encoding() || *o.v != nil && b.has(bondAD, **o.v == o.told) {
			attr.OptBool(c, o.typ, o.v)
		}
	}
	attr.Nest(c, uapi.IFLA_BOND_AD_INFO|attr.ReadOnly, b.adInfo)
}

// adInfo is what is in IFLA_BOND_AD_INFO.
func (b *Bond) adInfo(c *attr.Codec) {
	i := new(BondAdInfo)
	if c.Decoding() {
		b.AdInfo = i
	}
	attr.IntU16(c, uapi.IFLA_BOND_AD_INFO_AGGREGATOR, &i.AggregatorId, "", math.MaxUint16)
	attr.IntU16(c, uapi.IFLA_BOND_AD_INFO_NUM_PORTS, &i.NumPorts, "", math.MaxUint16)
	attr.IntU16(c, uapi.IFLA_BOND_AD_INFO_ACTOR_KEY, &i.ActorKey, "", math.MaxUint16)
	attr.IntU16(c, uapi.IFLA_BOND_AD_INFO_PARTNER_KEY, &i.PartnerKey, "", math.MaxUint16)
	attr.Ether(c, uapi.IFLA_BOND_AD_INFO_PARTNER_MAC, &i.PartnerMac)
}

// silent is what ports negotiate.
func (*Bond) silent() []uint16 { return bondSilent }

var bondSilent = []uint16{uapi.IFLA_BOND_AD_INFO}

// zeroEther reports whether an address is unset, or the one that stands for that.
func zeroEther(a net.HardwareAddr) bool {
	for _, b := range a {
		if b != 0 {
			return false
		}
	}
	return len(a) == 0 || len(a) == uapi.ETH_ALEN
}

// encodeRest sends an empty list of addresses, which removes the present ones.
func (b *Bond) encodeRest(e *wire.Encoder) {
	if b.ArpIpTargets != nil && len(b.ArpIpTargets) == 0 {
		e.Nest(uapi.IFLA_BOND_ARP_IP_TARGET)
		e.End()
	}
	if b.NsIP6Targets != nil && len(b.NsIP6Targets) == 0 {
		e.Nest(uapi.IFLA_BOND_NS_IP6_TARGET)
		e.End()
	}
}
