package netlink

import (
	"fmt"
	"math"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Bridge is an Ethernet bridge: ip link add DEV type bridge. The pointers are
// nil where the kernel's default, or what the bridge has, is to hold. Times are
// in hundredths of a second (USER_HZ).
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
	StpState      *uint32          // stp_state: 0 off, 1 the kernel's, 2 (told only) a daemon's
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

	// State, if set, is what the kernel tells of the bridge. It is only read.
	State *BridgeState
}

// BridgeState is what a bridge tells of itself. Times are in hundredths of a
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

	// The multicast queriers that were elected; nil: none, or not told.
	Querier4, Querier6 *BridgeQuerier
}

// BridgeID is what a bridge is known by in a spanning tree.
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

// fields are the attributes of one value each.
func (b *Bridge) fields() []optional {
	return []optional{
		{typ: uapi.IFLA_BR_FORWARD_DELAY, at: &b.ForwardDelay},
		{typ: uapi.IFLA_BR_HELLO_TIME, at: &b.HelloTime},
		{typ: uapi.IFLA_BR_MAX_AGE, at: &b.MaxAge},
		{typ: uapi.IFLA_BR_AGEING_TIME, at: &b.AgeingTime},
		{typ: uapi.IFLA_BR_STP_MODE, at: &b.StpMode}, // is refused once STP is on
		{typ: uapi.IFLA_BR_STP_STATE, at: &b.StpState},
		{typ: uapi.IFLA_BR_PRIORITY, at: &b.Priority},
		{typ: uapi.IFLA_BR_VLAN_FILTERING, at: &b.VlanFiltering},
		{typ: uapi.IFLA_BR_GROUP_FWD_MASK, at: &b.GroupFwdMask},
		{typ: uapi.IFLA_BR_MCAST_ROUTER, at: &b.MulticastRouter},
		{typ: uapi.IFLA_BR_MCAST_SNOOPING, at: &b.MulticastSnooping},
		{typ: uapi.IFLA_BR_MCAST_QUERY_USE_IFADDR, at: &b.MulticastQueryUseIfaddr},
		{typ: uapi.IFLA_BR_MCAST_QUERIER, at: &b.MulticastQuerier},
		{typ: uapi.IFLA_BR_MCAST_HASH_ELASTICITY, at: &b.MulticastHashElasticity},
		{typ: uapi.IFLA_BR_MCAST_HASH_MAX, at: &b.MulticastHashMax},
		{typ: uapi.IFLA_BR_MCAST_LAST_MEMBER_CNT, at: &b.MulticastLastMemberCount},
		{typ: uapi.IFLA_BR_MCAST_STARTUP_QUERY_CNT, at: &b.MulticastStartupQueryCount},
		{typ: uapi.IFLA_BR_MCAST_LAST_MEMBER_INTVL, at: &b.MulticastLastMemberInterval},
		{typ: uapi.IFLA_BR_MCAST_MEMBERSHIP_INTVL, at: &b.MulticastMembershipInterval},
		{typ: uapi.IFLA_BR_MCAST_QUERIER_INTVL, at: &b.MulticastQuerierInterval},
		{typ: uapi.IFLA_BR_MCAST_QUERY_INTVL, at: &b.MulticastQueryInterval},
		{typ: uapi.IFLA_BR_MCAST_QUERY_RESPONSE_INTVL, at: &b.MulticastQueryResponseInterval},
		{typ: uapi.IFLA_BR_MCAST_STARTUP_QUERY_INTVL, at: &b.MulticastStartupQueryInterval},
		{typ: uapi.IFLA_BR_NF_CALL_IPTABLES, at: &b.NfCallIptables},
		{typ: uapi.IFLA_BR_NF_CALL_IP6TABLES, at: &b.NfCallIp6tables},
		{typ: uapi.IFLA_BR_NF_CALL_ARPTABLES, at: &b.NfCallArptables},
		{typ: uapi.IFLA_BR_VLAN_DEFAULT_PVID, at: &b.VlanDefaultPVID},
		{typ: uapi.IFLA_BR_VLAN_STATS_ENABLED, at: &b.VlanStatsEnabled},
		{typ: uapi.IFLA_BR_MCAST_STATS_ENABLED, at: &b.MulticastStatsEnabled},
		{typ: uapi.IFLA_BR_MCAST_IGMP_VERSION, at: &b.MulticastIgmpVersion},
		{typ: uapi.IFLA_BR_MCAST_MLD_VERSION, at: &b.MulticastMldVersion},
		{typ: uapi.IFLA_BR_VLAN_STATS_PER_PORT, at: &b.VlanStatsPerPort},
		{typ: uapi.IFLA_BR_FDB_MAX_LEARNED, at: &b.FdbMaxLearned},
	}
}

// options are the bits of struct br_boolopt_multi and where a Bridge has them.
func (b *Bridge) options() [uapi.BR_BOOLOPT_MAX]**bool {
	return [...]**bool{
		uapi.BR_BOOLOPT_NO_LL_LEARN:                   &b.NoLinkLocalLearn,
		uapi.BR_BOOLOPT_MCAST_VLAN_SNOOPING:           &b.MulticastVlanSnooping,
		uapi.BR_BOOLOPT_MST_ENABLE:                    &b.MstEnabled,
		uapi.BR_BOOLOPT_MDB_OFFLOAD_FAIL_NOTIFICATION: &b.MdbOffloadFailNotification,
		uapi.BR_BOOLOPT_FDB_LOCAL_VLAN_0:              &b.FdbLocalVlan0,
	}
}

func (b *Bridge) encodeData(e *wire.Encoder) {
	encodeOptional(e, b.fields())
	if b.VlanProtocol != VLAN_PROTOCOL_UNKNOWN {
		e.BE16(uapi.IFLA_BR_VLAN_PROTOCOL, uint16(inRange(e, "vlan protocol", int(b.VlanProtocol), math.MaxUint16)))
	}
	if b.GroupAddr != nil {
		e.Data(uapi.IFLA_BR_GROUP_ADDR, b.GroupAddr)
	}
	if b.FdbFlush {
		e.Flag(uapi.IFLA_BR_FDB_FLUSH)
	}
	var multi uapi.BrBooloptMulti
	for i, option := range b.options() {
		if *option != nil {
			multi.Optmask |= 1 << i
			multi.Optval |= uint32(boolByte(**option)) << i
		}
	}
	if multi.Optmask != 0 {
		e.Struct(uapi.IFLA_BR_MULTI_BOOLOPT, uapi.SizeofBrBooloptMulti, &multi)
	}
}

func (b *Bridge) decodeData(d *wire.Decoder) {
	fields := b.fields()
	s := &BridgeState{}
	b.State = s
	for d.Next() {
		if decodeOptional(d, fields) {
			continue
		}
		switch d.Type() {
		case uapi.IFLA_BR_VLAN_PROTOCOL:
			b.VlanProtocol = VlanProtocol(d.BE16())
		case uapi.IFLA_BR_GROUP_ADDR:
			b.GroupAddr = d.Bytes()
		case uapi.IFLA_BR_MULTI_BOOLOPT:
			b.decodeOptions(d.Data())
		case uapi.IFLA_BR_ROOT_ID:
			s.RootID = decodeBridgeID(d.Data())
		case uapi.IFLA_BR_BRIDGE_ID:
			s.ID = decodeBridgeID(d.Data())
		case uapi.IFLA_BR_ROOT_PORT:
			s.RootPort = d.Uint16()
		case uapi.IFLA_BR_ROOT_PATH_COST:
			s.RootPathCost = d.Uint32()
		case uapi.IFLA_BR_TOPOLOGY_CHANGE:
			s.TopologyChange = d.Bool()
		case uapi.IFLA_BR_TOPOLOGY_CHANGE_DETECTED:
			s.TopologyChangeDetected = d.Bool()
		case uapi.IFLA_BR_HELLO_TIMER:
			s.HelloTimer = d.Uint64()
		case uapi.IFLA_BR_TCN_TIMER:
			s.TcnTimer = d.Uint64()
		case uapi.IFLA_BR_TOPOLOGY_CHANGE_TIMER:
			s.TopologyChangeTimer = d.Uint64()
		case uapi.IFLA_BR_GC_TIMER:
			s.GcTimer = d.Uint64()
		case uapi.IFLA_BR_FDB_N_LEARNED:
			s.FdbLearned = d.Uint32()
		case uapi.IFLA_BR_MCAST_QUERIER_STATE:
			s.decodeQuerier(d)
		}
	}
}

func (b *Bridge) decodeOptions(data []byte) {
	var multi uapi.BrBooloptMulti
	multi.Decode(data)
	for i, option := range b.options() {
		if multi.Optmask&(1<<i) != 0 {
			*option = pointer(multi.Optval&(1<<i) != 0)
		}
	}
}

func decodeBridgeID(b []byte) BridgeID {
	var id uapi.IflaBridgeId
	id.Decode(b)
	return BridgeID{Priority: uint16(id.Prio[0])<<8 | uint16(id.Prio[1]), Addr: id.Addr}
}

func (s *BridgeState) decodeQuerier(d *wire.Decoder) {
	var q4, q6 BridgeQuerier
	n := d.Nested()
	for n.Next() {
		switch n.Type() {
		case uapi.BRIDGE_QUERIER_IP_ADDRESS:
			q4.Addr = n.Addr()
		case uapi.BRIDGE_QUERIER_IP_PORT:
			q4.Port = int(n.Uint32())
		case uapi.BRIDGE_QUERIER_IP_OTHER_TIMER:
			q4.Timer = n.Uint64()
		case uapi.BRIDGE_QUERIER_IPV6_ADDRESS:
			q6.Addr = n.Addr()
		case uapi.BRIDGE_QUERIER_IPV6_PORT:
			q6.Port = int(n.Uint32())
		case uapi.BRIDGE_QUERIER_IPV6_OTHER_TIMER:
			q6.Timer = n.Uint64()
		}
	}
	d.Fail(n.Err())
	// Where none was elected the kernel tells an address that is all zero.
	if q4.Addr.IsValid() && !q4.Addr.IsUnspecified() {
		s.Querier4 = &q4
	}
	if q6.Addr.IsValid() && !q6.Addr.IsUnspecified() {
		s.Querier6 = &q6
	}
}
