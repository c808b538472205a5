package netlink

import (
	"fmt"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// routeDecoder decodes routes. Their addresses are cut from larger pieces of
// memory, so that a long list takes few allocations.
type routeDecoder struct {
	bytes    byteSlab
	nets     slab[net.IPNet]
	caches   slab[RouteCacheInfo]
	nexthops slab[NexthopInfo]
}

// ip returns an attribute that is an address.
func (s *routeDecoder) ip(d *wire.Decoder) net.IP {
	b := d.Data()
	if len(b) != net.IPv4len && len(b) != net.IPv6len {
		d.Fail(fmt.Errorf("%w: attribute %d: %d bytes are no address", wire.ErrMalformed, d.Type(), len(b)))
		return nil
	}
	return s.bytes.copy(b)
}

// prefix returns the prefix of ones bits at the address b.
func (s *routeDecoder) prefix(b []byte, ones uint8) (*net.IPNet, error) {
	n := len(b)
	if n != net.IPv4len && n != net.IPv6len || int(ones) > n*8 {
		return nil, fmt.Errorf("%w: %d bytes are no address with %d bits of prefix", wire.ErrMalformed, n, ones)
	}
	v := s.nets.next()
	v.IP, v.Mask = s.bytes.copy(b), s.bytes.mask(int(ones), n)
	return v, nil
}

// isRoute reports whether the message is a route: other families' messages
// have the same type and another structure, such as the gateways of CAN.
func isRoute(data []byte) bool {
	if len(data) == 0 {
		return false
	}
	switch data[0] {
	case uapi.AF_INET, uapi.AF_INET6, uapi.AF_MPLS, uapi.RTNL_FAMILY_IPMR, uapi.RTNL_FAMILY_IP6MR:
		return true
	}
	return false
}

// decode reads the payload of RTM_NEWROUTE or RTM_DELROUTE.
func (s *routeDecoder) decode(data []byte) (route Route, err error) {
	if err := s.decodeInto(&route, data); err != nil {
		return Route{}, err
	}
	return route, nil
}

// decodeInto is decode into a route that is zero.
func (s *routeDecoder) decodeInto(route *Route, data []byte) error {
	var e RouteEntry
	if err := e.decode(data); err != nil {
		return err
	}
	return s.fill(route, &e)
}

// fillMore reads what an entry does not have.
func (s *routeDecoder) fillMore(route *Route, e *RouteEntry) (err error) {
	var encap lwt
	d := wire.NewDecoderAfter(e.more, uapi.SizeofRtmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.RTA_DST:
			if e.Family == uapi.AF_MPLS {
				route.MPLSDst, err = decodeLabel(d.Data())
				d.Fail(err)
			}
		case uapi.RTA_SRC:
			route.From, err = s.prefix(d.Data(), e.more[2]) // rtm_src_len
			d.Fail(err)
		case uapi.RTA_IIF:
			route.ILinkIndex = int(d.Int32())
		case uapi.RTA_FLOW:
			route.Realm = int(d.Uint32())
		case uapi.RTA_METRICS:
			d.Fail(decodeMetrics(d.Nested(), route))
		case uapi.RTA_MULTIPATH:
			route.MultiPath, err = s.decodeNexthops(e.Family, d.Data())
			d.Fail(err)
		case uapi.RTA_TTL_PROPAGATE:
			route.TTLPropagate = new(d.Bool())
		case uapi.RTA_PREF:
			route.Pref = int(d.Uint8())
		case uapi.RTA_CACHEINFO:
			route.CacheInfo = s.cacheInfo(d.Data())
		case uapi.RTA_DEL_REASON:
			route.DelReason = int(d.Uint32())
		case uapi.RTA_VIA:
			route.Via = decodeDestination(&d, &Via{})
		case uapi.RTA_NEWDST:
			route.NewDst = decodeNewDst(&d, e.Family)
		default:
			encap.attribute(&d)
		}
	}
	if d.Err() != nil {
		return d.Err()
	}
	route.Encap = encap.decode()
	if c := route.CacheInfo; c != nil && c.Expires > 0 {
		route.Expires = (int(c.Expires) + userHZ - 1) / userHZ
	}
	return nil
}

// userHZ is how many of the kernel's units of time a second has.
const userHZ = uapi.HZ

func (s *routeDecoder) cacheInfo(b []byte) *RouteCacheInfo {
	var c uapi.RtaCacheinfo
	c.Decode(b)
	v := s.caches.next()
	*v = RouteCacheInfo{
		Users: c.Clntref, Age: c.Lastuse, Expires: c.Expires, Error: c.Error,
		Used: c.Used, Id: c.Id, Ts: c.Ts, Tsage: c.Tsage,
	}
	return v
}

// decodeLabel reads the one label of an MPLS route.
func decodeLabel(b []byte) (*int, error) {
	labels, err := decodeLabels(b)
	if err != nil {
		return nil, err
	}
	return &labels[0], nil
}
