package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ClassTable has the classes of all queueing disciplines: tc class. A [Mirror] leaves out those that are flows of
// packets, of fq_codel, sfq and cake, which come and go without notifications.
var ClassTable = Table{&tableInfo{"classes", classTableParts}}

func classTableParts() []tablePart {
	return []tablePart{{
		name: "classes", new: uapi.RTM_NEWTCLASS, del: uapi.RTM_DELTCLASS, header: uapi.SizeofTcmsg,
		groups: tcGroups(), dumps: classListings, has: anyObject, key: classKey, keep: keepClass,
		event: (*eventDecoder).class, hides: isFlow, missed: missedClasses,
		// Classes go with the queueing discipline, and some kinds have them from the beginning.
		after: []groupMessages{linkChanges(), tcChanges(uapi.RTM_NEWQDISC, uapi.RTM_DELQDISC)},
	}}
}

func classKey(data []byte) string {
	m := tcHead(data)
	k := make(keyOf, 0, 8)
	k.numbers(m.Ifindex, m.Handle)
	return string(k)
}

// keepClass leaves out the counters.
func keepClass(data []byte) (string, error) {
	return settledTc(data, nil, func(kind string) (any, bool) { return classKinds.new(kind) })
}

// flows is a kind of queueing discipline whose classes are flows of packets.
type flows interface{ flows() }

func isFlow(data []byte) bool {
	line := qdiscKinds.find(string(untilNUL(tcAttr(data, uapi.TCA_KIND))))
	if line == nil {
		return false
	}
	_, is := line.none().(flows)
	return is
}

// missedClasses: a class changes with those inside it, and those of some kinds with one another.
func missedClasses(_ *follower, p *partState, msg wire.Message) {
	_, had := p.objects.Get(classKey(msg.Data))
	m := tcHead(msg.Data)
	m.Handle = m.Parent
	var parent [uapi.SizeofTcmsg]byte
	m.Put(parent[:])
	_, inside := p.objects.Get(classKey(parent[:]))
	if had || inside || msg.Type == p.del {
		p.dirty = true
	}
}

// ClassEvent is a change of a class.
type ClassEvent struct{ Old, New Class }

func (ClassEvent) event() {}

// String describes the event in one line.
func (e ClassEvent) String() string {
	return eventText("class", orNone(e.Old), orNone(e.New), func(c *Class) string {
		a := (*c).Attrs()
		return tcObject((*c).Type(), a.LinkIndex, a.Handle, a.Parent)
	})
}

func (d *eventDecoder) class(old, new []byte) (Event, error) {
	var ev ClassEvent
	var err error
	ev.Old, ev.New, err = decodeEither(old, new, decodeClass)
	return ev, err
}
