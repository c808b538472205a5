package netlink

import (
	"fmt"
	"iter"
	"net"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// RouteEntry is a route in little memory, for programs that read or keep many: what most
// routes have, as small values. A [Route] takes five times as much.
type RouteEntry struct {
	dst, gw, src [net.IPv6len]byte
	more         []byte // the message, where it has more than the entry; see Route

	LinkIndex int    // RTA_OIF; 0 where there are several next hops
	Table     uint32 // RTA_TABLE
	Priority  uint32 // RTA_PRIORITY, the metric
	NHID      uint32 // RTA_NH_ID, the next hop object; 0 for none
	Flags     uint32 // RTNH_F_… and RTM_F_…

	Family   uint8 // FAMILY_…
	Protocol uint8 // RTPROT_…
	Scope    Scope
	Type     uint8 // RTN_…
	Tos      uint8

	bits                  uint8 // of the destination's prefix
	dstLen, gwLen, srcLen uint8 // bytes of the addresses, 0 for none
}

// Dst returns the destination: 0.0.0.0/0 or ::/0 for the default route, the zero
// Prefix for a route of FAMILY_MPLS.
func (e *RouteEntry) Dst() netip.Prefix {
	return netip.PrefixFrom(entryAddr(&e.dst, uint8(e.dstBytes())), int(e.bits))
}

// dstBytes is how many bytes the destination's address has. A route to everywhere
// comes without it; then they are zero.
func (e *RouteEntry) dstBytes() int {
	if e.dstLen != 0 {
		return int(e.dstLen)
	}
	switch e.Family {
	case uapi.AF_INET, uapi.RTNL_FAMILY_IPMR:
		return net.IPv4len
	case uapi.AF_INET6, uapi.RTNL_FAMILY_IP6MR:
		return net.IPv6len
	}
	return 0
}

// Gw returns the gateway (RTA_GATEWAY), the zero Addr where there is none.
func (e *RouteEntry) Gw() netip.Addr { return entryAddr(&e.gw, e.gwLen) }

// Src returns the source address that packets get (RTA_PREFSRC), the zero Addr
// where none is set.
func (e *RouteEntry) Src() netip.Addr { return entryAddr(&e.src, e.srcLen) }

func entryAddr(b *[net.IPv6len]byte, n uint8) netip.Addr {
	switch n {
	case net.IPv4len:
		return netip.AddrFrom4([4]byte(b[:4]))
	case net.IPv6len:
		return netip.AddrFrom16(*b)
	}
	return netip.Addr{}
}

// More reports whether the route has what the entry does not show: several next
// hops, metrics, an encapsulation, a label, the age of an IPv6 route. Route has
// it.
func (e *RouteEntry) More() bool { return e.more != nil }

// Route returns the whole route.
func (e *RouteEntry) Route() (Route, error) {
	var s routeDecoder
	var r Route
	err := s.fill(&r, e)
	return r, err
}

// RouteEntries gives the routes of [Handle.RouteListFiltered] as they come, in
// little memory and without an allocation for each. An entry is valid until the
// loop goes on; of a copy that is kept longer, Route must not be asked. The last
// pair holds the error, if there is one.
func (h *Handle) RouteEntries(family int, filter *Route, filterMask uint64) iter.Seq2[*RouteEntry, error] {
	f := newRouteFilter(family, filter, filterMask)
	return entries(h, h.routeRequest(f), "route list", f.decode, nothingThere)
}

// AppendRouteEntries appends the routes of [Handle.RouteListFiltered] to all, in
// little memory: with room in all it takes next to no allocation.
func (h *Handle) AppendRouteEntries(all []RouteEntry, family int, filter *Route, filterMask uint64) ([]RouteEntry,
	error) {
	f := newRouteFilter(family, filter, filterMask)
	var kept byteSlab
	all, err := appendTo(all, h.withDetails(), f.request(h.strict()), "route list",
		func(m wire.Message, e *RouteEntry) (bool, error) {
			want, err := f.decode(m, e)
			if want && e.more != nil {
				e.more = kept.copy(e.more)
			}
			return want, err
		})
	if nothingThere(err) {
		err = nil
	}
	return all, err
}

// decode reads a message of a dump and reports whether its route is wanted.
func (f *routeFilter) decode(m wire.Message, e *RouteEntry) (want bool, err error) {
	if m.Type != uapi.RTM_NEWROUTE || !isRoute(m.Data) {
		return false, nil
	}
	if err := e.decode(m.Data); err != nil {
		return false, err
	}
	return f.wants(e), nil
}

// decode reads the payload of RTM_NEWROUTE or RTM_DELROUTE, whatever e was. It is
// where a long dump spends its time, so it does without an [wire.Decoder].
func (e *RouteEntry) decode(data []byte) error {
	if len(data) < uapi.SizeofRtmsg {
		return fmt.Errorf("%w: route of %d bytes", wire.ErrMalformed, len(data))
	}
	*e = RouteEntry{} // in two steps: a literal would be built elsewhere and copied
	e.Family, e.Tos, e.Protocol, e.Scope, e.Type = data[0], data[3], data[5], Scope(data[6]), data[7]
	e.Table, e.Flags = uint32(data[4]), native.Uint32(data[8:])
	more := e.Family == uapi.AF_MPLS // its destination is a label
	for b := data[uapi.SizeofRtmsg:]; len(b) >= uapi.SizeofNlattr; {
		n, typ := int(native.Uint16(b)), native.Uint16(b[2:])&^(uapi.NLA_F_NESTED|uapi.NLA_F_NET_BYTEORDER)
		if n < uapi.SizeofNlattr || n > len(b) {
			return fmt.Errorf("%w: attribute %d says %d bytes, %d are left", wire.ErrMalformed, typ, n, len(b))
		}
		v := b[uapi.SizeofNlattr:n:n]
		if n == uapi.SizeofNlattr+4 {
			// Most have four bytes. Where the next begins is not computed from what
			// was just read, so the processor need not wait for that.
			b = b[uapi.SizeofNlattr+4:]
		} else {
			b = b[min((n+3)&^3, len(b)):]
		}
		ok := true
		switch typ {
		case uapi.RTA_DST:
			if e.Family != uapi.AF_MPLS {
				e.bits = data[1]
				ok = setAddr(&e.dst, &e.dstLen, v) && int(e.bits) <= 8*len(v)
			}
		case uapi.RTA_GATEWAY:
			ok = setAddr(&e.gw, &e.gwLen, v)
		case uapi.RTA_PREFSRC:
			ok = setAddr(&e.src, &e.srcLen, v)
		case uapi.RTA_OIF:
			ok = setIndex(&e.LinkIndex, v)
		case uapi.RTA_TABLE:
			ok = setUint32(&e.Table, v)
		case uapi.RTA_PRIORITY:
			ok = setUint32(&e.Priority, v)
		case uapi.RTA_NH_ID:
			ok = setUint32(&e.NHID, v)
		default:
			more = true
		}
		if !ok {
			return fmt.Errorf("%w: route: attribute %d of %d bytes", wire.ErrMalformed, typ, len(v))
		}
	}
	if more {
		e.more = data
	}
	return nil
}

func setAddr(to *[net.IPv6len]byte, n *uint8, v []byte) bool {
	switch len(v) {
	case net.IPv4len:
		copy(to[:], v[:net.IPv4len])
	case net.IPv6len:
		*to = [net.IPv6len]byte(v)
	default:
		return false
	}
	*n = uint8(len(v))
	return true
}

func setUint32(to *uint32, v []byte) bool {
	if len(v) < 4 {
		return false
	}
	*to = native.Uint32(v)
	return true
}

func setIndex(to *int, v []byte) bool {
	if len(v) < 4 {
		return false
	}
	*to = int(int32(native.Uint32(v)))
	return true
}

// fill makes a route of an entry; the route is zero.
func (s *routeDecoder) fill(r *Route, e *RouteEntry) error {
	r.Family = int(e.Family)
	r.Tos = int(e.Tos)
	r.Table = int(e.Table)
	r.Protocol = RouteProtocol(e.Protocol)
	r.Scope = e.Scope
	r.Type = int(e.Type)
	r.Flags = int(e.Flags)
	r.LinkIndex = e.LinkIndex
	r.Priority = int(e.Priority)
	r.NHID = e.NHID
	if n := e.dstBytes(); n != 0 {
		r.Dst = s.nets.next()
		r.Dst.IP, r.Dst.Mask = s.bytes.copy(e.dst[:n]), s.bytes.mask(int(e.bits), n)
	}
	if e.gwLen != 0 {
		r.Gw = s.bytes.copy(e.gw[:e.gwLen])
	}
	if e.srcLen != 0 {
		r.Src = s.bytes.copy(e.src[:e.srcLen])
	}
	if e.more == nil {
		return nil
	}
	return s.fillMore(r, e)
}
