package netlink

import (
	"errors"
	"fmt"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ConntrackTableList lists the entries of a table of one family, or of all with FAMILY_ALL: conntrack -L. For
// many connections use [Handle.ConntrackEntries]. Of ConntrackExpectTable a flow's Forward is the connection
// that a helper watches, its Reverse the one that is expected. See [ErrDumpInterrupted].
func (h *Handle) ConntrackTableList(table ConntrackTableType, family InetFamily) ([]*ConntrackFlow, error) {
	d := conntrackDecoder{table: table}
	var all []*ConntrackFlow
	err := h.conntrackDump(table, family, nil, conntrackListOp, func(m wire.Message) error {
		f := d.flows.next()
		if err := d.flow(m.Data, f); err != nil {
			return err
		}
		if family == 0 || uint8(family) == f.FamilyType {
			all = append(all, f)
		}
		return nil
	})
	if err != nil && !errors.Is(err, ErrDumpInterrupted) {
		return nil, h.wrap(err, conntrackListOp, noObject)
	}
	return all, err
}

// conntrackDump calls each for all messages that a table has for a query, nil for all of the family.
func (h *Handle) conntrackDump(table ConntrackTableType, family InetFamily, q *ConntrackQuery, op string,
	each func(wire.Message) error) error {
	request := func() (*wire.Request, error) {
		if q != nil && table == ConntrackTable {
			return q.request(), nil
		}
		return conntrackRequest(table, uapi.IPCTNL_MSG_CT_GET, 0, family), nil
	}
	return h.dumpObjects(request, op, func(o *wire.Objects) (bool, error) {
		for m, ok := o.Next(); ok; m, ok = o.Next() {
			if err := each(m); err != nil {
				return false, err
			}
		}
		return true, nil
	})
}

// ConntrackTableFlush deletes all that a table has, of every family: conntrack -F.
func (h *Handle) ConntrackTableFlush(table ConntrackTableType) error {
	return h.exec(conntrackRequest(table, uapi.IPCTNL_MSG_CT_DELETE, 0, uapi.AF_UNSPEC), "conntrack flush",
		func() string { return conntrackTableName(table) })
}

func conntrackTableName(table ConntrackTableType) string {
	switch table {
	case ConntrackTable:
		return "table"
	case ConntrackExpectTable:
		return "table expect"
	}
	return fmt.Sprintf("table %d", table)
}

// ConntrackCreate creates a connection: conntrack -I. Tuples of both directions, TimeOut in seconds, and for TCP
// ProtoInfo are needed. One that is there already is changed as by [Handle.ConntrackUpdate]. HelperInfo follows in a
// change of its own, for the kernel (up to Linux 7.3) forgets what comes with a new connection; in a [Batch] queue
// that change, by [Handle.ConntrackModify].
func (h *Handle) ConntrackCreate(table ConntrackTableType, family InetFamily, flow *ConntrackFlow) error {
	err := h.conntrackChange(table, family, flow, "conntrack create", uapi.IPCTNL_MSG_CT_NEW, uapi.NLM_F_CREATE)
	if err != nil || h.batch != nil || flow.Helper == "" || flow.HelperInfo == nil {
		return err
	}
	return h.ConntrackModify(flow, ConntrackChange{Helper: &flow.Helper, HelperInfo: flow.HelperInfo})
}

// ConntrackUpdate changes the mark, the timeout, the status where it is not 0, the labels where they are not nil, and
// the protocol's information where there is some, of a connection: conntrack -U. Mark and TimeOut are always set, so
// the flow is one that was listed; [Handle.ConntrackModify] changes single things. A TimeOut of 0 ends the connection,
// except where it is in a flow table (ConntrackStatusOffload): of such the kernel lists no timeout, and keeps it.
func (h *Handle) ConntrackUpdate(table ConntrackTableType, family InetFamily, flow *ConntrackFlow) error {
	return h.conntrackChange(table, family, flow, "conntrack update", uapi.IPCTNL_MSG_CT_NEW, uapi.NLM_F_REPLACE)
}

// ConntrackDelete deletes a connection: conntrack -D. It is found by its zone and by the tuple of one
// direction; that of the original direction is taken where both are there. Where ID is not 0 only that very
// connection is deleted, and no later one between the same ends.
func (h *Handle) ConntrackDelete(table ConntrackTableType, family InetFamily, flow *ConntrackFlow) error {
	return h.conntrackChange(table, family, flow, "conntrack delete", uapi.IPCTNL_MSG_CT_DELETE, 0)
}

func (h *Handle) conntrackChange(table ConntrackTableType, family InetFamily, flow *ConntrackFlow, op string, message,
	flags uint16) error {
	r := conntrackRequest(table, message, flags, family)
	switch {
	case flow == nil:
		r.Fail(errors.New("no flow given"))
	case message == uapi.IPCTNL_MSG_CT_DELETE:
		encodeTuples(r, flow)
		encodeZone(r, flow.Zone)
		if flow.ID != 0 {
			r.BE32(uapi.CTA_ID, flow.ID)
		}
	default:
		encodeConntrack(r, flow, flags&uapi.NLM_F_CREATE != 0)
	}
	return h.exec(r, op, func() string { return flow.name() })
}

// name is the flow in an error.
func (s *ConntrackFlow) name() string {
	if s == nil {
		return ""
	}
	t, way := &s.Forward, ""
	if t.SrcIP == nil && t.DstIP == nil {
		t, way = &s.Reverse, "reply "
	}
	return fmt.Sprintf("%sprotocol %d src %.64s sport %d dst %.64s dport %d", way, t.Protocol, t.SrcIP, t.SrcPort,
		t.DstIP, t.DstPort)
}

// ConntrackGet returns the connection that flow's zone and the tuple of one direction name: conntrack -G.
func (h *Handle) ConntrackGet(flow *ConntrackFlow) (*ConntrackFlow, error) {
	r := conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_GET, 0, 0)
	if flow == nil {
		r.Fail(errors.New("no flow given"))
	} else {
		r = conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_GET, 0, InetFamily(flow.FamilyType))
		encodeTuples(r, flow)
		encodeZone(r, flow.Zone)
	}
	var d conntrackDecoder
	found := new(ConntrackFlow)
	err := h.conntrackAsk(r, "conntrack get", func() string { return flow.name() },
		func(m wire.Message) error { return d.flow(m.Data, found) })
	if err != nil {
		return nil, err
	}
	return found, nil
}

// ConntrackChange holds the new values for [Handle.ConntrackModify]; nil fields are left unchanged.
type ConntrackChange struct {
	Mark       *uint32
	MarkMask   uint32  // the bits of the mark that change (Linux 3.0); 0: all
	TimeOut    *uint32 // seconds
	Status     *uint32 // ConntrackStatus…; the kernel lets ASSURED, SEEN_REPLY and FIXED_TIMEOUT be set
	Labels     []byte  // 16 bytes
	LabelsMask []byte  // the bits of the labels that change; nil: all
	ProtoInfo  ProtoInfo
	// Helper is the one that it has, of which HelperInfo is to change: the kernel attaches helpers to new connections
	// only. "" takes it away, which Linux 7.3 refuses.
	Helper     *string
	HelperInfo []byte // see [ConntrackFlow.HelperInfo]
	Synproxy   *ConntrackSynproxy
	// SeqAdj are changes of sequence numbers, of a connection that has some.
	SeqAdjOriginal, SeqAdjReply *ConntrackSeqAdj
}

// ConntrackModify changes what change names of the connection that flow's zone and the tuple of one direction name:
// conntrack -U.
func (h *Handle) ConntrackModify(flow *ConntrackFlow, change ConntrackChange) error {
	var family InetFamily
	if flow != nil {
		family = InetFamily(flow.FamilyType)
	}
	r := conntrackRequest(ConntrackTable, uapi.IPCTNL_MSG_CT_NEW, 0, family)
	if flow == nil {
		r.Fail(errors.New("no flow given"))
	} else {
		encodeTuples(r, flow)
		encodeZone(r, flow.Zone)
	}
	if change.Status != nil {
		r.BE32(uapi.CTA_STATUS, *change.Status)
	}
	switch {
	case change.Mark == nil:
	case change.MarkMask == 0:
		r.BE32(uapi.CTA_MARK, *change.Mark)
	default: // the kernel would turn over other bits of the mark
		r.BE32(uapi.CTA_MARK, *change.Mark&change.MarkMask)
		r.BE32(uapi.CTA_MARK_MASK, change.MarkMask)
	}
	if change.TimeOut != nil {
		r.BE32(uapi.CTA_TIMEOUT, *change.TimeOut)
	}
	encodeConntrackLabels(r, uapi.CTA_LABELS, change.Labels)
	encodeConntrackLabels(r, uapi.CTA_LABELS_MASK, change.LabelsMask)
	encodeProtoInfo(r, change.ProtoInfo)
	if change.Helper != nil {
		encodeHelper(r, *change.Helper, change.HelperInfo)
	} else if change.HelperInfo != nil {
		r.Fail(errors.New("a helper's data without the helper"))
	}
	encodeSynproxy(r, change.Synproxy)
	encodeSeqAdj(r, uapi.CTA_SEQ_ADJ_ORIG, change.SeqAdjOriginal)
	encodeSeqAdj(r, uapi.CTA_SEQ_ADJ_REPLY, change.SeqAdjReply)
	return h.withDetails().exec(r, "conntrack modify", func() string { return flow.name() })
}
