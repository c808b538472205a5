package netlink_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
)

func TestNeighSubscribeSendsChanges(t *testing.T) {
	nstest.Do(t, func() {
		v0 := addBridgePort(t)
		index := v0.Attrs().Index
		entry := netlink.Neigh{LinkIndex: index, Family: uapi.AF_BRIDGE, HardwareAddr: mac(1), State: netlink.NUD_NOARP,
			Flags: netlink.NTF_MASTER}
		neigh := netlink.Neigh{LinkIndex: index, IP: net.ParseIP("10.0.0.1"), HardwareAddr: mac(2),
			State: netlink.NUD_PERMANENT}
		for _, n := range []netlink.Neigh{entry, neigh} {
			if err := netlink.NeighAdd(&n); err != nil {
				t.Fatal(err)
			}
		}
		ch, done := make(chan netlink.NeighUpdate), make(chan struct{})
		opts := netlink.NeighSubscribeOptions{ListExisting: true, ErrorCallback: func(err error) { t.Error(err) }}
		if err := netlink.NeighSubscribeWithOptions(ch, done, opts); err != nil {
			t.Fatal(err)
		}
		expect := func(typ uint16, n netlink.Neigh) netlink.NeighUpdate {
			t.Helper()
			for u := range ch { // the kernel has neighbours of its own
				if ofTest(u.Neigh) && slices.Equal(u.HardwareAddr, n.HardwareAddr) {
					if u.Type != typ || n.IP != nil && !u.IP.Equal(n.IP) || u.LinkIndex != index {
						t.Fatalf("got type %d %+v, want type %d %+v", u.Type, u.Neigh, typ, n)
					}
					return u
				}
			}
			t.Fatalf("the channel was closed before %+v came", n)
			return netlink.NeighUpdate{}
		}
		expect(uapi.RTM_NEWNEIGH, neigh)
		expect(uapi.RTM_NEWNEIGH, entry)
		neigh.IP, neigh.HardwareAddr = net.ParseIP("2001:db8::3"), mac(3)
		entry.HardwareAddr = mac(4)
		for _, n := range []netlink.Neigh{neigh, entry} {
			if err := netlink.NeighAdd(&n); err != nil {
				t.Fatal(err)
			}
			if u := expect(uapi.RTM_NEWNEIGH, n); u.State != n.State {
				t.Errorf("state %#x, want %#x", u.State, n.State)
			}
		}
		if err := netlink.NeighDel(&entry); err != nil {
			t.Fatal(err)
		}
		expect(uapi.RTM_DELNEIGH, entry)
		close(done)
		for range ch {
		}
	})
}

// TestNeighSubscribeSurvivesOverrun makes more events than the receive buffer
// holds while nobody reads them.
func TestNeighSubscribeSurvivesOverrun(t *testing.T) {
	nstest.Do(t, func() {
		v0, _ := addVeth(t)
		ch, done := make(chan netlink.NeighUpdate), make(chan struct{})
		overrun := make(chan error, 100)
		opts := netlink.NeighSubscribeOptions{ReceiveBufferSize: 1, ErrorCallback: func(err error) { overrun <- err }}
		if err := netlink.NeighSubscribeWithOptions(ch, done, opts); err != nil {
			t.Fatal(err)
		}
		want := map[string]bool{}
		for i := range 200 {
			n := netlink.Neigh{LinkIndex: v0.Attrs().Index, IP: net.IPv4(10, 0, 0, byte(i)), HardwareAddr: mac(byte(i)),
				State: netlink.NUD_PERMANENT}
			want[n.IP.String()] = true
			if err := netlink.NeighAdd(&n); err != nil {
				t.Fatal(err)
			}
		}
		for len(want) != 0 {
			u, ok := <-ch
			if !ok {
				t.Fatalf("the channel was closed; %d neighbours are missing; %v", len(want), <-overrun)
			}
			delete(want, u.IP.String())
		}
		select {
		case err := <-overrun:
			if !errors.Is(err, wire.ErrOverrun) {
				t.Error(err)
			}
		default:
			t.Error("nothing was lost: the test is without effect")
		}
		close(done)
		for range ch {
		}
	})
}

func TestNeighSubscribeSeqEndsWithItsContext(t *testing.T) {
	h := newHandle(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var last error
	for u, err := range h.WithContext(ctx).NeighSubscribeSeq(netlink.NeighSubscribeOptions{}) {
		if err == nil {
			t.Errorf("got %+v", u)
		}
		last = err
	}
	if !errors.Is(last, context.Canceled) {
		t.Errorf("ended with %v", last)
	}
}

func TestNeighSubscribeAtNamespace(t *testing.T) {
	ns := nstest.New(t)
	ch, done := make(chan netlink.NeighUpdate), make(chan struct{})
	if err := netlink.NeighSubscribeAt(ns, ch, done); err != nil {
		t.Fatal(err)
	}
	h, err := netlink.NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	la := netlink.NewLinkAttrs()
	la.Name = "br0"
	if err := h.LinkAdd(&netlink.Bridge{LinkAttrs: la}); err != nil {
		t.Fatal(err)
	}
	br0, err := h.LinkByName("br0")
	if err == nil {
		err = h.NeighAdd(&netlink.Neigh{LinkIndex: br0.Attrs().Index, IP: net.IP{10, 0, 0, 1}, HardwareAddr: mac(1),
			State: netlink.NUD_PERMANENT})
	}
	if err != nil {
		t.Fatal(err)
	}
	for u := range ch { // the kernel makes forwarding entries for the bridge
		if u.Family == uapi.AF_BRIDGE {
			continue
		}
		if !u.IP.Equal(net.IP{10, 0, 0, 1}) {
			t.Errorf("got %+v", u)
		}
		break
	}
	close(done)
	for range ch {
	}
}
