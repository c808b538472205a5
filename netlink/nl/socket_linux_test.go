package nl_test

import (
	"bytes"
	"errors"
	"net"
	"os"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
	"kern.sys/unix"
)

// patience bounds how long a test waits for what has to come.
var patience = unix.Timeval{Sec: 20}

// awaitAddress receives until there is news of an address.
func awaitAddress(t testing.TB, s *nl.NetlinkSocket, typ uint16, ip net.IP) {
	t.Helper()
	if err := s.SetReceiveTimeout(&patience); err != nil {
		t.Fatal(err)
	}
	for {
		messages, from, err := s.Receive()
		if err != nil {
			t.Fatal(err)
		}
		if from.Pid != nl.PidKernel || from.Family != unix.AF_NETLINK || from.Groups == 0 {
			t.Errorf("from %+v", from)
		}
		for _, m := range messages {
			if int(m.Header.Len) != unix.SizeofNlMsghdr+len(m.Data) {
				t.Errorf("header %+v of %d bytes", m.Header, len(m.Data))
			}
			if m.Header.Type == typ && local(t, m.Data).Equal(ip) {
				return
			}
		}
	}
}

func closing(t testing.TB, s *nl.NetlinkSocket, err error) *nl.NetlinkSocket {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil && !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	})
	return s
}

func TestSubscribe(t *testing.T) {
	ip := net.IPv4(10, 0, 0, 1)
	ns := nstest.New(t)
	far, err := nl.SubscribeAt(ns, netns.None(), unix.NETLINK_ROUTE, unix.RTNLGRP_LINK, unix.RTNLGRP_IPV4_IFADDR)
	closing(t, far, err)
	err = netns.Do(ns, func() error {
		near, err := nl.Subscribe(unix.NETLINK_ROUTE, 0, unix.RTNLGRP_IPV4_IFADDR)
		closing(t, near, err)
		if err := add(ip); err != nil {
			return err
		}
		awaitAddress(t, near, unix.RTM_NEWADDR, ip)
		return remove(ip)
	})
	if err != nil {
		t.Fatal(err)
	}
	awaitAddress(t, far, unix.RTM_NEWADDR, ip)
	awaitAddress(t, far, unix.RTM_DELADDR, ip)

	// A subscriber sends requests as well, to the kernel alone.
	if err := far.Send(addresses()); err != nil {
		t.Fatal(err)
	}
	messages, from, err := far.Receive()
	if err != nil || messages[len(messages)-1].Header.Type != unix.NLMSG_DONE || from.Groups != 0 {
		t.Errorf("%+v from %+v, %v", messages, from, err)
	}
}

// memberships returns the groups that a socket is in.
func memberships(t testing.TB, s *nl.NetlinkSocket) (groups [3]uint32) {
	t.Helper()
	size := uint32(unsafe.Sizeof(groups))
	const option = unix.NETLINK_LIST_MEMBERSHIPS
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(s.GetFd()), unix.SOL_NETLINK, option,
		uintptr(unsafe.Pointer(&groups)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		t.Fatal(errno)
	}
	return groups
}

func TestSubscribeGroups(t *testing.T) {
	nstest.Private(t)
	s, err := nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_NEXTHOP, unix.RTNLGRP_BRVLAN, unix.RTNLGRP_LINK)
	closing(t, s, err)
	if got, want := memberships(t, s), [3]uint32{1<<31 | 1, 1, 0}; got != want {
		t.Errorf("groups %x, want %x", got, want)
	}
	// A group up to 32 that the kernel lacks is left out, a larger one is an error.
	s, err = nl.Subscribe(unix.NETLINK_NETFILTER, 31)
	closing(t, s, err)
	if _, err = nl.Subscribe(unix.NETLINK_ROUTE, 4000); err != unix.EINVAL {
		t.Errorf("group 4000: %v", err)
	}
}

func TestSocketAt(t *testing.T) {
	there, back := nstest.New(t), nstest.New(t)
	nstest.Do(t, func() {
		here, err := netns.Get()
		if err != nil {
			t.Fatal(err)
		}
		defer here.Close()
		for _, c := range []struct {
			name       string
			new, cur   netns.NsHandle
			opened, at netns.NsHandle
		}{
			{"neither", netns.None(), netns.None(), here, here},
			{"only back", netns.None(), back, here, here},
			{"only there", there, netns.None(), there, here},
			{"there and here", there, here, there, here},
			{"there and back", there, back, there, back},
		} {
			s, err := nl.GetNetlinkSocketAt(c.new, c.cur, unix.NETLINK_ROUTE)
			if err != nil {
				t.Fatal(c.name, err)
			}
			at, err := netns.Get()
			if err != nil {
				t.Fatal(err)
			}
			opened, err := unix.IoctlRetInt(s.GetFd(), unix.SIOCGSKNS)
			if err != nil {
				t.Fatal(err)
			}
			if ns := netns.NsHandle(opened); !ns.Equal(c.opened) || !at.Equal(c.at) {
				t.Errorf("%s: opened in %s, want %s; afterwards in %s, want %s", c.name, ns, c.opened, at, c.at)
			}
			if err := errors.Join(unix.Close(opened), at.Close(), s.Close(), netns.Set(here)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := nl.GetNetlinkSocketAt(1<<20, netns.None(), unix.NETLINK_ROUTE); err == nil {
			t.Error("a handle of nothing is a namespace")
		}
	})
}

func TestSocketSettings(t *testing.T) {
	nstest.Private(t)
	s, err := nl.GetNetlinkSocketAt(netns.None(), netns.None(), unix.NETLINK_ROUTE)
	closing(t, s, err)
	port, err := s.GetPid()
	if err != nil || port == nl.PidKernel {
		t.Errorf("port %d, %v", port, err)
	}
	option := func(level, name int) int {
		v, err := unix.GetsockoptInt(s.GetFd(), level, name)
		if err != nil {
			t.Error(err)
		}
		return v
	}
	for _, on := range []bool{true, false} {
		if err := s.SetExtAck(on); err != nil || option(unix.SOL_NETLINK, unix.NETLINK_EXT_ACK) == 1 != on {
			t.Errorf("extended acknowledgements %v: %v", on, err)
		}
	}
	if err := s.SetReceiveBufferSize(50000, false); err != nil || option(unix.SOL_SOCKET, unix.SO_RCVBUF) != 100000 {
		t.Errorf("receive buffer: %v", err)
	}
	if err := s.SetSendTimeout(&unix.Timeval{Sec: 3}); err != nil {
		t.Error(err)
	}
	if err := s.SetReceiveTimeout(&unix.Timeval{Usec: 1}); err != nil {
		t.Error(err)
	}
	if send, receive := s.GetTimeouts(); send != 3*time.Second || receive != time.Microsecond {
		t.Errorf("timeouts %v and %v", send, receive)
	}
	if _, _, err := s.Receive(); err != unix.EAGAIN {
		t.Errorf("nothing comes: %v", err)
	}
}

// waiting reports whether a goroutine waits in Receive.
func waiting() bool {
	stacks := make([]byte, 1<<20)
	for g := range bytes.SplitSeq(stacks[:runtime.Stack(stacks, true)], []byte("\n\n")) {
		if bytes.Contains(g, []byte("[IO wait")) && bytes.Contains(g, []byte("NetlinkSocket).Receive(")) {
			return true
		}
	}
	return false
}

// A program that waits in Receive until EAGAIN ends when its socket is closed; one that goes on ends at
// another error.
func TestCloseEndsReceive(t *testing.T) {
	nstest.Private(t)
	s, err := nl.Subscribe(unix.NETLINK_ROUTE, unix.RTNLGRP_TC)
	closing(t, s, err)
	ended := make(chan error)
	go func() {
		_, _, err := s.Receive()
		ended <- err
	}()
	for !waiting() {
		runtime.Gosched()
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != unix.EAGAIN {
		t.Errorf("closed while it waits: %v", err)
	}
	if _, _, err := s.Receive(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed before: %v", err)
	}
	if err := s.Send(addresses()); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed before: %v", err)
	}
	if _, err := s.GetPid(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed before: %v", err)
	}
	if err := s.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed twice: %v", err)
	}
	if err := new(nl.SocketHandle).Close(); err != nil {
		t.Errorf("no socket: %v", err)
	}
}
