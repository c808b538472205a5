//go:build linux

package main

import "kern.sys/unix"

// sockets passes messages with descriptors, and waits for them.
func sockets() {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	check("Socketpair", err == nil, err)
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	check("EpollCreate1", err == nil, err)
	err = unix.EpollCtl(epoll, unix.EPOLL_CTL_ADD, pair[1], &unix.EpollEvent{Events: unix.EPOLLIN, Fd: 77})
	check("EpollCtl", err == nil, err)

	text := []byte("with a descriptor")
	n, err := unix.SendmsgN(pair[0], text, unix.UnixRights(epoll), nil, 0)
	check("SendmsgN", n == len(text) && err == nil, n, err)
	events := make([]unix.EpollEvent, 2)
	n, err = unix.EpollWait(epoll, events, 10000)
	check("EpollWait", n == 1 && events[0].Fd == 77 && err == nil, n, events, err)
	buf, oob := make([]byte, 32), make([]byte, 64)
	n, oobn, _, _, err := unix.Recvmsg(pair[1], buf, oob, unix.MSG_CMSG_CLOEXEC)
	check("Recvmsg", string(buf[:n]) == string(text) && err == nil, n, err)
	messages, err := unix.ParseSocketControlMessage(oob[:oobn])
	check("ParseSocketControlMessage", len(messages) == 1 && err == nil, messages, err)
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		check("ParseUnixRights", len(fds) == 1 && err == nil, fds, err)
	}

	s, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == unix.EAFNOSUPPORT {
		return
	}
	check("Socket", err == nil, err)
	check("SetsockoptInt", unix.SetsockoptInt(s, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1) == nil)
	on, err := unix.GetsockoptInt(s, unix.SOL_SOCKET, unix.SO_KEEPALIVE)
	check("GetsockoptInt", on == 1 && err == nil, on, err)
	check("Bind", unix.Bind(s, &unix.SockaddrInet6{}) == nil)
	check("Listen", unix.Listen(s, 1) == nil)
	sa, err := unix.Getsockname(s)
	in6, is := sa.(*unix.SockaddrInet6)
	check("Getsockname", is && in6.Port > 0 && err == nil, sa, err)
}
