package netlink

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Families of the rules and routes that multicast packets are passed on by.
const (
	RTNL_FAMILY_IPMR  = uapi.RTNL_FAMILY_IPMR  // of IPv4
	RTNL_FAMILY_IP6MR = uapi.RTNL_FAMILY_IP6MR // of IPv6
)

// MRoute is a route of multicast packets: ip mroute. A routing program makes them, by options of a raw
// socket.
type MRoute struct {
	Family     int        // FAMILY_V4 or FAMILY_V6
	Table      int        // RT_TABLE_DEFAULT of IPv4 and RT_TABLE_MAIN of IPv6 is that of programs that name none
	Source     netip.Addr // 0.0.0.0 or :: for a route of all sources
	Group      netip.Addr
	LinkIndex  int // of the link that packets come by; 0: not known yet
	Outgoing   []MRouteLink
	Unresolved bool          // packets wait for a routing program
	Offloaded  bool          // hardware passes them on
	Protocol   RouteProtocol // RTPROT_MROUTED, RTPROT_STATIC
	Stats      MRouteStats
	LastUse    uint64 // hundredths of a second since a packet came
}

// MRouteLink is a link that packets of a multicast route leave by.
type MRouteLink struct {
	LinkIndex int
	Threshold int // packets with a smaller time to live are not sent
}

// MRouteStats counts the packets of a multicast route.
type MRouteStats struct {
	Packets, Bytes, WrongLink uint64 // WrongLink: those that came by another link
}

// String returns the route as ip mroute shows it, with the numbers of the links.
func (r *MRoute) String() string {
	return fmt.Sprintf("(%v,%v) iif %d table %d", r.Source, r.Group, r.LinkIndex, r.Table)
}

// MRouteList returns the multicast routes of a family (FAMILY_V4 or FAMILY_V6) and a table, 0 is all: ip mroute
// show. See [ErrDumpInterrupted].
func (h *Handle) MRouteList(family, table int) ([]MRoute, error) {
	all, err := list(h.withDetails(), mrouteRequest(family, table), "mroute list", mrouteDecoder(family, table))
	if nothingThere(err) {
		return nil, nil // there is no such table
	}
	return all, h.wrap(err, "mroute list", noObject)
}

// MRouteSeq gives the routes of [Handle.MRouteList] as they come. The last pair holds the error, if there is one.
func (h *Handle) MRouteSeq(family, table int) iter.Seq2[MRoute, error] {
	request := func() (*wire.Request, error) { return mrouteRequest(family, table), nil }
	return stream(h, request, "mroute list", byValue(mrouteDecoder(family, table)), nothingThere)
}

// MRouteGet returns the route of a source and a group; table 0 is the one that programs use which name none. A
// source that is 0.0.0.0 or :: asks for the route of all sources. IPv6 needs Linux 6.1. Without a route the error is
// ENOENT.
func (h *Handle) MRouteGet(table int, source, group netip.Addr) (*MRoute, error) {
	source, group = source.Unmap(), group.Unmap()
	family := uint8(uapi.RTNL_FAMILY_IP6MR)
	if group.Is4() {
		family = uapi.RTNL_FAMILY_IPMR
	}
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	head := uapi.Rtmsg{Family: family, SrcLen: uint8(source.BitLen()), DstLen: uint8(group.BitLen())}
	head.Put(r.Header(uapi.SizeofRtmsg))
	if !source.IsValid() || source.BitLen() != group.BitLen() {
		r.Fail(errors.New("the source and the group are no addresses of one family"))
	}
	r.Addr(uapi.RTA_SRC, source.WithZone(""))
	r.Addr(uapi.RTA_DST, group.WithZone(""))
	if table == 0 && family == uapi.RTNL_FAMILY_IP6MR {
		table = uapi.RT_TABLE_MAIN // the kernel would look into the default table, which IPv6 does not have
	}
	if table != 0 {
		r.Uint32(uapi.RTA_TABLE, uint32(within(r, "table", table, math.MaxUint32)))
	}
	object := func() string { return fmt.Sprintf("(%v,%v)", source, group) }
	var route MRoute
	err := h.get(r, "mroute get", object, func(m wire.Message) (err error) {
		route, err = decodeMRoute(m.Data)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &route, nil
}

// mrouteFamily is the family of the routes of multicast packets of a family of addresses.
func mrouteFamily(family int) (int, error) {
	switch family {
	case uapi.AF_INET, uapi.RTNL_FAMILY_IPMR:
		return uapi.RTNL_FAMILY_IPMR, nil
	case uapi.AF_INET6, uapi.RTNL_FAMILY_IP6MR:
		return uapi.RTNL_FAMILY_IP6MR, nil
	}
	return 0, fmt.Errorf("family %d has no multicast routes", family)
}

func mrouteRequest(family, table int) *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	family, err := mrouteFamily(family)
	r.Fail(err)
	(&uapi.Rtmsg{Family: uint8(family)}).Put(r.Header(uapi.SizeofRtmsg))
	if table != 0 {
		r.Uint32(uapi.RTA_TABLE, uint32(within(r, "table", table, math.MaxUint32)))
	}
	return r
}

// mrouteDecoder selects again by what kernels without strict checking do not.
func mrouteDecoder(family, table int) func(wire.Message) (MRoute, bool, error) {
	return func(m wire.Message) (MRoute, bool, error) {
		if m.Type != uapi.RTM_NEWROUTE || len(m.Data) == 0 {
			return MRoute{}, false, nil
		}
		wanted, err := mrouteFamily(family)
		if err != nil || int(m.Data[0]) != wanted {
			return MRoute{}, false, err
		}
		route, err := decodeMRoute(m.Data)
		return route, err == nil && (table == 0 || table == route.Table), err
	}
}

func decodeMRoute(data []byte) (r MRoute, err error) {
	var head uapi.Rtmsg
	head.Decode(data)
	r = MRoute{
		Family: uapi.AF_INET, Table: int(head.Table), Protocol: RouteProtocol(head.Protocol),
		Source: netip.IPv4Unspecified(),
		Group:  netip.IPv4Unspecified(), Unresolved: head.Flags&uapi.RTNH_F_UNRESOLVED != 0,
		Offloaded: head.Flags&uapi.RTNH_F_OFFLOAD != 0,
	}
	if head.Family == uapi.RTNL_FAMILY_IP6MR {
		r.Family, r.Source, r.Group = uapi.AF_INET6, netip.IPv6Unspecified(), netip.IPv6Unspecified()
	}
	d := wire.NewDecoderAfter(data, uapi.SizeofRtmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.RTA_SRC:
			r.Source = d.Addr()
		case uapi.RTA_DST:
			r.Group = d.Addr()
		case uapi.RTA_TABLE:
			r.Table = int(d.Uint32())
		case uapi.RTA_IIF:
			r.LinkIndex = int(d.Int32())
		case uapi.RTA_MULTIPATH:
			links, err := mrouteLinks(d.Data())
			r.Outgoing = links
			d.Fail(err)
		case uapi.RTA_MFC_STATS:
			var st uapi.RtaMfcStats
			st.Decode(d.Data())
			r.Stats = MRouteStats{Packets: st.Packets, Bytes: st.Bytes, WrongLink: st.WrongIf}
		case uapi.RTA_EXPIRES:
			r.LastUse = d.Uint64()
		}
	}
	return r, d.Err()
}

// mrouteLinks reads the structures rtnexthop of RTA_MULTIPATH, each with its length.
func mrouteLinks(b []byte) (links []MRouteLink, err error) {
	for len(b) >= uapi.SizeofRtnexthop {
		var nh uapi.Rtnexthop
		nh.Decode(b)
		if int(nh.Len) < uapi.SizeofRtnexthop || int(nh.Len) > len(b) {
			return links, fmt.Errorf("%w: a link of a multicast route with %d bytes", wire.ErrMalformed, nh.Len)
		}
		links = append(links, MRouteLink{LinkIndex: int(nh.Ifindex), Threshold: int(nh.Hops)})
		b = b[min((int(nh.Len)+3)&^3, len(b)):]
	}
	return links, nil
}
