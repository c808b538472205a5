package netlink

import (
	"iter"
	"net"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// AddrUpdate is an address that was added or changed (NewAddr) or removed.
type AddrUpdate struct {
	LinkAddress net.IPNet
	LinkIndex   int
	Flags       int // IFA_F_…
	Scope       int // RT_SCOPE_…
	PreferedLft int // seconds, as in Addr
	ValidLft    int
	NewAddr     bool // RTM_NEWADDR, not RTM_DELADDR
}

// AddrSubscribeOptions are the options of [AddrSubscribeWithOptions].
type AddrSubscribeOptions struct {
	Namespace *netns.NsHandle // nil: the handle's, or the calling thread's
	// ErrorCallback gets what goes wrong after the subscription began, from the
	// goroutine that sends the updates. After wire.ErrOverrun, which says that updates
	// were lost, all existing addresses follow as updates.
	ErrorCallback func(error)
	// ListExisting begins with all existing addresses.
	ListExisting           bool
	ReceiveBufferSize      int           // SO_RCVBUF in bytes; 0: room for bursts
	ReceiveBufferForceSize bool          // exceed net.core.rmem_max
	ReceiveTimeout         *unix.Timeval // end when nothing came for so long
}

func (o AddrSubscribeOptions) common() subscribeOptions {
	return subscribeOptions{
		namespace:      o.Namespace,
		onError:        o.ErrorCallback,
		listExisting:   o.ListExisting,
		receiveBuffer:  o.ReceiveBufferSize,
		forceBuffer:    o.ReceiveBufferForceSize,
		receiveTimeout: o.ReceiveTimeout,
	}
}

var addrEvents = events[AddrUpdate]{
	op:     "addr subscribe",
	groups: []uint32{uapi.RTNLGRP_IPV4_IFADDR, uapi.RTNLGRP_IPV6_IFADDR},
	dump:   func(*Handle) []*wire.Request { return []*wire.Request{addrQuery{}.request()} },
	decode: decodeAddrUpdate,
}

func decodeAddrUpdate(m wire.Message) (AddrUpdate, bool, error) {
	if m.Type != uapi.RTM_NEWADDR && m.Type != uapi.RTM_DELADDR {
		return AddrUpdate{}, false, nil
	}
	var d addrDecoder
	a, want, err := d.decode(m)
	if err != nil || !want {
		return AddrUpdate{}, false, err
	}
	return AddrUpdate{
		LinkAddress: *a.IPNet,
		LinkIndex:   a.LinkIndex,
		Flags:       a.Flags,
		Scope:       a.Scope,
		PreferedLft: a.PreferedLft,
		ValidLft:    a.ValidLft,
		NewAddr:     m.Type == uapi.RTM_NEWADDR,
	}, true, nil
}

// AddrSubscribe sends addresses that are added, changed and removed to ch until
// done is closed, and then closes ch: ip monitor address.
func (h *Handle) AddrSubscribe(ch chan<- AddrUpdate, done <-chan struct{}) error {
	return h.AddrSubscribeWithOptions(ch, done, AddrSubscribeOptions{})
}

// AddrSubscribeAt is [AddrSubscribe] in the namespace ns.
func AddrSubscribeAt(ns netns.NsHandle, ch chan<- AddrUpdate, done <-chan struct{}) error {
	return AddrSubscribeWithOptions(ch, done, AddrSubscribeOptions{Namespace: &ns})
}

// AddrSubscribeWithOptions is [Handle.AddrSubscribe] with options.
func (h *Handle) AddrSubscribeWithOptions(ch chan<- AddrUpdate, done <-chan struct{},
	options AddrSubscribeOptions) error {
	return addrEvents.send(h, ch, done, options.common())
}

// AddrSubscribeSeq is [Handle.AddrSubscribeWithOptions] as an iterator, which
// subscribes when an iteration begins. What would go to the ErrorCallback comes
// as pairs. The handle's context and its Close end it.
func (h *Handle) AddrSubscribeSeq(options AddrSubscribeOptions) iter.Seq2[AddrUpdate, error] {
	return addrEvents.seq(h, options.common())
}
