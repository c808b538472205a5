package nl

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// SupportedNlFamilies has the protocols for which a handle of package netlink keeps sockets
// unless others are asked for.
var SupportedNlFamilies = []int{unix.NETLINK_ROUTE, unix.NETLINK_XFRM, unix.NETLINK_NETFILTER}

// SocketTimeoutTv bounds the wait for room and for each answer of requests that open a socket
// of their own.
var SocketTimeoutTv = unix.Timeval{Sec: 60}

// NetlinkSocket is a netlink socket. Its methods may be called at the same time; Close ends
// those under way, with EAGAIN, and later ones fail with an error that matches [os.ErrClosed]. The Mutex is
// for who shares a socket: [NetlinkRequest.Execute] holds it for a whole exchange.
type NetlinkSocket struct {
	s      *wire.Socket
	closed atomic.Bool
	sync.Mutex
}

// SocketHandle is a socket that requests share, and the number of the last of them.
type SocketHandle struct {
	Seq    uint32
	Socket *NetlinkSocket
}

// Close closes the socket, if there is one.
func (sh *SocketHandle) Close() error {
	if sh.Socket == nil {
		return nil
	}
	return sh.Socket.Close()
}

func open(cfg wire.Config, groups []uint) (*NetlinkSocket, error) {
	joined := make([]uint32, 0, len(groups))
	for _, g := range groups {
		if g != 0 {
			joined = append(joined, uint32(g))
		}
	}
	s, err := wire.OpenSocket(cfg, joined...)
	if err != nil {
		return nil, bare(err)
	}
	return &NetlinkSocket{s: s}, nil
}

// getNetlinkSocket opens a socket for requests.
func getNetlinkSocket(cfg wire.Config) (*NetlinkSocket, error) {
	s, err := open(cfg, nil)
	if err == nil && EnableErrorMessageReporting {
		_ = s.SetExtAck(true) // a kernel without it answers all the same
	}
	return s, err
}

// GetNetlinkSocketAt opens a socket of a protocol (NETLINK_…) in the namespace newNs, or in that of
// the calling thread where newNs is not open. Where both are open the calling thread is in curNs
// afterwards, else it stays where it is.
func GetNetlinkSocketAt(newNs, curNs netns.NsHandle, protocol int) (*NetlinkSocket, error) {
	return openAt(newNs, curNs, func(ns *netns.NsHandle) (*NetlinkSocket, error) {
		return getNetlinkSocket(wire.Config{Protocol: protocol, NetNS: ns})
	})
}

// Subscribe opens a socket of a protocol (NETLINK_…) and joins multicast groups, by their
// numbers (RTNLGRP_…). Groups up to 32 that the kernel lacks are left out.
func Subscribe(protocol int, groups ...uint) (*NetlinkSocket, error) {
	return open(wire.Config{Protocol: protocol}, groups)
}

// SubscribeAt is [Subscribe] in a namespace, see [GetNetlinkSocketAt].
func SubscribeAt(newNs, curNs netns.NsHandle, protocol int, groups ...uint) (*NetlinkSocket, error) {
	return openAt(newNs, curNs, func(ns *netns.NsHandle) (*NetlinkSocket, error) {
		return open(wire.Config{Protocol: protocol, NetNS: ns}, groups)
	})
}

func openAt(newNs, curNs netns.NsHandle, open func(*netns.NsHandle) (*NetlinkSocket, error)) (*NetlinkSocket, error) {
	if !newNs.IsOpen() {
		return open(nil)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	s, err := open(&newNs)
	if err != nil || !curNs.IsOpen() {
		return s, err
	}
	here, err := netns.Get()
	if err == nil {
		same := here.Equal(curNs)
		here.Close()
		if same {
			return s, nil
		}
		err = netns.Set(curNs)
	}
	if err != nil {
		s.Close()
		return nil, fmt.Errorf("return to the network namespace %d: %w", curNs, err)
	}
	return s, nil
}

// Close closes the socket.
func (s *NetlinkSocket) Close() error {
	s.closed.Store(true)
	return s.s.Close()
}

// use calls fn, which waits on the socket, and returns its error as programs compare it.
func (s *NetlinkSocket) use(fn func() error) error {
	closed := s.closed.Load()
	err := fn()
	if !closed && errors.Is(err, wire.ErrClosed) {
		return unix.EAGAIN
	}
	return bare(err)
}

// GetFd returns the descriptor, which stays the socket's. It does not block.
func (s *NetlinkSocket) GetFd() int { return s.s.Fd() }

// GetPid returns the socket's port, which answers have in their headers.
func (s *NetlinkSocket) GetPid() (uint32, error) {
	port, err := s.s.Port()
	return port, bare(err)
}

// GetTimeouts returns the values that SetSendTimeout and SetReceiveTimeout have set.
func (s *NetlinkSocket) GetTimeouts() (send, receive time.Duration) { return s.s.Timeouts() }

// SetSendTimeout bounds how long Send waits; it ends with EAGAIN then. Zero is no bound.
func (s *NetlinkSocket) SetSendTimeout(timeout *unix.Timeval) error {
	s.s.SetSendTimeout(time.Duration(timeout.Nano()))
	return nil
}

// SetReceiveTimeout bounds how long Receive waits; it ends with EAGAIN then. Zero is no bound.
func (s *NetlinkSocket) SetReceiveTimeout(timeout *unix.Timeval) error {
	s.s.SetReceiveTimeout(time.Duration(timeout.Nano()))
	return nil
}

// SetReceiveBufferSize sets SO_RCVBUF in bytes, or SO_RCVBUFFORCE with force: see socket(7).
func (s *NetlinkSocket) SetReceiveBufferSize(size int, force bool) error {
	return bare(s.s.SetReceiveBuffer(size, force))
}

// SetExtAck says whether errors come with the kernel's words (NETLINK_EXT_ACK).
func (s *NetlinkSocket) SetExtAck(enable bool) error { return bare(s.s.SetExtAck(enable)) }

// Send sends a request to the kernel.
func (s *NetlinkSocket) Send(request *NetlinkRequest) error {
	return bare(s.s.Send(request.Serialize()))
}

// Receive waits for one datagram and returns its messages, in memory of their own, and who sent
// it. It ends with ENOBUFS where messages were lost, and with EINVAL for what are no
// messages.
func (s *NetlinkSocket) Receive() ([]syscall.NetlinkMessage, *unix.SockaddrNetlink, error) {
	var data []byte
	var from unix.RawSockaddrNetlink
	err := s.use(func() (err error) {
		data, from, err = s.s.Receive(context.Background())
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	var messages []syscall.NetlinkMessage
	err = wire.Messages(data, func(m wire.Message) error {
		messages = append(messages, syscall.NetlinkMessage{
			Header: syscall.NlMsghdr{
				Len:   uint32(unix.SizeofNlMsghdr + len(m.Data)),
				Type:  m.Type,
				Flags: m.Flags,
				Seq:   m.Seq,
				Pid:   m.PID,
			},
			Data: m.Data,
		})
		return nil
	})
	if err != nil || len(messages) == 0 {
		return nil, nil, unix.EINVAL
	}
	return messages, &unix.SockaddrNetlink{Family: from.Family, Pad: from.Pad, Pid: from.Pid, Groups: from.Groups}, nil
}

// bare returns the number in err, as programs compare it: with the kernel's words where it
// gave any, and err itself where there is no number.
func bare(err error) error {
	errno, ok := errors.AsType[syscall.Errno](err)
	switch {
	case errors.Is(err, wire.ErrTimeout):
		return unix.EAGAIN
	case errors.Is(err, wire.ErrOverrun):
		return unix.ENOBUFS
	case !ok:
		return err
	}
	if e, ok := err.(*wire.Error); ok && e.Message != "" {
		return fmt.Errorf("%w: %s", errno, e.Message)
	}
	return errno
}
