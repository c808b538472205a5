package netlink

import (
	"fmt"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// FilterTable has the filters of all links, classes and blocks: tc filter. Those of what is received by a queueing
// discipline ingress or clsact have the parent HANDLE_MIN_INGRESS. A [Mirror] leaves out the hash tables of u32, some
// of which the kernel makes without a notification.
var FilterTable = Table{&tableInfo{"filters", filterTableParts}}

func filterTableParts() []tablePart {
	return []tablePart{{
		name: "filters", new: uapi.RTM_NEWTFILTER, del: uapi.RTM_DELTFILTER, header: uapi.SizeofTcmsg,
		groups: tcGroups(), dumps: blockListings(uapi.RTM_GETTFILTER), has: isFilter, key: filterKey, keep: keepFilter,
		event: (*eventDecoder).filter, news: filterNews, hides: isHashTable, missed: missedFilters,
		again: filterAgain, announced: filterAnnounced,
		// Filters go with what they are in, and have the actions that others share.
		after: []groupMessages{{[]uint16{uapi.RTM_DELLINK}, []uint32{uapi.RTNLGRP_LINK}},
			tcChanges(uapi.RTM_NEWQDISC, uapi.RTM_DELQDISC, uapi.RTM_DELTCLASS, uapi.RTM_NEWACTION)},
	}}
}

// isFilter: what has no handle and no options is the priority that filters have. A notification about a new matchall
// or cgroup filter has no more than that.
func isFilter(data []byte) bool {
	return tcHead(data).Handle != 0 || tcAttr(data, uapi.TCA_OPTIONS) != nil
}

// isHashTable: a u32 that has a number of places and matches nothing.
func isHashTable(data []byte) bool {
	return isU32(data) && hasAttr(tcAttr(data, uapi.TCA_OPTIONS), 0, uapi.TCA_U32_DIVISOR)
}

func isU32(data []byte) bool {
	return string(untilNUL(tcAttr(data, uapi.TCA_KIND))) == (*U32)(nil).Type()
}

// ingressMajor is that of the parents within ingress and clsact.
const ingressMajor = 0xffff

// canonicalParent says of what is received in one way: all numbers within a queueing discipline ingress mean it.
func canonicalParent(m *uapi.Tcmsg) {
	major, _ := MajorMinor(m.Parent)
	if major == ingressMajor && uint32(m.Ifindex) != uapi.TCM_IFINDEX_MAGIC_BLOCK && m.Parent != HANDLE_MIN_EGRESS {
		m.Parent = HANDLE_MIN_INGRESS
	}
}

// filterKey is where a filter is, and its handle. All u32 of one queueing discipline share their handles, and the
// kernel lists each in all classes and chains that have some of its priority.
func filterKey(data []byte) string {
	m := tcHead(data)
	canonicalParent(&m)
	k := make(keyOf, 0, 48)
	if isU32(data) {
		if uint32(m.Ifindex) != uapi.TCM_IFINDEX_MAGIC_BLOCK {
			major, _ := MajorMinor(m.Parent)
			m.Parent = MakeHandle(major, 0)
		}
		k.numbers(m.Ifindex, m.Parent, m.Handle)
		return string(k)
	}
	k.numbers(m.Ifindex, m.Parent, m.Handle, m.Info)
	k.attr(tcAttr(data, uapi.TCA_CHAIN))
	k.attr(tcAttr(data, uapi.TCA_KIND))
	return string(k)
}

// filterAgain prefers the place of a u32 that a notification has said.
func filterAgain(old, group []string, raw string) []string {
	if slices.Contains(old, raw) {
		return []string{raw}
	}
	return group
}

// filterAnnounced strips the place of a u32.
func filterAnnounced(data []byte) bool {
	if isU32(data) {
		setTcParent(data, 0)
		clear(tcAttr(data, uapi.TCA_CHAIN))
	}
	return true
}

// keepFilter leaves out the counters, and those of the actions.
func keepFilter(data []byte) (string, error) {
	return settledTc(data, canonicalParent, func(kind string) (any, bool) {
		f, ok := filterKinds.new(kind)
		if ok {
			*f.Attrs() = filterAttrsOf(tcHead(data)) // as in filterOf
		}
		return f, ok
	})
}

// missedFilters: a notification without a handle stands for all filters of a priority.
func missedFilters(_ *follower, p *partState, msg wire.Message) {
	p.dirty = p.dirty || !isFilter(msg.Data)
}

// filterNews decodes notifications about all filters of a priority. In lists each priority has a message like that.
func filterNews(m wire.Message) (Event, error) {
	if len(m.Data) < uapi.SizeofTcmsg || m.Flags&uapi.NLM_F_MULTI != 0 {
		return nil, nil
	}
	switch m.Type {
	case uapi.RTM_NEWTFILTER:
		f, err := decodeFilter(m.Data)
		return FilterEvent{New: f}, err
	case uapi.RTM_DELTFILTER:
		f, err := decodeFilter(m.Data)
		return FilterEvent{Old: f}, err
	}
	return nil, nil
}

// FilterEvent is a change of a filter. With [Handle.Watch] one without a handle and without anything of its kind
// stands for all filters of its priority and protocol: as Old they are gone; as New there is one, of matchall or
// cgroup, of which the kernel says no more. [Handle.FilterList] has it.
type FilterEvent struct{ Old, New Filter }

func (FilterEvent) event() {}

// String describes the event in one line.
func (e FilterEvent) String() string {
	return eventText("filter", orNone(e.Old), orNone(e.New), func(f *Filter) string {
		a := (*f).Attrs()
		return fmt.Sprintf("%s priority %d", tcObject((*f).Type(), a.LinkIndex, a.Handle, a.Parent), a.Priority)
	})
}

func (d *eventDecoder) filter(old, new []byte) (Event, error) {
	var ev FilterEvent
	var err error
	ev.Old, ev.New, err = decodeEither(old, new, decodeFilter)
	return ev, err
}
