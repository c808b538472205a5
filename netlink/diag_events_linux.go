package netlink

import (
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// SocketSubscribeOptions is what [Handle.SocketSubscribeSeq] takes.
type SocketSubscribeOptions struct {
	Namespace              *netns.NsHandle // nil: the handle's, or the calling thread's
	Family                 uint8           // AF_INET or AF_INET6; 0: both
	Protocol               uint8           // IPPROTO_TCP or IPPROTO_UDP; 0: both
	ReceiveBufferSize      int             // SO_RCVBUF in bytes; 0: room for bursts
	ReceiveBufferForceSize bool            // exceed net.core.rmem_max
	ReceiveTimeout         *unix.Timeval   // end when nothing came for so long
}

// SocketSubscribeSeq tells of TCP and UDP sockets that end, with what is known of their connections, from when an iteration begins: ss
// -E. Protocol says which of the two one is of. Errors come as pairs: wire.ErrOverrun says that some were lost, and more
// follow. The handle's context and its Close end it.
func (h *Handle) SocketSubscribeSeq(options SocketSubscribeOptions) iter.Seq2[*SocketInfo, error] {
	return func(yield func(*SocketInfo, error) bool) {
		e := events[*SocketInfo]{
			op: "socket subscribe", protocol: uapi.NETLINK_SOCK_DIAG,
			dump: func(*Handle) []*wire.Request { return nil }, // who has gone is in no list
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
			if (options.Family == 0 || options.Family == g.family) && (options.Protocol == 0 || options.Protocol == g.protocol) {
				e.groups = append(e.groups, g.group)
			}
		}
		e.seq(h, subscribeOptions{
			namespace:     options.Namespace,
			receiveBuffer: options.ReceiveBufferSize, forceBuffer: options.ReceiveBufferForceSize,
			receiveTimeout: options.ReceiveTimeout,
		})(yield)
	}
}
