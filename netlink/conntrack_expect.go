package netlink

import (
	"errors"
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ConntrackExpectation is a connection that a helper expects: a line of conntrack -L expect.
type ConntrackExpectation struct {
	FamilyType uint8   // FAMILY_…
	Master     IPTuple // original direction of the connection that the helper watches
	Tuple      IPTuple // original direction of the expected one
	Mask       IPTuple // the bits of Tuple that count
	TimeOut    uint32  // seconds
	ID         uint32
	Flags      uint32 // NF_CT_EXPECT_… of linux/netfilter/nf_conntrack_common.h
	Class      uint32
	Zone       uint16 // of the master; the kernel does not list it
	Helper     string // as "ftp"
	Function   string // that is called when the connection comes, as "nat-follow-master"
	NAT        *ConntrackExpectNAT
}

// ConntrackExpectNAT is how the expected connection is translated.
type ConntrackExpectNAT struct {
	Direction uint32 // 0: as the original direction of the master
	Tuple     IPTuple
}

// ConntrackExpectSeq gives the expectations of a family, or of all with FAMILY_ALL, one by one: conntrack -L expect.
// The last pair holds the error, if there is one.
func (h *Handle) ConntrackExpectSeq(family InetFamily) iter.Seq2[ConntrackExpectation, error] {
	request := func() (*wire.Request, error) {
		return conntrackRequest(ConntrackExpectTable, uapi.IPCTNL_MSG_EXP_GET, 0, family), nil
	}
	var d conntrackDecoder
	return stream(h, request, "conntrack expect list",
		func(m wire.Message, e *ConntrackExpectation) (want bool, err error) {
			err = d.expectation(m.Data, e)
			return err == nil && (family == 0 || uint8(family) == e.FamilyType), err
		}, nil)
}

// ConntrackExpectList returns the expectations of [Handle.ConntrackExpectSeq].
func (h *Handle) ConntrackExpectList(family InetFamily) ([]ConntrackExpectation, error) {
	return collect(h.ConntrackExpectSeq(family))
}

// ConntrackExpectListOf returns the expectations of one connection, which master's zone and the tuple of its original
// direction name (Linux 3.11): conntrack -L expect shows those of all. One that has no helper has none.
func (h *Handle) ConntrackExpectListOf(master *ConntrackFlow) ([]ConntrackExpectation, error) {
	// Of a connection without a helper the kernel sends no more than the acknowledgement.
	r := conntrackRequest(ConntrackExpectTable, uapi.IPCTNL_MSG_EXP_GET, uapi.NLM_F_ACK, 0)
	if master == nil {
		r.Fail(errors.New("no flow given"))
	} else {
		r = conntrackRequest(ConntrackExpectTable, uapi.IPCTNL_MSG_EXP_GET, uapi.NLM_F_ACK, InetFamily(master.FamilyType))
		encodeTuple(r, uapi.CTA_EXPECT_MASTER, master.FamilyType, &master.Forward)
		encodeExpectZone(r, master.Zone)
	}
	var d conntrackDecoder
	return list(h.withDetails(), r, "conntrack expect list",
		func(m wire.Message) (e ConntrackExpectation, want bool, err error) {
			err = d.expectation(m.Data, &e)
			return e, err == nil, err
		})
}

// ConntrackExpectGet returns the expectation of a tuple: conntrack -G expect. It is found by e's Tuple and Zone. Where
// ID is not 0 it is that very one.
func (h *Handle) ConntrackExpectGet(e *ConntrackExpectation) (*ConntrackExpectation, error) {
	r := expectRequest(e, uapi.IPCTNL_MSG_EXP_GET, 0)
	encodeExpectKey(r, e)
	var d conntrackDecoder
	found := new(ConntrackExpectation)
	err := h.conntrackAsk(r, "conntrack expect get", func() string { return e.name() },
		func(m wire.Message) error { return d.expectation(m.Data, found) })
	if err != nil {
		return nil, err
	}
	return found, nil
}

// ConntrackExpectAdd makes an expectation of the connection Master, which has a helper: conntrack -I expect.
func (h *Handle) ConntrackExpectAdd(e *ConntrackExpectation) error {
	r := expectRequest(e, uapi.IPCTNL_MSG_EXP_NEW, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
	if e != nil {
		encodeExpectation(r, e)
		r.BE32(uapi.CTA_EXPECT_FLAGS, e.Flags)
		if e.Class != 0 {
			r.BE32(uapi.CTA_EXPECT_CLASS, e.Class)
		}
		if e.Helper != "" {
			r.String(uapi.CTA_EXPECT_HELP_NAME, e.Helper)
		}
		if e.Function != "" {
			r.String(uapi.CTA_EXPECT_FN, e.Function)
		}
		if e.NAT != nil {
			r.Nest(uapi.NLA_F_NESTED | uapi.CTA_EXPECT_NAT)
			r.BE32(uapi.CTA_EXPECT_NAT_DIR, e.NAT.Direction)
			encodeTuple(r, uapi.CTA_EXPECT_NAT_TUPLE, e.FamilyType, &e.NAT.Tuple)
			r.End()
		}
	}
	return h.withDetails().exec(r, "conntrack expect add", func() string { return e.name() })
}

// ConntrackExpectUpdate sets the timeout of an expectation that is there. It is found by e's Tuple and Zone. The
// kernel changes nothing else; it wants the Mask and the Master as well, and does not look at them.
func (h *Handle) ConntrackExpectUpdate(e *ConntrackExpectation) error {
	r := expectRequest(e, uapi.IPCTNL_MSG_EXP_NEW, 0)
	if e != nil {
		encodeExpectation(r, e)
	}
	return h.withDetails().exec(r, "conntrack expect update", func() string { return e.name() })
}

// encodeExpectation appends what is sent of a new expectation and of a changed one.
func encodeExpectation(r *wire.Request, e *ConntrackExpectation) {
	encodeTuple(r, uapi.CTA_EXPECT_MASTER, e.FamilyType, &e.Master)
	encodeTuple(r, uapi.CTA_EXPECT_TUPLE, e.FamilyType, &e.Tuple)
	encodeTuple(r, uapi.CTA_EXPECT_MASK, e.FamilyType, &e.Mask)
	r.BE32(uapi.CTA_EXPECT_TIMEOUT, e.TimeOut)
	encodeExpectZone(r, e.Zone)
}

// ConntrackExpectDel deletes the expectation of a tuple: conntrack -D expect.
func (h *Handle) ConntrackExpectDel(e *ConntrackExpectation) error {
	r := expectRequest(e, uapi.IPCTNL_MSG_EXP_DELETE, 0)
	encodeExpectKey(r, e)
	return h.withDetails().exec(r, "conntrack expect del", func() string { return e.name() })
}

// ConntrackExpectDelOf deletes all expectations of connections that have a helper, as "ftp".
func (h *Handle) ConntrackExpectDelOf(helper string) error {
	r := conntrackRequest(ConntrackExpectTable, uapi.IPCTNL_MSG_EXP_DELETE, 0, 0)
	if helper == "" {
		r.Fail(errors.New("no helper given"))
	}
	r.String(uapi.CTA_EXPECT_HELP_NAME, helper)
	return h.withDetails().exec(r, "conntrack expect del", func() string { return fmt.Sprintf("helper %.64q", helper) })
}

// encodeExpectKey appends what an expectation is found by.
func encodeExpectKey(r *wire.Request, e *ConntrackExpectation) {
	if e == nil {
		return
	}
	encodeTuple(r, uapi.CTA_EXPECT_TUPLE, e.FamilyType, &e.Tuple)
	if e.ID != 0 {
		r.BE32(uapi.CTA_EXPECT_ID, e.ID)
	}
	encodeExpectZone(r, e.Zone)
}

func encodeExpectZone(r *wire.Request, zone uint16) {
	if zone != 0 {
		r.BE16(uapi.CTA_EXPECT_ZONE, zone)
	}
}

func expectRequest(e *ConntrackExpectation, message, flags uint16) *wire.Request {
	var family InetFamily
	if e != nil {
		family = InetFamily(e.FamilyType)
	}
	r := conntrackRequest(ConntrackExpectTable, message, flags, family)
	if e == nil {
		r.Fail(errors.New("no expectation given"))
	}
	return r
}

func (e *ConntrackExpectation) name() string {
	if e == nil {
		return ""
	}
	return fmt.Sprintf("protocol %d dst %.64s dport %d", e.Tuple.Protocol, e.Tuple.DstIP, e.Tuple.DstPort)
}

// expectation reads the payload of IPCTNL_MSG_EXP_NEW or …_DELETE.
func (c *conntrackDecoder) expectation(data []byte, e *ConntrackExpectation) error {
	*e = ConntrackExpectation{}
	if len(data) != 0 {
		e.FamilyType = data[0]
	}
	d := wire.NewDecoderAfter(data, uapi.SizeofNfgenmsg)
	for d.Next() {
		switch d.Type() {
		case uapi.CTA_EXPECT_MASTER:
			d.Fail(c.tupleIn(d.Data(), &e.Master))
		case uapi.CTA_EXPECT_TUPLE:
			d.Fail(c.tupleIn(d.Data(), &e.Tuple))
		case uapi.CTA_EXPECT_MASK:
			d.Fail(c.tupleIn(d.Data(), &e.Mask))
		case uapi.CTA_EXPECT_TIMEOUT:
			e.TimeOut = d.BE32()
		case uapi.CTA_EXPECT_ID:
			e.ID = d.BE32()
		case uapi.CTA_EXPECT_FLAGS:
			e.Flags = d.BE32()
		case uapi.CTA_EXPECT_CLASS:
			e.Class = d.BE32()
		case uapi.CTA_EXPECT_ZONE:
			e.Zone = d.BE16()
		case uapi.CTA_EXPECT_HELP_NAME:
			e.Helper = d.String()
		case uapi.CTA_EXPECT_FN:
			e.Function = d.String()
		case uapi.CTA_EXPECT_NAT:
			e.NAT = new(ConntrackExpectNAT)
			n := d.Nested()
			for n.Next() {
				switch n.Type() {
				case uapi.CTA_EXPECT_NAT_DIR:
					e.NAT.Direction = n.BE32()
				case uapi.CTA_EXPECT_NAT_TUPLE:
					n.Fail(c.tupleIn(n.Data(), &e.NAT.Tuple))
				}
			}
			d.Fail(n.Err())
		}
	}
	return d.Err()
}

func (c *conntrackDecoder) tupleIn(b []byte, to *IPTuple) error {
	var t ConntrackTuple
	if err := t.decode(b); err != nil {
		return err
	}
	c.tuple(&t, to)
	return nil
}

// expected reads an expectation into a flow, as [Handle.ConntrackTableList] returns it.
func (c *conntrackDecoder) expected(data []byte, f *ConntrackFlow) error {
	var e ConntrackExpectation
	if err := c.expectation(data, &e); err != nil {
		return err
	}
	*f = ConntrackFlow{
		FamilyType: e.FamilyType, Forward: e.Master, Reverse: e.Tuple, TimeOut: e.TimeOut,
		Zone: e.Zone, ID: e.ID, Helper: e.Helper,
	}
	return nil
}
