package ip

import (
	"fmt"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// routeQuery are the words of "route get".
type routeQuery struct {
	family    int
	rtm       uapi.Rtmsg
	enc       wire.Encoder
	connected bool
	iif, oif  choice[string]
	vrf       int  // the index of the VRF's link
	asked     bool // a destination was given
}

// getRoute is "route get".
func getRoute(c *cli.Command) error {
	q := &routeQuery{family: c.Family}
	for c.More() {
		if err := nextQueryWord(c, q); err != nil {
			return err
		}
	}
	if !q.asked {
		return cli.Exit(cli.StatusFailed, "need at least a destination address")
	}
	if q.oif.given && q.vrf != 0 {
		// both name the link to leave by
		return cli.Exit(cli.StatusUsage, "argument \"oif\" and \"vrf\" are mutually exclusive")
	}
	request, err := q.request(c)
	if err != nil {
		return err
	}
	m, err := c.Get(request)
	if err != nil {
		return err
	}
	return c.Array(func() error {
		r := readRoute(m)
		showRoute(c, r, &routeFilter{})
		if !q.connected {
			return nil
		}
		return getConnected(c, r)
	})
}

// getConnected asks once more for the route of a connection, from the source
// address that the kernel chose.
func getConnected(c *cli.Command, r *routeMessage) error {
	src, ok := r.attrs[uapi.RTA_PREFSRC]
	if !ok {
		return cli.Exit(cli.StatusFailed, "Failed to connect the route")
	}
	again := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	rtm := uapi.Rtmsg{
		Family: r.rtm.Family, Tos: r.rtm.Tos,
		DstLen: uint8(len(r.attrs[uapi.RTA_DST]) * 8), SrcLen: uint8(len(src) * 8),
	}
	rtm.Put(again.Header(uapi.SizeofRtmsg))
	again.Data(uapi.RTA_SRC, src)
	if dst, ok := r.attrs[uapi.RTA_DST]; ok {
		again.Data(uapi.RTA_DST, dst)
	}
	for _, typ := range []uint16{uapi.RTA_OIF, uapi.RTA_MARK, uapi.RTA_UID} {
		if b, ok := r.attrs[typ]; ok {
			again.Data(typ, b)
		}
	}
	m, err := c.Get(again)
	if err != nil {
		return err
	}
	showRoute(c, readRoute(m), &routeFilter{})
	return nil
}

// request asks the kernel for the route.
func (q *routeQuery) request(c *cli.Command) (*wire.Request, error) {
	if q.family == uapi.AF_UNSPEC {
		q.family = uapi.AF_INET
	}
	q.rtm.Family = uint8(q.family)
	if q.family == uapi.AF_INET {
		q.rtm.Flags |= uapi.RTM_F_LOOKUP_TABLE // of IPv6 the kernel always reports the table
	}
	r := wire.NewRequest(uapi.RTM_GETROUTE, 0)
	q.rtm.Put(r.Header(uapi.SizeofRtmsg))
	r.Fail(q.enc.Err())
	copy(r.Raw(len(q.enc.Bytes())), q.enc.Bytes())
	if q.vrf != 0 {
		r.Uint32(uapi.RTA_OIF, uint32(q.vrf))
	}
	for _, link := range []struct {
		name *choice[string]
		typ  uint16
	}{{&q.iif, uapi.RTA_IIF}, {&q.oif, uapi.RTA_OIF}} {
		if !link.name.given {
			continue
		}
		index, err := c.IndexOf(link.name.value)
		if err != nil {
			return nil, err
		}
		r.Uint32(link.typ, uint32(index))
	}
	return r, nil
}

func nextQueryWord(c *cli.Command, q *routeQuery) error {
	e := &q.enc
	switch {
	case c.Take("tos"), c.TakeAbbr("dsfield"):
		tos, err := nextTOS(c, wrongTOSSelector)
		q.rtm.Tos = tos
		return err
	case c.Take("as"):
		c.Take("to")
		addr, err := nextRouteAddr(c, &q.family)
		e.Data(uapi.RTA_NEWDST, addr)
		return err
	case c.TakeAbbr("from"):
		p, err := c.NextPrefix(q.family)
		if err == nil {
			q.rtm.SrcLen = q.address(uapi.RTA_SRC, p)
		}
		return err
	case c.TakeAbbr("iif"):
		return nextWord(c, &q.iif)
	case c.TakeAbbr("oif"), c.Take("dev"):
		return nextWord(c, &q.oif)
	case c.TakeAbbr("mark"):
		return nextNumberWord(c, uapi.RTA_MARK, e, "invalid mark value")
	case c.TakeAbbr("uid"):
		return nextNumberWord(c, uapi.RTA_UID, e, "invalid UID\n")
	case c.TakeAbbr("ipproto"):
		word, err := c.Next()
		if err != nil {
			return err
		}
		proto, ok := cli.IPProtoNumber(word)
		if !ok {
			return desc.Wrong(word, "Invalid \"ipproto\" value\n")
		}
		e.Uint8(uapi.RTA_IP_PROTO, proto)
		return nil
	case c.TakeAbbr("sport"):
		return nextPortWord(c, uapi.RTA_SPORT, e, "invalid sport\n")
	case c.TakeAbbr("dport"):
		return nextPortWord(c, uapi.RTA_DPORT, e, "invalid dport\n")
	case c.Take("flowlabel"):
		label, err := c.Uint(32, "invalid flowlabel")
		e.BE32(uapi.RTA_FLOWLABEL, uint32(label))
		return err
	case c.TakeAbbr("notify"):
		q.rtm.Flags |= uapi.RTM_F_NOTIFY
		return nil
	case c.TakeAbbr("connected"):
		q.connected = true
		return nil
	case c.TakeAbbr("vrf"):
		name, err := c.Next()
		if err != nil {
			return err
		}
		info := c.LinkNamed(name)
		if info == nil || vrfTable(c, name) == 0 {
			return desc.Wrong(name, "Invalid VRF\n")
		}
		q.vrf = info.Index
		return nil
	case c.Take("fibmatch"):
		q.rtm.Flags |= uapi.RTM_F_FIB_MATCH
		return nil
	}
	return nextQueryDestination(c, q)
}

func nextQueryDestination(c *cli.Command, q *routeQuery) error {
	c.Take("to")
	if c.HelpAsked() {
		return c.ShowUsage()
	}
	p, err := c.NextPrefix(q.family)
	if err != nil {
		return err
	}
	if !p.IsAny() && p.Bits != p.Addr.BitLen() {
		fmt.Fprintf(c.Stderr, "Warning: /%d as prefix is invalid, only /%d (or none) is supported.\n", p.Bits,
			p.Addr.BitLen())
		p.Bits = p.Addr.BitLen()
	}
	q.rtm.DstLen = q.address(uapi.RTA_DST, p)
	q.asked = true
	return nil
}

// address appends an address of the query and returns its length.
func (q *routeQuery) address(typ uint16, p cli.Prefix) uint8 {
	if q.family == uapi.AF_UNSPEC {
		q.family = p.Family
	}
	if !p.IsAny() {
		q.enc.Addr(typ, p.Addr)
	}
	return uint8(p.Bits)
}

func nextNumberWord(c *cli.Command, typ uint16, e *wire.Encoder, why string) error {
	v, err := c.Uint(32, why)
	e.Uint32(typ, uint32(v))
	return err
}

func nextPortWord(c *cli.Command, typ uint16, e *wire.Encoder, why string) error {
	v, err := c.Uint(16, why)
	e.BE16(typ, uint16(v))
	return err
}
