package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// ConntrackExpectEvent is an expectation and what happened to it: ConntrackNew, ConntrackDestroyed or ConntrackListed.
// It is destroyed when the connection comes too.
type ConntrackExpectEvent struct {
	Type        ConntrackEventType
	Expectation *ConntrackExpectation
}

// ConntrackExpectSubscribeOptions are the options of [Handle.ConntrackExpectSubscribeSeq].
type ConntrackExpectSubscribeOptions struct {
	Namespace *netns.NsHandle    // nil: the handle's, or the calling thread's
	Types     ConntrackEventType // a mask of the events that are reported; 0: all
	Family    InetFamily         // FAMILY_V4, FAMILY_V6 or FAMILY_ALL
	// ListExisting begins with all existing expectations.
	ListExisting bool
	// ListAfterOverrun lists all expectations again where events were lost: they follow wire.ErrOverrun.
	ListAfterOverrun       bool
	ReceiveBufferSize      int           // SO_RCVBUF in bytes; 0: room for bursts
	ReceiveBufferForceSize bool          // exceed net.core.rmem_max
	ReceiveTimeout         *unix.Timeval // end when nothing came for so long
}

// ConntrackExpectSubscribeSeq reports expectations that helpers make, and their end, from when an iteration begins:
// conntrack -E expect. Errors come as pairs: wire.ErrOverrun says that events were lost, and more follow. The handle's
// context and its Close end it. The kernel reports them as it does the events of their masters, see
// [Handle.ConntrackSubscribeSeq].
func (h *Handle) ConntrackExpectSubscribeSeq(o ConntrackExpectSubscribeOptions) iter.Seq2[ConntrackExpectEvent,
	error] {
	return func(yield func(ConntrackExpectEvent, error) bool) {
		common := subscribeOptions{
			namespace: o.Namespace, listExisting: o.ListExisting, receiveBuffer: o.ReceiveBufferSize,
			forceBuffer: o.ReceiveBufferForceSize, receiveTimeout: o.ReceiveTimeout,
		}
		o.events().seq(h, common)(yield)
	}
}

// events is what one subscription listens to.
func (o ConntrackExpectSubscribeOptions) events() events[ConntrackExpectEvent] {
	e := events[ConntrackExpectEvent]{op: "conntrack expect subscribe", protocol: uapi.NETLINK_NETFILTER}
	if o.Types == 0 || o.Types&ConntrackNew != 0 {
		e.groups = append(e.groups, uapi.NFNLGRP_CONNTRACK_EXP_NEW)
	}
	if o.Types == 0 || o.Types&ConntrackDestroyed != 0 {
		e.groups = append(e.groups, uapi.NFNLGRP_CONNTRACK_EXP_DESTROY)
	}
	listing := o.ListExisting
	e.dump = func(*Handle) []*wire.Request {
		if !listing && !o.ListAfterOverrun {
			return nil
		}
		listing = false
		return []*wire.Request{conntrackRequest(ConntrackExpectTable, uapi.IPCTNL_MSG_EXP_GET, 0, o.Family)}
	}
	var d conntrackDecoder
	e.decode = func(m wire.Message) (ConntrackExpectEvent, bool, error) {
		ev := ConntrackExpectEvent{Type: ConntrackNew, Expectation: new(ConntrackExpectation)}
		switch m.Type {
		case ConntrackExpectTable<<8 | uapi.IPCTNL_MSG_EXP_NEW:
			if m.Flags&uapi.NLM_F_MULTI != 0 {
				ev.Type = ConntrackListed
			}
		case ConntrackExpectTable<<8 | uapi.IPCTNL_MSG_EXP_DELETE:
			ev.Type = ConntrackDestroyed
		default:
			return ConntrackExpectEvent{}, false, nil
		}
		if err := d.expectation(m.Data, ev.Expectation); err != nil {
			return ConntrackExpectEvent{}, false, err
		}
		return ev, o.Family == 0 || uint8(o.Family) == ev.Expectation.FamilyType, nil
	}
	return e
}
