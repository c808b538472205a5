package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// NeighSubscribeOptions are the options of [NeighSubscribeWithOptions].
type NeighSubscribeOptions struct {
	Namespace *netns.NsHandle // nil: the handle's, or the calling thread's
	// ErrorCallback gets what goes wrong after the subscription began, from the
	// goroutine that sends the updates. After wire.ErrOverrun, which says that updates
	// were lost, all existing neighbours follow as updates.
	ErrorCallback func(error)
	// ListExisting begins with all neighbours and forwarding entries that there
	// are.
	ListExisting           bool
	ReceiveBufferSize      int           // SO_RCVBUF in bytes; 0: room for bursts
	ReceiveBufferForceSize bool          // exceed net.core.rmem_max
	ReceiveTimeout         *unix.Timeval // end when nothing came for so long
}

func (o NeighSubscribeOptions) common() subscribeOptions {
	return subscribeOptions{
		namespace:      o.Namespace,
		onError:        o.ErrorCallback,
		listExisting:   o.ListExisting,
		receiveBuffer:  o.ReceiveBufferSize,
		forceBuffer:    o.ReceiveBufferForceSize,
		receiveTimeout: o.ReceiveTimeout,
	}
}

var neighEvents = events[NeighUpdate]{
	op:     "neigh subscribe",
	groups: []uint32{uapi.RTNLGRP_NEIGH},
	dump: func(*Handle) []*wire.Request {
		all, forwarding := NeighFilter{}, NeighFilter{Family: uapi.AF_BRIDGE}
		return []*wire.Request{all.request(), forwarding.request()}
	},
	decode: decodeNeighUpdate,
}

func decodeNeighUpdate(m wire.Message) (NeighUpdate, bool, error) {
	if m.Type != uapi.RTM_NEWNEIGH && m.Type != uapi.RTM_DELNEIGH && m.Type != uapi.RTM_GETNEIGH {
		return NeighUpdate{}, false, nil
	}
	var d neighDecoder
	n, want, err := d.decode(m)
	return NeighUpdate{Type: m.Type, Neigh: n}, want && err == nil, err
}

// NeighSubscribe sends neighbours and forwarding entries that are added, changed
// and removed, and what the kernel asks programs for, to ch until done or the handle
// is closed, and then closes ch: ip monitor neigh, bridge monitor fdb.
func (h *Handle) NeighSubscribe(ch chan<- NeighUpdate, done <-chan struct{}) error {
	return h.NeighSubscribeWithOptions(ch, done, NeighSubscribeOptions{})
}

// NeighSubscribeAt is [NeighSubscribe] in the namespace ns.
func NeighSubscribeAt(ns netns.NsHandle, ch chan<- NeighUpdate, done <-chan struct{}) error {
	return NeighSubscribeWithOptions(ch, done, NeighSubscribeOptions{Namespace: &ns})
}

// NeighSubscribeWithOptions is [Handle.NeighSubscribe] with options.
func (h *Handle) NeighSubscribeWithOptions(ch chan<- NeighUpdate, done <-chan struct{},
	options NeighSubscribeOptions) error {
	return neighEvents.send(h, ch, done, options.common())
}

// NeighSubscribeSeq is [Handle.NeighSubscribeWithOptions] as an iterator, which
// subscribes when an iteration begins. What would go to the ErrorCallback comes
// as pairs. The handle's context and its Close end it.
func (h *Handle) NeighSubscribeSeq(options NeighSubscribeOptions) iter.Seq2[NeighUpdate, error] {
	return neighEvents.seq(h, options.common())
}
