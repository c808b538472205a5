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

// RouteGet returns the route that the kernel takes to destination: ip route
// get.
func (h *Handle) RouteGet(destination net.IP) ([]Route, error) {
	return h.RouteGetWithOptions(destination, nil)
}

// RouteGetWithOptions is [Handle.RouteGet] for a packet of which more is known
// than its destination.
func (h *Handle) RouteGetWithOptions(destination net.IP, options *RouteGetOptions) ([]Route, error) {
	const op = "route get"
	object := func() string { return destination.String() }
	if options == nil {
		options = &RouteGetOptions{}
	}
	iif, oif, err := h.routeGetLinks(options)
	if err != nil {
		return nil, h.wrap(err, op, object)
	}
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	r.Fail(encodeRouteGet(r, destination, options, iif, oif))
	var routes []Route
	err = h.get(r, op, object, func(m wire.Message) error {
		var lone loneRoute
		routes, err = lone.decode(m.Data)
		return err
	})
	return routes, err
}

// loneRoute is a list of one route with the memory that it needs.
type loneRoute struct {
	route [1]Route
	net   [1]net.IPNet
	cache [1]RouteCacheInfo
	bytes [4 * net.IPv6len]byte // destination, mask, gateway, source
}

func (l *loneRoute) decode(data []byte) ([]Route, error) {
	s := routeDecoder{
		bytes:  byteSlab{free: l.bytes[:]},
		nets:   slab[net.IPNet]{free: l.net[:]},
		caches: slab[RouteCacheInfo]{free: l.cache[:]},
	}
	if err := s.decodeInto(&l.route[0], data); err != nil {
		return nil, err
	}
	return l.route[:], nil
}

// routeGetLinks returns the indices of the links that the options name.
func (h *Handle) routeGetLinks(o *RouteGetOptions) (iif, oif int, err error) {
	if o.VrfName != "" && (o.Oif != "" || o.OifIndex != 0) {
		return 0, 0, errors.New("a VRF and an outgoing link exclude each other")
	}
	oifName := o.Oif
	if o.VrfName != "" {
		oifName = o.VrfName // the kernel selects a VRF by its device
	}
	if iif, err = h.indexOr(o.Iif, o.IifIndex); err != nil {
		return 0, 0, err
	}
	oif, err = h.indexOr(oifName, o.OifIndex)
	return iif, oif, err
}

// indexOr returns the index of the link called name, or index if there is no
// name.
func (h *Handle) indexOr(name string, index int) (int, error) {
	if name == "" {
		return index, checkLinkIndex("link", index)
	}
	link, err := h.LinkByName(name)
	if err != nil {
		return 0, err
	}
	return link.Attrs().Index, nil
}

func encodeRouteGet(r *wire.Request, dst net.IP, o *RouteGetOptions, iif, oif int) error {
	var f familyOf
	f.address("destination", dst)
	f.address("source", o.SrcAddr)
	if f.err != nil {
		return f.err
	}
	if dst == nil {
		return errors.New("no destination given")
	}
	if o.Tos < 0 || o.Tos > math.MaxUint8 {
		return fmt.Errorf("tos %d is not within 0 and %d", o.Tos, math.MaxUint8)
	}
	to, err := addressOf(f.family, dst)
	if err != nil {
		return fmt.Errorf("destination: %w", err)
	}
	m := uapi.Rtmsg{Family: uint8(f.family), DstLen: uint8(to.BitLen()), Tos: uint8(o.Tos)}
	if f.family == uapi.AF_INET {
		m.Flags = uapi.RTM_F_LOOKUP_TABLE // IPv6 does that unasked, and refuses the flag
	}
	if o.FIBMatch {
		m.Flags |= uapi.RTM_F_FIB_MATCH
	}
	var from netip.Addr
	if o.SrcAddr != nil {
		if from, err = addressOf(f.family, o.SrcAddr); err != nil {
			return fmt.Errorf("source: %w", err)
		}
		m.SrcLen = uint8(from.BitLen())
	}
	m.Put(r.Header(uapi.SizeofRtmsg))
	r.Addr(uapi.RTA_DST, to)
	if from.IsValid() {
		r.Addr(uapi.RTA_SRC, from)
	}
	for _, a := range []struct {
		typ uint16
		v   uint32
	}{
		{uapi.RTA_IIF, uint32(iif)},
		{uapi.RTA_OIF, uint32(oif)},
		{uapi.RTA_MARK, o.Mark},
	} {
		if a.v != 0 {
			r.Uint32(a.typ, a.v)
		}
	}
	if o.UID != nil {
		r.Uint32(uapi.RTA_UID, *o.UID)
	}
	if o.IPProto != 0 {
		r.Uint8(uapi.RTA_IP_PROTO, o.IPProto)
	}
	if o.Sport != 0 {
		r.BE16(uapi.RTA_SPORT, o.Sport)
	}
	if o.Dport != 0 {
		r.BE16(uapi.RTA_DPORT, o.Dport)
	}
	return nil
}
