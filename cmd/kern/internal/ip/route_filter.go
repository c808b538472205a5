package ip

import (
	"net/netip"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// choice is a value that a selector may ask for.
type choice[T comparable] struct {
	value T
	given bool
}

func (c *choice[T]) set(v T) { c.value, c.given = v, true }

// allows reports whether an object with the value v is wanted.
func (c *choice[T]) allows(v T) bool { return !c.given || c.value == v }

// prefixes are what a prefix must lie within, and what it must hold.
type prefixes struct {
	within, holds *cli.Prefix
}

// single reports whether only one address is wanted.
func (f *prefixes) single() bool {
	return f.within != nil && !f.within.IsAny() && f.within.Bits == f.within.Addr.BitLen()
}

// allows reports whether a prefix of a family is wanted: the bytes b, nil for
// all zero, and the length.
func (f *prefixes) allows(family int, b []byte, bits int) bool {
	if f.within == nil && f.holds == nil {
		return true
	}
	addr, ok := netip.AddrFromSlice(b)
	if !ok {
		addr = netip.IPv4Unspecified()
		if family == uapi.AF_INET6 {
			addr = netip.IPv6Unspecified()
		}
	}
	if w := f.within; w != nil && !(w.OfFamily(family) && w.Bits <= bits && w.Shares(addr, w.Bits)) {
		return false
	}
	if h := f.holds; h != nil && !(h.OfFamily(family) && h.Bits >= bits && h.Shares(addr, bits)) {
		return false
	}
	return true
}

// routeFilter says which routes to show, flush or save.
type routeFilter struct {
	family   int
	table    uint32 // 0: all
	cached   bool
	typ      choice[uint8]
	protocol choice[uint8]
	scope    choice[uint8]
	tos      choice[uint8]
	metric   choice[uint32]
	mark     choice[uint32]
	realms   uint32 // of the destination, in the upper half of the source
	realmsOf uint32 // mask of those asked for
	oif, iif choice[int]
	dst      prefixes
	from     prefixes
	gateway  prefixes
	src      prefixes
}

// realmsGiven reports whether both realms are known.
func (f *routeFilter) realmsGiven() bool { return f.realmsOf == ^uint32(0) }

// nextRouteFilter reads the selectors to the end.
func nextRouteFilter(c *cli.Command) (*routeFilter, error) {
	f := &routeFilter{family: c.Family, table: uapi.RT_TABLE_MAIN}
	for c.More() {
		if err := nextRouteSelector(c, f); err != nil {
			return nil, err
		}
	}
	if f.family == uapi.AF_UNSPEC && f.table != 0 {
		f.family = uapi.AF_INET
	}
	return f, nil
}

func nextRouteSelector(c *cli.Command, f *routeFilter) error {
	switch {
	case c.TakeAbbr("table"):
		return nextTableSelector(c, f)
	case c.TakeAbbr("vrf"):
		table, err := nextVRF(c)
		f.table = table
		return err
	case c.TakeAbbr("cached", "cloned"):
		f.cached = true
		return nil
	case c.Take("tos"), c.TakeAbbr("dsfield"):
		tos, err := nextTOS(c, wrongTOSSelector)
		f.tos.set(tos)
		return err
	case c.TakeAbbr("protocol"):
		return nextNameSelector(c, &f.protocol, c.Names.ProtoNumber, "invalid \"protocol\"\n")
	case c.TakeAbbr("scope"):
		return nextNameSelector(c, &f.scope, c.Names.ScopeNumber, "invalid \"scope\"\n")
	case c.TakeAbbr("type"):
		word, err := c.Next()
		if err != nil {
			return err
		}
		typ, ok := routeTypeNumber(word)
		if !ok {
			return desc.Wrong(word, "node type value is invalid\n")
		}
		f.typ.set(typ)
		return nil
	case c.Take("dev"), c.Take("oif"):
		index, err := c.NextLink()
		f.oif.set(index)
		return err
	case c.Take("iif"):
		index, err := c.NextLink()
		f.iif.set(index)
		return err
	case c.Take("mark"):
		mark, err := c.Uint(32, "invalid mark value")
		f.mark.set(uint32(mark))
		return err
	case c.TakeAbbr("metric", "priority"), c.Take("preference"):
		metric, err := c.Uint(32, "\"metric\" value is invalid\n")
		f.metric.set(uint32(metric))
		return err
	case c.Take("via"):
		family := f.family
		if via, err := desc.ParseFamily(c.Peek()); err == nil {
			family = via
			if _, err := c.Next(); err != nil {
				return err
			}
		}
		return nextWithin(c, &f.gateway, family)
	case c.Take("src"):
		return nextWithin(c, &f.src, f.family)
	case c.TakeAbbr("realms"):
		realms, err := nextRealms(c, wrongRealmsSelector)
		f.realms, f.realmsOf = realms, ^uint32(0)
		if realms>>16 == 0 {
			f.realmsOf >>= 16
		}
		return err
	case c.TakeAbbr("from"):
		return nextPrefixSelector(c, &f.from, f)
	}
	c.Take("to")
	return nextPrefixSelector(c, &f.dst, f)
}

// nextTableSelector reads a table, "all" or "cache".
func nextTableSelector(c *cli.Command, f *routeFilter) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	if table, ok := c.Names.TableNumber(word); ok {
		f.table = table
		return nil
	}
	switch word {
	case "all":
		f.table = 0
	case "cache":
		f.cached = true
	case "help":
		return c.ShowUsage()
	default:
		return desc.Wrong(word, "table id value is invalid\n")
	}
	return nil
}

// nextNameSelector reads a name, or "all" for any.
func nextNameSelector(c *cli.Command, v *choice[uint8], number func(string) (uint32, bool), why string) error {
	word, err := c.Next()
	if err != nil {
		return err
	}
	n, ok := number(word)
	switch {
	case ok:
		v.set(uint8(n))
	case word == "all":
		*v = choice[uint8]{}
	default:
		return desc.Wrong(word, why)
	}
	return nil
}

// takeAll takes the word for all prefixes of all families, which no selector is better for.
func takeAll(c *cli.Command, family int) bool {
	return family == uapi.AF_UNSPEC && (c.Take("all") || c.Take("any"))
}

func nextWithin(c *cli.Command, f *prefixes, family int) error {
	if takeAll(c, family) {
		f.within = nil
		return nil
	}
	p, err := c.NextPrefix(family)
	f.within = &p
	return err
}

// nextPrefixSelector reads [ root | match | exact ] PREFIX.
func nextPrefixSelector(c *cli.Command, f *prefixes, all *routeFilter) error {
	root, match := c.TakeAbbr("root"), false
	if !root {
		if match = c.TakeAbbr("match"); !match {
			c.TakeAbbr("exact")
		}
	}
	var chosen *cli.Prefix
	if !takeAll(c, all.family) {
		p, err := c.NextPrefix(all.family)
		if err != nil {
			return err
		}
		chosen = &p
	}
	if !match {
		f.within = chosen
	}
	if !root {
		f.holds = chosen
	}
	return nil
}

// request asks the kernel for the routes that may be wanted; it filters as far
// as it can.
func (f *routeFilter) request() *wire.Request {
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	rtm := uapi.Rtmsg{Family: uint8(f.family), Protocol: f.protocol.value, Type: f.typ.value}
	if f.cached {
		rtm.Flags = uapi.RTM_F_CLONED
	}
	rtm.Put(r.Header(uapi.SizeofRtmsg))
	if f.table != 0 && !f.cached {
		r.Uint32(uapi.RTA_TABLE, f.table)
	}
	if f.oif.given {
		r.Uint32(uapi.RTA_OIF, uint32(f.oif.value))
	}
	return r
}

// allows reports whether a route is wanted.
func (f *routeFilter) allows(r *routeMessage) bool {
	family := int(r.rtm.Family)
	switch {
	case f.family != uapi.AF_UNSPEC && f.family != family,
		f.cached != r.cloned(),
		f.table != 0 && f.table != r.table && !f.cached,
		!f.typ.allows(r.rtm.Type),
		!f.protocol.allows(r.rtm.Protocol),
		!f.scope.allows(r.rtm.Scope),
		!f.tos.allows(r.rtm.Tos),
		!f.metric.allows(cli.Number32(r.attrs[uapi.RTA_PRIORITY])),
		!f.mark.allows(cli.Number32(r.attrs[uapi.RTA_MARK])),
		!f.allowsLink(r),
		!f.iif.allows(int(cli.Number32(r.attrs[uapi.RTA_IIF]))),
		(f.realms^cli.Number32(r.attrs[uapi.RTA_FLOW]))&f.realmsOf != 0,
		!f.dst.allows(family, r.attrs[uapi.RTA_DST], int(r.rtm.DstLen)),
		!f.from.allows(family, r.attrs[uapi.RTA_SRC], int(r.rtm.SrcLen)):
		return false
	}
	gateway, family := r.gateway()
	return f.gateway.allows(family, gateway, len(gateway)*8) &&
		f.src.allows(int(r.rtm.Family), r.attrs[uapi.RTA_PREFSRC], len(r.attrs[uapi.RTA_PREFSRC])*8)
}

// allowsLink reports whether the route leads through the link that is wanted, or
// any of its next hops does. One that leads through none is for the kernel to
// leave out.
func (f *routeFilter) allowsLink(r *routeMessage) bool {
	if b, ok := r.attrs[uapi.RTA_OIF]; ok {
		return f.oif.allows(int(cli.Number32(b)))
	}
	b, ok := r.attrs[uapi.RTA_MULTIPATH]
	if !ok || !f.oif.given {
		return true
	}
	for len(b) >= uapi.SizeofRtnexthop {
		var h uapi.Rtnexthop
		h.Decode(b)
		n := (int(h.Len) + uapi.RTNH_ALIGNTO - 1) &^ (uapi.RTNH_ALIGNTO - 1)
		if f.oif.allows(int(h.Ifindex)) {
			return true
		}
		if n < uapi.SizeofRtnexthop || n > len(b) {
			break
		}
		b = b[n:]
	}
	return false
}

// gateway is the address of the next hop and its family.
func (r *routeMessage) gateway() ([]byte, int) {
	if b, ok := r.attrs[uapi.RTA_VIA]; ok {
		var via uapi.Rtvia
		via.Decode(b)
		return b[min(uapi.SizeofRtvia, len(b)):], int(via.Family)
	}
	return r.attrs[uapi.RTA_GATEWAY], int(r.rtm.Family)
}
