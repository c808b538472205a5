package ip

import (
	"context"
	"os"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// originSocket is a socket that says beside each datagram where it comes from: of which namespace
// (NETLINK_LISTEN_ALL_NSID), and to which group (NETLINK_PKTINFO).
type originSocket struct {
	file *os.File
	raw  interface {
		Read(func(fd uintptr) bool) error
	}
	oob    [unix.SizeofCmsghdr + 64]byte
	origin Origin // of the datagram received last
}

// newOriginSocket opens the socket in a namespace, or in that of the calling thread.
func newOriginSocket(ns netns.NsHandle, s Source, buffer int, groups []uint32) (*originSocket, error) {
	var o *originSocket
	open := func() (err error) {
		o, err = openOriginSocket(s, buffer, groups)
		return err
	}
	if ns.IsOpen() {
		return o, netns.Do(ns, open)
	}
	err := open()
	return o, err
}

func openOriginSocket(s Source, buffer int, groups []uint32) (*originSocket, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, s.Protocol)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	o := &originSocket{file: os.NewFile(uintptr(fd), "netlink"), origin: Origin{NSID: currentNSID}}
	if o.raw, err = o.file.SyscallConn(); err == nil {
		err = s.setUp(fd, buffer, groups)
	}
	if err != nil {
		o.file.Close()
		return nil, err
	}
	return o, nil
}

// setUp sets the options of the socket and joins the groups.
func (s Source) setUp(fd, buffer int, groups []uint32) error {
	for _, option := range []struct {
		name                 string
		level, number, value int
		wanted               bool
	}{
		{"SO_RCVBUF", unix.SOL_SOCKET, unix.SO_RCVBUF, buffer, buffer != 0},
		{"NETLINK_LISTEN_ALL_NSID", unix.SOL_NETLINK, unix.NETLINK_LISTEN_ALL_NSID, 1, s.AllNSID},
		{"NETLINK_PKTINFO", unix.SOL_NETLINK, unix.NETLINK_PKTINFO, 1, s.PerGroup},
	} {
		if !option.wanted {
			continue
		}
		if err := unix.SetsockoptInt(fd, option.level, option.number, option.value); err != nil {
			return os.NewSyscallError("setsockopt("+option.name+")", err)
		}
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	return s.join(fd, groups)
}

// join joins the groups. With PerGroup one of them is enough: others are not for this user, or for another namespace.
func (s Source) join(fd int, groups []uint32) (err error) {
	joined := 0
	for _, group := range groups {
		e := unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, int(group))
		switch {
		case e == nil:
			joined++
		case !s.PerGroup:
			return os.NewSyscallError("setsockopt(NETLINK_ADD_MEMBERSHIP)", e)
		default:
			err = os.NewSyscallError("setsockopt(NETLINK_ADD_MEMBERSHIP)", e)
		}
	}
	if joined != 0 {
		return nil
	}
	return err
}

// Send is of no use: this socket only hears.
func (o *originSocket) Send([]byte) error { return os.ErrInvalid }

// Receive reads a datagram and notes where it comes from.
func (o *originSocket) Receive(ctx wire.Context, b []byte, timeout time.Duration) (n int, from uint32, err error) {
	defer context.AfterFunc(wire.Parent(ctx), o.Interrupt)()
	tried := false
	rerr := o.raw.Read(func(fd uintptr) bool {
		if timeout < 0 && tried {
			return true
		}
		tried = true
		var oobn int
		var sa unix.Sockaddr
		n, oobn, _, sa, err = unix.Recvmsg(int(fd), b, o.oob[:], unix.MSG_TRUNC)
		if err == unix.EAGAIN {
			return timeout < 0
		}
		o.origin = originIn(o.oob[:max(oobn, 0)])
		if nl, ok := sa.(*unix.SockaddrNetlink); ok {
			from = nl.Pid
		}
		return true
	})
	switch {
	case ctx.Err() != nil:
		return 0, 0, ctx.Err()
	case rerr != nil:
		return 0, 0, wire.ErrClosed
	case err == unix.EAGAIN:
		return 0, 0, wire.ErrTimeout
	case err == unix.ENOBUFS:
		return 0, 0, wire.ErrOverrun
	}
	return n, from, os.NewSyscallError("recvmsg", err)
}

// originIn is what the control messages of a datagram say.
func originIn(oob []byte) Origin {
	origin := Origin{NSID: currentNSID}
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return origin
	}
	for _, m := range messages {
		switch {
		case m.Header.Level != uapi.SOL_NETLINK || len(m.Data) < 4:
		case m.Header.Type == uapi.NETLINK_LISTEN_ALL_NSID:
			origin.NSID = int(int32(native.Uint32(m.Data)))
		case m.Header.Type == uapi.NETLINK_PKTINFO: // struct nl_pktinfo
			origin.Group = native.Uint32(m.Data)
		}
	}
	return origin
}

// Interrupt ends a Receive under way.
func (o *originSocket) Interrupt() { _ = o.file.SetReadDeadline(time.Unix(1, 0)) } // a closed file needs none

func (o *originSocket) Close() error { return o.file.Close() }

// Origin is where the datagram received last comes from.
func (o *originSocket) Origin() Origin { return o.origin }
