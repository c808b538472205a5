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

// allNSID is a socket that hears of what happens in all namespaces that have an
// id here (NETLINK_LISTEN_ALL_NSID). The kernel says beside each datagram which
// one it comes from.
type allNSID struct {
	file *os.File
	raw  interface {
		Read(func(fd uintptr) bool) error
	}
	oob  [unix.SizeofCmsghdr + 64]byte
	nsid int // of the datagram received last; currentNSID: this namespace
}

// newAllNSID opens the socket in a namespace, or in that of the calling thread.
func newAllNSID(ns netns.NsHandle, protocol, buffer int, groups []uint32) (*allNSID, error) {
	var a *allNSID
	open := func() (err error) {
		a, err = openAllNSID(protocol, buffer, groups)
		return err
	}
	if ns.IsOpen() {
		return a, netns.Do(ns, open)
	}
	err := open()
	return a, err
}

func openAllNSID(protocol, buffer int, groups []uint32) (*allNSID, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, protocol)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	a := &allNSID{file: os.NewFile(uintptr(fd), "netlink"), nsid: currentNSID}
	if a.raw, err = a.file.SyscallConn(); err == nil {
		err = a.setUp(fd, buffer, groups)
	}
	if err != nil {
		a.file.Close()
		return nil, err
	}
	return a, nil
}

func (a *allNSID) setUp(fd, buffer int, groups []uint32) error {
	if buffer != 0 {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, buffer); err != nil {
			return os.NewSyscallError("setsockopt(SO_RCVBUF)", err)
		}
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_LISTEN_ALL_NSID, 1); err != nil {
		return os.NewSyscallError("setsockopt(NETLINK_LISTEN_ALL_NSID)", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return os.NewSyscallError("bind", err)
	}
	for _, group := range groups {
		if err := unix.SetsockoptInt(fd, unix.SOL_NETLINK, unix.NETLINK_ADD_MEMBERSHIP, int(group)); err != nil {
			return os.NewSyscallError("setsockopt(NETLINK_ADD_MEMBERSHIP)", err)
		}
	}
	return nil
}

// Send is of no use: this socket only hears.
func (a *allNSID) Send([]byte) error { return os.ErrInvalid }

// Receive reads a datagram and notes where it comes from.
func (a *allNSID) Receive(ctx wire.Context, b []byte, timeout time.Duration) (n int, from uint32, err error) {
	defer context.AfterFunc(wire.Parent(ctx), a.Interrupt)()
	tried := false
	rerr := a.raw.Read(func(fd uintptr) bool {
		if timeout < 0 && tried {
			return true
		}
		tried = true
		var oobn int
		var sa unix.Sockaddr
		n, oobn, _, sa, err = unix.Recvmsg(int(fd), b, a.oob[:], unix.MSG_TRUNC)
		if err == unix.EAGAIN {
			return timeout < 0
		}
		a.nsid = nsidOf(a.oob[:max(oobn, 0)])
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

// nsidOf is the id in the control messages of a datagram.
func nsidOf(oob []byte) int {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return currentNSID
	}
	for _, m := range messages {
		if m.Header.Level == uapi.SOL_NETLINK && m.Header.Type == uapi.NETLINK_LISTEN_ALL_NSID && len(m.Data) >= 4 {
			return int(int32(native.Uint32(m.Data)))
		}
	}
	return currentNSID
}

// Interrupt ends a Receive under way.
func (a *allNSID) Interrupt() { _ = a.file.SetReadDeadline(time.Unix(1, 0)) } // a closed file needs none

func (a *allNSID) Close() error { return a.file.Close() }

// NSID is where the datagram received last comes from.
func (a *allNSID) NSID() int { return a.nsid }
