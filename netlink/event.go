package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
)

// Event is something that happened in the kernel's tables: a [LinkEvent],
// [AddrEvent], [NeighEvent], [RouteEvent], [RuleEvent], [LostEvent] or
// [SyncedEvent].
type Event interface{ event() }

// LinkEvent is a change of a link. Old is nil for one that is new or whose
// earlier state is not known, New for one that is gone; so it is with the
// other events.
type LinkEvent struct{ Old, New Link }

// AddrEvent is a change of an address.
type AddrEvent struct{ Old, New *Addr }

// NeighEvent is a change of a neighbour.
type NeighEvent struct{ Old, New *Neigh }

// RouteEvent is a change of a route.
type RouteEvent struct{ Old, New *Route }

// RuleEvent is a change of a rule.
type RuleEvent struct{ Old, New *Rule }

// LostEvent says that the kernel dropped events. The tables are read anew:
// events with all that there is follow, and then a [SyncedEvent].
type LostEvent struct{ Err error }

// SyncedEvent says that the tables were read to their end.
type SyncedEvent struct{}

func (LinkEvent) event()   {}
func (AddrEvent) event()   {}
func (NeighEvent) event()  {}
func (RouteEvent) event()  {}
func (RuleEvent) event()   {}
func (LostEvent) event()   {}
func (SyncedEvent) event() {}

func linkEvent(old, new []byte) (Event, error) {
	var ev LinkEvent
	var err error
	if old != nil {
		if ev.Old, err = decodeLink(old); err != nil {
			return nil, err
		}
	}
	if new != nil {
		ev.New, err = decodeLink(new)
	}
	return ev, err
}

// decodeBoth decodes what there is of an event.
func decodeBoth[T any](old, new []byte, decode func([]byte) (T, error)) (before, after *T, err error) {
	for _, side := range []struct {
		data []byte
		v    **T
	}{{old, &before}, {new, &after}} {
		if side.data == nil {
			continue
		}
		v, err := decode(side.data)
		if err != nil {
			return nil, nil, err
		}
		*side.v = &v
	}
	return before, after, nil
}

func addrEvent(old, new []byte) (Event, error) {
	var ev AddrEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodeAddr)
	return ev, err
}

func neighEvent(old, new []byte) (Event, error) {
	var ev NeighEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodeNeigh)
	return ev, err
}

func routeEvent(old, new []byte) (Event, error) {
	var ev RouteEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodeRoute)
	return ev, err
}

func ruleEvent(old, new []byte) (Event, error) {
	var ev RuleEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodeRule)
	return ev, err
}

func decodeAddr(data []byte) (Addr, error) {
	var d addrDecoder
	a, _, err := d.decode(nl.Message{Type: uapi.RTM_NEWADDR, Data: data})
	return a, err
}

func decodeNeigh(data []byte) (Neigh, error) {
	var d neighDecoder
	n, _, err := d.decode(nl.Message{Type: uapi.RTM_NEWNEIGH, Data: data})
	return n, err
}

func decodeRoute(data []byte) (Route, error) {
	var d routeDecoder
	return d.decode(data)
}
