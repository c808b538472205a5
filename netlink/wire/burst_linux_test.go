package wire_test

import (
	"bytes"
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"testing"
	"time"

	"kern.sys/internal/native"
	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

func listen(t *testing.T, ns netns.NsHandle, groups ...uint32) *wire.Listener {
	t.Helper()
	l, err := wire.Listen(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns}, groups...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// TestListenerKeepsTheOrderOfBursts adds addresses faster than they are read:
// most are received many at a time, after a wait for some.
func TestListenerKeepsTheOrderOfBursts(t *testing.T) {
	c, ns := connect(t)
	loUp(t, c)
	l := listen(t, ns, uapi.RTNLGRP_IPV4_IFADDR)
	const n = 3000
	ended := make(chan []error)
	go func() {
		b := c.NewBatch()
		for i := range n {
			b.Add(address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE, test10(i)))
			if i%64 == 63 || i == n-1 {
				if errs := b.Flush(context.Background()); errs != nil {
					ended <- errs
					return
				}
			}
		}
		ended <- nil
	}()
	seen := 0
	for m, err := range l.Messages(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		d := wire.NewDecoderAfter(m.Data, uapi.SizeofIfaddrmsg)
		for d.Next() {
			if d.Type() == uapi.IFA_LOCAL && d.Addr() != test10(seen) {
				t.Fatalf("event %d is of %v", seen, d.Addr())
			}
		}
		if seen++; seen == n {
			break
		}
	}
	if errs := <-ended; errs != nil {
		t.Error(errs)
	}
}

// manyHops is a route with n next hops: a notification of 8 bytes for each.
func manyHops(dst netip.Addr, n int) *wire.Request {
	r := wire.NewRequest(uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE)
	m := uapi.Rtmsg{Family: uapi.AF_INET, DstLen: 32, Table: uapi.RT_TABLE_MAIN, Protocol: uapi.RTPROT_BOOT,
		Scope: uapi.RT_SCOPE_LINK, Type: uapi.RTN_UNICAST}
	m.Put(r.Header(uapi.SizeofRtmsg))
	r.Addr(uapi.RTA_DST, dst)
	var hops bytes.Buffer
	for range n {
		var b [uapi.SizeofRtnexthop]byte
		(&uapi.Rtnexthop{Len: uapi.SizeofRtnexthop, Ifindex: 1}).Put(b[:])
		hops.Write(b[:])
	}
	r.Data(uapi.RTA_MULTIPATH, hops.Bytes())
	return r
}

// TestListenerGrowsForLargeEvents queues events that are larger than the room that
// one of many has. The first is reported as truncated; the next ones fit.
func TestListenerGrowsForLargeEvents(t *testing.T) {
	c, ns := connect(t)
	loUp(t, c)
	l := listen(t, ns, uapi.RTNLGRP_IPV4_ROUTE)
	add := func(i, hops int) {
		t.Helper()
		if err := c.Do(context.Background(), manyHops(test10(i), hops)); err != nil {
			t.Fatal(err)
		}
	}
	add(0, 1) // received by itself
	add(1, 1)
	add(2, 8190) // 65,520 bytes
	add(3, 1)
	add(4, 5000)
	add(5, 8190)
	var sizes []int
	truncated := 0
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for m, err := range l.Messages(ctx) {
		switch {
		case err == nil:
			sizes = append(sizes, len(m.Data)/1000)
		case errors.Is(err, wire.ErrTruncated):
			if truncated++; truncated == 2 {
				add(6, 8190)
			}
		default:
			t.Fatal(err)
		}
		if len(sizes) == 5 {
			break
		}
	}
	// 2 and 5 came together, and 6 afterwards.
	if want := []int{0, 0, 0, 40, 65}; truncated != 2 || !slices.Equal(sizes, want) {
		t.Errorf("%d were truncated; thousands of bytes of the others: %v, want %v", truncated, sizes, want)
	}
}

// ports returns the ports of the netlink sockets of this process's namespace.
func ports(t *testing.T, protocol string) (all []uint32) {
	t.Helper()
	b, err := os.ReadFile("/proc/thread-self/net/netlink")
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(b) {
		// sk, Eth, Pid, …
		if f := bytes.Fields(line); len(f) > 2 && string(f[1]) == protocol && string(f[2]) != "0" {
			var p uint32
			for _, d := range f[2] {
				p = p*10 + uint32(d-'0')
			}
			all = append(all, p)
		}
	}
	return all
}

// TestMessagesOfUsersArePassedOver sends to the sockets of a listener and of a
// connection what a kernel would send, as root of their namespace may.
func TestMessagesOfUsersArePassedOver(t *testing.T) {
	ns := nstest.New(t)
	c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE, NetNS: &ns})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	loUp(t, c) // binds the connection's socket to a port
	l := listen(t, ns, uapi.RTNLGRP_IPV4_IFADDR)
	sent, refused := 0, 0
	lie := func() {
		err := netns.Do(ns, func() error {
			fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			for _, port := range ports(t, "0") {
				for seq := range uint32(8) { // the connection's next one is among them
					b := make([]byte, 20)
					(&uapi.Nlmsghdr{Len: 20, Type: uapi.NLMSG_ERROR, Seq: seq, Pid: port}).Put(b)
					native.PutUint32(b[16:], ^uint32(0)) // EPERM
					switch err := unix.Sendto(fd, b, 0, &unix.SockaddrNetlink{Pid: port}); err {
					case nil:
						sent++
					case unix.ECONNREFUSED:
						refused++
					default:
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	lie()
	// The connection's socket is connected to the kernel, the listener's hears all.
	if sent < 8 || refused < 8 {
		t.Fatalf("%d messages were sent and %d refused: the sockets were not found", sent, refused)
	}
	for i := range 3 { // one by one, and many together
		if err := c.Do(context.Background(), address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE, test10(i))); err != nil {
			t.Fatalf("a lie was believed: %v", err)
		}
		lie()
	}
	seen := 0
	for m, err := range l.Messages(context.Background()) {
		if err != nil || m.Type != uapi.RTM_NEWADDR {
			t.Fatalf("message %d, %v", m.Type, err)
		}
		if seen++; seen == 3 {
			break
		}
	}
}
