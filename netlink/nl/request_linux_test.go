package nl_test

import (
	"errors"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
	"kern.sys/unix"
)

// addressRequest is about an IPv4 address of lo, which is the first link of a namespace.
func addressRequest(typ, flags int, ip net.IP) *nl.NetlinkRequest {
	req := nl.NewNetlinkRequest(typ, flags)
	msg := nl.NewIfAddrmsg(unix.AF_INET)
	msg.Prefixlen, msg.Index = 32, 1
	req.AddData(msg)
	req.AddData(nl.NewRtAttr(unix.IFA_LOCAL, ip.To4()))
	return req
}

func add(ip net.IP) error {
	const flags = unix.NLM_F_CREATE | unix.NLM_F_EXCL | unix.NLM_F_ACK
	_, err := addressRequest(unix.RTM_NEWADDR, flags, ip).Execute(unix.NETLINK_ROUTE, 0)
	return err
}

func remove(ip net.IP) error {
	_, err := addressRequest(unix.RTM_DELADDR, unix.NLM_F_ACK, ip).Execute(unix.NETLINK_ROUTE, 0)
	return err
}

// addresses asks for the IPv4 addresses of a namespace.
func addresses() *nl.NetlinkRequest {
	req := nl.NewNetlinkRequest(unix.RTM_GETADDR, unix.NLM_F_DUMP)
	req.AddData(nl.NewIfAddrmsg(unix.AF_INET))
	return req
}

// local is the address that an answer to addresses is about.
func local(t testing.TB, msg []byte) net.IP {
	t.Helper()
	attrs, err := nl.ParseRouteAttrAsMap(msg[nl.DeserializeIfAddrmsg(msg).Len():])
	if err != nil {
		t.Fatal(err)
	}
	return attrs[unix.IFA_LOCAL].Value
}

// shared returns a socket in ns that requests share.
func shared(t testing.TB, ns netns.NsHandle) map[int]*nl.SocketHandle {
	t.Helper()
	s, err := nl.GetNetlinkSocketAt(ns, netns.None(), unix.NETLINK_ROUTE)
	if err != nil {
		t.Fatal(err)
	}
	h := &nl.SocketHandle{Socket: s}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: h}
}

func TestExecute(t *testing.T) {
	nstest.Do(t, func() {
		for i := range 3 {
			if err := add(net.IPv4(10, 0, 0, byte(i+1))); err != nil {
				t.Fatal(err)
			}
		}
		answers, err := addresses().Execute(unix.NETLINK_ROUTE, unix.RTM_NEWADDR)
		if err != nil || len(answers) != 3 {
			t.Fatalf("%d addresses, %v", len(answers), err)
		}
		for i, msg := range answers { // they stay valid together
			if ip := local(t, msg); !ip.Equal(net.IPv4(10, 0, 0, byte(i+1))) {
				t.Errorf("address %d is %s", i, ip)
			}
		}
		if answers, err = addresses().Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK); err != nil || len(answers) != 0 {
			t.Errorf("%d answers of another type, %v", len(answers), err)
		}

		// One answer without NLM_F_MULTI, and no acknowledgement.
		req := nl.NewNetlinkRequest(unix.RTM_GETLINK, 0)
		req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
		req.AddRawData(nl.NewRtAttr(unix.IFLA_IFNAME, nl.ZeroTerminated("lo")).Serialize())
		answers, err = req.Execute(unix.NETLINK_ROUTE, 0)
		if err != nil || len(answers) != 1 {
			t.Fatalf("%d links, %v", len(answers), err)
		}
		if msg := nl.DeserializeIfInfomsg(answers[0]); msg.Index != 1 || msg.EncapType() != "loopback" {
			t.Errorf("link %d of type %s", msg.Index, msg.EncapType())
		}
	})
}

// Programs compare errors by ==, by a type assertion, and by os.IsExist.
func TestErrorsAreNumbers(t *testing.T) {
	nstest.Do(t, func() {
		ip := net.IPv4(10, 0, 0, 1)
		err := remove(ip)
		if errno, ok := err.(syscall.Errno); err != unix.EADDRNOTAVAIL || !ok || errno != unix.EADDRNOTAVAIL {
			t.Errorf("no such address: %#v", err)
		}
		if err = errors.Join(add(ip), nil); err != nil {
			t.Fatal(err)
		}
		if err = add(ip); err != unix.EEXIST || !os.IsExist(err) {
			t.Errorf("the same address: %#v", err)
		}
		if _, err = addresses().Execute(1<<10, 0); err != unix.EPROTONOSUPPORT {
			t.Errorf("no such protocol: %#v", err)
		}

		nl.EnableErrorMessageReporting = true
		defer func() { nl.EnableErrorMessageReporting = false }()
		if err = add(ip); !errors.Is(err, unix.EEXIST) || !strings.HasPrefix(err.Error(), unix.EEXIST.Error()) {
			t.Errorf("with the kernel's words: %v", err)
		}
		req := nl.NewNetlinkRequest(unix.RTM_NEWLINK, unix.NLM_F_ACK|unix.NLM_F_CREATE)
		req.AddData(nl.NewIfInfomsg(unix.AF_UNSPEC))
		info := nl.NewRtAttr(unix.IFLA_LINKINFO, nil)
		info.AddRtAttr(nl.IFLA_INFO_KIND, nl.NonZeroTerminated("no such kind"))
		req.AddData(info)
		_, err = req.Execute(unix.NETLINK_ROUTE, 0)
		if !errors.Is(err, unix.EOPNOTSUPP) || !strings.HasPrefix(err.Error(), "operation not supported: ") {
			t.Errorf("with the kernel's words: %v", err)
		}
	})
}

func TestSharedSockets(t *testing.T) {
	ns := nstest.New(t)
	err := netns.Do(ns, func() error { return errors.Join(add(net.IPv4(10, 0, 0, 1)), add(net.IPv4(10, 0, 0, 2))) })
	if err != nil {
		t.Fatal(err)
	}
	sockets := shared(t, ns)
	h := sockets[unix.NETLINK_ROUTE]
	// An unread answer to a request made by hand is not taken for the answer to the next request.
	stale := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_ACK)
	stale.AddData(&nl.IfInfomsg{IfInfomsg: unix.IfInfomsg{Index: 1}})
	stale.Seq = 1 << 30
	if err := h.Socket.Send(stale); err != nil {
		t.Fatal(err)
	}
	for i := range 3 {
		req := addresses()
		req.Sockets = sockets
		called := 0
		err := req.ExecuteIter(unix.NETLINK_ROUTE, unix.RTM_NEWADDR, func([]byte) bool {
			called++
			if h.Socket.TryLock() {
				t.Error("the socket is not locked")
			}
			return false // what is left is not the next request's answer either
		})
		if err != nil || called != 1 || h.Seq != uint32(i+1) || req.Seq != h.Seq {
			t.Errorf("request %d: called %d times, number %d of %d, %v", i, called, req.Seq, h.Seq, err)
		}
	}
	req := addresses()
	req.Sockets = sockets
	answers, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWADDR)
	if err != nil || len(answers) != 2 {
		t.Errorf("%d addresses, %v", len(answers), err)
	}
	// A protocol without a socket gets one in the namespace of the thread.
	nstest.Do(t, func() {
		delete(sockets, unix.NETLINK_ROUTE)
		sockets[unix.NETLINK_GENERIC] = h
		if answers, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWADDR); err != nil || len(answers) != 0 {
			t.Errorf("%d addresses in another namespace, %v", len(answers), err)
		}
	})
}

// many is how many addresses take several datagrams to list.
const many = 2000

func fill(t testing.TB) {
	t.Helper()
	for i := range many {
		if err := add(net.IPv4(10, 1, byte(i>>8), byte(i))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestInterruptedDump(t *testing.T) {
	nstest.Do(t, func() {
		fill(t)
		n := 0
		err := addresses().ExecuteIter(unix.NETLINK_ROUTE, unix.RTM_NEWADDR, func([]byte) bool {
			if n++; n == 1 {
				if err := add(net.IPv4(10, 0, 0, 1)); err != nil {
					t.Error(err)
				}
			}
			return true
		})
		if err != error(nl.ErrDumpInterrupted) || !errors.Is(err, unix.EINTR) || n < many {
			t.Errorf("%d addresses, %v", n, err)
		}
		// With RetryInterrupted what came first is what comes when the whole was read.
		req := addresses()
		req.RetryInterrupted = true
		n = 0
		err = req.ExecuteIter(unix.NETLINK_ROUTE, unix.RTM_NEWADDR, func([]byte) bool {
			if err := remove(net.IPv4(10, 0, 0, 1)); err != nil {
				t.Error(err)
			}
			n++
			return false
		})
		if err != nil || n != 1 {
			t.Errorf("called %d times, %v", n, err)
		}
	})
}

// int32msg is a message of runc's to its first process.
type int32msg struct {
	typ   uint16
	value uint32
}

func (m *int32msg) Len() int { return unix.NLA_HDRLEN + 4 }

func (m *int32msg) Serialize() []byte {
	return slices.Concat(nl.Uint16Attr(uint16(m.Len())), nl.Uint16Attr(m.typ), nl.Uint32Attr(m.value))
}

func TestEncodeRequest(t *testing.T) {
	req := nl.NewNetlinkRequest(62000, unix.NLM_F_ACK)
	next := nl.NewNetlinkRequest(62000, 0)
	if next.Seq != req.Seq+1 || req.Flags != unix.NLM_F_REQUEST|unix.NLM_F_ACK || req.Len != unix.SizeofNlMsghdr {
		t.Errorf("headers %+v, %+v", req.NlMsghdr, next.NlMsghdr)
	}
	req.AddData(&int32msg{27281, 7})
	attr := nl.NewRtAttr(1|unix.NLA_F_NESTED, nil)
	attr.AddRtAttr(2, []byte{1, 2, 3, 4, 5})
	attr.AddChild(&nl.Uint32Attribute{Type: 3 | nl.NLA_F_NET_BYTEORDER, Value: 0x01020304})
	req.AddData(attr)
	req.AddRawData([]byte{9, 9})
	req.Seq, req.Pid = 5, 6
	b := req.Serialize()
	want := slices.Concat(
		nl.Uint32Attr(16+8+24+2), nl.Uint16Attr(62000), nl.Uint16Attr(5), nl.Uint32Attr(5), nl.Uint32Attr(6),
		nl.Uint16Attr(8), nl.Uint16Attr(27281), nl.Uint32Attr(7),
		nl.Uint16Attr(24), nl.Uint16Attr(0x8001),
		nl.Uint16Attr(9), nl.Uint16Attr(2), []byte{1, 2, 3, 4, 5, 0, 0, 0},
		nl.Uint16Attr(8), nl.Uint16Attr(0x4003), []byte{1, 2, 3, 4}, []byte{9, 9})
	if !slices.Equal(b, want) || int(req.Len) != len(b) {
		t.Errorf("% x\nwant % x", b, want)
	}
	attrs, err := nl.ParseRouteAttr(b[24:48])
	if err != nil || len(attrs) != 1 || attrs[0].Attr.Type != 0x8001 || attrs[0].Attr.Len != 24 {
		t.Fatalf("%+v, %v", attrs, err)
	}
	var values []uint32
	for a := range nl.ParseAttributes(attrs[0].Value) {
		values = append(values, uint32(a.Type), uint32(len(a.Value)), a.Uint32())
	}
	four := nl.NativeEndian().Uint32([]byte{1, 2, 3, 4})
	if want := []uint32{2, 5, four, 0x4003, 4, 0x01020304}; !slices.Equal(values, want) {
		t.Errorf("attributes %x, want %x", values, want)
	}
	if attrs, err = nl.ParseRouteAttr(b[24:40]); err != unix.EINVAL || attrs != nil {
		t.Errorf("cut off: %+v, %v", attrs, err)
	}
}
