package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// nexthop is one way that a route's packets may take (struct rtnexthop).
type nexthop struct {
	rtnh uapi.Rtnexthop
	enc  wire.Encoder // its attributes
}

// nextNexthops reads what follows "nexthop", to the end. family is that of the
// route.
func nextNexthops(c *cli.Command, family *int) ([]*nexthop, error) {
	var all []*nexthop
	for {
		if !c.More() {
			return nil, cli.Exit(cli.StatusUsage, "Error: unexpected end of line after \"nexthop\"")
		}
		h := &nexthop{}
		for c.More() && c.Peek() != "nexthop" {
			if err := nextNexthopWord(c, h, family); err != nil {
				return nil, err
			}
		}
		all = append(all, h)
		if !c.Take("nexthop") {
			return all, nil
		}
	}
}

func nextNexthopWord(c *cli.Command, h *nexthop, family *int) error {
	switch {
	case c.Take("via"):
		typ, addr, err := nextVia(c, family)
		h.enc.Data(typ, addr)
		return err
	case c.Take("dev", "oif"):
		name, err := c.Next()
		if err != nil {
			return err
		}
		info := c.LinkNamed(name)
		if info == nil {
			return cli.Exit(cli.StatusUsage, "%s\nError: cannot parse nexthop", cli.NoDevice(name))
		}
		h.rtnh.Ifindex = int32(info.Index)
		return nil
	case c.Take("weight"):
		weight, err := c.Uint(32, "\"weight\" is invalid\n")
		if err == nil && (weight == 0 || weight > 256) {
			err = desc.Wrong(c.Last(), "\"weight\" is invalid\n")
		}
		h.rtnh.Hops = uint8(weight - 1)
		return err
	case c.Take("onlink"):
		h.rtnh.Flags |= uapi.RTNH_F_ONLINK
		return nil
	case c.TakeAbbr("realms"):
		flow, err := nextRealms(c, wrongRealms)
		h.enc.Uint32(uapi.RTA_FLOW, flow)
		return err
	case c.Take("encap"):
		return nextEncap(c, &h.enc, uapi.RTA_ENCAP, uapi.RTA_ENCAP_TYPE)
	case c.Take("as"):
		c.Take("to")
		addr, err := nextRouteAddr(c, family)
		h.enc.Data(uapi.RTA_NEWDST, addr)
		return err
	}
	return cli.Exit(cli.StatusUsage, "Error: \"nexthop\" or end of line is expected instead of %q", c.Peek())
}

// put appends the next hop to RTA_MULTIPATH.
func (h *nexthop) put(e *wire.Encoder) {
	e.Fail(h.enc.Err())
	attrs := h.enc.Bytes()
	h.rtnh.Len = uint16(uapi.SizeofRtnexthop + len(attrs))
	h.rtnh.Put(e.Raw(uapi.SizeofRtnexthop))
	copy(e.Raw(len(attrs)), attrs)
}

// nextVia reads [ FAMILY ] ADDRESS, and returns the attribute that holds the
// kernel of it. family is that of the route, and becomes that of the address
// where it is not known yet.
func nextVia(c *cli.Command, family *int) (uint16, []byte, error) {
	via := *family
	if f, err := desc.ParseFamily(c.Peek()); err == nil {
		if _, err := c.Next(); err != nil {
			return 0, nil, err
		}
		via = f
	} else if via == uapi.AF_MPLS {
		via = uapi.AF_UNSPEC
	}
	explicit := via
	addr, err := nextRouteAddr(c, &explicit)
	if err != nil {
		return 0, nil, err
	}
	if *family == uapi.AF_UNSPEC {
		*family = explicit
	}
	if explicit == *family {
		return uapi.RTA_GATEWAY, addr, nil
	}
	b := make([]byte, uapi.SizeofRtvia, uapi.SizeofRtvia+len(addr))
	(&uapi.Rtvia{Family: uint16(explicit)}).Put(b)
	return uapi.RTA_VIA, append(b, addr...), nil
}

// nextRouteAddr takes an address of a family, and reports the family where it
// was not known.
func nextRouteAddr(c *cli.Command, family *int) ([]byte, error) {
	switch *family {
	case uapi.AF_MPLS:
		word, err := c.Next()
		if err != nil {
			return nil, err
		}
		return desc.ParseLabels(word)
	case uapi.AF_PACKET, uapi.AF_BRIDGE:
		word, err := c.Next()
		if err != nil {
			return nil, err
		}
		return cli.ParseLLAddr(word)
	}
	addr, err := c.NextAddr(*family)
	if err != nil {
		return nil, err
	}
	if !addr.IsValid() {
		return make([]byte, familyBits(*family)/8), nil
	}
	if *family == uapi.AF_UNSPEC {
		*family = desc.AddrFamily(addr)
	}
	return addr.AsSlice(), nil
}

// familyBits is how long the addresses of a family are.
func familyBits(family int) int {
	if family == uapi.AF_INET6 {
		return 128
	}
	return 32
}

// showNexthops prints RTA_MULTIPATH.
func showNexthops(c *cli.Command, r *routeMessage) {
	b, ok := r.attrs[uapi.RTA_MULTIPATH]
	if !ok {
		return
	}
	p := c.Out
	p.Array("nexthops")
	for len(b) >= uapi.SizeofRtnexthop {
		var h uapi.Rtnexthop
		h.Decode(b)
		n := int(h.Len)
		if n < uapi.SizeofRtnexthop || n > len(b) {
			break
		}
		attrs := desc.ParseAttrs(b[uapi.SizeofRtnexthop:n])
		p.Object("")
		p.NL()
		p.Text("\tnexthop ")
		showNexthop(c, r, &h, attrs)
		p.EndObject()
		b = b[min((n+uapi.RTNH_ALIGNTO-1)&^(uapi.RTNH_ALIGNTO-1), len(b)):]
	}
	p.EndArray()
}

// showNexthop prints one of the ways of a route.
func showNexthop(c *cli.Command, r *routeMessage, h *uapi.Rtnexthop, attrs desc.Attrs) {
	p := c.Out
	showEncap(c, attrs[uapi.RTA_ENCAP_TYPE], attrs[uapi.RTA_ENCAP])
	if b, ok := attrs[uapi.RTA_NEWDST]; ok {
		p.Str("to", "as to %s ", familyAddrText(c, int(r.rtm.Family), b))
	}
	showGateway(c, int(r.rtm.Family), attrs, false)
	if b, ok := attrs[uapi.RTA_FLOW]; ok {
		showRealms(c, cli.Number32(b))
	}
	p.Str("dev", "dev %s ", p.Link(int(h.Ifindex)))
	if r.rtm.Family != uapi.AF_MPLS {
		p.Uint("weight", "weight %d ", uint64(h.Hops)+1)
	}
	showRouteFlags(c, uint32(h.Flags))
	ShowUnknown(p, "%s ", attrs, uapi.RTA_MAX)
}
