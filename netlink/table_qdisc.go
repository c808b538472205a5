package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// QdiscTable has the queueing disciplines of all links: tc qdisc.
var QdiscTable = Table{&tableInfo{"queueing disciplines", qdiscTableParts}}

func qdiscTableParts() []tablePart {
	return []tablePart{{
		name: "queueing disciplines", new: uapi.RTM_NEWQDISC, del: uapi.RTM_DELQDISC, header: uapi.SizeofTcmsg,
		groups: tcGroups(), dump: qdiscTableDump, has: anyObject, key: qdiscKey, keep: keepQdisc,
		event: (*eventDecoder).qdisc, change: (*partState).changeQdisc, announced: qdiscAnnounced,
		// A link that comes up gets a default one. Links and classes that go, and classes that get others inside them,
		// take what they have with them.
		after: []groupMessages{linkChanges(), tcChanges(uapi.RTM_NEWTCLASS, uapi.RTM_DELTCLASS)}, missed: missedQdiscs,
	}}
}

func qdiscTableDump() *wire.Request { return tcRequest(uapi.RTM_GETQDISC, 0, 0, 0, 0, 0) }

// qdiscKey is the handle of a link's; those that the kernel made have none, and differ by their parents.
func qdiscKey(data []byte) string {
	m := tcHead(data)
	k := make(keyOf, 0, 12)
	if k.numbers(m.Ifindex, m.Handle); m.Handle == 0 {
		k.numbers(0, m.Parent)
	}
	return string(k)
}

// keepQdisc leaves out the counters, and how many refer to it.
func keepQdisc(data []byte) (string, error) {
	return settledTc(data, func(m *uapi.Tcmsg) { m.Info = 0 },
		func(kind string) (any, bool) { return qdiscKinds.new(kind) })
}

// qdiscAnnounced strips that the hardware does it.
func qdiscAnnounced(data []byte) bool {
	clear(tcAttr(data, uapi.TCA_HW_OFFLOAD))
	return true
}

// missedQdiscs: what a queueing discipline had within goes with it or with a change of it, and at the root there is
// always one. Only one that is new inside another changes no others.
func missedQdiscs(_ *follower, p *partState, msg wire.Message) {
	_, had := p.objects.Get(qdiscKey(msg.Data))
	if had || msg.Type == p.del || tcHead(msg.Data).Parent == HANDLE_ROOT {
		p.dirty = true
	}
}

// changeQdisc puts the parent back that a notification lacks where a request had the handle only.
func (p *partState) changeQdisc(_ string, group []string, raw string, msg wire.Message) []string {
	m := tcHead(msg.Data)
	switch {
	case msg.Type == p.del:
		return nil
	case m.Parent != 0:
		return []string{raw}
	case len(group) == 0:
		p.dirty = true
		return group
	}
	b := []byte(raw)
	setTcParent(b, tcHead([]byte(group[0])).Parent)
	return []string{string(b)}
}

// QdiscEvent is a change of a queueing discipline. That of one that is changed by its handle has no parent with
// [Handle.Watch].
type QdiscEvent struct{ Old, New Qdisc }

func (QdiscEvent) event() {}

// String describes the event in one line.
func (e QdiscEvent) String() string {
	return eventText("qdisc", orNone(e.Old), orNone(e.New), func(q *Qdisc) string {
		a := (*q).Attrs()
		return tcObject((*q).Type(), a.LinkIndex, a.Handle, a.Parent)
	})
}

func (d *eventDecoder) qdisc(old, new []byte) (Event, error) {
	var ev QdiscEvent
	var err error
	ev.Old, ev.New, err = decodeEither(old, new, decodeQdisc)
	return ev, err
}
