package netlink

import (
	"fmt"
	"net"
	"slices"
	"strings"

	"kern.sys/internal/uapi"
)

// NextHopFlag is a flag of a route or of one of its next hops (RTNH_F_…).
type NextHopFlag int

// RTA_NH_ID is the attribute that holds Route.NHID.
const RTA_NH_ID = uapi.RTA_NH_ID

const (
	// FLAG_ONLINK says that the gateway is on the link, whatever the addresses
	// there are: onlink of ip route.
	FLAG_ONLINK NextHopFlag = uapi.RTNH_F_ONLINK
	// FLAG_PERVASIVE asks for a recursive look-up of the gateway: pervasive of
	// ip route.
	FLAG_PERVASIVE NextHopFlag = uapi.RTNH_F_PERVASIVE
)

// reportedFlags are those that the kernel reports but accepts from nobody.
const reportedFlags = uapi.RTNH_F_DEAD | uapi.RTNH_F_LINKDOWN | uapi.RTNH_F_UNRESOLVED | uapi.RTNH_F_OFFLOAD |
	uapi.RTNH_F_TRAP | uapi.RTM_F_CLONED | uapi.RTM_F_OFFLOAD | uapi.RTM_F_TRAP | uapi.RTM_F_OFFLOAD_FAILED

// Route is an entry of a routing table: ip route. A zero field is unset, save
// where its comment says otherwise.
type Route struct {
	LinkIndex  int        // RTA_OIF, the link that packets leave by
	ILinkIndex int        // RTA_IIF, the link that packets came by, of a reply to RouteGet
	Scope      Scope      // 0 is SCOPE_UNIVERSE, also in RouteDel; there SCOPE_NOWHERE is any
	Dst        *net.IPNet // nil is the default route; a list has it as 0.0.0.0/0 or ::/0
	From       *net.IPNet // RTA_SRC, the sources that the route is for (IPv6); nil is all
	Src        net.IP     // RTA_PREFSRC, the source address that packets get
	Gw         net.IP
	// MultiPath are the next hops of a route that has several; LinkIndex and
	// Gw are unset then.
	MultiPath []*NexthopInfo
	// Protocol says who made the route; a new one is RTPROT_BOOT, in RouteDel 0
	// is any.
	Protocol RouteProtocol
	Priority int // RTA_PRIORITY, the metric; IPv6 takes 0 for 1024
	Family   int // FAMILY_…; in a request only that of a route without addresses
	// Table is the routing table's number; 0 is the main table (254) when a
	// route is added or deleted.
	Table int
	// Type is RTN_…; a new route is RTN_UNICAST, in RouteDel 0 is any.
	Type  int
	Tos   int
	Flags int // RTNH_F_… and RTM_F_…

	MPLSDst *int // the label, of a route of FAMILY_MPLS
	NewDst  Destination
	Encap   Encap
	Via     Destination

	Realm     int    // RTA_FLOW, the upper 16 bits are the source's realm
	NHID      uint32 // RTA_NH_ID, a next hop object; it stands for Gw, LinkIndex, MultiPath
	Expires   int    // seconds until the kernel deletes the route (IPv6)
	Pref      int    // RTA_PREF, IPv6 router preference: 0 medium, 1 high, 3 low
	CacheInfo *RouteCacheInfo

	// Metrics (RTAX_…) in the units of the wire.
	MTU              int // bytes
	MTULock          bool
	Window           int // bytes
	Rtt              int // eighths of a millisecond
	RttVar           int // quarters of a millisecond
	Ssthresh         int
	Cwnd             int
	AdvMSS           int // bytes
	Reordering       int
	Hoplimit         int
	InitCwnd         int
	Features         int // RTAX_FEATURE_…
	RtoMin           int // milliseconds
	RtoMinLock       bool
	InitRwnd         int
	QuickACK         int
	Congctl          string
	FastOpenNoCookie int

	// Locks has a bit 1 << RTAX_… for each metric that the kernel is not to change
	// (RTAX_LOCK), but for the two above that have a field for it.
	Locks uint32
	// TTLPropagate says whether the TTL of a packet goes into and out of MPLS
	// (RTA_TTL_PROPAGATE); nil: as net.mpls.ip_ttl_propagate has it.
	TTLPropagate *bool

	// DelReason is why the kernel deleted the route (RT_DEL_REASON_…). Only events have it.
	DelReason int
}

// Reasons for which the kernel deleted a route by itself (Linux 7.3; IPv6).
const (
	RT_DEL_REASON_UNSPEC       = uapi.RT_DEL_REASON_UNSPEC       // it does not say
	RT_DEL_REASON_EXPIRED      = uapi.RT_DEL_REASON_EXPIRED      // its lifetime is over
	RT_DEL_REASON_RA_WITHDRAWN = uapi.RT_DEL_REASON_RA_WITHDRAWN // a router advertised a lifetime of zero
)

// RouteCacheInfo is the kernel's report about a route's use (struct
// rta_cacheinfo). Times are in units of USER_HZ, hundredths of a second.
type RouteCacheInfo struct {
	Users   uint32 // rta_clntref
	Age     uint32 // rta_lastuse, time since the last use
	Expires int32  // time that is left, 0: does not expire
	Error   uint32 // errno that packets get
	Used    uint32
	Id      uint32
	Ts      uint32
	Tsage   uint32
}

// RouteGetOptions describe the packet for [Handle.RouteGetWithOptions].
type RouteGetOptions struct {
	Iif      string // name of the link that the packet came by
	IifIndex int    // the same as an index
	Oif      string // name of the link that it is to leave by
	OifIndex int
	VrfName  string // name of the VRF that it is of
	SrcAddr  net.IP
	UID      *uint32 // user id of its socket
	Mark     uint32  // its firewall mark
	FIBMatch bool    // want the table's entry, not what is made of it for the packet
	Tos      int
	IPProto  uint8  // IPPROTO_TCP, …; for rules, and the hash that selects a next hop
	Sport    uint16 // with IPProto
	Dport    uint16 // with IPProto
}

// String returns the fields that distinguish the route from others.
func (r Route) String() string {
	var w []string
	add := func(format string, v any) { w = append(w, fmt.Sprintf(format, v)) }
	if len(r.MultiPath) == 0 {
		add("Ifindex: %d", r.LinkIndex)
	}
	if r.MPLSDst != nil {
		add("Dst: %d", *r.MPLSDst)
	} else {
		add("Dst: %s", r.Dst)
	}
	if r.NewDst != nil {
		add("NewDst: %s", r.NewDst)
	}
	if r.Encap != nil {
		add("Encap: %s", r.Encap)
	}
	if r.Via != nil {
		add("Via: %s", r.Via)
	}
	add("Src: %s", r.Src)
	if len(r.MultiPath) != 0 {
		add("Gw: %s", r.MultiPath)
	} else {
		add("Gw: %s", r.Gw)
	}
	add("Flags: %s", r.ListFlags())
	add("Table: %d", r.Table)
	add("Realm: %d", r.Realm)
	return "{" + strings.Join(w, " ") + "}"
}

// Equal reports whether x is the same route: of the metrics it compares the
// hop limit only, and neither Family nor CacheInfo, Expires and Pref.
func (r Route) Equal(x Route) bool {
	return r.LinkIndex == x.LinkIndex &&
		r.ILinkIndex == x.ILinkIndex &&
		r.Scope == x.Scope &&
		equalIPNet(r.Dst, x.Dst) &&
		equalIPNet(r.From, x.From) &&
		r.Src.Equal(x.Src) &&
		r.Gw.Equal(x.Gw) &&
		slices.EqualFunc(r.MultiPath, x.MultiPath, equalNexthops) &&
		r.Protocol == x.Protocol &&
		r.Priority == x.Priority &&
		r.Realm == x.Realm &&
		r.Table == x.Table &&
		r.Type == x.Type &&
		r.Tos == x.Tos &&
		r.Hoplimit == x.Hoplimit &&
		r.Flags == x.Flags &&
		equalPointers(r.MPLSDst, x.MPLSDst) &&
		r.NHID == x.NHID &&
		equalDestinations(r.NewDst, x.NewDst) &&
		equalDestinations(r.Via, x.Via) &&
		equalEncaps(r.Encap, x.Encap)
}

func equalPointers[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// SetFlag sets a flag.
func (r *Route) SetFlag(flag NextHopFlag) { r.Flags |= int(flag) }

// ClearFlag clears a flag.
func (r *Route) ClearFlag(flag NextHopFlag) { r.Flags &^= int(flag) }

// ListFlags returns the names of the flags that can be set.
func (r *Route) ListFlags() []string { return nexthopFlagNames(r.Flags) }

func nexthopFlagNames(flags int) []string {
	names := []string{}
	if flags&int(FLAG_ONLINK) != 0 {
		names = append(names, "onlink")
	}
	if flags&int(FLAG_PERVASIVE) != 0 {
		names = append(names, "pervasive")
	}
	return names
}

// routeObject names a route in an error, in the words of ip route.
func routeObject(r *Route) string {
	if r == nil {
		return ""
	}
	var w []string
	switch {
	case r.MPLSDst != nil:
		w = append(w, fmt.Sprint(*r.MPLSDst))
	case isDefault(r.Dst):
		w = append(w, "default")
	default:
		w = append(w, prefixText(r.Dst))
	}
	if !isDefault(r.From) {
		w = append(w, "from "+prefixText(r.From))
	}
	if r.Gw != nil {
		w = append(w, "via "+r.Gw.String())
	}
	if !holdsNil(r.Via) {
		w = append(w, "via "+r.Via.String())
	}
	for _, n := range r.MultiPath[:min(len(r.MultiPath), fewInError)] {
		if n != nil {
			w = append(w, fmt.Sprintf("nexthop via %v link %d", n.Gw, n.LinkIndex))
		}
	}
	w = append(w, andMore(len(r.MultiPath))...)
	if r.NHID != 0 {
		w = append(w, fmt.Sprintf("nhid %d", r.NHID))
	}
	if r.LinkIndex != 0 {
		w = append(w, fmt.Sprintf("link %d", r.LinkIndex))
	}
	if r.Table != 0 {
		w = append(w, fmt.Sprintf("table %d", r.Table))
	}
	if r.Priority != 0 {
		w = append(w, fmt.Sprintf("metric %d", r.Priority))
	}
	return strings.Join(w, " ")
}

// prefixText is n as it is sent.
func prefixText(n *net.IPNet) string {
	if !hasLength(n) {
		return n.IP.String() + "/0"
	}
	return n.String()
}

// isDefault reports whether n holds all addresses: nil, no address, or a
// prefix of no bits.
func isDefault(n *net.IPNet) bool {
	if n == nil || len(n.IP) == 0 {
		return true
	}
	ones, _ := n.Mask.Size()
	return ones == 0 && (hasLength(n) || n.IP.IsUnspecified())
}
