package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// SocketSubscribeOptions are the options of [Handle.SocketSubscribeSeq].
type SocketSubscribeOptions struct {
	Namespace *netns.NsHandle // nil: the handle's, or the calling thread's
	Family    uint8           // AF_INET or AF_INET6; 0: both
	Protocol  uint8           // IPPROTO_TCP or IPPROTO_UDP; 0: both
	// gets what goes wrong after a subscription to a channel began, from the goroutine that sends
	ErrorCallback          func(error)
	ReceiveBufferSize      int           // SO_RCVBUF in bytes; 0: room for bursts
	ReceiveBufferForceSize bool          // exceed net.core.rmem_max
	ReceiveTimeout         *unix.Timeval // end when nothing came for so long
}

// SocketSubscribeSeq reports TCP and UDP sockets that end, with their connections, from the start of an iteration: ss
// -E. Protocol says which of the two one is of. Errors come as pairs: wire.ErrOverrun says that some were lost, and
// more follow. The handle's context and its Close end it.
func (h *Handle) SocketSubscribeSeq(options SocketSubscribeOptions) iter.Seq2[*SocketInfo, error] {
	return options.events().seq(h, options.common())
}

// SocketSubscribe is [Handle.SocketSubscribeSeq] to a channel: sockets go to ch until done or the handle is
// closed, then ch is closed. What would come as an error goes to the options' ErrorCallback.
func (h *Handle) SocketSubscribe(ch chan<- *SocketInfo, done <-chan struct{}, options SocketSubscribeOptions) error {
	return options.events().send(h, ch, done, options.common())
}

func (o *SocketSubscribeOptions) common() subscribeOptions {
	return subscribeOptions{
		namespace: o.Namespace, onError: o.ErrorCallback,
		receiveBuffer: o.ReceiveBufferSize, forceBuffer: o.ReceiveBufferForceSize, receiveTimeout: o.ReceiveTimeout,
	}
}

func (o *SocketSubscribeOptions) events() events[*SocketInfo] {
	e := events[*SocketInfo]{
		op: "socket subscribe", protocol: uapi.NETLINK_SOCK_DIAG,
		dump: func(*Handle) []*wire.Request { return nil }, // sockets that ended are in no list
		decode: func(m wire.Message) (*SocketInfo, bool, error) {
			s := new(SocketInfo)
			err := s.decode(m.Data)
			return s, err == nil && m.Type == uapi.SOCK_DIAG_BY_FAMILY, err
		},
	}
	for _, g := range [...]struct {
		family, protocol uint8
		group            uint32
	}{
		{uapi.AF_INET, uapi.IPPROTO_TCP, uapi.SKNLGRP_INET_TCP_DESTROY},
		{uapi.AF_INET, uapi.IPPROTO_UDP, uapi.SKNLGRP_INET_UDP_DESTROY},
		{uapi.AF_INET6, uapi.IPPROTO_TCP, uapi.SKNLGRP_INET6_TCP_DESTROY},
		{uapi.AF_INET6, uapi.IPPROTO_UDP, uapi.SKNLGRP_INET6_UDP_DESTROY},
	} {
		if (o.Family == 0 || o.Family == g.family) && (o.Protocol == 0 || o.Protocol == g.protocol) {
			e.groups = append(e.groups, g.group)
		}
	}
	return e
}
