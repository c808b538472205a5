package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Table is a set of the kernel's tables that [Handle.Watch] and [Handle.NewMirror]
// follow.
type Table uint

// The tables.
const (
	LinkTable    Table = 1 << iota // ip link
	AddrTable                      // ip address
	NeighTable                     // ip neigh: IPv4 and IPv6, without proxies and what needs no resolution
	RouteTable                     // ip route show table all, IPv4 and IPv6
	RuleTable                      // ip rule, IPv4 and IPv6
	NexthopTable                   // ip nexthop

	AllTables = LinkTable | AddrTable | NeighTable | RouteTable | RuleTable | NexthopTable
)

// tablePart is what one dump lists: a table, or one family of it.
type tablePart struct {
	table    Table
	name     string   // for errors
	new, del uint16   // message types
	header   int      // size of the family's header
	groups   []uint32 // RTNLGRP_… that announce changes
	dump     func() *wire.Request
	// has reports whether an object, whose header is whole, is of this part.
	has func(data []byte) bool
	// key returns the identity of an object among those of this part.
	key func(data []byte) string
	// volatile drops the attributes that change without notification; short is how much of the
	// header stays, if not all of it.
	volatile pruning
	short    int
	event    func(d *eventDecoder, old, new []byte) (Event, error)
	// news decodes other messages of the groups, and returns nil for those that it does not know.
	// It is nil where there are no others.
	news func(m wire.Message) (Event, error)

	// The rest is for mirrors, and may be nil.

	// change returns the objects of a key after a notification about the object raw. It is nil
	// where a key has one object at most, the last one that was announced.
	change func(p *partState, key string, group []string, raw string, m wire.Message) []string
	// hides reports whether an object is left out for now.
	hides func(data []byte) bool
	// announced strips fields that change without notification, and reports whether the kernel
	// announces the object in this state.
	announced func(data []byte) bool
}

// silentWith returns the tables that may change without notifications of their own when there is
// one of the type.
func silentWith(typ uint16) Table {
	switch typ {
	case uapi.RTM_NEWLINK, uapi.RTM_DELLINK:
		return RouteTable | NexthopTable
	case uapi.RTM_NEWADDR, uapi.RTM_DELADDR, uapi.RTM_NEWNEXTHOP, uapi.RTM_DELNEXTHOP:
		return RouteTable
	}
	return 0
}

// owns reports whether a message is about an object of this part.
func (p *tablePart) owns(m *wire.Message) bool {
	return (m.Type == p.new || m.Type == p.del) && len(m.Data) >= p.header && p.has(m.Data)
}

// tableParts returns a line for each dump. As a variable it would put all that it refers to into
// every program.
func tableParts() []tablePart {
	return []tablePart{
		{
			table: LinkTable, name: "links", new: uapi.RTM_NEWLINK, del: uapi.RTM_DELLINK, header: uapi.SizeofIfinfomsg,
			groups: []uint32{uapi.RTNLGRP_LINK}, dump: linkTableDump, has: isLink, key: linkKey, volatile: pruneLink,
			short: offsetOfChange, event: (*eventDecoder).link,
			news: bridgePortNews, announced: linkAnnounced,
		}, {
			table: AddrTable, name: "addresses", new: uapi.RTM_NEWADDR, del: uapi.RTM_DELADDR, header: uapi.SizeofIfaddrmsg,
			groups: []uint32{uapi.RTNLGRP_IPV4_IFADDR, uapi.RTNLGRP_IPV6_IFADDR}, dump: addrQuery{}.request, has: isAddr,
			key: addrKey, volatile: pruneAddr, event: (*eventDecoder).addr,
			hides: addrHidden, announced: addrAnnounced,
		}, {
			table: NeighTable, name: "neighbours", new: uapi.RTM_NEWNEIGH, del: uapi.RTM_DELNEIGH, header: uapi.SizeofNdmsg,
			groups: []uint32{uapi.RTNLGRP_NEIGH}, dump: (&NeighFilter{}).request, has: isNeigh, key: neighKey,
			volatile: pruneNeigh, event: (*eventDecoder).neigh,
			news: neighNews, hides: neighHidden, announced: neighAnnounced,
		}, {
			table: RouteTable, name: "IPv4 routes", new: uapi.RTM_NEWROUTE, del: uapi.RTM_DELROUTE, header: uapi.SizeofRtmsg,
			groups: []uint32{uapi.RTNLGRP_IPV4_ROUTE}, dump: routeTableDump(FAMILY_V4), has: isRouteOf(FAMILY_V4),
			key: routeKey, change: (*partState).changeIPv4Route, event: (*eventDecoder).route,
		}, {
			table: RouteTable, name: "IPv6 routes", new: uapi.RTM_NEWROUTE, del: uapi.RTM_DELROUTE, header: uapi.SizeofRtmsg,
			groups: []uint32{uapi.RTNLGRP_IPV6_ROUTE}, dump: routeTableDump(FAMILY_V6), has: isRouteOf(FAMILY_V6),
			key: routeKey, volatile: pruneRoute, change: (*partState).changeIPv6Route, event: (*eventDecoder).route,
		}, {
			table: RuleTable, name: "IPv4 rules", new: uapi.RTM_NEWRULE, del: uapi.RTM_DELRULE, header: uapi.SizeofFibRuleHdr,
			groups: []uint32{uapi.RTNLGRP_IPV4_RULE}, dump: ruleTableDump(FAMILY_V4), has: isRuleOf(FAMILY_V4), key: ruleKey,
			change: (*partState).changeRules, event: (*eventDecoder).rule,
		}, {
			table: RuleTable, name: "IPv6 rules", new: uapi.RTM_NEWRULE, del: uapi.RTM_DELRULE, header: uapi.SizeofFibRuleHdr,
			groups: []uint32{uapi.RTNLGRP_IPV6_RULE}, dump: ruleTableDump(FAMILY_V6), has: isRuleOf(FAMILY_V6), key: ruleKey,
			change: (*partState).changeRules, event: (*eventDecoder).rule,
		}, {
			table: NexthopTable, name: "next hops", new: uapi.RTM_NEWNEXTHOP, del: uapi.RTM_DELNEXTHOP,
			header: uapi.SizeofNhmsg,
			groups: []uint32{uapi.RTNLGRP_NEXTHOP}, dump: nexthopDump, has: isNexthop, key: nexthopKey, volatile: pruneNexthop,
			event: (*eventDecoder).nexthop,
			news:  nexthopNews,
		},
	}
}

// isNexthop: all are.
func isNexthop([]byte) bool { return true }

func nexthopKey(data []byte) string {
	for d := wire.NewDecoderAfter(data, uapi.SizeofNhmsg); d.Next(); {
		if d.Type() == uapi.NHA_ID {
			return string(d.Data())
		}
	}
	return ""
}

// linkTableDump asks for links in the form that notifications have.
func linkTableDump() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETLINK, 0)
	r.Header(uapi.SizeofIfinfomsg)
	return r
}

func routeTableDump(family int) func() *wire.Request {
	return func() *wire.Request {
		r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
		m := uapi.Rtmsg{Family: uint8(family)}
		m.Put(r.Header(uapi.SizeofRtmsg))
		return r
	}
}

func ruleTableDump(family int) func() *wire.Request {
	return func() *wire.Request { return ruleRequest(family) }
}

// keyOf makes a key of the bytes that an object's identity is made of.
type keyOf []byte

func (k *keyOf) header(bytes ...byte) { *k = append(*k, bytes...) }

// attr appends an attribute's value, which has the length before it.
func (k *keyOf) attr(b []byte) { *k = append(append(*k, byte(len(b))), b...) }

// isLink: a bridge announces its ports with messages of its own family, and a wireless device of
// what happens by one that has nothing of the link.
func isLink(data []byte) bool {
	if data[0] != uapi.AF_UNSPEC {
		return false
	}
	for d := wire.NewDecoderAfter(data, uapi.SizeofIfinfomsg); d.Next(); {
		if d.Type() == uapi.IFLA_IFNAME { // the first
			return true
		}
	}
	return false
}

func linkKey(data []byte) string { return string(data[4:8]) } // ifi_index

// offsetOfChange is the offset of ifi_change in struct ifinfomsg, which says what a notification is
// about.
const offsetOfChange = 12

// linkAnnounced strips the carrier: the kernel announces it when the operational state follows,
// which may be seconds later.
func linkAnnounced(data []byte) bool {
	var m uapi.Ifinfomsg
	m.Decode(data)
	m.Flags &^= uapi.IFF_LOWER_UP
	m.Put(data)
	for d := wire.NewDecoderAfter(data, uapi.SizeofIfinfomsg); d.Next(); {
		switch d.Type() {
		case uapi.IFLA_CARRIER, uapi.IFLA_CARRIER_CHANGES, uapi.IFLA_CARRIER_UP_COUNT, uapi.IFLA_CARRIER_DOWN_COUNT:
			clear(d.Data())
		}
	}
	return true
}

func linkKeyOf(index int) string {
	var b [uapi.SizeofIfinfomsg]byte
	m := uapi.Ifinfomsg{Index: int32(index)}
	m.Put(b[:])
	return linkKey(b[:])
}

func isAddr(data []byte) bool { return data[0] == uapi.AF_INET || data[0] == uapi.AF_INET6 }

func addrKey(data []byte) string {
	var m uapi.Ifaddrmsg
	m.Decode(data)
	var local, onLink []byte
	d := wire.NewDecoderAfter(data, uapi.SizeofIfaddrmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.IFA_LOCAL:
			local = d.Data()
		case uapi.IFA_ADDRESS:
			onLink = d.Data()
		}
	}
	k := make(keyOf, 0, 48)
	k.header(m.Family, m.Prefixlen)
	k.header(data[4:8]...) // ifa_index
	k.attr(local)
	k.attr(onLink)
	return string(k)
}

func isNeigh(data []byte) bool {
	var m uapi.Ndmsg
	m.Decode(data)
	return (m.Family == uapi.AF_INET || m.Family == uapi.AF_INET6) && m.Flags&uapi.NTF_PROXY == 0
}

func neighKey(data []byte) string {
	var m uapi.Ndmsg
	m.Decode(data)
	k := make(keyOf, 0, 32)
	k.header(m.Family)
	k.header(data[4:8]...) // ndm_ifindex
	d := wire.NewDecoderAfter(data, uapi.SizeofNdmsg)
	for d.Next() {
		if d.Type() == uapi.NDA_DST {
			k.attr(d.Data())
		}
	}
	return string(k)
}

// neighHidden leaves out the neighbours that ip neigh leaves out: those that need no resolution,
// which the kernel makes without notification, and those without a state.
func neighHidden(data []byte) bool {
	var m uapi.Ndmsg
	m.Decode(data)
	return m.State == uapi.NUD_NONE || m.State&uapi.NUD_NOARP != 0
}

// neighAnnounced strips the state: the kernel announces only some of its changes, and a neighbour
// only when its resolution has ended.
func neighAnnounced(data []byte) bool {
	var m uapi.Ndmsg
	m.Decode(data)
	announced := m.State&(uapi.NUD_INCOMPLETE|uapi.NUD_FAILED) == 0
	m.State &= uapi.NUD_PERMANENT
	m.Put(data)
	return announced
}

// addrHidden leaves out addresses during duplicate address detection: the kernel announces an
// address when that has ended.
func addrHidden(data []byte) bool {
	var m uapi.Ifaddrmsg
	m.Decode(data)
	return m.Flags&(uapi.IFA_F_TENTATIVE|uapi.IFA_F_DADFAILED|uapi.IFA_F_OPTIMISTIC) == uapi.IFA_F_TENTATIVE
}

// addrAnnounced: duplicate address detection begins again when a link comes up.
func addrAnnounced(data []byte) bool { return !addrHidden(data) }

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

func isRuleOf(family uint8) func([]byte) bool {
	return func(data []byte) bool { return data[0] == family }
}

// ruleKey is that of all rules: what matters is their order.
func ruleKey([]byte) string { return "rules" }
