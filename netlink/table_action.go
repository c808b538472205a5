package netlink

import (
	"fmt"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// ActionTable has the actions that are there without a filter, so that filters can share them: tc actions. A [Mirror]
// leaves out those that filters made, which are in the filters, and kinds that the package does not know. Watch also
// yields an [ActionFlushEvent], in place of events of the actions that go.
var ActionTable = Table{&tableInfo{"actions", actionTableParts}}

func actionTableParts() []tablePart {
	return []tablePart{{
		name: "actions", new: uapi.RTM_NEWACTION, del: uapi.RTM_DELACTION, header: uapi.SizeofTcamsg,
		groups: tcGroups(), dumps: actionListings,
		split: splitActions, splits: []uint16{uapi.RTM_NEWACTION, uapi.RTM_DELACTION, uapi.RTM_GETACTION},
		has: anyObject, key: actionKey, keep: keepAction, event: (*eventDecoder).action, news: actionNews,
		change: (*partState).changeAction, hides: notShared, missed: missedActions,
		// A filter that refers to an action sets its cookie and its counters of hardware, and one that is changed sets all
		// of it. What leads to a link that goes leads nowhere.
		after:  []groupMessages{{[]uint16{uapi.RTM_DELLINK}, []uint32{uapi.RTNLGRP_LINK}}, tcChanges(uapi.RTM_NEWTFILTER)},
		alters: func(p *partState, _ *wire.Message) bool { return p.objects.Len() != 0 },
		twice:  true,
	}}
}

// actionListings are the dumps of all actions: the kernel has one for each kind.
func actionListings(*Handle) (all []listing, err error) {
	for _, kind := range ActionKinds() {
		all = append(all, listing{Request: (&ActionFilter{Kind: kind}).request()})
	}
	return all, nil
}

// splitActions makes a message of each action, with its attributes behind the header. One about a flush has none.
func splitActions(m wire.Message, each func(wire.Message) error) error {
	if ofFlush(&m) {
		return nil
	}
	typ := m.Type
	if typ == uapi.RTM_GETACTION { // that of lists
		typ = uapi.RTM_NEWACTION
	}
	return eachAction(m.Data, func(b []byte) error {
		object := append(make([]byte, uapi.SizeofTcamsg, uapi.SizeofTcamsg+len(b)), b...)
		return each(wire.Message{Type: typ, Flags: m.Flags, Data: object})
	})
}

// ofFlush reports whether a message says that actions of a kind were deleted, but not which.
func ofFlush(m *wire.Message) bool {
	return m.Type == uapi.RTM_DELACTION && m.Flags&uapi.NLM_F_ROOT != 0
}

// decodeOneAction reads what splitActions makes.
func decodeOneAction(data []byte) (Action, error) { return decodeAction(data[uapi.SizeofTcamsg:]) }

// actionKey is a kind and an index. What cannot be read has none, and is refused when it is kept.
func actionKey(data []byte) string {
	action, err := decodeOneAction(data)
	if err != nil {
		return ""
	}
	return string(native.AppendUint32([]byte(actionKind(action)), uint32(action.Attrs().Index)))
}

// keepAction leaves out counters, times and what refers to it.
func keepAction(data []byte) (string, error) {
	return string(data[:uapi.SizeofTcamsg]) + string(settleAction(data[uapi.SizeofTcamsg:])), nil
}

// notShared reports whether a listed action is one that a filter made: then nothing but filters refers to it.
func notShared(data []byte) bool {
	action, err := decodeOneAction(data)
	if err != nil {
		return false // it is an error when it is kept
	}
	_, unknown := action.(*RawAction)
	a := action.Attrs()
	return unknown || a.Refcnt <= a.Bindcnt
}

// changeAction returns the action after a notification, which counts as a reference too: whether a filter made an
// action that the mirror does not have shows in the next list.
func (p *partState) changeAction(_ string, group []string, raw string, msg wire.Message) []string {
	action, err := decodeOneAction(msg.Data)
	switch {
	case msg.Type == p.del:
		return nil
	case err == nil && len(group) == 0 && action.Attrs().Bindcnt != 0:
		p.dirty = true
		return nil
	case p.hidden(msg.Data):
		return group
	}
	return []string{raw}
}

// missedActions: how many of a kind a flush deleted is all that it says.
func missedActions(_ *follower, p *partState, msg wire.Message) {
	p.dirty = p.dirty || ofFlush(&msg)
}

// ActionEvent is a change of an action that filters can share.
type ActionEvent struct{ Old, New Action }

func (ActionEvent) event() {}

// String describes the event in one line.
func (e ActionEvent) String() string {
	return eventText("action", orNone(e.Old), orNone(e.New), func(a *Action) string {
		return fmt.Sprintf("%s index %d", actionKind(*a), (*a).Attrs().Index)
	})
}

func (d *eventDecoder) action(old, new []byte) (Event, error) {
	var ev ActionEvent
	var err error
	ev.Old, ev.New, err = decodeEither(old, new, decodeOneAction)
	return ev, err
}

// ActionFlushEvent reports that actions of a kind were deleted, those up to the first that a filter refers to: tc
// actions flush. Watch yields it with [ActionTable], and the kernel does not say which they were.
type ActionFlushEvent struct {
	Kind  string // the kernel's name, "gact"
	Count int
}

func (ActionFlushEvent) event() {}

// String describes the event in one line.
func (e ActionFlushEvent) String() string {
	return fmt.Sprintf("actions gone: %d of %s", e.Count, e.Kind)
}

// actionNews decodes what a flush is announced by.
func actionNews(m wire.Message) (Event, error) {
	if !ofFlush(&m) {
		return nil, nil
	}
	var ev ActionFlushEvent
	err := eachAction(m.Data, func(b []byte) error {
		d := wire.NewDecoder(b)
		for d.Next() {
			switch d.Type() {
			case uapi.TCA_ACT_KIND:
				ev.Kind = d.String()
			case uapi.TCA_FCNT:
				ev.Count = int(d.Uint32())
			}
		}
		return d.Err()
	})
	return ev, err
}
