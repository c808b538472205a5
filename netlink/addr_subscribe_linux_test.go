package netlink_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
)

func TestAddrSubscribeSendsChanges(t *testing.T) {
	h := newHandle(t)
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	before := parseAddr(t, "10.0.0.1/32")
	if err := h.AddrAdd(lo, before); err != nil {
		t.Fatal(err)
	}
	ch, done := make(chan netlink.AddrUpdate), make(chan struct{})
	opts := netlink.AddrSubscribeOptions{ListExisting: true, ErrorCallback: func(err error) { t.Error(err) }}
	if err := h.AddrSubscribeWithOptions(ch, done, opts); err != nil {
		t.Fatal(err)
	}
	expect := func(addr *netlink.Addr, isNew bool) netlink.AddrUpdate {
		t.Helper()
		u := <-ch
		if u.LinkAddress.String() != addr.IPNet.String() || u.NewAddr != isNew || u.LinkIndex != lo.Attrs().Index {
			t.Fatalf("got %+v, want %v, new: %v", u, addr, isNew)
		}
		return u
	}
	expect(before, true)
	for _, s := range []string{"10.0.0.2/24", "2001:db8::2/64"} {
		a := parseAddr(t, s)
		a.ValidLft, a.PreferedLft, a.Flags = 5000, 3000, uapi.IFA_F_NOPREFIXROUTE|uapi.IFA_F_NODAD
		if err := h.AddrAdd(lo, a); err != nil {
			t.Fatal(err)
		}
		u := expect(a, true)
		if u.ValidLft != 5000 || u.PreferedLft != 3000 || u.Scope != int(netlink.SCOPE_UNIVERSE) ||
			u.Flags&uapi.IFA_F_NOPREFIXROUTE == 0 {
			t.Errorf("got %+v", u)
		}
		if err := h.AddrDel(lo, a); err != nil {
			t.Fatal(err)
		}
		expect(a, false)
	}
	close(done)
	for u := range ch {
		t.Errorf("after the end: %+v", u)
	}
}

func TestAddrSubscribeAtNamespace(t *testing.T) {
	ns := nstest.New(t)
	h, err := netlink.NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	ch, done := make(chan netlink.AddrUpdate), make(chan struct{})
	if err := netlink.AddrSubscribeAt(ns, ch, done); err != nil {
		t.Fatal(err)
	}
	lo, err := h.LinkByName("lo")
	if err == nil {
		err = h.AddrAdd(lo, parseAddr(t, "10.0.0.2/24"))
	}
	if err != nil {
		t.Fatal(err)
	}
	if u := <-ch; u.LinkAddress.String() != "10.0.0.2/24" {
		t.Errorf("got %+v", u)
	}
	close(done)
	for range ch {
	}
}

// TestAddrSubscribeSurvivesOverrun makes more events than the receive buffer
// holds while nobody reads them.
func TestAddrSubscribeSurvivesOverrun(t *testing.T) {
	h := newHandle(t)
	lo, err := h.LinkByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	ch, done := make(chan netlink.AddrUpdate), make(chan struct{})
	overrun := make(chan error, 100)
	opts := netlink.AddrSubscribeOptions{ReceiveBufferSize: 1, ErrorCallback: func(err error) { overrun <- err }}
	if err := h.AddrSubscribeWithOptions(ch, done, opts); err != nil {
		t.Fatal(err)
	}
	const n = 200
	want := map[string]bool{}
	for i := range n {
		a := parseAddr(t, fmt.Sprintf("10.0.0.%d/32", i+1))
		want[a.String()] = true
		if err := h.AddrAdd(lo, a); err != nil {
			t.Fatal(err)
		}
	}
	for len(want) != 0 {
		u, ok := <-ch
		if !ok {
			t.Fatalf("the channel was closed; %d addresses are missing; %v", len(want), <-overrun)
		}
		delete(want, u.LinkAddress.String())
	}
	select {
	case err := <-overrun:
		if !errors.Is(err, wire.ErrOverrun) {
			t.Error(err)
		}
	default:
		t.Error("nothing was lost: the test is without effect")
	}
	// It goes on.
	if err := h.AddrAdd(lo, parseAddr(t, "10.0.1.1/32")); err != nil {
		t.Fatal(err)
	}
	for u := range ch {
		if u.LinkAddress.String() == "10.0.1.1/32" {
			break
		}
	}
	close(done)
	for range ch {
	}
}

func TestAddrSubscribeSeq(t *testing.T) {
	h := newHandle(t)
	lo, err := h.LinkByName("lo")
	if err == nil {
		err = h.AddrAdd(lo, parseAddr(t, "10.0.0.1/32"))
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var got []string
	for u, err := range h.WithContext(ctx).AddrSubscribeSeq(netlink.AddrSubscribeOptions{ListExisting: true}) {
		switch {
		case err != nil:
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			got = append(got, "end")
		case len(got) == 0:
			got = append(got, u.LinkAddress.String())
			if err := h.AddrAdd(lo, parseAddr(t, "10.0.0.2/32")); err != nil {
				t.Fatal(err)
			}
		default:
			got = append(got, u.LinkAddress.String())
			cancel()
		}
	}
	if want := []string{"10.0.0.1/32", "10.0.0.2/32", "end"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
