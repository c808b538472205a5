//go:build dragonfly || freebsd || netbsd || openbsd

package unix_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"kern.sys/unix"
)

func socket(t *testing.T, family, typ int) int {
	t.Helper()
	fd, err := unix.Socket(family, typ, 0)
	must(t, "socket", err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// TestConnections goes through each family: what one side sends, and is called, the other one sees.
func TestConnections(t *testing.T) {
	for name, at := range map[string]unix.Sockaddr{
		"inet":  &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}},
		"inet6": &unix.SockaddrInet6{Addr: [16]byte{15: 1}},
		"unix":  &unix.SockaddrUnix{Name: filepath.Join(t.TempDir(), "socket")},
	} {
		t.Run(name, func(t *testing.T) {
			family := map[string]int{"inet": unix.AF_INET, "inet6": unix.AF_INET6, "unix": unix.AF_UNIX}[name]
			server, client := socket(t, family, unix.SOCK_STREAM), socket(t, family, unix.SOCK_STREAM)
			must(t, "bind", unix.Bind(server, at))
			must(t, "listen", unix.Listen(server, 1))
			local, err := unix.Getsockname(server)
			must(t, "getsockname", err)
			if u, ok := local.(*unix.SockaddrUnix); ok && u.Name != at.(*unix.SockaddrUnix).Name {
				t.Errorf("bound to %q", u.Name)
			}
			must(t, "connect", unix.Connect(client, local))
			conn, from, err := unix.Accept(server)
			must(t, "accept", err)
			defer func() { _ = unix.Close(conn) }()
			peer, err := unix.Getpeername(client)
			must(t, "getpeername", err)
			mine, err := unix.Getsockname(client)
			must(t, "getsockname", err)
			switch peer := peer.(type) {
			case *unix.SockaddrInet4:
				if from.(*unix.SockaddrInet4).Port != mine.(*unix.SockaddrInet4).Port ||
					peer.Port != local.(*unix.SockaddrInet4).Port || peer.Port == 0 {
					t.Errorf("%+v, %+v, %+v", from, peer, mine)
				}
			case *unix.SockaddrInet6:
				if from.(*unix.SockaddrInet6).Port != mine.(*unix.SockaddrInet6).Port ||
					peer.Addr != at.(*unix.SockaddrInet6).Addr {
					t.Errorf("%+v, %+v, %+v", from, peer, mine)
				}
			case *unix.SockaddrUnix:
				if peer.Name != at.(*unix.SockaddrUnix).Name {
					t.Errorf("connected to %q", peer.Name)
				}
			}
			must(t, "send", unix.Send(client, []byte("hello"), 0))
			b := make([]byte, 16)
			if n, _, err := unix.Recvfrom(conn, b, unix.MSG_PEEK); n != 5 || err != nil {
				t.Errorf("peek: %d, %v", n, err)
			}
			if n, err := unix.Read(conn, b); n != 5 || err != nil || string(b[:n]) != "hello" {
				t.Errorf("read: %q, %v", b[:n], err)
			}
			must(t, "shutdown", unix.Shutdown(client, unix.SHUT_WR))
			if n, err := unix.Read(conn, b); n != 0 || err != nil {
				t.Errorf("end: %d, %v", n, err)
			}
		})
	}
}

func TestDatagrams(t *testing.T) {
	a, b := socket(t, unix.AF_INET, unix.SOCK_DGRAM), socket(t, unix.AF_INET, unix.SOCK_DGRAM)
	for _, fd := range []int{a, b} {
		must(t, "bind", unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
		must(t, "timeout", unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 5}))
	}
	to, err := unix.Getsockname(b)
	must(t, "getsockname", err)
	mine, err := unix.Getsockname(a)
	must(t, "getsockname", err)
	buf := make([]byte, 8)
	must(t, "sendto", unix.Sendto(a, []byte("one"), 0, to))
	n, from, err := unix.Recvfrom(b, buf, 0)
	if err != nil || string(buf[:n]) != "one" || from.(*unix.SockaddrInet4).Port != mine.(*unix.SockaddrInet4).Port {
		t.Errorf("recvfrom: %q, %+v, %v", buf[:n], from, err)
	}
	if n, err := unix.SendmsgBuffers(a, [][]byte{[]byte("abc"), nil, []byte("defghijk")}, nil, to, 0); n != 11 ||
		err != nil {
		t.Fatal(n, err)
	}
	parts := [][]byte{make([]byte, 2), make([]byte, 5)}
	n, _, flags, from, err := unix.RecvmsgBuffers(b, parts, nil, 0)
	if err != nil || n != 7 || string(bytes.Join(parts, nil)) != "abcdefg" || flags&unix.MSG_TRUNC == 0 ||
		from.(*unix.SockaddrInet4).Addr != [4]byte{127, 0, 0, 1} {
		t.Errorf("recvmsg: %d, %q, %#x, %+v, %v", n, parts, flags, from, err)
	}
	must(t, "nonblock", unix.SetNonblock(b, true))
	if _, _, err := unix.Recvfrom(b, buf, 0); err != unix.EAGAIN {
		t.Errorf("nothing there: %v", err)
	}
}

func TestSocketOptions(t *testing.T) {
	fd := socket(t, unix.AF_INET6, unix.SOCK_STREAM)
	for _, o := range []struct{ level, name, value int }{
		{unix.SOL_SOCKET, unix.SO_REUSEADDR, 1}, {unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
		{unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
		{unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1}, {unix.IPPROTO_IPV6, unix.IPV6_UNICAST_HOPS, 9},
	} {
		must(t, "set", unix.SetsockoptInt(fd, o.level, o.name, o.value))
		if v, err := unix.GetsockoptInt(fd, o.level, o.name); err != nil || (v != o.value && v == 0) {
			t.Errorf("option %#x of %#x: %d, %v", o.name, o.level, v, err)
		}
	}
	must(t, "linger", unix.SetsockoptLinger(fd, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1, Linger: 7}))
	if v, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_ERROR); v != 0 || err != nil {
		t.Errorf("error of the socket: %d, %v", v, err)
	}
	four := socket(t, unix.AF_INET, unix.SOCK_DGRAM)
	must(t, "ttl", unix.SetsockoptInt(four, unix.IPPROTO_IP, unix.IP_TTL, 33))
	if v, err := unix.GetsockoptInt(four, unix.IPPROTO_IP, unix.IP_TTL); v != 33 || err != nil {
		t.Errorf("ttl %d, %v", v, err)
	}
	if _, err := unix.GetsockoptInt(0x7fff, unix.SOL_SOCKET, unix.SO_TYPE); err != unix.EBADF {
		t.Errorf("no descriptor: %v", err)
	}
}

func TestDescriptorsAreSent(t *testing.T) {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	must(t, "socketpair", err)
	defer func() { _, _ = unix.Close(p[0]), unix.Close(p[1]) }()
	first, second := file(t, filepath.Join(t.TempDir(), "1"), "first"), file(t, filepath.Join(t.TempDir(), "2"), "second")
	must(t, "sendmsg", unix.Sendmsg(p[0], []byte("x"), unix.UnixRights(first, second), nil, 0))
	b, oob := make([]byte, 1), make([]byte, unix.CmsgSpace(8))
	_, oobn, _, _, err := unix.Recvmsg(p[1], b, oob, 0)
	must(t, "recvmsg", err)
	msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
	must(t, "parse", err)
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) != 2 {
		t.Fatal(fds, err)
	}
	for i, want := range []string{"first", "second"} {
		got := make([]byte, 16)
		if n, err := unix.Pread(fds[i], got, 0); err != nil || string(got[:n]) != want {
			t.Errorf("descriptor %d reads %q, %v", i, got[:n], err)
		}
		must(t, "close", unix.Close(fds[i]))
	}
}
