package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RouteTable has the routes of all tables, IPv4 and IPv6: ip route show table all.
var RouteTable = Table{&tableInfo{"routes", routeTableParts}}

func routeTableParts() []tablePart {
	after := []groupMessages{linkChanges(), addrChanges(), nexthopChanges()}
	return []tablePart{{
		name: "IPv4 routes", new: uapi.RTM_NEWROUTE, del: uapi.RTM_DELROUTE, header: uapi.SizeofRtmsg,
		groups: []uint32{uapi.RTNLGRP_IPV4_ROUTE}, dump: routeTableDump(FAMILY_V4), has: isRouteOf(FAMILY_V4),
		key: routeKey, event: (*eventDecoder).route,
		change: (*partState).changeIPv4Route, after: after,
	}, {
		name: "IPv6 routes", new: uapi.RTM_NEWROUTE, del: uapi.RTM_DELROUTE, header: uapi.SizeofRtmsg,
		groups: []uint32{uapi.RTNLGRP_IPV6_ROUTE}, dump: routeTableDump(FAMILY_V6), has: isRouteOf(FAMILY_V6),
		key: routeKey, volatile: pruneRoute, event: (*eventDecoder).route,
		change: (*partState).changeIPv6Route, after: after,
	}}
}

func routeTableDump(family int) func() *wire.Request {
	return func() *wire.Request {
		r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
		m := uapi.Rtmsg{Family: uint8(family)}
		m.Put(r.Header(uapi.SizeofRtmsg))
		return r
	}
}

func isRouteOf(family uint8) func([]byte) bool {
	return func(data []byte) bool {
		var m uapi.Rtmsg
		m.Decode(data)
		return m.Family == family && m.Flags&uapi.RTM_F_CLONED == 0
	}
}

// routeKey is that of all routes of one prefix, TOS and metric in one table:
// there may be several in an order.
func routeKey(data []byte) string {
	var m uapi.Rtmsg
	m.Decode(data)
	table := uint32(m.Table)
	var dst, src, metric []byte
	d := wire.NewDecoderAfter(data, uapi.SizeofRtmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.RTA_DST:
			dst = d.Data()
		case uapi.RTA_SRC:
			src = d.Data()
		case uapi.RTA_PRIORITY:
			metric = d.Data()
		case uapi.RTA_TABLE:
			table = d.Uint32()
		}
	}
	k := make(keyOf, 0, 64)
	k.header(m.DstLen, m.SrcLen, m.Tos, byte(table), byte(table>>8), byte(table>>16), byte(table>>24))
	k.attr(dst)
	k.attr(src)
	k.attr(metric)
	return string(k)
}
