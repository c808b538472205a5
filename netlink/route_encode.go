package netlink

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// encodeRoute writes the header and the attributes of a request about a route.
func encodeRoute(r *wire.Request, typ uint16, route *Route) error {
	if route == nil {
		return errors.New("no route given")
	}
	family, err := routeFamily(route)
	if err != nil {
		return err
	}
	if err := checkRoute(route); err != nil {
		return err
	}
	m := uapi.Rtmsg{
		Family: uint8(family), Tos: uint8(max(route.Tos, 0)), Protocol: uint8(max(route.Protocol, 0)),
		Scope: uint8(route.Scope), Type: uint8(max(route.Type, 0)), Flags: uint32(route.Flags &^ reportedFlags),
	}
	if m.Type == uapi.RTN_UNSPEC && family == uapi.AF_MPLS {
		m.Type = uapi.RTN_UNICAST // to delete one, too
	}
	if typ == uapi.RTM_NEWROUTE {
		if m.Protocol == uapi.RTPROT_UNSPEC {
			m.Protocol = uapi.RTPROT_BOOT
		}
		if m.Type == uapi.RTN_UNSPEC {
			m.Type = uapi.RTN_UNICAST
		}
	}
	table := max(route.Table, 0)
	if table == uapi.RT_TABLE_UNSPEC {
		table = uapi.RT_TABLE_MAIN
	}
	if table <= math.MaxUint8 {
		m.Table = uint8(table)
	}
	dst, err := prefixOf(family, route.Dst)
	if err != nil {
		return fmt.Errorf("destination: %w", err)
	}
	from, err := prefixOf(family, route.From)
	if err != nil {
		return fmt.Errorf("from: %w", err)
	}
	if typ == uapi.RTM_DELROUTE && route.NHID != 0 && route.Type == uapi.RTN_BLACKHOLE {
		// IPv4 shows this type of all routes over a next hop object that is a blackhole,
		// and compares the one that they were made with.
		m.Type = uapi.RTN_UNSPEC
	}
	m.DstLen, m.SrcLen = prefixLen(dst), prefixLen(from)
	var label []byte
	if route.MPLSDst != nil {
		if label, err = encodeLabels([]int{*route.MPLSDst}); err != nil {
			return err
		}
		m.DstLen = mplsLabelBits
	}
	m.Put(r.Header(uapi.SizeofRtmsg))

	switch {
	case label != nil:
		r.Data(uapi.RTA_DST, label)
	case m.DstLen != 0, hasHost(dst): // the kernel refuses a host part
		r.Addr(uapi.RTA_DST, dst.Addr())
	}
	if m.SrcLen != 0 || hasHost(from) {
		r.Addr(uapi.RTA_SRC, from.Addr())
	}
	if err := encodeWay(r, family, route); err != nil {
		return err
	}
	if table > math.MaxUint8 {
		r.Uint32(uapi.RTA_TABLE, uint32(table))
	}
	return encodeRest(r, typ, family, route)
}

// encodeWay appends where packets go. A next hop object stands for all of it,
// though the kernel reports the rest as well.
func encodeWay(r *wire.Request, family int, route *Route) error {
	if route.NHID != 0 {
		r.Uint32(uapi.RTA_NH_ID, route.NHID)
		return nil
	}
	if err := encodeGateway(&r.Encoder, family, route.Gw, route.Via, route.NewDst); err != nil {
		return err
	}
	if route.LinkIndex != 0 {
		r.Uint32(uapi.RTA_OIF, uint32(route.LinkIndex))
	}
	if len(route.MultiPath) != 0 {
		if err := encodeNexthops(&r.Encoder, family, route.MultiPath); err != nil {
			return err
		}
	}
	encodeEncap(&r.Encoder, route.Encap)
	return nil
}

func encodeRest(r *wire.Request, typ uint16, family int, route *Route) error {
	if route.Src != nil {
		a, err := addressOf(family, route.Src)
		if err != nil {
			return fmt.Errorf("source: %w", err)
		}
		r.Addr(uapi.RTA_PREFSRC, a)
	}
	for _, a := range []struct {
		typ uint16
		v   int
	}{
		{uapi.RTA_PRIORITY, route.Priority},
		{uapi.RTA_FLOW, route.Realm},
		{uapi.RTA_EXPIRES, route.Expires},
	} {
		if a.v > 0 {
			r.Uint32(a.typ, uint32(a.v))
		}
	}
	if p := route.TTLPropagate; p != nil {
		r.Uint8(uapi.RTA_TTL_PROPAGATE, uint8(oneIf(*p)))
	}
	if route.Pref != 0 {
		r.Uint8(uapi.RTA_PREF, uint8(route.Pref))
	}
	return encodeMetrics(&r.Encoder, route, typ != uapi.RTM_DELROUTE)
}

// prefixLen is the length of p, 0 where there is no p.
func prefixLen(p netip.Prefix) uint8 { return uint8(max(p.Bits(), 0)) }

// hasHost reports whether there is a p, and it has an address beside its length.
func hasHost(p netip.Prefix) bool { return p.IsValid() && !p.Addr().IsUnspecified() }

// mplsLabelBits is the prefix length of an MPLS route.
const mplsLabelBits = 20

// checkRoute refuses numbers that would not arrive as they are. Less than 0 is
// unset where 0 is.
func checkRoute(route *Route) error {
	for _, f := range []struct {
		name string
		v    int
		max  int64
	}{
		{"tos", max(route.Tos, 0), math.MaxUint8},
		{"protocol", max(int(route.Protocol), 0), math.MaxUint8},
		{"type", max(route.Type, 0), math.MaxUint8},
		{"table", max(route.Table, 0), math.MaxUint32},
		{"metric", max(route.Priority, 0), math.MaxUint32},
		{"realm", max(route.Realm, 0), math.MaxUint32},
		{"flags", route.Flags, math.MaxUint32},
		{"expires", max(route.Expires, 0), math.MaxUint32},
		{"pref", route.Pref, math.MaxUint8},
		{"link", route.LinkIndex, math.MaxInt32},
	} {
		if f.v < 0 || int64(f.v) > f.max {
			return fmt.Errorf("%s %d is not within 0 and %d", f.name, f.v, f.max)
		}
	}
	return nil
}

func checkLinkIndex(name string, index int) error {
	if index < 0 || int64(index) > math.MaxInt32 {
		return fmt.Errorf("%s %d is no index of a link", name, index)
	}
	return nil
}

// routeFamily returns the family of the route's addresses, which all have to be
// of one, or of a route without any what it says.
func routeFamily(route *Route) (int, error) {
	if err := checkFamily(route.Family); err != nil {
		return 0, err
	}
	var f familyOf
	if route.MPLSDst != nil {
		f.is("label", uapi.AF_MPLS)
	}
	for _, n := range []*net.IPNet{route.Dst, route.From} {
		if n != nil && n.IP != nil && len(n.IP) == 0 {
			return 0, refused(errTooLong, "IP address of no bytes")
		}
	}
	f.prefix("destination", route.Dst)
	f.prefix("from", route.From)
	if !holdsNil(route.NewDst) {
		f.is("new destination", route.NewDst.Family())
	}
	f.address("source", route.Src)
	f.address("gateway", route.Gw)
	for _, n := range route.MultiPath {
		if n != nil {
			f.address("next hop's gateway", n.Gw)
		}
	}
	if f.family == uapi.AF_UNSPEC {
		f.family = route.Family
	}
	if f.err == nil && f.family == uapi.AF_UNSPEC {
		f.err = errors.New("neither destination, source nor gateway tells the address family: set one of them or Family")
	}
	return f.family, f.err
}

func checkFamily(family int) error {
	if family < 0 || family > math.MaxUint8 {
		return fmt.Errorf("%d is no address family", family)
	}
	return nil
}

// familyOf finds the one family of several addresses.
type familyOf struct {
	family int
	err    error
}

func (f *familyOf) is(what string, family int) {
	switch {
	case f.err != nil || f.family == family:
	case f.family == uapi.AF_UNSPEC:
		f.family = family
	default:
		f.err = fmt.Errorf("%s is %s, but the others are %s", what, familyName(family), familyName(f.family))
	}
}

func (f *familyOf) address(what string, ip net.IP) {
	if ip == nil {
		return
	}
	a, err := wireIP(ip)
	f.found(what, a, err)
}

func (f *familyOf) prefix(what string, n *net.IPNet) {
	if n == nil || len(n.IP) == 0 {
		return
	}
	p, err := wirePrefix(n)
	f.found(what, p.Addr(), err)
}

func (f *familyOf) found(what string, a netip.Addr, err error) {
	switch {
	case err == nil:
		f.is(what, int(wireFamily(a)))
	case f.err == nil:
		f.err = fmt.Errorf("%s: %w", what, err)
	}
}

func familyName(family int) string {
	switch family {
	case uapi.AF_INET:
		return "IPv4"
	case uapi.AF_INET6:
		return "IPv6"
	case uapi.AF_MPLS:
		return "MPLS"
	}
	return fmt.Sprintf("of family %d", family)
}

// addressOf returns ip, which has to be of the family.
func addressOf(family int, ip net.IP) (netip.Addr, error) {
	a, err := wireIP(ip)
	if err == nil && int(wireFamily(a)) != family {
		err = fmt.Errorf("%v is not %s", a, familyName(family))
	}
	return a, err
}

// prefixOf returns n, which has to be of the family; without one or its
// address it is the prefix that holds everything.
func prefixOf(family int, n *net.IPNet) (p netip.Prefix, err error) {
	if n == nil || len(n.IP) == 0 {
		return netip.Prefix{}, nil
	}
	if p, err = wirePrefix(n); err == nil && int(wireFamily(p.Addr())) != family {
		err = fmt.Errorf("%v is not %s", p, familyName(family))
	}
	return p, err
}
