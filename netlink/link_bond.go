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
// The kernel takes a Mode, even the same one, only from a bond without ports: set it to -1 to change one that has some.
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

// BondAdInfo is what an 802.3ad bond has negotiated.
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
	bondRR      bondModeSet = 1 << BOND_MODE_BALANCE_RR
	bondAD      bondModeSet = 1 << BOND_MODE_802_3AD
	bondTLB     bondModeSet = 1<<BOND_MODE_BALANCE_TLB | 1<<BOND_MODE_BALANCE_ALB
	bondPrimary             = bondTLB | 1<<BOND_MODE_ACTIVE_BACKUP
	bondARP                 = ^(bondAD | bondTLB)
)

// has reports whether an option is to be sent that only some modes have. The kernel tells it in all modes and takes it
// in those; in the others it is left out where it is as the kernel tells it there, so that what was read can be sent.
func (b *Bond) has(modes bondModeSet, told bool) bool {
	return !told || b.Mode < 0 || b.Mode >= BOND_MODE_UNKNOWN || modes>>b.Mode&1 != 0
}

func (b *Bond) attrs(c *attr.Codec) {
	delays := b.Miimon > 0
	bondU8(c, uapi.IFLA_BOND_MODE, &b.Mode, "bond mode", true)
	bondU32(c, uapi.IFLA_BOND_ACTIVE_SLAVE, &b.ActiveSlave, "index of the active port", b.has(bondPrimary, b.ActiveSlave == 0))
	bondU32(c, uapi.IFLA_BOND_MIIMON, &b.Miimon, "miimon", true)
	bondU32(c, uapi.IFLA_BOND_UPDELAY, &b.UpDelay, "updelay", delays || b.UpDelay != 0)
	bondU32(c, uapi.IFLA_BOND_DOWNDELAY, &b.DownDelay, "downdelay", delays || b.DownDelay != 0)
	bondU8(c, uapi.IFLA_BOND_USE_CARRIER, &b.UseCarrier, "use_carrier", true)
	bondU32(c, uapi.IFLA_BOND_ARP_INTERVAL, &b.ArpInterval, "arp_interval", b.has(bondARP, b.ArpInterval == 0))
	bondTargets(c, uapi.IFLA_BOND_ARP_IP_TARGET, &b.ArpIpTargets, attr.IP4)
	bondU32(c, uapi.IFLA_BOND_ARP_VALIDATE, &b.ArpValidate, "arp_validate", b.has(bondARP, b.ArpValidate == BOND_ARP_VALIDATE_NONE))
	bondU32(c, uapi.IFLA_BOND_ARP_ALL_TARGETS, &b.ArpAllTargets, "arp_all_targets", true)
	bondU32(c, uapi.IFLA_BOND_PRIMARY, &b.Primary, "index of the primary port", b.has(bondPrimary, b.Primary == 0))
	bondU8(c, uapi.IFLA_BOND_PRIMARY_RESELECT, &b.PrimaryReselect, "primary_reselect", true)
	bondU8(c, uapi.IFLA_BOND_FAIL_OVER_MAC, &b.FailOverMac, "fail_over_mac", true)
	bondU8(c, uapi.IFLA_BOND_XMIT_HASH_POLICY, &b.XmitHashPolicy, "xmit_hash_policy", true)
	bondU32(c, uapi.IFLA_BOND_RESEND_IGMP, &b.ResendIgmp, "resend_igmp", true)
	bondU8(c, uapi.IFLA_BOND_NUM_PEER_NOTIF, &b.NumPeerNotif, "num_grat_arp", true)
	bondU8(c, uapi.IFLA_BOND_ALL_SLAVES_ACTIVE, &b.AllSlavesActive, "all_slaves_active", true)
	bondU32(c, uapi.IFLA_BOND_MIN_LINKS, &b.MinLinks, "min_links", true)
	bondU32(c, uapi.IFLA_BOND_LP_INTERVAL, &b.LpInterval, "lp_interval", true)
	bondU32(c, uapi.IFLA_BOND_PACKETS_PER_SLAVE, &b.PacketsPerSlave, "packets_per_slave", b.has(bondRR, b.PacketsPerSlave == 1))
	bondU8(c, uapi.IFLA_BOND_AD_LACP_RATE, &b.LacpRate, "lacp_rate", b.has(bondAD, b.LacpRate == BOND_LACP_RATE_SLOW))
	bondU8(c, uapi.IFLA_BOND_AD_SELECT, &b.AdSelect, "ad_select", true)
	bondU16(c, uapi.IFLA_BOND_AD_ACTOR_SYS_PRIO, &b.AdActorSysPrio, "ad_actor_sys_prio", b.has(bondAD, b.AdActorSysPrio == 0))
	bondU16(c, uapi.IFLA_BOND_AD_USER_PORT_KEY, &b.AdUserPortKey, "ad_user_port_key", b.has(bondAD, b.AdUserPortKey == 0))
	if !c.Encoding() || b.has(bondAD, zeroEther(b.AdActorSystem)) && !zeroEther(b.AdActorSystem) {
		attr.Ether(c, uapi.IFLA_BOND_AD_ACTOR_SYSTEM, &b.AdActorSystem)
	}
	bondU8(c, uapi.IFLA_BOND_TLB_DYNAMIC_LB, &b.TlbDynamicLb, "tlb_dynamic_lb", b.has(bondTLB, b.TlbDynamicLb == 1))
	if !c.Encoding() || delays || b.PeerNotifDelay != nil && *b.PeerNotifDelay != 0 {
		attr.OptU32(c, uapi.IFLA_BOND_PEER_NOTIF_DELAY, &b.PeerNotifDelay)
	}
	if !c.Encoding() || b.has(bondAD, isSet(b.LacpActive, true)) {
		attr.OptBool(c, uapi.IFLA_BOND_AD_LACP_ACTIVE, &b.LacpActive)
	}
	if !c.Encoding() || b.has(bondAD, isSet(b.LacpStrict, false)) {
		attr.OptBool(c, uapi.IFLA_BOND_LACP_STRICT, &b.LacpStrict)
	}
	if !c.Encoding() || b.has(bondARP, isSet(b.ArpMissedMax, 2)) {
		attr.OptU8(c, uapi.IFLA_BOND_MISSED_MAX, &b.ArpMissedMax)
	}
	bondTargets(c, uapi.IFLA_BOND_NS_IP6_TARGET, &b.NsIP6Targets, attr.IP6)
	if !c.Encoding() || b.has(bondAD, isSet(b.CoupledControl, true)) {
		attr.OptBool(c, uapi.IFLA_BOND_COUPLED_CONTROL, &b.CoupledControl)
	}
	if !c.Encoding() || b.has(bondAD, isSet(b.BroadcastNeighbor, false)) {
		attr.OptBool(c, uapi.IFLA_BOND_BROADCAST_NEIGH, &b.BroadcastNeighbor)
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

// isSet reports whether p is nil or has that value.
func isSet[T comparable](p *T, value T) bool { return p == nil || *p == value }

// zeroEther reports whether an address is unset, or the one that stands for that.
func zeroEther(a net.HardwareAddr) bool {
	for _, b := range a {
		if b != 0 {
			return false
		}
	}
	return len(a) == 0 || len(a) == uapi.ETH_ALEN
}

// bondU8 is an option of one byte, unset where it is negative, and sent where send is true.
func bondU8[T ~int](c *attr.Codec, t attr.Type, v *T, name string, send bool) {
	if !c.Encoding() || send && *v >= 0 {
		attr.IntU8(c, t, v, name, math.MaxUint8)
	}
}

func bondU16[T ~int](c *attr.Codec, t attr.Type, v *T, name string, send bool) {
	if !c.Encoding() || send && *v >= 0 {
		attr.IntU16(c, t, v, name, math.MaxUint16)
	}
}

func bondU32[T ~int](c *attr.Codec, t attr.Type, v *T, name string, send bool) {
	if !c.Encoding() || send && *v >= 0 {
		attr.IntU32(c, t, v, name, math.MaxInt32)
	}
}

// bondTargets are addresses, of which an empty list removes those that there are.
func bondTargets(c *attr.Codec, t attr.Type, v *[]net.IP, one func(*attr.Codec, attr.Type, *net.IP)) {
	if c.Encoding() && *v != nil && len(*v) == 0 {
		attr.Custom(c, t, func(e *wire.Encoder) {
			e.Nest(uint16(t))
			e.End()
		}, nil)
		return
	}
	attr.Array(c, t, 0, v, one)
}
