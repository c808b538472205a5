package netlink

import (
	"errors"
	"fmt"
	"iter"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

const conntrackListOp = "conntrack list"

// ConntrackQuery says which connections to list. Zero fields leave the choice open. The kernel chooses by what it
// can: the mark (Linux 3.0), the family, whole addresses, protocol and ports (5.8, with a family), the status (5.14)
// and the zone (6.8). All is also checked here, so that older kernels are slower and no less right.
type ConntrackQuery struct {
	Family   InetFamily // FAMILY_V4 or FAMILY_V6
	Original ConntrackTupleQuery
	Reply    ConntrackTupleQuery
	Zone     *uint16 // of both directions or of one
	Mark     *uint32 // of the bits in MarkMask
	MarkMask uint32  // 0: all bits
	Status   uint32  // bits that are set, ConntrackStatus…
	NoStatus uint32  // bits that are not

	// Source is where the connections are.
	Source ConntrackSource
	// ZeroCounters sets the counters of the connections that the kernel lists to 0: conntrack -L -z.
	ZeroCounters bool
}

// ConntrackTupleQuery chooses connections by one direction.
type ConntrackTupleQuery struct {
	Src, Dst         netip.Prefix
	Protocol         uint8 // IPPROTO_…
	SrcPort, DstPort uint16

	// ICMP and ICMPv6 have these instead of ports. The kernel chooses by the first (5.8, with a family and protocol).
	ICMPID             *uint16
	ICMPType, ICMPCode *uint8
	// Zone is that of this direction only, where the other one has none.
	Zone uint16
}

// ConntrackSource is where connections are listed from.
type ConntrackSource uint8

// Where connections are.
const (
	ConntrackConfirmed ConntrackSource = iota // the table
	ConntrackDying                            // deleted, and waiting until listeners were notified: conntrack -L dying
	// their first packet is still in the host: conntrack -L unconfirmed (no more listed since Linux 6.3)
	ConntrackUnconfirmed
)

// ConntrackEntries gives the connections that q chooses as they come, in little memory and without an allocation for
// each: conntrack -L. An entry is valid until the loop goes on; a copy stays as it is. The last pair holds the
// error, if there is one. The loop may delete and change connections.
func (h *Handle) ConntrackEntries(q ConntrackQuery) iter.Seq2[*ConntrackEntry, error] {
	return entries(h, func() (*wire.Request, error) { return q.request(), nil }, conntrackListOp, q.decode, nil)
}

// AppendConntrackEntries appends the connections that q chooses to all, in little memory: with room in all it
// takes next to no allocation.
func (h *Handle) AppendConntrackEntries(all []ConntrackEntry, q ConntrackQuery) ([]ConntrackEntry, error) {
	for e, err := range h.ConntrackEntries(q) {
		if err != nil {
			return all, err
		}
		all = append(all, *e)
	}
	return all, nil
}

// ConntrackSeq gives the connections that q chooses one by one, with all that the kernel says of them. The last
// pair holds the error, if there is one.
func (h *Handle) ConntrackSeq(q ConntrackQuery) iter.Seq2[*ConntrackFlow, error] {
	return func(yield func(*ConntrackFlow, error) bool) {
		var d conntrackDecoder
		request := func() (*wire.Request, error) { return q.request(), nil }
		stream(h, request, conntrackListOp, func(m wire.Message, f **ConntrackFlow) (want bool, err error) {
			*f = d.flows.next()
			err = d.flow(m.Data, *f)
			return err == nil && q.wants(&d.entry), err
		}, nil)(yield)
	}
}

// ConntrackList returns the connections that q chooses, with all that the kernel says of them. See
// [ErrDumpInterrupted].
func (h *Handle) ConntrackList(q ConntrackQuery) ([]*ConntrackFlow, error) {
	return collect(h.ConntrackSeq(q))
}

// collect returns what a stream gives, also along with an error.
func collect[T any](stream iter.Seq2[T, error]) (all []T, err error) {
	for v, err := range stream {
		if err != nil {
			return all, err
		}
		all = append(all, v)
	}
	return all, nil
}

func (q *ConntrackQuery) decode(m wire.Message, e *ConntrackEntry) (want bool, err error) {
	if err := e.decode(m.Data, nil); err != nil {
		return false, err
	}
	return q.wants(e), nil
}

// wants reports whether q chooses a connection.
func (q *ConntrackQuery) wants(e *ConntrackEntry) bool {
	mask := q.MarkMask
	if mask == 0 {
		mask = ^uint32(0)
	}
	return (q.Family == 0 || uint8(q.Family) == e.Family) &&
		(q.Mark == nil || (e.Mark^*q.Mark)&mask == 0) &&
		e.Status&q.Status == q.Status && e.Status&q.NoStatus == 0 &&
		(q.Zone == nil || *q.Zone == max(e.Zone, e.Original.Zone, e.Reply.Zone)) &&
		q.Original.wants(&e.Original) && q.Reply.wants(&e.Reply)
}

func (q *ConntrackTupleQuery) wants(t *ConntrackTuple) bool {
	return (!q.Src.IsValid() || q.Src.Contains(t.Src)) &&
		(!q.Dst.IsValid() || q.Dst.Contains(t.Dst)) &&
		(q.Protocol == 0 || q.Protocol == t.Protocol) &&
		(q.SrcPort == 0 || q.SrcPort == t.SrcPort) &&
		(q.DstPort == 0 || q.DstPort == t.DstPort) &&
		(q.ICMPID == nil || *q.ICMPID == t.ICMPID) &&
		(q.ICMPType == nil || *q.ICMPType == t.ICMPType) &&
		(q.ICMPCode == nil || *q.ICMPCode == t.ICMPCode) &&
		(q.Zone == 0 || q.Zone == t.Zone)
}

// conntrackRequest begins a request to a table.
func conntrackRequest(table ConntrackTableType, message, flags uint16, family InetFamily) *wire.Request {
	r := wire.NewRequest(uint16(table)<<8|message, flags)
	r.Protocol = uapi.NETLINK_NETFILTER
	if table != ConntrackTable && table != ConntrackExpectTable { // another's subsystem, or messages that nobody answers
		r.Fail(fmt.Errorf("conntrack table %d is none", table))
	}
	m := uapi.Nfgenmsg{NfgenFamily: uint8(family), Version: uapi.NFNETLINK_V0}
	m.Put(r.Header(uapi.SizeofNfgenmsg))
	return r
}

// request asks for the connections.
func (q *ConntrackQuery) request() *wire.Request {
	message := uint16(uapi.IPCTNL_MSG_CT_GET)
	switch {
	case q.Source == ConntrackDying:
		message = uapi.IPCTNL_MSG_CT_GET_DYING
	case q.Source == ConntrackUnconfirmed:
		message = uapi.IPCTNL_MSG_CT_GET_UNCONFIRMED
	case q.ZeroCounters:
		message = uapi.IPCTNL_MSG_CT_GET_CTRZERO
	}
	r := conntrackRequest(ConntrackTable, message, 0, q.Family)
	if q.ZeroCounters && q.Source != ConntrackConfirmed {
		r.Fail(errors.New("conntrack list: counters are set to zero in the table only"))
	}
	if q.Mark != nil {
		mask := q.MarkMask
		if mask == 0 {
			mask = ^uint32(0)
		}
		r.BE32(uapi.CTA_MARK, *q.Mark&mask)
		r.BE32(uapi.CTA_MARK_MASK, mask)
	}
	if mask := q.Status | q.NoStatus; mask != 0 {
		r.BE32(uapi.CTA_STATUS, q.Status)
		r.BE32(uapi.CTA_STATUS_MASK, mask)
	}
	if q.Zone != nil {
		r.BE16(uapi.CTA_ZONE, *q.Zone)
	}
	original, reply := q.Original.flags(q.Family), q.Reply.flags(q.Family)
	if original|reply == 0 {
		return r
	}
	q.Original.encode(r, uapi.CTA_TUPLE_ORIG, original)
	q.Reply.encode(r, uapi.CTA_TUPLE_REPLY, reply)
	r.Nest(uapi.NLA_F_NESTED | uapi.CTA_FILTER)
	r.Uint32(uapi.CTA_FILTER_ORIG_FLAGS, original)
	r.Uint32(uapi.CTA_FILTER_REPLY_FLAGS, reply)
	r.End()
	return r
}

// Parts of a tuple that the kernel chooses by, in CTA_FILTER_ORIG_FLAGS and CTA_FILTER_REPLY_FLAGS. The kernel has
// them in net/netfilter/nf_internals.h (CTA_FILTER_F_…), and in no header for programs.
const (
	tupleSrc = 1 << iota
	tupleDst
	_ // CTA_FILTER_F_CTA_TUPLE_ZONE
	tupleProtocol
	tupleSrcPort
	tupleDstPort
	_ // types and codes of ICMP and, below, of ICMPv6: of types the kernel takes few
	_
	tupleICMPID
	_
	_
	tupleICMPv6ID
)

// flags are the parts of q that the kernel can choose connections of a family by.
func (q *ConntrackTupleQuery) flags(family InetFamily) (flags uint32) {
	if family != FAMILY_V4 && family != FAMILY_V6 {
		return 0
	}
	if q.Src.IsSingleIP() && q.Src.Addr().Is4() == (family == FAMILY_V4) {
		flags |= tupleSrc
	}
	if q.Dst.IsSingleIP() && q.Dst.Addr().Is4() == (family == FAMILY_V4) {
		flags |= tupleDst
	}
	switch q.Protocol {
	case uapi.IPPROTO_TCP, uapi.IPPROTO_UDP:
		if q.SrcPort != 0 {
			flags |= tupleSrcPort
		}
		if q.DstPort != 0 {
			flags |= tupleDstPort
		}
	case uapi.IPPROTO_ICMP:
		if q.ICMPID != nil {
			flags |= tupleICMPID
		}
	case uapi.IPPROTO_ICMPV6:
		if q.ICMPID != nil {
			flags |= tupleICMPv6ID
		}
	}
	if q.Protocol != 0 {
		flags |= tupleProtocol
	}
	return flags
}

// encode appends the parts that flags name.
func (q *ConntrackTupleQuery) encode(r *wire.Request, typ uint16, flags uint32) {
	if flags == 0 {
		return
	}
	r.Nest(uapi.NLA_F_NESTED | typ)
	if flags&(tupleSrc|tupleDst) != 0 {
		r.Nest(uapi.NLA_F_NESTED | uapi.CTA_TUPLE_IP)
		for _, a := range [...]struct {
			flag       uint32
			addr       netip.Addr
			typ4, typ6 uint16
		}{
			{tupleSrc, q.Src.Addr(), uapi.CTA_IP_V4_SRC, uapi.CTA_IP_V6_SRC},
			{tupleDst, q.Dst.Addr(), uapi.CTA_IP_V4_DST, uapi.CTA_IP_V6_DST},
		} {
			switch {
			case flags&a.flag == 0:
			case a.addr.Is4():
				r.Addr(a.typ4, a.addr)
			default:
				r.Addr(a.typ6, a.addr)
			}
		}
		r.End()
	}
	if flags&tupleProtocol != 0 {
		r.Nest(uapi.NLA_F_NESTED | uapi.CTA_TUPLE_PROTO)
		r.Uint8(uapi.CTA_PROTO_NUM, q.Protocol)
		switch {
		case flags&tupleICMPID != 0:
			r.BE16(uapi.CTA_PROTO_ICMP_ID, *q.ICMPID)
		case flags&tupleICMPv6ID != 0:
			r.BE16(uapi.CTA_PROTO_ICMPV6_ID, *q.ICMPID)
		case q.Protocol != uapi.IPPROTO_ICMP && q.Protocol != uapi.IPPROTO_ICMPV6:
			r.BE16(uapi.CTA_PROTO_SRC_PORT, q.SrcPort)
			r.BE16(uapi.CTA_PROTO_DST_PORT, q.DstPort)
		}
		r.End()
	}
	r.End()
}

// conntrackAsk sends a question that has one reply, and waits for the acknowledgement: replies of conntrack say
// that more follow (NLM_F_MULTI), which is not so.
func (h *Handle) conntrackAsk(r *wire.Request, op string, object func() string, each func(wire.Message) error) error {
	c, err := h.conn(r.Protocol)
	if err == nil {
		err = c.Exec(h.context(), r, each)
	}
	return wire.Annotate(err, op, object)
}
