package ip

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// xfrmStateMessage is a message about a state taken apart.
type xfrmStateMessage struct {
	typ   uint16
	info  uapi.XfrmUsersaInfo
	attrs desc.Attrs
	hard  uint8 // of XFRM_MSG_EXPIRE
}

func readXfrmState(m wire.Message) *xfrmStateMessage {
	s := &xfrmStateMessage{typ: m.Type}
	info := m.Data
	switch m.Type {
	case uapi.XFRM_MSG_DELSA:
		s.attrs = desc.ParseAttrs(after(m.Data, uapi.SizeofXfrmUsersaId))
		info = s.attrs[uapi.XFRMA_SA]
	case uapi.XFRM_MSG_EXPIRE:
		s.attrs = desc.ParseAttrs(after(m.Data, xfrmAndByte(uapi.SizeofXfrmUsersaInfo)))
		s.hard = cli.Number8(after(m.Data, xfrmTail(uapi.SizeofXfrmUsersaInfo)))
	default:
		s.attrs = desc.ParseAttrs(after(m.Data, xfrmTail(uapi.SizeofXfrmUsersaInfo)))
	}
	decodeXfrm(info, uapi.SizeofXfrmUsersaInfo, &s.info)
	return s
}

// state shows a message about a state.
func (p *xfrmPrinter) state(m wire.Message) { p.stateMessage(readXfrmState(m)) }

func (p *xfrmPrinter) stateMessage(s *xfrmStateMessage) {
	switch s.typ {
	case uapi.XFRM_MSG_DELSA:
		p.put("Deleted ")
	case uapi.XFRM_MSG_UPDSA:
		p.put("Updated ")
	case uapi.XFRM_MSG_EXPIRE:
		p.put("Expired ")
	}
	p.stateInfo(&s.info, s.attrs)
	if s.typ == uapi.XFRM_MSG_EXPIRE {
		p.put("\thard %d", s.hard)
		p.nl()
	}
	p.end()
}

// xfrmStateFilter is which states are to be listed or deleted.
type xfrmStateFilter struct {
	id    xfrmID
	mode  choice[uint8]
	reqid choice[uint32]
	flags uint32
}

func (f *xfrmStateFilter) allows(s *uapi.XfrmUsersaInfo) bool {
	id := &f.id
	return (id.family == uapi.AF_UNSPEC || id.family == int(s.Family)) &&
		sharesBits(s.Saddr, id.src, id.srcBits) && sharesBits(s.Id.Daddr, id.dst, id.dstBits) &&
		(!id.hasProto || id.proto == s.Id.Proto) && (!id.hasSPI || id.spi == s.Id.Spi) &&
		f.mode.allows(s.Mode) && f.reqid.allows(s.Reqid) && (f.flags == 0 || uint32(s.Flags)&f.flags != 0)
}

// sharesBits reports whether two addresses have the same first bits.
func sharesBits(a, b uapi.XfrmAddress, bits int) bool {
	return netip.PrefixFrom(netip.AddrFrom16(b), bits).Contains(netip.AddrFrom16(a))
}

// listXfrmStates is "xfrm state list", and "xfrm state deleteall".
func listXfrmStates(c *cli.Command, deleteAll bool) error {
	f := &xfrmStateFilter{id: xfrmID{family: c.Family}}
	nokeys, given := false, false
	for c.More() {
		var err error
		switch {
		case c.Take("nokeys"):
			nokeys = true
		case c.Take("mode"):
			err = nextXfrmMode(c, &f.mode.value)
			f.mode.given = true
		case c.Take("reqid"):
			err = nextXfrmReqID(c, &f.reqid.value)
			f.reqid.given = true
		case c.Take("flag"):
			err = nextXfrmFlags(c, &f.flags, xfrmStateFlags, 8, "FLAG value is invalid")
		case given:
			err = desc.Wrong(c.Peek(), "unknown")
		default:
			given = true
			err = nextXfrmID(c, &f.id, c.Family, true)
		}
		if err != nil {
			return err
		}
	}
	if deleteAll {
		return deleteXfrmStates(c, f)
	}
	p := newXfrmPrinter(c, nokeys)
	return Terminated(c, "Dump", cli.StatusFailed, c.Dump(f.request(), func(m wire.Message) error {
		if s := readXfrmState(m); f.allows(&s.info) {
			p.stateMessage(s)
			return c.Spill()
		}
		return nil
	}))
}

// request asks for the states; the kernel knows a part of the filter.
func (f *xfrmStateFilter) request() *wire.Request {
	r := xfrmRequest(uapi.XFRM_MSG_GETSA, 0)
	if f.id.proto != 0 {
		r.Uint8(uapi.XFRMA_PROTO, f.id.proto)
	}
	r.Struct(uapi.XFRMA_ADDRESS_FILTER, uapi.SizeofXfrmAddressFilter, &uapi.XfrmAddressFilter{
		Saddr: f.id.src, Daddr: f.id.dst, Family: uint16(f.id.family), Splen: uint8(f.id.srcBits),
		Dplen: uint8(f.id.dstBits),
	})
	return r
}

// deleteXfrmStates deletes the states that a filter wants.
func deleteXfrmStates(c *cli.Command, f *xfrmStateFilter) error {
	return deleteXfrm(c, f.request, func(m wire.Message) *wire.Request {
		s := readXfrmState(m)
		i := &s.info
		if !f.allows(i) || i.Id.Proto == uapi.IPPROTO_IPIP || i.Id.Proto == uapi.IPPROTO_IPV6 {
			return nil // the latter are the kernel's own, of tunnels
		}
		r := xfrmRequest(uapi.XFRM_MSG_DELSA, uapi.SizeofXfrmUsersaId)
		(&uapi.XfrmUsersaId{Daddr: i.Id.Daddr, Spi: i.Id.Spi, Family: i.Family,
			Proto: i.Id.Proto}).Put(r.Bytes()[uapi.SizeofNlmsghdr:])
		r.Data(uapi.XFRMA_SRCADDR, i.Saddr[:])
		for _, typ := range []uint16{uapi.XFRMA_MARK, uapi.XFRMA_IF_ID} {
			if b, ok := s.attrs[typ]; ok {
				r.Data(typ, b)
			}
		}
		return r
	})
}

// deleteXfrm deletes what a table has until it is empty. What is gone already is
// no error.
func deleteXfrm(c *cli.Command, request func() *wire.Request, deletion func(m wire.Message) *wire.Request) error {
	for round := 0; ; round++ {
		if c.Stats > 1 {
			fmt.Fprintf(c.Stderr, "Delete-all round = %d\n", round)
		}
		all, err := c.List(request())
		if err != nil {
			return Terminated(c, "Delete-all", cli.StatusFailed, err)
		}
		conn, err := c.DialTo(uapi.NETLINK_XFRM)
		if err != nil {
			return err
		}
		b, n := conn.NewBatch(), 0
		for _, m := range all {
			if r := deletion(m); r != nil {
				b.Add(r)
				n++
			}
		}
		if c.Stats > 1 {
			fmt.Fprintf(c.Stderr, "Delete-all nlmsg count = %d\n", n)
		}
		if n == 0 {
			return nil
		}
		for _, err := range b.Flush(c.Ctx) {
			if err != nil && !isGone(err) {
				return err
			}
		}
	}
}

// flushXfrmStates is "xfrm state flush".
func flushXfrmStates(c *cli.Command) error {
	var proto choice[uint8]
	for c.More() {
		switch {
		case !c.Take("proto"):
			return desc.Wrong(c.Peek(), "unknown")
		case proto.given:
			return desc.Duplicate("proto", "proto")
		}
		n, err := nextXfrmProto(c)
		if err != nil {
			return err
		}
		proto.set(n)
	}
	if c.Stats > 1 {
		fmt.Fprintf(c.Stderr, "Flush state with XFRM-PROTO value %q\n", xfrmProtoName(proto.value))
	}
	r := xfrmRequest(uapi.XFRM_MSG_FLUSHSA, uapi.SizeofXfrmUsersaFlush)
	(&uapi.XfrmUsersaFlush{Proto: proto.value}).Put(r.Bytes()[uapi.SizeofNlmsghdr:])
	return c.Exec(r)
}

// xfrmInfoRequest asks how many states or policies there are.
func xfrmInfoRequest(typ uint16) *wire.Request {
	r := xfrmRequest(typ, 4)
	binary.NativeEndian.PutUint32(r.Bytes()[uapi.SizeofNlmsghdr:], ^uint32(0))
	return r
}

// countXfrmStates is "xfrm state count".
func countXfrmStates(c *cli.Command) error {
	m, err := c.Get(xfrmInfoRequest(uapi.XFRM_MSG_GETSADINFO))
	if err != nil {
		return err
	}
	attrs := desc.ParseAttrs(after(m.Data, 4))
	n, ok := attrs[uapi.XFRMA_SAD_CNT]
	if !ok || len(n) < 4 {
		c.Out.Raw("BAD SAD info returned\n")
		return nil
	}
	c.Out.Rawf("\t SAD count %d", native.Uint32(n))
	if b, ok := attrs[uapi.XFRMA_SAD_HINFO]; ok && c.Stats > 0 {
		var h uapi.XfrmuSadhinfo
		h.Decode(b)
		c.Out.Rawf(" (buckets count %d Max %d)", int32(h.Sadhcnt), int32(h.Sadhmcnt))
	}
	c.Out.Raw("\n")
	return nil
}
