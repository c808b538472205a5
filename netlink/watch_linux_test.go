package netlink

import (
	"context"
	"errors"
	"net"
	"testing"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// watched is what a test waits for among other events.
type watched struct {
	what string
	do   func() error
	is   func(Event) bool
}

// TestWatchReportsAllTables changes one object after another, each when the
// change before was reported.
func TestWatchReportsAllTables(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	index := x.Attrs().Index
	addr := mustParseAddr(t, "10.9.0.1/24")
	ip, lladdr := net.IPv4(10, 9, 0, 2).To4(), net.HardwareAddr{2, 0, 0, 0, 0, 1}
	neigh := &Neigh{LinkIndex: index, IP: ip, HardwareAddr: lladdr, State: NUD_PERMANENT}
	route := &Route{Dst: &net.IPNet{IP: net.IPv4(10, 8, 0, 0).To4(), Mask: net.CIDRMask(16, 32)}, LinkIndex: index}
	rule := NewRule()
	rule.Priority, rule.Table = 77, 1000
	isRoute := func(r *Route) bool { return r != nil && r.Dst.String() == "10.8.0.0/16" }
	steps := []watched{
		{"link up", func() error { return h.LinkSetUp(x) }, func(ev Event) bool {
			l, ok := ev.(LinkEvent)
			return ok && l.Old == nil && l.New.Attrs().Name == "x0" && l.New.Attrs().RawFlags&uapi.IFF_UP != 0
		}},
		{"address added", func() error { return h.AddrAdd(x, addr) }, func(ev Event) bool {
			a, ok := ev.(AddrEvent)
			return ok && a.Old == nil && a.New.IPNet.String() == "10.9.0.1/24" && a.New.LinkIndex == index
		}},
		{"neighbour added", func() error { return h.NeighAdd(neigh) }, func(ev Event) bool {
			n, ok := ev.(NeighEvent)
			return ok && n.Old == nil && n.New.IP.Equal(ip) && n.New.HardwareAddr.String() == lladdr.String()
		}},
		{"neighbour deleted", func() error { return h.NeighDel(neigh) }, func(ev Event) bool {
			n, ok := ev.(NeighEvent)
			return ok && n.New == nil && n.Old.IP.Equal(ip)
		}},
		{"route added", func() error { return h.RouteAdd(route) }, func(ev Event) bool {
			r, ok := ev.(RouteEvent)
			return ok && r.Old == nil && isRoute(r.New) && r.New.LinkIndex == index
		}},
		{"route deleted", func() error { return h.RouteDel(route) }, func(ev Event) bool {
			r, ok := ev.(RouteEvent)
			return ok && r.New == nil && isRoute(r.Old)
		}},
		{"rule added", func() error { return h.RuleAdd(rule) }, func(ev Event) bool {
			r, ok := ev.(RuleEvent)
			return ok && r.Old == nil && r.New.Priority == 77 && r.New.Table == 1000
		}},
		{"rule deleted", func() error { return h.RuleDel(rule) }, func(ev Event) bool {
			r, ok := ev.(RuleEvent)
			return ok && r.New == nil && r.Old.Priority == 77
		}},
		{"next hop added", func() error { return h.NexthopAdd(&Nexthop{ID: 7, OIF: uint32(index)}) }, func(ev Event) bool {
			n, ok := ev.(NexthopEvent)
			return ok && n.Old == nil && n.New.ID == 7 && n.New.OIF == uint32(index)
		}},
		{"next hop deleted", func() error { return h.NexthopDel(&Nexthop{ID: 7}) }, func(ev Event) bool {
			n, ok := ev.(NexthopEvent)
			return ok && n.New == nil && n.Old.ID == 7
		}},
		{"link deleted", func() error { return h.LinkDel(x) }, func(ev Event) bool {
			l, ok := ev.(LinkEvent)
			return ok && l.New == nil && l.Old.Attrs().Index == index
		}},
		{"another link", func() error { return h.LinkAdd(ifb("x1")) }, func(ev Event) bool {
			l, ok := ev.(LinkEvent)
			return ok && l.New != nil && l.New.Attrs().Name == "x1"
		}},
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// The first change has to come when Watch listens: something is done until
	// the first event.
	poke := make(chan struct{})
	go func() {
		for i := 0; ; i++ {
			select {
			case <-poke:
				return
			default:
				_ = h.LinkSetMTU(x, 1000+i%2)
			}
		}
	}()
	step := -1
	for ev, err := range h.Watch(ctx, AllTables()...) {
		if err != nil {
			if step == len(steps) && errors.Is(err, context.Canceled) {
				return
			}
			t.Fatalf("after %q: %v", steps[max(step-1, 0)].what, err)
		}
		if step == len(steps) {
			continue
		}
		if step < 0 {
			poke <- struct{}{}
		} else if !steps[step].is(ev) {
			continue
		}
		if step++; step == len(steps) {
			cancel()
		} else if err := steps[step].do(); err != nil {
			t.Fatalf("%s: %v", steps[step].what, err)
		}
	}
	t.Error("the iteration ended without an error")
}

// TestWatchListsAnewWhatItLost reads nothing until events are lost.
func TestWatchListsAnewWhatItLost(t *testing.T) {
	h, ns := newHandle(t)
	small, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	if err := small.SetSocketReceiveBufferSize(1, false); err != nil {
		t.Fatal(err)
	}
	w, err := small.watchTables("watch", []Table{RouteTable}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	storm(t, h, 0, 500, (*Handle).RouteAdd)
	lost, listed := 0, map[string]bool{}
	w.run(context.Background(), func(ev Event, err error) bool {
		switch ev := ev.(type) {
		case LostEvent:
			lost++
			if !errors.Is(ev.Err, wire.ErrOverrun) {
				t.Errorf("lost for %v", ev.Err)
			}
		case RouteEvent:
			if lost != 0 && ev.New.Table == 1000 {
				listed[ev.New.Dst.String()] = true
			}
		case SyncedEvent:
			return false
		default:
			t.Errorf("got %T, %v", ev, err)
		}
		return true
	})
	if lost != 1 || len(listed) != 500 {
		t.Errorf("lost %d times, then %d routes listed", lost, len(listed))
	}
}

func TestWatchRefuses(t *testing.T) {
	h, ns := newHandle(t)
	closed, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	for _, err := range closed.Watch(context.Background(), AllTables()...) {
		if !errors.Is(err, wire.ErrClosed) {
			t.Errorf("a closed handle: %v", err)
		}
	}
	n := 0
	for _, err := range h.Watch(context.Background(), Table{}) {
		if n++; err == nil {
			t.Error("a table that there is not: no error")
		}
	}
	if n != 1 {
		t.Errorf("%d pairs", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	h = h.WithContext(ctx)
	cancel()
	for _, err := range h.Watch(context.Background(), AllTables()...) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("the handle's context is done: %v", err)
		}
	}
}
