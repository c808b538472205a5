package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// RouteSubscribeOptions says how [Handle.RouteSubscribeWithOptions] works.
type RouteSubscribeOptions struct {
	Namespace     *netns.NsHandle // nil: the handle's
	ErrorCallback func(error)     // is called with errors, such as wire.ErrOverrun
	// ListExisting sends the routes of all tables first.
	ListExisting           bool
	ReceiveBufferSize      int           // SO_RCVBUF in bytes; 0 is one that holds bursts
	ReceiveBufferForceSize bool          // SO_RCVBUFFORCE
	ReceiveTimeout         *unix.Timeval // the subscription ends when nothing came for so long
}

// RouteSubscribe sends every change of the IPv4 and IPv6 routes of any table to
// ch until done or the handle is closed; then it closes ch. ip monitor route.
//
// When the receive buffer overran, changes were lost: the error callback gets
// wire.ErrOverrun, and all routes are sent again.
func (h *Handle) RouteSubscribe(ch chan<- RouteUpdate, done <-chan struct{}) error {
	return h.RouteSubscribeWithOptions(ch, done, RouteSubscribeOptions{})
}

// RouteSubscribeAt is [RouteSubscribe] in the namespace ns.
func RouteSubscribeAt(ns netns.NsHandle, ch chan<- RouteUpdate, done <-chan struct{}) error {
	return pkgHandle.RouteSubscribeWithOptions(ch, done, RouteSubscribeOptions{Namespace: &ns})
}

// RouteSubscribeWithOptions is [Handle.RouteSubscribe] with options.
func (h *Handle) RouteSubscribeWithOptions(ch chan<- RouteUpdate, done <-chan struct{},
	options RouteSubscribeOptions) error {
	return routeEvents().send(h, ch, done, options.common())
}

// RouteSubscribeSeq gives what [Handle.RouteSubscribeWithOptions] sends, and
// what goes wrong. It subscribes when an iteration begins; the handle's context
// ends it, and its Close.
func (h *Handle) RouteSubscribeSeq(options RouteSubscribeOptions) iter.Seq2[RouteUpdate, error] {
	return routeEvents().seq(h, options.common())
}

func (o RouteSubscribeOptions) common() subscribeOptions {
	return subscribeOptions{
		namespace:      o.Namespace,
		onError:        o.ErrorCallback,
		listExisting:   o.ListExisting,
		receiveBuffer:  o.ReceiveBufferSize,
		forceBuffer:    o.ReceiveBufferForceSize,
		receiveTimeout: o.ReceiveTimeout,
	}
}

// routeEvents describes one subscription to routes.
func routeEvents() events[RouteUpdate] {
	var s routeDecoder
	return events[RouteUpdate]{
		op:     "route subscribe",
		groups: []uint32{uapi.RTNLGRP_IPV4_ROUTE, uapi.RTNLGRP_IPV6_ROUTE},
		dump: func(h *Handle) []*wire.Request {
			strict := h.strict()
			var all []*wire.Request
			for _, family := range []int{FAMILY_V4, FAMILY_V6} {
				f := newRouteFilter(family, &Route{}, RT_FILTER_TABLE)
				all = append(all, f.request(strict))
			}
			return all
		},
		decode: s.decodeUpdate,
	}
}
