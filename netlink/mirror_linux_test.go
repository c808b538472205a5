package netlink

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nltest"
	"kern.sys/netlink/wire"
)

// newMirror returns a mirror that ends with the test.
func newMirror(t testing.TB, h *Handle, tables ...Table) *Mirror {
	t.Helper()
	if tables == nil {
		tables = AllTables()
	}
	m, err := h.NewMirror(context.Background(), tables...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	})
	return m
}

func verify(t testing.TB, m *Mirror) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := m.Verify(ctx); err != nil {
		t.Fatal(err)
	}
}

// disorder changes tables at random.
type disorder struct {
	*rand.Rand
	h    *Handle
	ends []Link
	log  []string
}

func newDisorder(t testing.TB, h *Handle, seed uint64) *disorder {
	d := &disorder{Rand: rand.New(rand.NewPCG(seed, 0)), h: h}
	for _, name := range []string{"m0", "m1"} {
		v := mustAdd(t, h, &Veth{LinkAttrs: LinkAttrs{Name: name}, PeerName: name + "p"})
		peer, err := h.LinkByName(name + "p")
		if err != nil {
			t.Fatal(err)
		}
		d.ends = append(d.ends, v, peer)
	}
	for i, l := range d.ends {
		if err := h.LinkSetUp(l); err != nil {
			t.Fatal(err)
		}
		for _, a := range []string{"10.9.%d.1/24", "2001:db8:%d::1/64"} {
			if err := h.AddrAdd(l, mustParseAddr(t, fmt.Sprintf(a, i))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

func mustParseAddr(t testing.TB, s string) *Addr {
	t.Helper()
	a, err := ParseAddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// step makes one change; most are refused by now and then.
func (d *disorder) step(t testing.TB) {
	link := d.ends[d.IntN(len(d.ends))]
	v4 := d.IntN(2) == 0
	var what string
	var err error
	switch n := d.IntN(100); {
	case n < 70:
		what, err = d.route(v4)
	case n < 76:
		what = "addr"
		a := mustParseAddr(t, fmt.Sprintf("10.9.%d.%d/24", link.Attrs().Index, 2+d.IntN(3)))
		if !v4 {
			a = mustParseAddr(t, fmt.Sprintf("2001:db8:77::%d/64", 2+d.IntN(3)))
		}
		if d.IntN(2) == 0 {
			err = d.h.AddrAdd(link, a)
		} else {
			err = d.h.AddrDel(link, a)
		}
	case n < 80:
		what, err = d.nexthop()
	case n < 86:
		what = "neigh"
		neigh := &Neigh{LinkIndex: link.Attrs().Index, State: NUD_PERMANENT, IP: net.IPv4(10, 9, 1, byte(10+d.IntN(3))),
			HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, byte(d.IntN(3))}}
		if d.IntN(2) == 0 {
			err = d.h.NeighSet(neigh)
		} else {
			err = d.h.NeighDel(neigh)
		}
	case n < 93:
		what = "rule"
		rule := NewRule()
		rule.Priority, rule.Table, rule.Mark = 100+d.IntN(2), 1000+d.IntN(3), uint32(1+d.IntN(2))
		if d.IntN(2) == 0 {
			err = d.h.RuleAdd(rule)
		} else {
			err = d.h.RuleDel(rule)
		}
	case n < 95:
		what, err = "down "+link.Attrs().Name, d.h.LinkSetDown(link)
	case n < 99:
		what, err = "up "+link.Attrs().Name, d.h.LinkSetUp(link)
	default:
		what, err = "mtu "+link.Attrs().Name, d.h.LinkSetMTU(link, 1400+d.IntN(3))
	}
	if err == nil {
		d.log = append(d.log, what)
	}
}

// nexthop changes next hop objects of few numbers.
func (d *disorder) nexthop() (string, error) {
	link := d.ends[d.IntN(len(d.ends))]
	n := &Nexthop{ID: uint32(1 + d.IntN(3)), OIF: uint32(link.Attrs().Index)}
	if d.IntN(3) == 0 {
		n = &Nexthop{ID: 4, Group: []NexthopMember{{ID: 1, Weight: 1 + d.IntN(3)}, {ID: uint32(2 + d.IntN(2))}}}
	}
	switch d.IntN(3) {
	case 0:
		return "nexthop del", d.h.NexthopDel(n)
	case 1:
		return "nexthop add", d.h.NexthopAdd(n)
	default:
		return "nexthop replace", d.h.NexthopReplace(n)
	}
}

// route changes a route of few prefixes, metrics and next hops.
func (d *disorder) route(v4 bool) (string, error) {
	r := &Route{Table: 254 + 1000*d.IntN(2), Priority: 50 + d.IntN(2)}
	hop := func() (net.IP, int) {
		i := d.IntN(len(d.ends))
		if v4 {
			return net.IPv4(10, 9, byte(i), byte(2+d.IntN(3))), d.ends[i].Attrs().Index
		}
		return net.ParseIP(fmt.Sprintf("2001:db8:%d::%d", i, 2+d.IntN(3))), d.ends[i].Attrs().Index
	}
	if v4 {
		r.Dst = &net.IPNet{IP: net.IPv4(172, 16, byte(d.IntN(2)), 0).To4(), Mask: net.CIDRMask(24, 32)}
		r.Tos = 4 * d.IntN(2)
	} else {
		r.Dst = &net.IPNet{IP: net.ParseIP(fmt.Sprintf("2001:db8:f%d::", d.IntN(2))), Mask: net.CIDRMask(64, 128)}
	}
	switch d.IntN(7) {
	case 6:
		r.NHID = uint32(1 + d.IntN(4))
	case 0:
		r.Type = []int{uapi.RTN_BLACKHOLE, uapi.RTN_UNREACHABLE}[d.IntN(2)]
	case 1:
		for range 2 {
			gw, index := hop()
			r.MultiPath = append(r.MultiPath, &NexthopInfo{LinkIndex: index, Gw: gw})
		}
	case 2:
		_, r.LinkIndex = hop()
		r.Scope = Scope(uapi.RT_SCOPE_LINK)
	default:
		r.Gw, r.LinkIndex = hop()
		if v4 && d.IntN(3) == 0 {
			r.Src = net.IPv4(10, 9, byte(r.LinkIndex), 2)
		}
	}
	names := []string{"add", "append", "replace", "change", "prepend", "del", "del any"}
	i := d.IntN(len(names))
	var err error
	switch i {
	case 0:
		err = d.h.RouteAdd(r)
	case 1:
		err = d.h.RouteAppend(r)
	case 2:
		err = d.h.RouteReplace(r)
	case 3:
		err = d.h.RouteChange(r)
	case 4:
		err = d.h.RouteAddEcmp(r)
	case 5:
		err = d.h.RouteDel(r)
	default:
		err = d.h.RouteDel(&Route{Dst: r.Dst, Table: r.Table, Priority: r.Priority, Tos: r.Tos})
	}
	return names[i] + " " + r.String(), err
}

func TestMirrorEndsEqualToTheTables(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h, _ := newHandle(t)
			d := newDisorder(t, h, seed)
			m := newMirror(t, h)
			for range 40 {
				d.log = d.log[:0]
				for range 25 {
					d.step(t)
				}
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				if err := m.Verify(ctx); err != nil {
					t.Errorf("after %q: %v", d.log, err)
					cancel()
					return
				}
				cancel()
			}
		})
	}
}

// replay works events into a multiset of routes and addresses.
type replay struct {
	t    *testing.T
	have map[string]int
}

func (r *replay) event(ev Event) bool {
	switch ev := ev.(type) {
	case RouteEvent:
		change(r, "route ", ev.Old, ev.New, routeText)
	case AddrEvent:
		change(r, "addr ", ev.Old, ev.New, addrText)
	}
	return true
}

func routeText(v *Route) string { return fmt.Sprint(v, v.Table, v.Priority, v.Type, v.Tos, v.Flags) }
func addrText(v *Addr) string   { return fmt.Sprint(v, v.LinkIndex) }

func change[T any](r *replay, table string, old, new *T, text func(*T) string) {
	if old == nil && new == nil {
		r.t.Error("an event of nothing")
	}
	if old != nil {
		k := table + text(old)
		if r.have[k]--; r.have[k] < 0 {
			r.t.Errorf("%s goes, but was not there", k)
		} else if r.have[k] == 0 {
			delete(r.have, k)
		}
	}
	if new != nil {
		r.have[table+text(new)]++
	}
}

func TestMirrorReportsEachChange(t *testing.T) {
	h, _ := newHandle(t)
	d := newDisorder(t, h, 77)
	m := newMirror(t, h, RouteTable, AddrTable)
	r := replay{t: t, have: map[string]int{}}
	before := &Snapshot{parts: make([]snapshotPart, len(m.parts))}
	for range 20 {
		for range 50 {
			d.step(t)
		}
		verify(t, m)
		now := m.Snapshot()
		now.since(before, r.event)
		before = now
		want := map[string]int{}
		for v := range now.Routes() {
			want["route "+routeText(&v)]++
		}
		for v := range now.Addrs() {
			want["addr "+addrText(&v)]++
		}
		if !maps.Equal(r.have, want) {
			t.Fatalf("the changes lead to\n%v\nthe mirror has\n%v", r.have, want)
		}
	}
	if len(r.have) == 0 {
		t.Error("nothing was compared")
	}
}

func TestMirrorChangesBeginWithWhatThereIs(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	m := newMirror(t, h, LinkTable)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	step, err := 0, error(nil)
	for ev, e := range m.Changes(ctx, nil) {
		if e != nil {
			err = e
			break
		}
		ev := ev.(LinkEvent)
		switch {
		case ev.New != nil && ev.New.Attrs().Name == "lo":
		case step == 0:
			if ev.Old != nil || ev.New.Attrs().Name != "x0" {
				t.Fatalf("got %+v", ev)
			}
			if err := h.LinkSetMTU(x, 1234); err != nil {
				t.Fatal(err)
			}
			step++
		case step == 1:
			if ev.Old.Attrs().MTU == 1234 || ev.New.Attrs().MTU != 1234 {
				t.Fatalf("got %+v", ev)
			}
			if got, ok := m.Snapshot().Link(x.Attrs().Index); !ok || got.Attrs().MTU != 1234 {
				t.Errorf("the mirror has %+v, %v", got, ok)
			}
			if err := h.LinkDel(x); err != nil {
				t.Fatal(err)
			}
			step++
		case step == 2:
			if ev.New != nil || ev.Old.Attrs().Name != "x0" {
				t.Fatalf("got %+v", ev)
			}
			step++
			cancel()
		default:
			t.Fatalf("got %+v", ev)
		}
	}
	if step != 3 || !errors.Is(err, context.Canceled) {
		t.Errorf("ended at step %d with %v", step, err)
	}
}

func TestSnapshotsDoNotChange(t *testing.T) {
	h, _ := newHandle(t)
	m := newMirror(t, h, RouteTable)
	add := func(n int) {
		t.Helper()
		for i := range 50 {
			r := &Route{Dst: &net.IPNet{IP: net.IPv4(10, byte(n), byte(i), 0), Mask: net.CIDRMask(24, 32)},
				Type: uapi.RTN_BLACKHOLE}
			if err := h.RouteAdd(r); err != nil {
				t.Fatal(err)
			}
		}
		verify(t, m)
	}
	base := m.Snapshot().Len(RouteTable)
	add(0)
	one := m.Snapshot()
	add(1)
	if got := m.Snapshot().Len(AllTables()...) - base; got != 100 {
		t.Errorf("the mirror has %d more routes, want 100", got)
	}
	if got := one.Len(RouteTable) - base; got != 50 {
		t.Errorf("the earlier snapshot has %d more routes, want 50", got)
	}
}

// TestMirrorFindsItsWayAfterLostEvents makes far more changes than its receive
// buffer can hold events.
func TestMirrorFindsItsWayAfterLostEvents(t *testing.T) {
	h, ns := newHandle(t)
	small, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	if err := small.SetSocketReceiveBufferSize(1, false); err != nil {
		t.Fatal(err)
	}
	m := newMirror(t, small, RouteTable, RuleTable)
	base := m.Snapshot().Len(RouteTable)
	m.mu.Lock() // it works nothing in
	storm(t, h, 0, 5000, (*Handle).RouteAdd)
	m.mu.Unlock()
	storm(t, h, 1000, 3000, (*Handle).RouteDel)
	verify(t, m)
	if got := m.Snapshot().Len(RouteTable) - base; got != 3000 {
		t.Errorf("the mirror has %d more routes, want 3000", got)
	}
	if m.parts[0].reads < 2 {
		t.Error("no event was lost: nothing was tested")
	}
}

// storm changes the routes from..to as fast as can be.
func storm(t testing.TB, h *Handle, from, to int, change func(*Handle, *Route) error) {
	t.Helper()
	for from < to {
		b := h.NewBatch()
		for range min(128, to-from) {
			dst := &net.IPNet{IP: net.IPv4(10, byte(from>>16), byte(from>>8), byte(from)), Mask: net.CIDRMask(32, 32)}
			if err := change(b.Handle, &Route{Dst: dst, Type: uapi.RTN_BLACKHOLE, Table: 1000}); err != nil {
				t.Fatal(err)
			}
			from++
		}
		if errs := b.Flush(); errs != nil {
			t.Fatal(errs)
		}
	}
}

func TestMirrorFollowsRoutesThatGoWithoutAWord(t *testing.T) {
	h, _ := newHandle(t)
	d := newDisorder(t, h, 1)
	m := newMirror(t, h, RouteTable) // links are not mirrored
	before := m.Snapshot().Len(RouteTable)
	if err := h.LinkSetDown(d.ends[0]); err != nil {
		t.Fatal(err)
	}
	verify(t, m)
	if got := m.Snapshot().Len(RouteTable); got >= before {
		t.Errorf("%d routes with the link, %d without", before, got)
	}
}

// TestMirrorAsksNothingWhenIdle gives a mirror that has read its tables another kernel
// to read from, which counts what it is asked.
func TestMirrorAsksNothingWhenIdle(t *testing.T) {
	h, _ := newHandle(t)
	x := mustAdd(t, h, ifb("x0"))
	m, err := h.NewMirror(context.Background(), AllTables()...)
	if err != nil {
		t.Fatal(err)
	}
	verify(t, m) // what was due is done
	var asked atomic.Int64
	counting := &nltest.Kernel{Answer: func(req []byte) []nltest.Datagram {
		asked.Add(1)
		return []nltest.Datagram{{Data: nltest.Done(req, 0, 0)}}
	}}
	fake, err := wire.Dial(wire.Config{Dial: counting.Dial})
	if err != nil {
		t.Fatal(err)
	}
	cs := m.followers[0].w.lists.conns
	cs.mu.Lock()
	real := cs.open[uapi.NETLINK_ROUTE]
	cs.add(uapi.NETLINK_ROUTE, fake) // closed with the mirror
	cs.mu.Unlock()
	real.Close()

	before := m.Snapshot().Len(RouteTable)
	storm(t, h, 0, 200, (*Handle).RouteAdd)
	for range m.Changes(context.Background(), nil) {
		if m.Snapshot().Len(RouteTable) == before+200 {
			break
		}
	}
	time.Sleep(100 * time.Millisecond) // nothing is to happen
	if n := asked.Load(); n != 0 {
		t.Errorf("%d requests without need", n)
	}
	if err := h.LinkSetUp(x); err != nil { // routes change with it, without a notification
		t.Fatal(err)
	}
	for end := time.Now().Add(patience); asked.Load() == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("a need is not seen: nothing was tested")
		}
	}
	if err := m.Close(); err != nil {
		t.Error(err)
	}
}

func TestMirrorEnds(t *testing.T) {
	h, ns := newHandle(t)
	for name, end := range map[string]struct {
		do   func(*Mirror, *Handle, context.CancelFunc)
		want error
	}{
		"Close":   {func(m *Mirror, _ *Handle, _ context.CancelFunc) { m.Close() }, wire.ErrClosed},
		"context": {func(_ *Mirror, _ *Handle, cancel context.CancelFunc) { cancel() }, context.Canceled},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			m, err := h.NewMirror(ctx, AllTables()...)
			if err != nil {
				t.Fatal(err)
			}
			end.do(m, h, cancel)
			var last error
			for _, err := range m.Changes(context.Background(), m.Snapshot()) {
				last = err
			}
			if !errors.Is(last, end.want) || !errors.Is(m.Err(), end.want) {
				t.Errorf("changes end with %v, the mirror with %v, want %v", last, m.Err(), end.want)
			}
			if err := m.Verify(context.Background()); !errors.Is(err, end.want) {
				t.Errorf("Verify returns %v, want %v", err, end.want)
			}
			if _, ok := m.Snapshot().Link(1); !ok {
				t.Error("what the mirror had is gone")
			}
			_ = m.Close()
		})
	}
	closed, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	if _, err := closed.NewMirror(context.Background(), AllTables()...); !errors.Is(err, wire.ErrClosed) {
		t.Errorf("a closed handle: %v", err)
	}
	if _, err := h.NewMirror(context.Background(), Table{}); err == nil {
		t.Error("a table that there is not: no error")
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.NewMirror(done, AllTables()...); !errors.Is(err, context.Canceled) {
		t.Errorf("a context that is done: %v", err)
	}
}

// TestVerifyReportsADifference has the mirror lose an object behind its back.
func TestVerifyReportsADifference(t *testing.T) {
	defer func(d time.Duration) { verifyPatience = d }(verifyPatience)
	verifyPatience = 0
	h, _ := newHandle(t)
	m := newMirror(t, h, LinkTable)
	m.mu.Lock()
	m.parts[0].objects.Delete(linkKeyOf(1))
	m.mu.Unlock()
	var differs *VerifyError
	if err := m.Verify(context.Background()); !errors.As(err, &differs) || len(differs.Differences) != 1 {
		t.Errorf("got %v", err)
	}
}
