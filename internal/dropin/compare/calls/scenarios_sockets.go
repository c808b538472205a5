package main

import (
	"fmt"
	"strings"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// emptyMessages sends and receives control messages without data.
func emptyMessages(note note) {
	rights := unix.UnixRights(fdFile)
	for _, typ := range []int{unix.SOCK_STREAM, unix.SOCK_SEQPACKET, unix.SOCK_DGRAM} {
		for how, receive := range []func(fd int, oob []byte, flags int) (int, int, int, unix.Sockaddr, error){
			func(fd int, oob []byte, flags int) (int, int, int, unix.Sockaddr, error) {
				return unix.Recvmsg(fd, nil, oob, flags)
			},
			func(fd int, oob []byte, flags int) (int, int, int, unix.Sockaddr, error) {
				return unix.Recvmsg(fd, []byte{}, oob, flags)
			},
			func(fd int, oob []byte, flags int) (int, int, int, unix.Sockaddr, error) {
				return unix.RecvmsgBuffers(fd, nil, oob, flags)
			},
			func(fd int, oob []byte, flags int) (int, int, int, unix.Sockaddr, error) {
				return unix.RecvmsgBuffers(fd, [][]byte{{}, nil}, oob, flags)
			},
		} {
			pair, err := unix.Socketpair(unix.AF_UNIX, typ|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
			check("socketpair", err)
			what := fmt.Sprint(typ, " ", how)
			read := func(flags int) {
				oob := make([]byte, 64)
				n, oobn, recvflags, from, err := receive(pair[1], oob, flags|unix.MSG_CMSG_CLOEXEC)
				note(what+" read", n, oobn, recvflags, from, err)
				n, oobn, recvflags, from, err = receive(pair[1], nil, flags)
				note(what+" read without", n, oobn, recvflags, from, err)
			}
			note(what+" send", unix.Send(pair[0], []byte("ab"), 0))
			read(unix.MSG_PEEK)
			read(0)
			for _, p := range [][]byte{nil, {}, []byte("x")} {
				n, err := unix.SendmsgN(pair[0], p, rights, nil, 0)
				note(what+" sendmsg", n, err)
				read(0)
				n, err = unix.SendmsgN(pair[0], p, nil, nil, 0)
				note(what+" sendmsg without", n, err)
				read(0)
				n, err = unix.SendmsgBuffers(pair[0], [][]byte{p, nil}, rights, nil, 0)
				note(what+" buffers", n, err)
				read(0)
				note(what+" error", unix.Sendmsg(pair[0], p, rights, nil, unix.MSG_DONTWAIT))
				read(0)
			}
			note(what+" shutdown", unix.Shutdown(pair[0], unix.SHUT_WR))
			read(0)
			_, _ = unix.Close(pair[0]), unix.Close(pair[1])
		}
	}
}

// namesOfSockets binds sockets to names of all forms, and asks the kernel for the address that arrived.
func namesOfSockets(note note) {
	long := strings.Repeat("x", 120)
	for _, name := range []string{"", "@", "@@", "@a", "@a\x00", "@a\x00b", "@\x00", "\x00", "\x00\x00", "\x00a", "\x00@",
		"s", "s2\x00b", "@" + long[:105],
		"@" + long[:106], "@" + long[:107], "\x00" + long[:106], "\x00" + long[:107], long[:106], long[:107], long[:108],
		long} {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK, 0)
		check("socket", err)
		what := fmt.Sprintf("%.12q %d", name, len(name))
		sa := &unix.SockaddrUnix{Name: name}
		note(what+" bind", unix.Bind(fd, sa))
		if name != "" { // the kernel chooses one then
			var raw [128]byte
			size := uint32(len(raw))
			_, _, errno := syscall.RawSyscall(unix.SYS_GETSOCKNAME, uintptr(fd), uintptr(unsafe.Pointer(&raw)),
				uintptr(unsafe.Pointer(&size)))
			note(what+" raw", raw[:size], errno)
			got, err := unix.Getsockname(fd)
			note(what+" name", got, err)
		}
		note(what+" connect", unix.Connect(fdUnixUnbound, sa))
		note(what+" sendto", unix.Sendto(fdUnixUnbound, []byte("to"), 0, sa))
		buf := make([]byte, 8)
		n, from, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
		note(what+" received", n, from, err, buf)
		_ = unix.Close(fd)
	}
	sa := &unix.SockaddrUnix{Name: "a-longer-name"} // values are used again
	for _, name := range []string{"@short", "t", "@", ""} {
		sa.Name = name
		note("again "+name, unix.Sendto(fdUnixUnbound, nil, 0, sa))
	}
}

// connections are of TCP.
func connections(note note) {
	for _, c := range []struct {
		domain int
		sa     unix.Sockaddr
	}{
		{unix.AF_INET, &unix.SockaddrInet4{Port: 5000, Addr: [4]byte{127, 0, 0, 1}}},
		{unix.AF_INET6, &unix.SockaddrInet6{Port: 5001, Addr: [16]byte{15: 1}}},
	} {
		l, err := unix.Socket(c.domain, unix.SOCK_STREAM|unix.SOCK_NONBLOCK, 0)
		note("socket", l >= 0, err)
		note("bind", unix.Bind(l, c.sa), unix.Listen(l, 1))
		client, err := unix.Socket(c.domain, unix.SOCK_STREAM, 0)
		note("client", client >= 0, err)
		note("connect", unix.Connect(client, c.sa))
		peer, err := unix.Getpeername(client)
		note("peer", peer, err)
		fd, from, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
		switch from := from.(type) {
		case *unix.SockaddrInet4:
			from.Port = 0
		case *unix.SockaddrInet6:
			from.Port = 0
		}
		note("accepted", fd >= 0, err)
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		note("flags", flags, err)
		_, _, err = unix.Accept(l)
		note("accept", err)
		n, err := unix.Write(client, []byte("over TCP"))
		note("write", n, err)
		buf := make([]byte, 20)
		n, sa, err := unix.Recvfrom(fd, buf, 0)
		note("read", n, sa, err, buf)
		info, err := unix.GetsockoptTCPInfo(fd, unix.SOL_TCP, unix.TCP_INFO)
		note("info", info.State, err)
		name, err := unix.GetsockoptString(fd, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
		note("congestion", name, err)
		note("linger", unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1, Linger: 1 << 30}))
		linger, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_LINGER)
		note("got", linger, err)
		note("time", unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO,
			&unix.Timeval{Sec: 1 << 30, Usec: 999999}))
		tv, err := unix.GetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO)
		note("got time", tv, err)
		_, _, _ = unix.Close(fd), unix.Close(client), unix.Close(l)
	}
}

// controlMessages are made and parsed.
func controlMessages(note note) {
	oob := append(unix.UnixRights(1, 2, 3), unix.UnixCredentials(&unix.Ucred{Pid: 1, Uid: 2, Gid: 3})...)
	oob = append(oob, unix.PktInfo4(&unix.Inet4Pktinfo{Ifindex: 1, Addr: [4]byte{1, 2, 3, 4}})...)
	oob = append(oob, unix.PktInfo6(&unix.Inet6Pktinfo{Ifindex: 1, Addr: [16]byte{1, 2, 3, 4}})...)
	note("bytes", oob)
	for n := range oob {
		msgs, err := unix.ParseSocketControlMessage(oob[:n])
		note("messages", msgs, err)
		if n > 0 {
			header, data, rest, err := unix.ParseOneSocketControlMessage(oob[:n])
			note("one", header, data, rest, err)
		}
		for _, m := range msgs {
			fds, err := unix.ParseUnixRights(&m)
			note("rights", fds, err)
			cred, err := unix.ParseUnixCredentials(&m)
			note("credentials", cred, err)
			sa, err := unix.ParseOrigDstAddr(&m)
			note("address", sa, err)
		}
	}
}

// addressesOfKernel are decoded from what sockets of several families have.
func addressesOfKernel(note note) {
	for _, c := range []struct {
		domain, typ, proto int
		sa                 unix.Sockaddr
	}{
		{unix.AF_INET, unix.SOCK_DGRAM, 0, &unix.SockaddrInet4{Port: 6000}},
		{unix.AF_INET6, unix.SOCK_DGRAM, 0, &unix.SockaddrInet6{Port: 6001, ZoneId: 1}},
		{unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE, &unix.SockaddrNetlink{Pid: 77, Groups: 1}},
		{unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_KOBJECT_UEVENT, &unix.SockaddrNetlink{Groups: 1 << 31}},
		{unix.AF_PACKET, unix.SOCK_RAW, 0, &unix.SockaddrLinklayer{Protocol: 0x0300, Ifindex: 1}},
		{unix.AF_PACKET, unix.SOCK_DGRAM, 0, &unix.SockaddrLinklayer{Ifindex: -1}},
		{unix.AF_VSOCK, unix.SOCK_STREAM, 0, &unix.SockaddrVM{CID: unix.VMADDR_CID_ANY, Port: 1 << 31}},
		{unix.AF_CAN, unix.SOCK_RAW, unix.CAN_RAW, &unix.SockaddrCAN{}},
		{unix.AF_ALG, unix.SOCK_SEQPACKET, 0, &unix.SockaddrALG{Type: "hash", Name: "sha1"}},
		{unix.AF_TIPC, unix.SOCK_RDM, 0, &unix.SockaddrTIPC{Scope: 2, Addr: &unix.TIPCServiceName{Type: 1000, Instance: 1}}},
	} {
		fd, err := unix.Socket(c.domain, c.typ, c.proto)
		what := fmt.Sprint(c.domain)
		if note(what, err); err != nil {
			continue
		}
		note(what+" bind", unix.Bind(fd, c.sa))
		sa, err := unix.Getsockname(fd)
		note(what+" name", sa, err)
		sa, err = unix.Getpeername(fd)
		note(what+" peer", sa, err)
		_ = unix.Close(fd)
	}
}
