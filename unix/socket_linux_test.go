package unix_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestInetSockets(t *testing.T) {
	for _, c := range []struct {
		name string
		sa   unix.Sockaddr
		fam  int
	}{
		{"IPv4", &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}, unix.AF_INET},
		{"IPv6", &unix.SockaddrInet6{Addr: [16]byte{15: 1}}, unix.AF_INET6},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := socket(t, c.fam, unix.SOCK_STREAM, 0)
			if err := unix.Bind(l, c.sa); err != nil {
				nstest.Need(t, c.name, "", err)
				t.Fatal(err)
			}
			ok(t, unix.Listen(l, 5))
			at, err := unix.Getsockname(l)
			ok(t, err)
			a := socket(t, c.fam, unix.SOCK_STREAM, 0)
			ok(t, unix.Connect(a, at))
			b, from, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
			ok(t, err)
			defer unix.Close(b)
			name, err := unix.Getsockname(a)
			ok(t, err)
			peer, err := unix.Getpeername(a)
			ok(t, err)
			if !sameAddr(t, from, name) || !sameAddr(t, peer, at) {
				t.Errorf("%+v and %+v, %+v and %+v", from, name, peer, at)
			}
			ok(t, unix.Connect(socket(t, c.fam, unix.SOCK_STREAM, 0), at))
			d, _, err := unix.Accept(l)
			ok(t, err)
			ok(t, unix.Close(d))
			ok(t, unix.Send(a, []byte("hello"), 0))
			buf := make([]byte, 8)
			n, sender, err := unix.Recvfrom(b, buf, 0)
			if string(buf[:n]) != "hello" || sender != nil || err != nil {
				t.Errorf("%q, %v, %v", buf[:n], sender, err)
			}
			ok(t, unix.Shutdown(a, unix.SHUT_WR))
			if n, err := unix.Read(b, buf); n != 0 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			info, err := unix.GetsockoptTCPInfo(b, unix.IPPROTO_TCP, unix.TCP_INFO)
			if err != nil || info.State != 8 && kernelHas(t, "TCP_INFO in the bytes of its order") { // TCP_CLOSE_WAIT
				t.Errorf("%+v, %v", info, err)
			}

			u, v := socket(t, c.fam, unix.SOCK_DGRAM, 0), socket(t, c.fam, unix.SOCK_DGRAM, 0)
			ok(t, unix.Bind(u, c.sa))
			ok(t, unix.Bind(v, c.sa))
			at, err = unix.Getsockname(u)
			ok(t, err)
			name, err = unix.Getsockname(v)
			ok(t, err)
			ok(t, unix.Sendto(v, []byte("packet"), 0, at))
			n, sender, err = unix.Recvfrom(u, buf, 0)
			if string(buf[:n]) != "packet" || err != nil || !sameAddr(t, sender, name) {
				t.Errorf("%q, %+v, %v; want it from %+v", buf[:n], sender, err, name)
			}
			n, err = unix.SendmsgBuffers(v, [][]byte{[]byte("pa"), []byte("rts")}, nil, at, 0)
			if n != 5 || err != nil {
				t.Errorf("%d, %v", n, err)
			}
			p, q := make([]byte, 3), make([]byte, 3)
			n, oobn, flags, sender, err := unix.RecvmsgBuffers(u, [][]byte{p, q}, nil, 0)
			if n != 5 || oobn != 0 || flags&^unix.MSG_CMSG_CLOEXEC != 0 || err != nil || string(p)+string(q[:2]) != "parts" ||
				!sameAddr(t, sender, name) {
				t.Errorf("%d %d %x %+v %v: %q %q", n, oobn, flags, sender, err, p, q)
			}
		})
	}
	fails(t, unix.Bind(closed, &unix.SockaddrInet4{Port: 65536}), unix.EINVAL)
	fails(t, unix.Bind(closed, &unix.SockaddrInet6{Port: -1}), unix.EINVAL)
	fails(t, unix.Bind(closed, nil), unix.EINVAL)
	fails(t, unix.Connect(closed, nil), unix.EINVAL)
}

func sameAddr(t *testing.T, a, b unix.Sockaddr) bool {
	t.Helper()
	x, err := unix.RawBytes(a)
	ok(t, err)
	y, err := unix.RawBytes(b)
	ok(t, err)
	return bytes.Equal(x, y)
}

func TestDisableIPv6(t *testing.T) {
	unix.SocketDisableIPv6 = true
	defer func() { unix.SocketDisableIPv6 = false }()
	_, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM, 0)
	fails(t, err, unix.EAFNOSUPPORT)
}

func TestUnixSockets(t *testing.T) {
	dir, err := os.MkdirTemp("", "u") // t.TempDir is too long a name for a socket
	ok(t, err)
	defer os.RemoveAll(dir)
	for _, name := range []string{filepath.Join(dir, "sock"), "@kern-test-" + filepath.Base(dir)} {
		l := socket(t, unix.AF_UNIX, unix.SOCK_SEQPACKET, 0)
		ok(t, unix.Bind(l, &unix.SockaddrUnix{Name: name}))
		ok(t, unix.Listen(l, 1))
		sa, err := unix.Getsockname(l)
		if u, isUnix := sa.(*unix.SockaddrUnix); !isUnix || u.Name != name || err != nil {
			t.Errorf("%+v, %v; want %q", sa, err, name)
		}
		ok(t, unix.Connect(socket(t, unix.AF_UNIX, unix.SOCK_SEQPACKET, 0), sa))
	}
	long := make([]byte, 108)
	for i := range long {
		long[i] = 'x'
	}
	fails(t, unix.Bind(closed, &unix.SockaddrUnix{Name: string(long)}), unix.EINVAL)
	fails(t, unix.Bind(closed, &unix.SockaddrUnix{Name: string(long[:107])}), unix.EBADF)
	for _, first := range []string{"@", "\x00"} {
		fails(t, unix.Bind(closed, &unix.SockaddrUnix{Name: first + string(long[:106])}), unix.EBADF)
		fails(t, unix.Bind(closed, &unix.SockaddrUnix{Name: first + string(long[:107])}), unix.EINVAL)
		fails(t, unix.Bind(closed, &unix.SockaddrUnix{Name: first + string(long)}), unix.EINVAL)
	}
}

func TestRightsAndCredentials(t *testing.T) {
	onKernel(t, "control messages")
	for _, typ := range []int{unix.SOCK_STREAM, unix.SOCK_DGRAM} {
		a, b := pair(t, typ)
		ok(t, unix.SetsockoptInt(b, unix.SOL_SOCKET, unix.SO_PASSCRED, 1))
		file := opened(t, temp(t, "passed"), unix.O_RDONLY)
		me := &unix.Ucred{Pid: int32(os.Getpid()), Uid: uint32(os.Getuid()), Gid: uint32(os.Getgid())}
		oob := append(unix.UnixRights(file, file), unix.UnixCredentials(me)...)
		if len(oob) != unix.CmsgSpace(8)+unix.CmsgSpace(unix.SizeofUcred) {
			t.Errorf("%d bytes", len(oob))
		}
		n, err := unix.SendmsgN(a, nil, oob, nil, 0)
		if n != 0 || err != nil {
			t.Fatalf("%d, %v", n, err)
		}
		buf := make([]byte, 256)
		n, oobn, _, from, err := unix.Recvmsg(b, nil, buf, unix.MSG_CMSG_CLOEXEC)
		carrier := 0 // a stream has control messages with data only
		if typ == unix.SOCK_STREAM {
			carrier = 1
		}
		if n != carrier || from != nil || err != nil {
			t.Fatalf("%d, %v, %v", n, from, err)
		}
		msgs, err := unix.ParseSocketControlMessage(buf[:oobn])
		if len(msgs) != 2 || err != nil {
			t.Fatalf("%+v, %v", msgs, err)
		}
		for _, m := range msgs {
			switch m.Header.Type {
			case unix.SCM_RIGHTS:
				fds, err := unix.ParseUnixRights(&m)
				if len(fds) != 2 || err != nil {
					t.Fatalf("%v, %v", fds, err)
				}
				text := make([]byte, 8)
				n, err := unix.Pread(fds[1], text, 0)
				if string(text[:n]) != "passed" || err != nil {
					t.Errorf("%q, %v", text[:n], err)
				}
				_, err = unix.ParseUnixCredentials(&m)
				fails(t, err, unix.EINVAL)
				ok(t, unix.Close(fds[0]))
				ok(t, unix.Close(fds[1]))
			case unix.SCM_CREDENTIALS:
				got, err := unix.ParseUnixCredentials(&m)
				if err != nil || *got != *me {
					t.Errorf("%+v, %v; want %+v", got, err, me)
				}
				_, err = unix.ParseUnixRights(&m)
				fails(t, err, unix.EINVAL)
			}
		}
		ok(t, unix.Sendmsg(a, []byte("data"), nil, nil, 0))
		n, oobn, _, err = unix.RecvmsgAny(b, buf, make([]byte, 64), 0, new(unix.RawSockaddrAny))
		if string(buf[:n]) != "data" || oobn == 0 || err != nil {
			t.Errorf("%q, %d, %v", buf[:n], oobn, err)
		}
		cred, err := unix.GetsockoptUcred(a, unix.SOL_SOCKET, unix.SO_PEERCRED)
		if err != nil || *cred != *me {
			t.Errorf("%+v, %v", cred, err)
		}
	}
}

func TestControlMessages(t *testing.T) {
	rights := unix.UnixRights(3)
	for n := range len(rights) {
		_, _, _, err := unix.ParseOneSocketControlMessage(rights[:n])
		if n < unix.CmsgLen(4) {
			fails(t, err, unix.EINVAL)
		}
		msgs, err := unix.ParseSocketControlMessage(rights[:n])
		if n < unix.CmsgLen(0) && (msgs != nil || err != nil) || n >= unix.CmsgLen(0) && n < unix.CmsgLen(4) &&
			err != unix.EINVAL {
			t.Errorf("%d bytes: %v, %v", n, msgs, err)
		}
	}
	one, data, rest, err := unix.ParseOneSocketControlMessage(append(rights, rights...))
	if err != nil || one.Type != unix.SCM_RIGHTS || one.Level != unix.SOL_SOCKET || len(data) != 4 ||
		!bytes.Equal(rest, rights) {
		t.Errorf("%+v %v %v %v", one, data, rest, err)
	}
	for name, m := range map[string][]byte{
		"PktInfo4": unix.PktInfo4(&unix.Inet4Pktinfo{Ifindex: 7, Spec_dst: [4]byte{1, 2, 3, 4}}),
		"PktInfo6": unix.PktInfo6(&unix.Inet6Pktinfo{Ifindex: 7, Addr: [16]byte{1, 2, 3, 4}}),
	} {
		msgs, err := unix.ParseSocketControlMessage(m)
		if len(msgs) != 1 || err != nil || !bytes.Contains(msgs[0].Data, []byte{1, 2, 3, 4}) {
			t.Errorf("%s: %+v, %v", name, msgs, err)
		}
		_, err = unix.ParseOrigDstAddr(&msgs[0])
		fails(t, err, unix.EINVAL)
	}
	for _, sa := range []unix.Sockaddr{
		&unix.SockaddrInet4{Port: 80, Addr: [4]byte{1, 2, 3, 4}},
		&unix.SockaddrInet6{Port: 443, ZoneId: 3, Addr: [16]byte{1, 15: 9}},
	} {
		raw, err := unix.RawBytes(sa)
		ok(t, err)
		m := unix.SocketControlMessage{Header: unix.Cmsghdr{Level: unix.SOL_IP, Type: unix.IP_ORIGDSTADDR}, Data: raw}
		if _, six := sa.(*unix.SockaddrInet6); six {
			m.Header = unix.Cmsghdr{Level: unix.SOL_IPV6, Type: unix.IPV6_ORIGDSTADDR}
		}
		got, err := unix.ParseOrigDstAddr(&m)
		ok(t, err)
		if !sameAddr(t, got, sa) {
			t.Errorf("%+v, want %+v", got, sa)
		}
		m.Data = raw[:len(raw)-1]
		_, err = unix.ParseOrigDstAddr(&m)
		fails(t, err, unix.EINVAL)
	}
	_, err = unix.ParseUnixCredentials(&unix.SocketControlMessage{Header: unix.Cmsghdr{Level: unix.SOL_SOCKET,
		Type: unix.SCM_CREDENTIALS}})
	fails(t, err, unix.EINVAL)
}

func TestPacketInfoOnTheWire(t *testing.T) {
	s := socket(t, unix.AF_INET, unix.SOCK_DGRAM, 0)
	ok(t, unix.Bind(s, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	ok(t, unix.SetsockoptInt(s, unix.IPPROTO_IP, unix.IP_PKTINFO, 1))
	to, err := unix.Getsockname(s)
	ok(t, err)
	ok(t, unix.Sendmsg(s, []byte("x"), unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: [4]byte{127, 0, 0, 5}}), to, 0))
	oob := make([]byte, 128)
	_, oobn, _, from, err := unix.Recvmsg(s, make([]byte, 8), oob, 0)
	ok(t, err)
	if in4, isInet := from.(*unix.SockaddrInet4); !isInet || in4.Addr != [4]byte{127, 0, 0, 5} {
		t.Errorf("from %+v", from)
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
	if len(msgs) != 1 || err != nil || msgs[0].Header.Type != unix.IP_PKTINFO {
		t.Errorf("%+v, %v", msgs, err)
	}
}

// Bytes are those that C programs pass; integers of more than a byte that are the host's are the same from either end.
func TestAddresses(t *testing.T) {
	name := func(s string, n int) string { return s + string(make([]byte, n-len(s))) }
	for _, c := range []struct {
		sa   unix.Sockaddr
		want string // after the family
	}{
		{&unix.SockaddrInet4{Port: 0x1234, Addr: [4]byte{1, 2, 3, 4}}, "\x12\x34\x01\x02\x03\x04" + name("", 8)},
		{&unix.SockaddrInet6{Port: 0x1234, Addr: [16]byte{1, 15: 2}, ZoneId: 0x05050505},
			"\x12\x34" + name("", 4) + "\x01" + name("", 14) + "\x02\x05\x05\x05\x05"},
		{&unix.SockaddrL2TPIP{Addr: [4]byte{1, 2, 3, 4}, ConnId: 0x07070707}, "\x00\x00\x01\x02\x03\x04\x07\x07\x07\x07" +
			name("", 4)},
		{&unix.SockaddrL2TPIP6{Addr: [16]byte{1, 15: 2}, ZoneId: 0x05050505, ConnId: 0x07070707},
			name("", 6) + "\x01" + name("", 14) + "\x02\x05\x05\x05\x05\x07\x07\x07\x07"},
		{&unix.SockaddrUnix{}, ""},
		{&unix.SockaddrUnix{Name: "/a"}, "/a\x00"},
		{&unix.SockaddrUnix{Name: "@a"}, "\x00a"},
		{&unix.SockaddrUnix{Name: "\x00a\x00b"}, "\x00a\x00b"},
		{&unix.SockaddrUnix{Name: "/a\x00b"}, "/a\x00b\x00"},
		{&unix.SockaddrUnix{Name: "@"}, "\x00"},
		{&unix.SockaddrUnix{Name: "@@"}, "\x00@"},
		{&unix.SockaddrUnix{Name: "@\x00"}, "\x00\x00"},
		{&unix.SockaddrUnix{Name: "\x00"}, "\x00"},
		{&unix.SockaddrUnix{Name: "\x00\x00"}, "\x00\x00"},
		{&unix.SockaddrUnix{Name: name("a", 107)}, name("a", 108)},
		{&unix.SockaddrUnix{Name: name("@", 107)}, name("", 107)},
		{&unix.SockaddrNetlink{Pid: 0x01010101, Groups: 0x02020202}, "\x00\x00\x01\x01\x01\x01\x02\x02\x02\x02"},
		{&unix.SockaddrLinklayer{Protocol: 0x0808, Ifindex: 0x03030303, Hatype: 0x0404, Pkttype: 5, Halen: 6,
			Addr: [8]byte{1, 2, 3, 4, 5, 6}},
			"\x08\x08\x03\x03\x03\x03\x04\x04\x05\x06\x01\x02\x03\x04\x05\x06\x00\x00"},
		{&unix.SockaddrVM{CID: 0x02020202, Port: 0x03030303, Flags: 1},
			"\x00\x00\x03\x03\x03\x03\x02\x02\x02\x02\x01\x00\x00\x00"},
		{&unix.SockaddrXDP{Flags: 0x0101, Ifindex: 0x02020202, QueueID: 0x03030303, SharedUmemFD: 0x04040404},
			"\x01\x01\x02\x02\x02\x02\x03\x03\x03\x03\x04\x04\x04\x04"},
		{&unix.SockaddrHCI{Dev: 0x0101, Channel: 0x0202}, "\x01\x01\x02\x02"},
		{&unix.SockaddrL2{PSM: 0x1234, CID: 0x5678, Addr: [6]byte{1, 2, 3, 4, 5, 6}, AddrType: 9},
			"\x34\x12\x06\x05\x04\x03\x02\x01\x78\x56\x09\x00"},
		{&unix.SockaddrRFCOMM{Addr: [6]byte{1, 2, 3, 4, 5, 6}, Channel: 9}, "\x01\x02\x03\x04\x05\x06\x09\x00"},
		{&unix.SockaddrCAN{Ifindex: 0x01010101, RxID: 0x02020202, TxID: 0x03030303},
			"\x00\x00\x01\x01\x01\x01\x02\x02\x02\x02\x03\x03\x03\x03" + name("", 8)},
		{&unix.SockaddrCANJ1939{Ifindex: 0x01010101, Name: 0x0202020202020202, PGN: 0x03030303, Addr: 4},
			"\x00\x00\x01\x01\x01\x01\x02\x02\x02\x02\x02\x02\x02\x02\x03\x03\x03\x03\x04\x00\x00\x00"},
		{&unix.SockaddrALG{Type: "hash", Name: "sha256", Feature: 0x01010101, Mask: 0x02020202},
			name("hash", 14) + "\x01\x01\x01\x01\x02\x02\x02\x02" + name("sha256", 64)},
		{&unix.SockaddrIUCV{UserID: "USER", Name: "NAME"}, name("", 6) + "        USER    NAME    "},
		{&unix.SockaddrPPPoE{SID: 0x1234, Remote: []byte{1, 2, 3, 4, 5, 6}, Dev: "eth0"},
			"\x00\x00\x00\x00\x12\x34\x01\x02\x03\x04\x05\x06" + name("eth0", 16)},
		{&unix.SockaddrTIPC{Scope: 3, Addr: &unix.TIPCServiceName{Type: 0x01010101, Instance: 0x02020202,
			Domain: 0x03030303}},
			"\x02\x03\x01\x01\x01\x01\x02\x02\x02\x02\x03\x03\x03\x03"},
		{&unix.SockaddrTIPC{Scope: -1, Addr: &unix.TIPCServiceRange{Type: 0x01010101, Lower: 0x02020202, Upper: 0x03030303}},
			"\x01\xff\x01\x01\x01\x01\x02\x02\x02\x02\x03\x03\x03\x03"},
		{&unix.SockaddrTIPC{Addr: &unix.TIPCSocketAddr{Ref: 0x01010101, Node: 0x02020202}},
			"\x03\x00\x01\x01\x01\x01\x02\x02\x02\x02\x00\x00\x00\x00"},
		{&unix.SockaddrNFC{DeviceIdx: 0x01010101, TargetIdx: 0x02020202, NFCProtocol: 0x03030303},
			"\x00\x00\x01\x01\x01\x01\x02\x02\x02\x02\x03\x03\x03\x03"},
	} {
		got, err := unix.RawBytes(c.sa)
		if err != nil || len(got) < 2 || string(got[2:]) != c.want {
			t.Errorf("%+v\n gives %q, %v\n  want %q", c.sa, got, err, c.want)
		}
	}
	llcp, err := unix.RawBytes(&unix.SockaddrNFCLLCP{DestinationSAP: 4, SourceSAP: 5, ServiceName: "urn:nfc:sn:test"})
	if err != nil || len(llcp) != unix.SizeofSockaddrNFCLLCP ||
		!bytes.Contains(llcp, []byte("\x04\x05urn:nfc:sn:test\x00")) {
		t.Errorf("%q, %v", llcp, err)
	}
	long := string(make([]byte, 200))
	for _, sa := range []unix.Sockaddr{
		&unix.SockaddrLinklayer{Ifindex: -1}, &unix.SockaddrCAN{Ifindex: -1}, &unix.SockaddrCANJ1939{Ifindex: -1},
		&unix.SockaddrALG{Type: long[:14]}, &unix.SockaddrALG{Name: long[:64]}, &unix.SockaddrIUCV{Name: long},
		&unix.SockaddrIUCV{UserID: long},
		&unix.SockaddrNFCLLCP{ServiceName: long[:64]}, &unix.SockaddrTIPC{}, &unix.SockaddrPPPoE{},
		&unix.SockaddrPPPoE{Remote: make([]byte, 6), Dev: long[:16]}, &unix.SockaddrPPPoE{Remote: make([]byte, 7)},
	} {
		if _, err := unix.RawBytes(sa); err != unix.EINVAL {
			t.Errorf("%+v: %v, want EINVAL", sa, err)
		}
	}
}

// Sockets of every family that the kernel has, bound and asked for their name.
func TestFamilies(t *testing.T) {
	for _, c := range []struct {
		name             string
		fam, typ, proto  int
		sa               unix.Sockaddr
		prefixOfGoString string
	}{
		{"netlink", unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE, &unix.SockaddrNetlink{Groups: 1},
			"*unix.SockaddrNetlink"},
		{"packet", unix.AF_PACKET, unix.SOCK_RAW, 0, &unix.SockaddrLinklayer{Ifindex: 1}, "*unix.SockaddrLinklayer"},
		{"vsock", unix.AF_VSOCK, unix.SOCK_STREAM, 0, &unix.SockaddrVM{CID: unix.VMADDR_CID_ANY, Port: unix.VMADDR_PORT_ANY},
			"*unix.SockaddrVM"},
		{"hash", unix.AF_ALG, unix.SOCK_SEQPACKET, 0, &unix.SockaddrALG{Type: "hash", Name: "sha1"}, ""},
		{"TIPC", unix.AF_TIPC, unix.SOCK_RDM, 0,
			&unix.SockaddrTIPC{Scope: 3, Addr: &unix.TIPCServiceRange{Type: 1000, Upper: 1}}, "*unix.SockaddrTIPC"},
		{"CAN", unix.AF_CAN, unix.SOCK_RAW, unix.CAN_RAW, &unix.SockaddrCAN{}, "*unix.SockaddrCAN"},
		{"L2TP", unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_L2TP, &unix.SockaddrL2TPIP{ConnId: 77}, "*unix.SockaddrL2TPIP"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fd, err := unix.Socket(c.fam, c.typ|unix.SOCK_CLOEXEC, c.proto)
			if c.fam == unix.AF_TIPC && errors.Is(err, unix.EAFNOSUPPORT) && os.Getenv("KERN_FULL_KERNEL") == "1" {
				ok(t, exec.Command("modprobe", "tipc").Run()) // Debian's kernels do not load it for a socket
				fd, err = unix.Socket(c.fam, c.typ|unix.SOCK_CLOEXEC, c.proto)
			}
			if errors.Is(err, unix.EAFNOSUPPORT) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.EPROTONOSUPPORT) ||
				errors.Is(err, unix.ESOCKTNOSUPPORT) {
				nstest.Need(t, "sockets of family "+c.name, "", err)
			}
			ok(t, err)
			defer unix.Close(fd)
			ok(t, unix.Bind(fd, c.sa))
			if c.prefixOfGoString == "" {
				_, err := unix.Getsockname(fd)
				if err == nil {
					t.Error("a name")
				}
				return
			}
			got, err := unix.Getsockname(fd)
			if err != nil || goType(got) != c.prefixOfGoString {
				t.Errorf("%#v, %v", got, err)
			}
		})
	}
}
