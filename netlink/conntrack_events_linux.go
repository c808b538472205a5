package netlink

import (
	"fmt"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// ConntrackEventType is what happened to a connection; as a mask it selects events.
type ConntrackEventType uint8

// What happens to connections.
const (
	ConntrackNew     ConntrackEventType = 1 << iota // it was created
	ConntrackUpdated                                // its state, its mark or another thing changed
	// it is gone: with the last counters and TimeStop, where those are on
	ConntrackDestroyed
	ConntrackListed // no event: it was there when the table was listed

	conntrackAll = ConntrackNew | ConntrackUpdated | ConntrackDestroyed
)

// String returns the type as conntrack -E prints it: "NEW", "UPDATE", "DESTROY".
func (t ConntrackEventType) String() string {
	switch t {
	case ConntrackNew:
		return "NEW"
	case ConntrackUpdated:
		return "UPDATE"
	case ConntrackDestroyed:
		return "DESTROY"
	case ConntrackListed:
		return "LISTED"
	}
	return fmt.Sprintf("ConntrackEventType(%d)", uint8(t))
}

// ConntrackEvent is a connection and what happened to it. The kernel leaves out of an update what did not change and
// costs: labels, helper and others.
type ConntrackEvent struct {
	Type ConntrackEventType
	Flow *ConntrackFlow
}

// ConntrackSubscribeOptions are the options of [Handle.ConntrackSubscribeSeq].
type ConntrackSubscribeOptions struct {
	Namespace *netns.NsHandle    // nil: the handle's, or the calling thread's
	Types     ConntrackEventType // a mask of the events that are reported; 0: all
	Filter    ConntrackQuery     // connections that are reported; its Source is ignored
	// ListExisting begins with all existing connections.
	ListExisting bool
	// ListAfterOverrun lists all connections again where events were lost: they follow wire.ErrOverrun.
	ListAfterOverrun bool
	// ErrorCallback gets what goes wrong after a subscription to a channel began, from the goroutine that sends.
	ErrorCallback          func(error)
	ReceiveBufferSize      int           // SO_RCVBUF in bytes; 0: room for bursts
	ReceiveBufferForceSize bool          // exceed net.core.rmem_max
	ReceiveTimeout         *unix.Timeval // end when nothing came for so long
}

// ConntrackSubscribeSeq reports connections that are created, changed and destroyed, from when an iteration begins:
// conntrack -E. Errors come as pairs: wire.ErrOverrun says that events were lost, and more follow. The handle's
// context and its Close end it. The kernel reports events where net.netfilter.nf_conntrack_events is 1, or
// is 2, its default since Linux 5.19, and somebody listens when the connection begins.
func (h *Handle) ConntrackSubscribeSeq(options ConntrackSubscribeOptions) iter.Seq2[ConntrackEvent, error] {
	return func(yield func(ConntrackEvent, error) bool) {
		options.events().seq(h, options.common())(yield)
	}
}

// ConntrackSubscribe is [Handle.ConntrackSubscribeSeq] to a channel: events go to ch until done or the handle
// is closed, then ch is closed. What would come as an error goes to the options' ErrorCallback.
func (h *Handle) ConntrackSubscribe(ch chan<- ConntrackEvent, done <-chan struct{},
	options ConntrackSubscribeOptions) error {
	return options.events().send(h, ch, done, options.common())
}

func (o *ConntrackSubscribeOptions) common() subscribeOptions {
	return subscribeOptions{
		namespace: o.Namespace, onError: o.ErrorCallback, listExisting: o.ListExisting,
		receiveBuffer: o.ReceiveBufferSize, forceBuffer: o.ReceiveBufferForceSize, receiveTimeout: o.ReceiveTimeout,
	}
}

// events is what one subscription listens to.
func (o ConntrackSubscribeOptions) events() events[ConntrackEvent] {
	types := o.Types & conntrackAll
	if types == 0 {
		types = conntrackAll
	}
	e := events[ConntrackEvent]{op: "conntrack subscribe", protocol: uapi.NETLINK_NETFILTER}
	for _, g := range [...]struct {
		typ   ConntrackEventType
		group uint32
	}{
		{ConntrackNew, uapi.NFNLGRP_CONNTRACK_NEW},
		{ConntrackUpdated, uapi.NFNLGRP_CONNTRACK_UPDATE},
		{ConntrackDestroyed, uapi.NFNLGRP_CONNTRACK_DESTROY},
	} {
		if types&g.typ != 0 {
			e.groups = append(e.groups, g.group)
		}
	}
	listing := o.ListExisting
	e.dump = func(*Handle) []*wire.Request {
		if !listing && !o.ListAfterOverrun {
			return nil
		}
		listing = false
		q := o.Filter
		q.Source, q.ZeroCounters = ConntrackConfirmed, false
		return []*wire.Request{q.request()}
	}
	var d conntrackDecoder
	e.decode = func(m wire.Message) (ConntrackEvent, bool, error) { return d.event(m, &o.Filter) }
	return e
}

// event reads an event, or a message of a dump.
func (d *conntrackDecoder) event(m wire.Message, q *ConntrackQuery) (ConntrackEvent, bool, error) {
	ev := ConntrackEvent{Flow: new(ConntrackFlow)}
	switch m.Type {
	case ConntrackTable<<8 | uapi.IPCTNL_MSG_CT_NEW:
		switch {
		case m.Flags&uapi.NLM_F_MULTI != 0:
			ev.Type = ConntrackListed
		case m.Flags&(uapi.NLM_F_CREATE|uapi.NLM_F_EXCL) != 0:
			ev.Type = ConntrackNew
		default:
			ev.Type = ConntrackUpdated
		}
	case ConntrackTable<<8 | uapi.IPCTNL_MSG_CT_DELETE:
		ev.Type = ConntrackDestroyed
	default:
		return ConntrackEvent{}, false, nil
	}
	if err := d.flow(m.Data, ev.Flow); err != nil {
		return ConntrackEvent{}, false, err
	}
	return ev, q.wants(&d.entry), nil
}
