package netlink

import (
	"context"
	"slices"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Table is one of the kernel's tables, which [Handle.Watch] and [Handle.NewMirror] follow: [LinkTable] and its like.
// Tables can be compared by ==. A program carries the code of those that it names.
type Table struct{ t *tableInfo }

// tableInfo is what is behind a Table: a variable for each, which the linker leaves out where it is not named.
type tableInfo struct {
	name  string
	parts func() []tablePart
}

// String returns what the table has.
func (t Table) String() string {
	if t.t == nil {
		return "no table"
	}
	return t.t.name
}

// protocol is that of netlink by which the table is read, NETLINK_ROUTE for no table.
func (t Table) protocol() int {
	if t.t == nil {
		return uapi.NETLINK_ROUTE
	}
	return t.t.parts()[0].protocol
}

// AllTables returns all tables that every user may read and whose changes the kernel announces. [XfrmStateTable],
// [XfrmPolicyTable] and [AddrLabelTable] are others, which may be given with them.
func AllTables() []Table {
	return []Table{LinkTable, AddrTable, NeighTable, RouteTable, RuleTable, NexthopTable, FdbTable, NetNsIDTable,
		NetconfTable, MDBTable, BridgeVlanTable, QdiscTable, ClassTable, FilterTable, ChainTable, ActionTable}
}

// follows reports whether one socket is for both tables.
func (t Table) follows(other Table) bool {
	return t.protocol() == other.protocol() && !t.polled() && !other.polled()
}

// polled reports whether the kernel announces nothing of the table.
func (t Table) polled() bool { return t.t != nil && t.t.parts()[0].every != 0 }

// tablePart is what one dump lists: a table, or one family of it.
type tablePart struct {
	table    Table    // set when it is watched
	name     string   // for errors
	protocol int      // NETLINK_…
	new, del uint16   // message types
	header   int      // size of the family's header
	groups   []uint32 // RTNLGRP_… that announce changes
	dump     func() *wire.Request
	// split is for a part whose messages are about several objects each, in messages of the types in splits: it calls
	// each with a message about one object, of the type new or del, which is what all else here is about.
	split  func(m wire.Message, each func(wire.Message) error) error
	splits []uint16
	// dumps are the requests of a part that one dump does not list.
	dumps func(h *Handle) ([]listing, error)
	// has reports whether an object, whose header is whole, is of this part.
	has func(data []byte) bool
	// key returns the identity of an object among those of this part.
	key func(data []byte) string
	// volatile drops the attributes that change without notification; short is how much of the
	// header stays, if not all of it.
	volatile pruning
	short    int
	// keep returns the bytes of an object that are kept, where that takes more than volatile and short.
	keep  func(data []byte) (string, error)
	event func(d *eventDecoder, old, new []byte) (Event, error)
	// news decodes other messages of the groups, and returns nil for those that it does not know.
	// It is nil where there are no others.
	news func(m wire.Message) (Event, error)

	// The rest is for mirrors, and may be nil.

	// change returns the objects of a key after a notification about the object raw. It is nil
	// where a key has one object at most, the last one that was announced.
	change func(p *partState, key string, group []string, raw string, m wire.Message) []string
	// hides reports whether an object is left out for now.
	hides func(data []byte) bool
	// announced strips fields that change without notification, and reports whether the kernel
	// announces the object in this state.
	announced func(data []byte) bool
	// again returns the objects of a key that is listed once more, where one object has several places in the lists:
	// old are those that the mirror had, group those that were listed so far.
	again func(old, group []string, raw string) []string
	// after are messages of other tables with which this one may change without notifications; alters says of a
	// message whether it is such a one, where not all are.
	after  []groupMessages
	alters func(p *partState, m *wire.Message) bool
	// missed notes the objects that changed without a notification of their own when a message of the types new and
	// del came, and ask asks for one of them. The part is in its earlier state.
	missed func(f *follower, p *partState, msg wire.Message)
	ask    func(index int32) (key string, r *wire.Request)
	// twice says that a list may lack objects where others ended meanwhile, which the kernel does not report: it counts
	// objects to find where the next datagram begins. A list that brought news is therefore read again.
	twice bool
	// others reports whether other objects of the part change with one.
	others func(data []byte) bool

	// every is how often a part is listed of which the kernel announces nothing; poll is Watch for it.
	every time.Duration
	poll  func(w *tableWatch, ctx context.Context, yield func(Event, error) bool)
}

// listing is one of the dumps that a part takes.
type listing struct {
	*wire.Request
	// parent, where it is not 0, is the tcm_parent of what is listed: the kernel does not always say it.
	parent uint32
}

// listings returns the requests that list the part.
func (p *tablePart) listings(h *Handle) ([]listing, error) {
	if p.dumps != nil {
		return p.dumps(h)
	}
	return []listing{{Request: p.dump()}}, nil
}

// groupMessages are messages of groups.
type groupMessages struct {
	types  []uint16 // RTM_…
	groups []uint32 // RTNLGRP_…
}

// linkChanges, addrChanges and nexthopChanges are those that announce changes of these objects.
func linkChanges() groupMessages {
	return groupMessages{[]uint16{uapi.RTM_NEWLINK, uapi.RTM_DELLINK}, []uint32{uapi.RTNLGRP_LINK}}
}

func addrChanges() groupMessages {
	return groupMessages{[]uint16{uapi.RTM_NEWADDR, uapi.RTM_DELADDR},
		[]uint32{uapi.RTNLGRP_IPV4_IFADDR, uapi.RTNLGRP_IPV6_IFADDR}}
}

func nexthopChanges() groupMessages {
	return groupMessages{[]uint16{uapi.RTM_NEWNEXTHOP, uapi.RTM_DELNEXTHOP}, []uint32{uapi.RTNLGRP_NEXTHOP}}
}

// changesWith reports whether the part may change without notifications when there is this one.
func (p *partState) changesWith(msg *wire.Message) bool {
	for _, m := range p.after {
		if slices.Contains(m.types, msg.Type) {
			return p.alters == nil || p.alters(p, msg)
		}
	}
	return false
}

// takesApart reports whether a message is one for split.
func (p *tablePart) takesApart(m *wire.Message) bool {
	return p.split != nil && slices.Contains(p.splits, m.Type)
}

// owns reports whether a message is about an object of this part.
func (p *tablePart) owns(m *wire.Message) bool { return p.speaks(m) && p.has(m.Data) }

// speaks reports whether a message has a type of this part, and its header.
func (p *tablePart) speaks(m *wire.Message) bool {
	return (m.Type == p.new || m.Type == p.del) && len(m.Data) >= p.header
}

// anyObject is for a part whose messages are all about its objects.
func anyObject([]byte) bool { return true }

// attrIn returns the payload of the first attribute of a type behind a header, nil where there is none.
func attrIn(data []byte, header int, typ uint16) []byte {
	for d := wire.NewDecoderAfter(data, header); d.Next(); {
		if d.Type() == typ {
			return d.Data()
		}
	}
	return nil
}

// hasAttr reports whether a message has an attribute.
func hasAttr(data []byte, header int, typ uint16) bool { return attrIn(data, header, typ) != nil }

// keyOf makes a key of the bytes that an object's identity is made of.
type keyOf []byte

func (k *keyOf) header(bytes ...byte) { *k = append(*k, bytes...) }

// attr appends an attribute's value, which has the length before it.
func (k *keyOf) attr(b []byte) { *k = append(append(*k, byte(len(b))), b...) }
