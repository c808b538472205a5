package unix_test

import (
	"testing"
	"time"
	"unsafe"

	"kern.sys/unix"
)

// udp returns a socket on the loopback, and its address.
func udp(t testing.TB) (fd int, sa *unix.SockaddrInet4) {
	t.Helper()
	fd = socket(t, unix.AF_INET, unix.SOCK_DGRAM, 0)
	ok(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	name, err := unix.Getsockname(fd)
	ok(t, err)
	return fd, name.(*unix.SockaddrInet4)
}

// messages are n of two buffers each.
type messages struct {
	hdrs []unix.Mmsghdr
	iovs [][2]unix.Iovec
	data [][2][4]byte
	from []unix.RawSockaddrAny
}

func newMessages(n int) *messages {
	m := &messages{make([]unix.Mmsghdr, n), make([][2]unix.Iovec, n), make([][2][4]byte, n),
		make([]unix.RawSockaddrAny, n)}
	for i := range n {
		for j := range 2 {
			m.iovs[i][j].Set(m.data[i][j][:])
		}
		m.hdrs[i].Hdr.SetIov(m.iovs[i][:])
	}
	return m
}

// needRecvmmsg skips where the call with a time of 64 bits is not there, which 32-bit architectures have since Linux
// 5.1.
func needRecvmmsg(t *testing.T) {
	t.Helper()
	if _, err := unix.Recvmmsg(closed, newMessages(1).hdrs, 0, nil); err != unix.EBADF {
		need(t, "recvmmsg", "5.1", err)
	}
}

func TestSendmmsgAndRecvmmsg(t *testing.T) {
	needRecvmmsg(t)
	a, from := udp(t)
	b, to := udp(t)
	out, in := newMessages(3), newMessages(4)
	for i := range out.hdrs {
		out.data[i] = [2][4]byte{{byte(i), 1, 2, 3}, {4, 5, 6, 7}}
		ok(t, out.hdrs[i].Hdr.SetSockaddr(to))
	}
	out.iovs[2][1].SetLen(1)
	if n, err := unix.Sendmmsg(a, out.hdrs, 0); n != 3 || err != nil || out.hdrs[0].Len != 8 || out.hdrs[2].Len != 5 {
		t.Fatalf("sent %d, %v, %+v", n, err, out.hdrs)
	}
	for i := range in.hdrs {
		in.hdrs[i].Hdr.SetName(&in.from[i])
	}
	if n, err := unix.Recvmmsg(b, in.hdrs, unix.MSG_DONTWAIT, nil); n != 3 || err != nil {
		t.Fatalf("received %d, %v", n, err)
	}
	for i := range 3 {
		if want := []uint32{8, 8, 5}[i]; in.hdrs[i].Len != want || in.data[i][0] != out.data[i][0] || in.data[i][1][0] != 4 {
			t.Errorf("message %d: %d bytes, %v", i, in.hdrs[i].Len, in.data[i])
		}
		sa, err := in.from[i].Sockaddr(b)
		ok(t, err)
		if got, ok := sa.(*unix.SockaddrInet4); !ok || got.Port != from.Port || got.Addr != from.Addr {
			t.Errorf("message %d is from %+v, want %+v", i, sa, from)
		}
	}
	if sa, err := in.from[3].Sockaddr(b); sa != nil || err != nil {
		t.Errorf("no message is from %v, %v", sa, err)
	}
	_, err := unix.Recvmmsg(b, in.hdrs, unix.MSG_DONTWAIT, nil)
	fails(t, err, unix.EAGAIN)
	_, err = unix.Sendmmsg(closed, out.hdrs, 0)
	fails(t, err, unix.EBADF)
	fails(t, out.hdrs[0].Hdr.SetSockaddr(&unix.SockaddrInet4{Port: 1 << 16}), unix.EINVAL)
	if out.hdrs[0].Hdr.Name != nil {
		t.Error("an address that is none was set")
	}
}

// TestRecvmmsgTimeout sets the time after which the kernel waits for no further message.
func TestRecvmmsgTimeout(t *testing.T) {
	needRecvmmsg(t)
	onKernel(t, "times of recvmmsg")
	a, _ := udp(t)
	b, to := udp(t)
	in := newMessages(2)
	ok(t, unix.Sendto(a, []byte{1}, 0, to))
	timeout := unix.KernelTimespec{}
	if n, err := unix.Recvmmsg(b, in.hdrs, 0, &timeout); n != 1 || err != nil {
		t.Errorf("with no time: %d, %v", n, err)
	}
	timeout = unix.KernelTimespec{Sec: 1 << 33} // more than 32 bits have
	ok(t, unix.Sendto(a, []byte{1}, 0, to))
	ok(t, unix.Sendto(a, []byte{2}, 0, to))
	if n, err := unix.Recvmmsg(b, in.hdrs, 0, &timeout); n != 2 || err != nil || in.data[1][0][0] != 2 {
		t.Errorf("with centuries: %d, %v", n, err)
	}
	if timeout.Sec < 1<<33-60 || timeout.Sec > 1<<33 {
		t.Errorf("%d seconds are left", timeout.Sec)
	}
	timeout = unix.KernelTimespec{Nsec: -1}
	began := time.Now()
	_, err := unix.Recvmmsg(b, in.hdrs, 0, &timeout)
	fails(t, err, unix.EINVAL)
	if time.Since(began) > time.Minute {
		t.Error("it waited")
	}
}

func TestMsghdrCarriesControlMessages(t *testing.T) {
	a, b := pair(t, unix.SOCK_STREAM)
	given := opened(t, temp(t, "given"), unix.O_RDONLY)
	var out, in unix.Msghdr
	var iovs [2]unix.Iovec
	iovs[0].Set([]byte("two "))
	iovs[1].Set([]byte("parts"))
	out.SetIov(iovs[:])
	out.SetControl(unix.UnixRights(given))
	if n, err := unix.SendMsghdr(a, &out, 0); n != 9 || err != nil {
		t.Fatalf("sent %d, %v", n, err)
	}
	head, rest, oob := make([]byte, 3), make([]byte, 10), make([]byte, unix.CmsgSpace(4))
	iovs[0].Set(head)
	iovs[1].Set(rest)
	in.SetIov(iovs[:])
	in.SetControl(oob)
	n, err := unix.RecvMsghdr(b, &in, unix.MSG_CMSG_CLOEXEC)
	ok(t, err)
	if n != 9 || string(head) != "two" || string(rest[:6]) != " parts" || int(in.Controllen) != unix.CmsgSpace(4) &&
		int(in.Controllen) != unix.CmsgLen(4) {
		t.Errorf("%d bytes: %q %q, %+v", n, head, rest, in)
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:in.Controllen])
	ok(t, err)
	fds, err := unix.ParseUnixRights(&msgs[0])
	ok(t, err)
	defer unix.Close(fds[0])
	buf := make([]byte, 8)
	if n, err := unix.Pread(fds[0], buf, 0); n != 5 || err != nil {
		t.Errorf("the descriptor has %q, %v", buf, err)
	}
	_, err = unix.SendMsghdr(closed, &out, 0)
	fails(t, err, unix.EBADF)
	_, err = unix.RecvMsghdr(closed, &in, 0)
	fails(t, err, unix.EBADF)
}

func TestRecvmsgBuffersAny(t *testing.T) {
	a, from := udp(t)
	b, to := udp(t)
	ok(t, unix.Sendto(a, []byte("123456"), 0, to))
	head, rest := make([]byte, 2), make([]byte, 3)
	var rsa unix.RawSockaddrAny
	n, _, flags, err := unix.RecvmsgBuffersAny(b, [][]byte{head, nil, rest}, nil, 0, &rsa)
	ok(t, err)
	if n != 5 || string(head)+string(rest) != "12345" || flags&unix.MSG_TRUNC == 0 {
		t.Errorf("%d bytes, %q, %q, flags %#x", n, head, rest, flags)
	}
	if sa, err := rsa.Sockaddr(b); err != nil || sa.(*unix.SockaddrInet4).Port != from.Port {
		t.Errorf("from %v, %v", sa, err)
	}
	p, q := pair(t, unix.SOCK_STREAM)
	_, err = unix.Write(p, []byte("x"))
	ok(t, err)
	if n, _, _, err := unix.RecvmsgBuffersAny(q, [][]byte{head}, nil, 0, nil); n != 1 || err != nil {
		t.Errorf("without an address: %d, %v", n, err)
	}
}

func TestMessagesDoNotAllocate(t *testing.T) {
	needRecvmmsg(t)
	a, _ := udp(t)
	b, to := udp(t)
	ok(t, unix.SetsockoptInt(b, unix.IPPROTO_IP, unix.IP_PKTINFO, 1))
	out, in := newMessages(4), newMessages(4)
	oob := make([]byte, 256)
	info := unix.PktInfo4(&unix.Inet4Pktinfo{Spec_dst: [4]byte{127, 0, 0, 1}})
	send := [][]byte{out.data[0][0][:], out.data[0][1][:]}
	receive := [][]byte{in.data[0][0][:], in.data[0][1][:]}
	for name, f := range map[string]func(){
		"SendMsghdr, RecvMsghdr": func() {
			hdr := &out.hdrs[0].Hdr
			ok(t, hdr.SetSockaddr(to))
			hdr.SetControl(info)
			if n, err := unix.SendMsghdr(a, hdr, 0); n != 8 || err != nil {
				t.Fatal(n, err)
			}
			hdr = &in.hdrs[0].Hdr
			hdr.SetName(&in.from[0])
			hdr.SetControl(oob)
			if n, err := unix.RecvMsghdr(b, hdr, 0); n != 8 || err != nil || hdr.Controllen == 0 {
				t.Fatal(n, err)
			}
		},
		"Sendmmsg, Recvmmsg": func() {
			for i := range out.hdrs {
				ok(t, out.hdrs[i].Hdr.SetSockaddr(to))
			}
			if n, err := unix.Sendmmsg(a, out.hdrs, 0); n != 4 || err != nil {
				t.Fatal(n, err)
			}
			if n, err := unix.Recvmmsg(b, in.hdrs, 0, &unix.KernelTimespec{Sec: 1}); n != 4 || err != nil {
				t.Fatal(n, err)
			}
		},
		"SendmsgBuffers, RecvmsgBuffersAny": func() {
			if n, err := unix.SendmsgBuffers(a, send, info, to, 0); n != 8 || err != nil {
				t.Fatal(n, err)
			}
			n, oobn, _, err := unix.RecvmsgBuffersAny(b, receive, oob, 0, &in.from[0])
			if n != 8 || oobn == 0 || err != nil {
				t.Fatal(n, oobn, err)
			}
		},
		"SendmsgN, RecvmsgAny": func() {
			if n, err := unix.SendmsgN(a, send[0], info, to, 0); n != 4 || err != nil {
				t.Fatal(n, err)
			}
			n, oobn, _, err := unix.RecvmsgAny(b, receive[0], oob, 0, &in.from[0])
			if n != 4 || oobn == 0 || err != nil {
				t.Fatal(n, oobn, err)
			}
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
	if unsafe.Sizeof(in.hdrs[0]) != unix.SizeofMmsghdr {
		t.Error("the array of messages is not the kernel's")
	}
}
