package netlink

import (
	"fmt"
	"math"
	"net"
	"net/netip"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Bridge is an Ethernet bridge: ip link add DEV type bridge. A nil pointer means
// the kernel's default, or, for an existing bridge, no change. Times are in
// hundredths of a second (USER_HZ).
type Bridge struct {
	LinkAttrs
	MulticastSnooping *bool   // mcast_snooping
	AgeingTime        *uint32 // ageing_time, of learned addresses
	HelloTime         *uint32 // hello_time, 100 to 1000
	VlanFiltering     *bool   // vlan_filtering
	VlanDefaultPVID   *uint16 // vlan_default_pvid, 0: none
	GroupFwdMask      *uint16 // group_fwd_mask: bit X forwards frames to 01:80:c2:00:00:0X

	ForwardDelay  *uint32          // forward_delay, 200 to 3000 with STP
	MaxAge        *uint32          // max_age of another bridge's hello, 600 to 4000
	StpState      *uint32          // stp_state: 0 off, 1 the kernel's, 2 (read only) a daemon's
	StpMode       *uint32          // stp_mode, BR_STP_MODE_…: who runs STP
	Priority      *uint16          // priority in the election of the root bridge
	GroupAddr     net.HardwareAddr // group_address, where STP's frames go
	FdbMaxLearned *uint32          // fdb_max_learned, 0: no limit

	VlanProtocol     VlanProtocol // vlan_protocol, 0: unset
	VlanStatsEnabled *bool        // vlan_stats_enabled
	VlanStatsPerPort *bool        // vlan_stats_per_port

	MulticastRouter                *uint8  // mcast_router: 0 off, 1 where queries come from, 2 on
	MulticastQuerier               *bool   // mcast_querier: send queries
	MulticastQueryUseIfaddr        *bool   // mcast_query_use_ifaddr: from the bridge's own address
	MulticastHashElasticity        *uint32 // mcast_hash_elasticity, without effect since Linux 5.0
	MulticastHashMax               *uint32 // mcast_hash_max, entries
	MulticastLastMemberCount       *uint32 // mcast_last_member_count, queries after a leave
	MulticastStartupQueryCount     *uint32 // mcast_startup_query_count
	MulticastLastMemberInterval    *uint64 // mcast_last_member_interval
	MulticastMembershipInterval    *uint64 // mcast_membership_interval
	MulticastQuerierInterval       *uint64 // mcast_querier_interval
	MulticastQueryInterval         *uint64 // mcast_query_interval
	MulticastQueryResponseInterval *uint64 // mcast_query_response_interval
	MulticastStartupQueryInterval  *uint64 // mcast_startup_query_interval
	MulticastStatsEnabled          *bool   // mcast_stats_enabled
	MulticastIgmpVersion           *uint8  // mcast_igmp_version, 2 or 3
	MulticastMldVersion            *uint8  // mcast_mld_version, 1 or 2

	NfCallIptables  *bool // nf_call_iptables
	NfCallIp6tables *bool // nf_call_ip6tables
	NfCallArptables *bool // nf_call_arptables

	NoLinkLocalLearn           *bool // no_linklocal_learn
	MulticastVlanSnooping      *bool // mcast_vlan_snooping
	MstEnabled                 *bool // mst_enabled, multiple spanning trees
	MdbOffloadFailNotification *bool // mdb_offload_fail_notification
	FdbLocalVlan0              *bool // fdb_local_vlan_0: the bridge's own entries are of VLAN 0 only

	// FdbFlush forgets what the bridge learned: ip link set DEV type bridge
	// fdb_flush. It is never read.
	FdbFlush bool

	// State, if set, is the kernel's report about the bridge. It is only read.
	State *BridgeState
}

// BridgeState is the state that a bridge reports. Times are in hundredths of a
// second.
type BridgeState struct {
	ID                     BridgeID // the bridge's own
	RootID                 BridgeID // that of the root of the spanning tree
	RootPort               uint16   // number of the port towards the root, 0 on the root
	RootPathCost           uint32
	TopologyChange         bool
	TopologyChangeDetected bool
	HelloTimer             uint64 // time to the next hello
	TcnTimer               uint64
	TopologyChangeTimer    uint64
	GcTimer                uint64 // time to the next clean-up of addresses
	FdbLearned             uint32 // addresses learned and not forgotten (Linux 6.7)

	// The multicast queriers that were elected; nil: none, or not reported.
	Querier4, Querier6 *BridgeQuerier
}

// BridgeID identifies a bridge in a spanning tree.
type BridgeID struct {
	Priority uint16
	Addr     [6]byte
}

// String returns the identifier as ip link prints it, "8000.2:0:0:0:0:1".
func (id BridgeID) String() string {
	a := id.Addr
	return fmt.Sprintf("%04x.%x:%x:%x:%x:%x:%x", id.Priority, a[0], a[1], a[2], a[3], a[4], a[5])
}

// BridgeQuerier is the multicast querier of a network.
type BridgeQuerier struct {
	Addr  netip.Addr
	Port  int    // index of the port it is behind, 0: the bridge itself
	Timer uint64 // how long another one stays the querier unheard, 1/100 s
}

// Attrs returns the attributes that all kinds have.
func (b *Bridge) Attrs() *LinkAttrs { return &b.LinkAttrs }

// Type returns "bridge".
func (b *Bridge) Type() string { return "bridge" }

func (b *Bridge) attrs(c *attr.Codec) {
	attr.OptU32(c, uapi.IFLA_BR_FORWARD_DELAY, &b.ForwardDelay)
	attr.OptU32(c, uapi.IFLA_BR_HELLO_TIME, &b.HelloTime)
	attr.OptU32(c, uapi.IFLA_BR_MAX_AGE, &b.MaxAge)
	attr.OptU32(c, uapi.IFLA_BR_AGEING_TIME, &b.AgeingTime)
	attr.OptU32(c, uapi.IFLA_BR_STP_MODE, &b.StpMode) // is refused once STP is on
	attr.OptU32(c, uapi.IFLA_BR_STP_STATE, &b.StpState)
	attr.OptU16(c, uapi.IFLA_BR_PRIORITY, &b.Priority)
	attr.OptBool(c, uapi.IFLA_BR_VLAN_FILTERING, &b.VlanFiltering)
	attr.OptU16(c, uapi.IFLA_BR_GROUP_FWD_MASK, &b.GroupFwdMask)
	attr.OptU8(c, uapi.IFLA_BR_MCAST_ROUTER, &b.MulticastRouter)
	attr.OptBool(c, uapi.IFLA_BR_MCAST_SNOOPING, &b.MulticastSnooping)
	attr.OptBool(c, uapi.IFLA_BR_MCAST_QUERY_USE_IFADDR, &b.MulticastQueryUseIfaddr)
	attr.OptBool(c, uapi.IFLA_BR_MCAST_QUERIER, &b.MulticastQuerier)
	attr.OptU32(c, uapi.IFLA_BR_MCAST_HASH_ELASTICITY, &b.MulticastHashElasticity)
	attr.OptU32(c, uapi.IFLA_BR_MCAST_HASH_MAX, &b.MulticastHashMax)
	attr.OptU32(c, uapi.IFLA_BR_MCAST_LAST_MEMBER_CNT, &b.MulticastLastMemberCount)
	attr.OptU32(c, uapi.IFLA_BR_MCAST_STARTUP_QUERY_CNT, &b.MulticastStartupQueryCount)
	attr.OptU64(c, uapi.IFLA_BR_MCAST_LAST_MEMBER_INTVL, &b.MulticastLastMemberInterval)
	attr.OptU64(c, uapi.IFLA_BR_MCAST_MEMBERSHIP_INTVL, &b.MulticastMembershipInterval)
	attr.OptU64(c, uapi.IFLA_BR_MCAST_QUERIER_INTVL, &b.MulticastQuerierInterval)
	attr.OptU64(c, uapi.IFLA_BR_MCAST_QUERY_INTVL, &b.MulticastQueryInterval)
	attr.OptU64(c, uapi.IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, &b.MulticastQueryResponseInterval)
	attr.OptU64(c, uapi.IFLA_BR_MCAST_STARTUP_QUERY_INTVL, &b.MulticastStartupQueryInterval)
	attr.OptBool(c, uapi.IFLA_BR_NF_CALL_IPTABLES, &b.NfCallIptables)
	attr.OptBool(c, uapi.IFLA_BR_NF_CALL_IP6TABLES, &b.NfCallIp6tables)
	attr.OptBool(c, uapi.IFLA_BR_NF_CALL_ARPTABLES, &b.NfCallArptables)
	attr.OptU16(c, uapi.IFLA_BR_VLAN_DEFAULT_PVID, &b.VlanDefaultPVID)
	attr.OptBool(c, uapi.IFLA_BR_VLAN_STATS_ENABLED, &b.VlanStatsEnabled)
	attr.OptBool(c, uapi.IFLA_BR_MCAST_STATS_ENABLED, &b.MulticastStatsEnabled)
	attr.OptU8(c, uapi.IFLA_BR_MCAST_IGMP_VERSION, &b.MulticastIgmpVersion)
	attr.OptU8(c, uapi.IFLA_BR_MCAST_MLD_VERSION, &b.MulticastMldVersion)
	attr.OptBool(c, uapi.IFLA_BR_VLAN_STATS_PER_PORT, &b.VlanStatsPerPort)
	attr.OptU32(c, uapi.IFLA_BR_FDB_MAX_LEARNED, &b.FdbMaxLearned)
	attr.IntBE16(c, uapi.IFLA_BR_VLAN_PROTOCOL|attr.IfSet, &b.VlanProtocol, "vlan protocol", math.MaxUint16)
	attr.Bytes(c, uapi.IFLA_BR_GROUP_ADDR, &b.GroupAddr)
	attr.Flag(c, uapi.IFLA_BR_FDB_FLUSH|attr.WriteOnly, &b.FdbFlush)
	attr.MaskedBits(c, uapi.IFLA_BR_MULTI_BOOLOPT, []attr.Bit{
		{Mask: 1 << uapi.BR_BOOLOPT_NO_LL_LEARN, On: &b.NoLinkLocalLearn},
		{Mask: 1 << uapi.BR_BOOLOPT_MCAST_VLAN_SNOOPING, On: &b.MulticastVlanSnooping},
		{Mask: 1 << uapi.BR_BOOLOPT_MST_ENABLE, On: &b.MstEnabled},
		{Mask: 1 << uapi.BR_BOOLOPT_MDB_OFFLOAD_FAIL_NOTIFICATION, On: &b.MdbOffloadFailNotification},
		{Mask: 1 << uapi.BR_BOOLOPT_FDB_LOCAL_VLAN_0, On: &b.FdbLocalVlan0},
	})
	if !c.Encoding() {
		b.State = &BridgeState{}
		b.State.attrs(c)
	}
}

// masked leaves out the bits that stay: the kernel refuses some of them at times, even where they stay the same.
func (b *Bridge) masked(typ uint16, sent, present []byte) []byte {
	if typ != uapi.IFLA_BR_MULTI_BOOLOPT {
		return sent
	}
	var want, have uapi.BrBooloptMulti
	want.Decode(sent)
	have.Decode(present)
	want.Optmask &= want.Optval ^ have.Optval | ^have.Optmask
	want.Put(sent)
	return sent
}

func (s *BridgeState) attrs(c *attr.Codec) {
	s.RootID.attr(c, uapi.IFLA_BR_ROOT_ID)
	s.ID.attr(c, uapi.IFLA_BR_BRIDGE_ID)
	attr.U16(c, uapi.IFLA_BR_ROOT_PORT|attr.ReadOnly, &s.RootPort)
	attr.U32(c, uapi.IFLA_BR_ROOT_PATH_COST|attr.ReadOnly, &s.RootPathCost)
	attr.Bool(c, uapi.IFLA_BR_TOPOLOGY_CHANGE|attr.ReadOnly, &s.TopologyChange)
	attr.Bool(c, uapi.IFLA_BR_TOPOLOGY_CHANGE_DETECTED|attr.ReadOnly, &s.TopologyChangeDetected)
	attr.U64(c, uapi.IFLA_BR_HELLO_TIMER|attr.ReadOnly, &s.HelloTimer)
	attr.U64(c, uapi.IFLA_BR_TCN_TIMER|attr.ReadOnly, &s.TcnTimer)
	attr.U64(c, uapi.IFLA_BR_TOPOLOGY_CHANGE_TIMER|attr.ReadOnly, &s.TopologyChangeTimer)
	attr.U64(c, uapi.IFLA_BR_GC_TIMER|attr.ReadOnly, &s.GcTimer)
	attr.U32(c, uapi.IFLA_BR_FDB_N_LEARNED|attr.ReadOnly, &s.FdbLearned)
	attr.Nest(c, uapi.IFLA_BR_MCAST_QUERIER_STATE|attr.ReadOnly, s.queriers)
}

// queriers are in one nest for both families. Where none was elected the kernel has an address
// that is all zero.
func (s *BridgeState) queriers(c *attr.Codec) {
	var q4, q6 BridgeQuerier
	attr.Addr(c, uapi.BRIDGE_QUERIER_IP_ADDRESS|attr.ReadOnly, &q4.Addr)
	attr.IntU32(c, uapi.BRIDGE_QUERIER_IP_PORT|attr.ReadOnly, &q4.Port, "port", math.MaxInt32)
	attr.U64(c, uapi.BRIDGE_QUERIER_IP_OTHER_TIMER|attr.ReadOnly, &q4.Timer)
	attr.Addr(c, uapi.BRIDGE_QUERIER_IPV6_ADDRESS|attr.ReadOnly, &q6.Addr)
	attr.IntU32(c, uapi.BRIDGE_QUERIER_IPV6_PORT|attr.ReadOnly, &q6.Port, "port", math.MaxInt32)
	attr.U64(c, uapi.BRIDGE_QUERIER_IPV6_OTHER_TIMER|attr.ReadOnly, &q6.Timer)
	if q4.Addr.IsValid() && !q4.Addr.IsUnspecified() {
		s.Querier4 = &q4
	}
	if q6.Addr.IsValid() && !q6.Addr.IsUnspecified() {
		s.Querier6 = &q6
	}
}

// attr is a struct ifla_bridge_id.
func (id *BridgeID) attr(c *attr.Codec, typ attr.Type) {
	attr.Custom(c, typ, nil, func(b []byte) {
		var w uapi.IflaBridgeId
		w.Decode(b)
		*id = BridgeID{Priority: uint16(w.Prio[0])<<8 | uint16(w.Prio[1]), Addr: w.Addr}
	})
}

// silent are the timers, what the spanning tree does when they end, who the queriers are, and the count of addresses
// that were learned.
func (*Bridge) silent() []uint16 { return bridgeSilent }

var bridgeSilent = []uint16{
	uapi.IFLA_BR_HELLO_TIMER, uapi.IFLA_BR_TCN_TIMER, uapi.IFLA_BR_TOPOLOGY_CHANGE_TIMER, uapi.IFLA_BR_GC_TIMER,
	uapi.IFLA_BR_TOPOLOGY_CHANGE, uapi.IFLA_BR_TOPOLOGY_CHANGE_DETECTED,
	uapi.IFLA_BR_MCAST_QUERIER_STATE, uapi.IFLA_BR_FDB_N_LEARNED,
}

func (*Bridge) describe() desc.Kind { return desc.Kind{Fields: bridgeFields, Help: bridgeHelp} }

var bridgeFields = []desc.Field{
	{Type: uapi.IFLA_BR_FORWARD_DELAY, Key: "forward_delay", Form: desc.U32, Usage: "FORWARD_DELAY"},
	{Type: uapi.IFLA_BR_HELLO_TIME, Key: "hello_time", Form: desc.U32, Usage: "HELLO_TIME"},
	{Type: uapi.IFLA_BR_MAX_AGE, Key: "max_age", Form: desc.U32, Usage: "MAX_AGE"},
	{Type: uapi.IFLA_BR_AGEING_TIME, Key: "ageing_time", Form: desc.U32, Usage: "AGEING_TIME"},
	{Type: uapi.IFLA_BR_STP_STATE, Key: "stp_state", Form: desc.U32, Usage: "STP_STATE"},
	{Type: uapi.IFLA_BR_STP_MODE, Key: "stp_mode", Form: desc.Enum32, Names: bridgeSTPModes},
	{Type: uapi.IFLA_BR_PRIORITY, Key: "priority", Form: desc.U16, Usage: "PRIORITY"},
	{Type: uapi.IFLA_BR_VLAN_FILTERING, Key: "vlan_filtering", Form: desc.U8, Usage: "VLAN_FILTERING"},
	{Type: uapi.IFLA_BR_VLAN_PROTOCOL, Key: "vlan_protocol", Form: desc.VlanProtocol},
	{Type: uapi.IFLA_BR_BRIDGE_ID, Key: "bridge_id", Form: desc.BridgeID},
	{Type: uapi.IFLA_BR_ROOT_ID, Key: "root_id", Word: "designated_root", Form: desc.BridgeID},
	{Type: uapi.IFLA_BR_ROOT_PORT, Key: "root_port", Form: desc.U16, ReadOnly: true},
	{Type: uapi.IFLA_BR_ROOT_PATH_COST, Key: "root_path_cost", Form: desc.U32, ReadOnly: true},
	{Type: uapi.IFLA_BR_TOPOLOGY_CHANGE, Key: "topology_change", Form: desc.U8, ReadOnly: true},
	{Type: uapi.IFLA_BR_TOPOLOGY_CHANGE_DETECTED, Key: "topology_change_detected", Form: desc.U8, ReadOnly: true},
	{Type: uapi.IFLA_BR_HELLO_TIMER, Key: "hello_timer", Form: desc.Timer},
	{Type: uapi.IFLA_BR_TCN_TIMER, Key: "tcn_timer", Form: desc.Timer},
	{Type: uapi.IFLA_BR_TOPOLOGY_CHANGE_TIMER, Key: "topology_change_timer", Form: desc.Timer},
	{Type: uapi.IFLA_BR_GC_TIMER, Key: "gc_timer", Form: desc.Timer},
	{Type: uapi.IFLA_BR_FDB_N_LEARNED, Key: "fdb_n_learned", Form: desc.U32, ReadOnly: true},
	{Type: uapi.IFLA_BR_FDB_MAX_LEARNED, Key: "fdb_max_learned", Form: desc.U32, Usage: "FDB_MAX_LEARNED"},
	{Type: uapi.IFLA_BR_VLAN_DEFAULT_PVID, Key: "vlan_default_pvid", Form: desc.U16, Usage: "VLAN_DEFAULT_PVID"},
	{Type: uapi.IFLA_BR_VLAN_STATS_ENABLED, Key: "vlan_stats_enabled", Form: desc.U8, Usage: "VLAN_STATS_ENABLED"},
	{Type: uapi.IFLA_BR_VLAN_STATS_PER_PORT, Key: "vlan_stats_per_port", Form: desc.U8, Usage: "VLAN_STATS_PER_PORT"},
	{Type: uapi.IFLA_BR_GROUP_FWD_MASK, Key: "group_fwd_mask", Form: desc.Mask16},
	{Type: uapi.IFLA_BR_GROUP_ADDR, Key: "group_addr", Word: "group_address", Form: desc.LLAddr, Usage: "ADDRESS"},
	{Type: uapi.IFLA_BR_MCAST_SNOOPING, Key: "mcast_snooping", Form: desc.U8, Usage: "MULTICAST_SNOOPING"},
	{Type: uapi.IFLA_BR_MULTI_BOOLOPT, Key: "no_linklocal_learn", Form: bridgeOption, Arg: uapi.BR_BOOLOPT_NO_LL_LEARN},
	{Type: uapi.IFLA_BR_MULTI_BOOLOPT, Key: "mcast_vlan_snooping", Form: bridgeOption,
		Arg: uapi.BR_BOOLOPT_MCAST_VLAN_SNOOPING},
	{Type: uapi.IFLA_BR_MULTI_BOOLOPT, Key: "mst_enabled", Form: bridgeOption, Arg: uapi.BR_BOOLOPT_MST_ENABLE},
	{Type: uapi.IFLA_BR_MULTI_BOOLOPT, Key: "mdb_offload_fail_notification", Form: bridgeOption,
		Arg: uapi.BR_BOOLOPT_MDB_OFFLOAD_FAIL_NOTIFICATION},
	{Type: uapi.IFLA_BR_MULTI_BOOLOPT, Key: "fdb_local_vlan_0", Form: bridgeOption,
		Arg: uapi.BR_BOOLOPT_FDB_LOCAL_VLAN_0},
	{Type: uapi.IFLA_BR_MCAST_ROUTER, Key: "mcast_router", Form: desc.U8, Usage: "MULTICAST_ROUTER"},
	{Type: uapi.IFLA_BR_MCAST_QUERY_USE_IFADDR, Key: "mcast_query_use_ifaddr", Form: desc.U8,
		Usage: "MCAST_QUERY_USE_IFADDR"},
	{Type: uapi.IFLA_BR_MCAST_QUERIER, Key: "mcast_querier", Form: desc.U8, Usage: "MULTICAST_QUERIER"},
	{Type: uapi.IFLA_BR_MCAST_QUERIER_STATE, ReadOnly: true, Show: desc.ShowBridgeQueriers},
	{Type: uapi.IFLA_BR_MCAST_HASH_ELASTICITY, Key: "mcast_hash_elasticity", Form: desc.U32, Usage: "HASH_ELASTICITY"},
	{Type: uapi.IFLA_BR_MCAST_HASH_MAX, Key: "mcast_hash_max", Form: desc.U32, Usage: "HASH_MAX"},
	{Type: uapi.IFLA_BR_MCAST_LAST_MEMBER_CNT, Key: "mcast_last_member_cnt", Word: "mcast_last_member_count",
		Form: desc.U32, Usage: "LAST_MEMBER_COUNT"},
	{Type: uapi.IFLA_BR_MCAST_STARTUP_QUERY_CNT, Key: "mcast_startup_query_cnt", Word: "mcast_startup_query_count",
		Form: desc.U32, Usage: "STARTUP_QUERY_COUNT"},
	{Type: uapi.IFLA_BR_MCAST_LAST_MEMBER_INTVL, Key: "mcast_last_member_intvl", Word: "mcast_last_member_interval",
		Form: desc.U64, Usage: "LAST_MEMBER_INTERVAL"},
	{Type: uapi.IFLA_BR_MCAST_MEMBERSHIP_INTVL, Key: "mcast_membership_intvl", Word: "mcast_membership_interval",
		Form: desc.U64, Usage: "MEMBERSHIP_INTERVAL"},
	{Type: uapi.IFLA_BR_MCAST_QUERIER_INTVL, Key: "mcast_querier_intvl", Word: "mcast_querier_interval", Form: desc.U64,
		Usage: "QUERIER_INTERVAL"},
	{Type: uapi.IFLA_BR_MCAST_QUERY_INTVL, Key: "mcast_query_intvl", Word: "mcast_query_interval", Form: desc.U64,
		Usage: "QUERY_INTERVAL"},
	{Type: uapi.IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, Key: "mcast_query_response_intvl",
		Word: "mcast_query_response_interval", Form: desc.U64, Usage: "QUERY_RESPONSE_INTERVAL"},
	{Type: uapi.IFLA_BR_MCAST_STARTUP_QUERY_INTVL, Key: "mcast_startup_query_intvl", Word: "mcast_startup_query_interval",
		Form: desc.U64, Usage: "STARTUP_QUERY_INTERVAL"},
	{Type: uapi.IFLA_BR_MCAST_STATS_ENABLED, Key: "mcast_stats_enabled", Form: desc.U8, Usage: "MCAST_STATS_ENABLED"},
	{Type: uapi.IFLA_BR_MCAST_IGMP_VERSION, Key: "mcast_igmp_version", Form: desc.U8, Usage: "IGMP_VERSION"},
	{Type: uapi.IFLA_BR_MCAST_MLD_VERSION, Key: "mcast_mld_version", Form: desc.U8, Usage: "MLD_VERSION"},
	{Type: uapi.IFLA_BR_NF_CALL_IPTABLES, Key: "nf_call_iptables", Form: desc.U8, Usage: "NF_CALL_IPTABLES"},
	{Type: uapi.IFLA_BR_NF_CALL_IP6TABLES, Key: "nf_call_ip6tables", Form: desc.U8, Usage: "NF_CALL_IP6TABLES"},
	{Type: uapi.IFLA_BR_NF_CALL_ARPTABLES, Key: "nf_call_arptables", Form: desc.U8, Usage: "NF_CALL_ARPTABLES"},
	{Type: uapi.IFLA_BR_FDB_FLUSH, Word: "fdb_flush", Form: desc.Order},
}

// bridgeSTPModes are the names of BR_STP_MODE_….
var bridgeSTPModes = []string{
	uapi.BR_STP_MODE_AUTO:   "auto",
	uapi.BR_STP_MODE_USER:   "user",
	uapi.BR_STP_MODE_KERNEL: "kernel",
}

// bridgeOption is one bit of IFLA_BR_MULTI_BOOLOPT, that of the field's Arg.
func bridgeOption() desc.Notation {
	return desc.Notation{Show: showBridgeOption, Read: readBridgeOption}
}

func showBridgeOption(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	var multi uapi.BrBooloptMulti
	multi.Decode(b)
	if multi.Optmask>>f.Arg&1 != 0 {
		p.Uint(f.Key, f.Key+" %d ", uint64(multi.Optval>>f.Arg&1))
	}
}

func readBridgeOption(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(8, "invalid "+f.Key)
	if err != nil {
		return err
	}
	var multi uapi.BrBooloptMulti
	b := in.Written(e, uapi.IFLA_BR_MULTI_BOOLOPT)
	multi.Decode(b)
	multi.Optmask |= 1 << f.Arg
	if v != 0 {
		multi.Optval |= 1 << f.Arg
	} else {
		multi.Optval &^= 1 << f.Arg
	}
	if b != nil {
		multi.Put(b)
	} else {
		e.Struct(uapi.IFLA_BR_MULTI_BOOLOPT, uapi.SizeofBrBooloptMulti, &multi)
	}
	return nil
}

var bridgeHelp = [][2]string{
	{"forward_delay", "how long a port listens, and then learns, before it forwards; in 1/100 s"},
	{"hello_time", "between the hello packets of a root bridge; in 1/100 s"},
	{"max_age", "how old a message of the spanning tree may become; in 1/100 s"},
	{"ageing_time", "how long an address is known after its last packet; in 1/100 s"},
	{"stp_state", "the spanning tree protocol: 1 on, 0 off"},
	{"stp_mode", "who runs it: the kernel, a program, or whichever is there"},
	{"priority", "of this bridge to become the root, 0 to 65535; the lowest wins"},
	{"vlan_filtering", "packets go to ports of their VLAN only: 1 on, 0 off"},
	{"vlan_protocol", "the tag that is filtered by: 802.1Q or 802.1ad"},
	{"fdb_max_learned", "how many addresses may be learned; 0 is without limit"},
	{"vlan_default_pvid", "the VLAN of packets without a tag, for new ports; 0 is none"},
	{"vlan_stats_enabled", "count packets for each VLAN: 1 on, 0 off"},
	{"vlan_stats_per_port", "count them for each VLAN of each port; only while no port has VLANs"},
	{"group_fwd_mask", "a bit for each link-local address 01:80:c2:00:00:0X that is forwarded"},
	{"group_address", "the multicast address of the spanning tree, 01:80:c2:00:00:00 to :0f"},
	{"mcast_snooping", "multicast packets go to ports with a receiver only: 1 on, 0 off"},
	{"no_linklocal_learn", "no addresses are learned from link-local packets: 1 on, 0 off"},
	{"mcast_vlan_snooping", "snooping for each VLAN by itself: 1 on, 0 off"},
	{"mst_enabled", "states of the spanning tree for each VLAN; only while there are no VLANs"},
	{"mdb_offload_fail_notification", "report multicast entries that the hardware did not take"},
	{"fdb_local_vlan_0", "own addresses are kept once, in VLAN 0, in place of in each VLAN"},
	{"mcast_router", "0 never, 1 where a query is seen, 2 always: a router of multicast is here"},
	{"mcast_query_use_ifaddr", "queries come from the address of the bridge in place of 0.0.0.0"},
	{"mcast_querier", "send queries of IGMP and MLD: 1 on, 0 off"},
	{"mcast_hash_elasticity", "has no effect since Linux 5.0"},
	{"mcast_hash_max", "how many multicast entries there may be"},
	{"mcast_last_member_count", "queries before a group without an answer is left"},
	{"mcast_startup_query_count", "queries that follow each other quickly at first"},
	{"mcast_last_member_interval", "between queries after a member has left; in 1/100 s"},
	{"mcast_membership_interval", "how long a port is a member after its last report; in 1/100 s"},
	{"mcast_querier_interval", "how long another querier is waited for; in 1/100 s"},
	{"mcast_query_interval", "between queries; in 1/100 s"},
	{"mcast_query_response_interval", "how long members may take to answer; in 1/100 s"},
	{"mcast_startup_query_interval", "between the first queries; in 1/100 s"},
	{"mcast_stats_enabled", "count packets of IGMP and MLD: 1 on, 0 off"},
	{"mcast_igmp_version", "of queries: 2 or 3"},
	{"mcast_mld_version", "of queries: 1 or 2"},
	{"nf_call_iptables", "bridged IPv4 packets pass iptables: 1 on, 0 off"},
	{"nf_call_ip6tables", "bridged IPv6 packets pass ip6tables: 1 on, 0 off"},
	{"nf_call_arptables", "bridged ARP packets pass arptables: 1 on, 0 off"},
	{"fdb_flush", "forget all learned addresses"},
}
