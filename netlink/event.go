package netlink

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Event is a change of the kernel's tables: a [LinkEvent], [AddrEvent], [NeighEvent], [RouteEvent],
// [RuleEvent], [NexthopEvent], [FdbEvent], [NetNsIDEvent], [NetconfEvent], [MDBEvent],
// [BridgeVlanEvent], [AddrLabelEvent], [QdiscEvent], [ClassEvent], [FilterEvent], [ChainEvent],
// [ActionEvent], [LostEvent] or [SyncedEvent]; and from [Handle.Watch] also a [BridgePortEvent],
// [NeighMissEvent], [NexthopBucketEvent], [MDBRouterEvent] or [ActionFlushEvent].
type Event interface{ event() }

// LinkEvent is a change of a link. Old is nil for a new link and where the earlier state is not
// known, New for a deleted one. The other events are alike.
type LinkEvent struct{ Old, New Link }

// AddrEvent is a change of an address.
type AddrEvent struct{ Old, New *Addr }

// NeighEvent is a change of a neighbour.
type NeighEvent struct{ Old, New *Neigh }

// RouteEvent is a change of a route.
type RouteEvent struct{ Old, New *Route }

// RuleEvent is a change of a rule.
type RuleEvent struct{ Old, New *Rule }

// NexthopEvent is a change of a next hop object.
type NexthopEvent struct{ Old, New *Nexthop }

// BridgePortEvent is a change of a link as a port of a bridge: its settings or its state changed,
// or (Gone) it is no longer a port. The link itself did not change. For a bridge itself, whose
// VLANs changed, Port is nil.
type BridgePortEvent struct {
	LinkIndex   int
	Name        string
	MasterIndex int // the bridge
	Port        *BridgePort
	Gone        bool
}

// NeighMissEvent is a request of the kernel to programs to find a neighbour: a VXLAN device with
// l2miss has no forwarding entry for HardwareAddr, one with l3miss has no neighbour for IP, or a
// neighbour is to be probed and the link's app_solicit leaves that to programs. ip monitor neigh
// prints it as "miss".
type NeighMissEvent struct{ Neigh *Neigh }

// NexthopBucketEvent reports that a bucket of a resilient group of next hop objects has moved to
// another member.
type NexthopBucketEvent struct {
	Group  uint32 // the group's ID
	Bucket int    // number of the bucket
	ID     uint32 // the member's
}

// LostEvent reports that the kernel dropped events. The tables are read again: events with all
// existing objects follow, and then a [SyncedEvent].
type LostEvent struct{ Err error }

// SyncedEvent reports that the tables were read to their end.
type SyncedEvent struct{}

func (LinkEvent) event()    {}
func (AddrEvent) event()    {}
func (NeighEvent) event()   {}
func (RouteEvent) event()   {}
func (RuleEvent) event()    {}
func (NexthopEvent) event() {}
func (LostEvent) event()    {}

func (BridgePortEvent) event()    {}
func (NeighMissEvent) event()     {}
func (NexthopBucketEvent) event() {}

func (SyncedEvent) event() {}

// eventDecoder decodes the kernel's messages into events, nil for none. Objects are cut from larger
// pieces of memory. The zero value is ready to use.
type eventDecoder struct {
	routes routeDecoder
	piece  []Route
	at     int // the next one in it
}

func (d *eventDecoder) link(old, new []byte) (Event, error) {
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

// decodeBoth decodes the states that an event has.
func decodeBoth[T any](old, new []byte, decode func([]byte) (*T, error)) (before, after *T, err error) {
	if old != nil {
		before, err = decode(old)
	}
	if new != nil && err == nil {
		after, err = decode(new)
	}
	return before, after, err
}

// decodePointer turns a decoder of values into one of pointers.
func decodePointer[T any](decode func([]byte) (T, error)) func([]byte) (*T, error) {
	return func(data []byte) (*T, error) {
		v, err := decode(data)
		return &v, err
	}
}

func (d *eventDecoder) addr(old, new []byte) (Event, error) {
	var ev AddrEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeAddr))
	return ev, err
}

func (d *eventDecoder) neigh(old, new []byte) (Event, error) {
	var ev NeighEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeNeigh))
	return ev, err
}

func (d *eventDecoder) route(old, new []byte) (Event, error) {
	var ev RouteEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, d.decodeRoute)
	return ev, err
}

// routesPiece bounds the memory of other routes that one kept route retains.
const routesPiece = 16

func (d *eventDecoder) decodeRoute(data []byte) (*Route, error) {
	if d.at == len(d.piece) {
		d.piece, d.at = make([]Route, min(max(2*d.at, 1), routesPiece)), 0
	}
	r := &d.piece[d.at]
	d.at++
	return r, d.routes.decodeInto(r, data)
}

func (d *eventDecoder) rule(old, new []byte) (Event, error) {
	var ev RuleEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeRule))
	return ev, err
}

func (d *eventDecoder) nexthop(old, new []byte) (Event, error) {
	var ev NexthopEvent
	var err error
	ev.Old, ev.New, err = decodeBoth(old, new, decodePointer(decodeNexthop))
	return ev, err
}

func decodeAddr(data []byte) (Addr, error) {
	var d addrDecoder
	a, _, err := d.decode(wire.Message{Type: uapi.RTM_NEWADDR, Data: data})
	return a, err
}

func decodeNeigh(data []byte) (Neigh, error) {
	var d neighDecoder
	n, _, err := d.decode(wire.Message{Type: uapi.RTM_NEWNEIGH, Data: data})
	return n, err
}

func decodeRoute(data []byte) (Route, error) {
	var d routeDecoder
	return d.decode(data)
}
