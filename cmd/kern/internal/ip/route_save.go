package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
)

// saveRoutes is "route save": the kernel's messages as they are.
func saveRoutes(c *cli.Command) error {
	f, err := nextRouteFilter(c)
	if err != nil {
		return err
	}
	return saveDump(c, f.request(), routeMagic, func(m wire.Message) bool { return f.allows(readRoute(m)) }, f.terminated)
}

// restoreRoutes is "route restore". Existing objects stay.
func restoreRoutes(c *cli.Command) error {
	var ranks [restoreRanks][]*wire.Request
	var kernels map[kernelRoute]bool
	err := readDump(c, routeMagic, func(m wire.Message) (err error) {
		r := readRoute(m)
		if r.expired() {
			return nil
		}
		if key, ok := r.kernelRoute(); ok {
			if kernels == nil {
				if kernels, err = kernelRoutes(c); err != nil {
					return err
				}
			}
			if kernels[key] {
				return nil
			}
		}
		rank := r.restoreRank()
		ranks[rank] = append(ranks[rank], r.request(m, uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_APPEND))
		return nil
	})
	if err != nil {
		return err
	}
	var all []*wire.Request
	for _, requests := range ranks {
		all = append(all, requests...)
	}
	return restore(c, all)
}

// kernelRoute says which of the IPv6 routes to this machine's own addresses one
// is.
type kernelRoute struct {
	table, oif uint32
	dst        string
}

// kernelRoute is about a route with metric 0, which only the kernel can make: it
// does so for each IPv6 address of a link, and deletes that one with the address.
// What a program adds like it has metric 1024, and stays when the address goes.
func (r *routeMessage) kernelRoute() (key kernelRoute, ok bool) {
	if r.rtm.Family != uapi.AF_INET6 || cli.Number32(r.attrs[uapi.RTA_PRIORITY]) != 0 {
		return key, false
	}
	return kernelRoute{r.table, cli.Number32(r.attrs[uapi.RTA_OIF]), string(r.attrs[uapi.RTA_DST])}, true
}

// kernelRoutes are those that the kernel has.
func kernelRoutes(c *cli.Command) (map[kernelRoute]bool, error) {
	kernels := map[kernelRoute]bool{}
	err := c.Dump((&routeFilter{family: uapi.AF_INET6}).request(), func(m wire.Message) error {
		if key, ok := readRoute(m).kernelRoute(); ok {
			kernels[key] = true
		}
		return nil
	})
	return kernels, err
}

// restoreRanks is how many steps restoreRank knows.
const restoreRanks = 4

// restoreRank is the step at which a route can be made, for what it needs is
// there by then: addresses of this machine, then what has one of them as its
// source, then what leads through gateways that others reach.
func (r *routeMessage) restoreRank() int {
	gateway, _ := r.gateway()
	_, multipath := r.attrs[uapi.RTA_MULTIPATH]
	src, hasSrc := r.attrs[uapi.RTA_PREFSRC]
	dst := r.attrs[uapi.RTA_DST]
	switch own := r.rtm.Type == uapi.RTN_LOCAL && string(src) == string(dst); {
	case gateway != nil, multipath:
		return 3
	case hasSrc && !own:
		return 2
	case r.rtm.Type != uapi.RTN_LOCAL:
		return 1
	}
	return 0
}

// expires is the time that an IPv6 route has left, in ticks, which is negative
// where it is past and waits to be deleted; 0: it stays.
func (r *routeMessage) expires() int32 {
	b, ok := r.attrs[uapi.RTA_CACHEINFO]
	if !ok || r.rtm.Family != uapi.AF_INET6 {
		return 0
	}
	var ci uapi.RtaCacheinfo
	ci.Decode(b)
	return int32(ci.Expires)
}

func (r *routeMessage) expired() bool { return r.expires() < 0 }

// request makes of a dump's message one that adds or deletes the route. What the
// kernel reports of a route and accepts for none is left out: whether it is dead,
// and the next hop of an object, which stands beside the object's id. The time
// that is left becomes one that the kernel accepts.
func (r *routeMessage) request(m wire.Message, typ, flags uint16) *wire.Request {
	q := wire.NewRequest(typ, flags)
	rtm := r.rtm
	rtm.Flags &= uapi.RTNH_F_ONLINK | uapi.RTNH_F_PERVASIVE
	_, object := r.attrs[uapi.RTA_NH_ID]
	if object {
		rtm.Flags = 0
		if rtm.Type == uapi.RTN_BLACKHOLE {
			rtm.Type = uapi.RTN_UNICAST // the object is the black hole
		}
	}
	rtm.Put(q.Header(uapi.SizeofRtmsg))
	d := wire.NewDecoderAfter(m.Data, uapi.SizeofRtmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.RTA_CACHEINFO:
			continue
		case uapi.RTA_OIF, uapi.RTA_GATEWAY, uapi.RTA_VIA, uapi.RTA_MULTIPATH, uapi.RTA_ENCAP, uapi.RTA_ENCAP_TYPE,
			uapi.RTA_FLOW:
			if object {
				continue
			}
		}
		typ, data := d.Type(), d.Data()
		switch typ {
		case uapi.RTA_MULTIPATH:
			data = sentNexthops(data)
		case uapi.RTA_ENCAP:
			typ |= uapi.NLA_F_NESTED // some encapsulations insist on this, which dumps lack
			data = sentEncap(r.attrs[uapi.RTA_ENCAP_TYPE], data)
		}
		q.Data(typ, data)
	}
	if ticks := r.expires(); ticks > 0 {
		q.Uint32(uapi.RTA_EXPIRES, (uint32(ticks)+uapi.HZ-1)/uapi.HZ)
	}
	return q
}

// sentEncap is an encapsulation in the form that the kernel takes: options of tunnels are reported in another one.
func sentEncap(typ, data []byte) []byte {
	var e netlink.Encap
	switch cli.Number16(typ) {
	case uapi.LWTUNNEL_ENCAP_IP:
		e = new(netlink.IPtnlEncap)
	case uapi.LWTUNNEL_ENCAP_IP6:
		e = new(netlink.IP6tnlEncap)
	default:
		return data
	}
	if e.Decode(data) != nil {
		return data // the kernel says what is wrong
	}
	b, err := e.Encode()
	if err != nil {
		return data
	}
	return b
}

// sentNexthops is RTA_MULTIPATH in the form that the kernel takes: without flags that only the kernel sets, and with
// encapsulations as [sentEncap] has them. Bytes that are no next hops stay: the kernel says what is wrong.
func sentNexthops(b []byte) []byte {
	var e wire.Encoder
	for rest := b; len(rest) != 0; {
		var h uapi.Rtnexthop
		h.Decode(rest)
		n := int(h.Len)
		if n < uapi.SizeofRtnexthop || n > len(rest) {
			return b
		}
		var encap []byte
		attrs := func(visit func(typ uint16, data []byte)) {
			for d := wire.NewDecoderAfter(rest[:n], uapi.SizeofRtnexthop); d.Next(); {
				visit(d.Type(), d.Data())
			}
		}
		attrs(func(typ uint16, data []byte) {
			if typ == uapi.RTA_ENCAP_TYPE {
				encap = data
			}
		})
		begin := len(e.Bytes())
		e.Raw(uapi.SizeofRtnexthop)
		attrs(func(typ uint16, data []byte) {
			if typ == uapi.RTA_ENCAP {
				typ, data = typ|uapi.NLA_F_NESTED, sentEncap(encap, data)
			}
			e.Data(typ, data)
		})
		hop := e.Bytes()[begin:]
		h.Flags &= uapi.RTNH_F_ONLINK | uapi.RTNH_F_PERVASIVE
		h.Len = uint16(len(hop))
		h.Put(hop)
		rest = rest[min(len(rest), (n+uapi.RTNH_ALIGNTO-1)&^(uapi.RTNH_ALIGNTO-1)):]
	}
	return e.Bytes()
}

// showRouteDump is "route showdump".
func showRouteDump(c *cli.Command) error {
	f := &routeFilter{}
	return c.Array(func() error {
		return readDump(c, routeMagic, func(m wire.Message) error {
			showRoute(c, readRoute(m), f)
			return c.Spill()
		})
	})
}
