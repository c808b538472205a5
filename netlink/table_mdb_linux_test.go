package netlink

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// mdbOf returns the entries of a snapshot as text, sorted.
func mdbOfSnapshot(s *Snapshot) (all []string) {
	for e := range s.MDB() {
		all = append(all, e.String())
	}
	slices.Sort(all)
	return all
}

func TestMirrorFollowsMulticastEntries(t *testing.T) {
	h, _ := newHandle(t)
	br, x, y := mdbBridge(t, h)
	mdbList(t, h, 0) // skips where there are none
	m := newMirror(t, h, MDBTable)
	since := m.Snapshot()
	ip := netip.MustParseAddr
	entry := func(l Link, state int) *MDBEntry {
		return &MDBEntry{LinkIndex: br.Attrs().Index, PortIndex: l.Attrs().Index, Group: ip("239.1.1.1"), State: state}
	}
	for _, c := range []struct {
		what string
		do   func() error
		n    int // entries of the group
	}{
		{"an entry", func() error { return h.MDBAdd(entry(x, MDB_PERMANENT)) }, 1},
		{"another port", func() error { return h.MDBAdd(entry(y, MDB_TEMPORARY)) }, 2},
		{"the host", func() error { return h.MDBAdd(entry(br, MDB_TEMPORARY)) }, 3},
		{"one less", func() error { return h.MDBDel(entry(x, MDB_PERMANENT)) }, 2},
		{"a port is down", func() error { return h.LinkSetDown(y) }, 1},
		{"an entry that goes with its port", func() error { return h.MDBAdd(entry(x, MDB_PERMANENT)) }, 2},
		{"no port", func() error { return h.LinkSetNoMaster(x) }, 1},
		{"no bridge", func() error { return h.LinkDel(br) }, 0}, // the host's entry goes without a word
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		verified(t, m, c.what)
		n := 0
		for e := range m.Snapshot().MDB() {
			if e.Group == ip("239.1.1.1") {
				n++
			}
		}
		if n != c.n {
			t.Errorf("after %s: %d entries, want %d: %q", c.what, n, c.n, mdbOfSnapshot(m.Snapshot()))
		}
	}
	if m.Snapshot().since(since, func(Event) bool { return true }); m.parts[0].reads < 2 {
		t.Error("the database was never read again: what goes silently was not tested")
	}
}

// What an entry is shown with depends on the bridge: without version 3 of IGMP it has no sources.
func TestMirrorFollowsVersionsOfIGMP(t *testing.T) {
	h, _ := newHandle(t)
	br, x, _ := mdbBridge(t, h)
	e := &MDBEntry{LinkIndex: br.Attrs().Index, PortIndex: x.Attrs().Index, Group: netip.MustParseAddr("239.1.1.1"),
		State: MDB_PERMANENT}
	if err := h.MDBAdd(e); err != nil {
		nstest.Need(t, "multicast databases of bridges", "", err)
	}
	m := newMirror(t, h, MDBTable)
	for _, version := range []uint8{2, 3} {
		if err := h.LinkModify(&Bridge{LinkAttrs: LinkAttrs{Index: br.Attrs().Index},
			MulticastIgmpVersion: &version}); err != nil {
			t.Fatal(err)
		}
		verified(t, m, fmt.Sprint("version ", version))
		for e := range m.Snapshot().MDB() {
			if e.Group.Is4() && (e.FilterMode != nil) != (version == 3) {
				t.Errorf("with version %d: %+v", version, e)
			}
		}
	}
}

// mdbDisorder changes entries at random.
type mdbDisorder struct {
	*rand.Rand
	h     *Handle
	br    Link
	ports []Link
	vx    *Vxlan // or nil
}

func (d *mdbDisorder) step() (string, error) {
	ip := netip.MustParseAddr
	group := []netip.Addr{ip("239.1.1.1"), ip("239.1.1.2"), ip("ff15::1")}[d.IntN(3)]
	sources := []netip.Addr{ip("10.0.0.1"), ip("10.0.0.2"), ip("10.0.0.3")}
	if group.Is6() {
		sources = []netip.Addr{ip("2001:db8::1"), ip("2001:db8::2"), ip("2001:db8::3")}
	}
	port := d.ports[d.IntN(len(d.ports))]
	e := &MDBEntry{LinkIndex: d.br.Attrs().Index, PortIndex: port.Attrs().Index, Group: group, State: d.IntN(2)}
	switch n := d.IntN(10); {
	case n < 3:
		e.FilterMode = new(d.IntN(2))
		for _, s := range sources[d.IntN(2) : 1+d.IntN(3)] {
			e.Sources = append(e.Sources, MDBSource{Addr: s})
		}
	case n < 6:
		e.Source = sources[d.IntN(3)]
	case n < 7:
		e.PortIndex, e.State = e.LinkIndex, MDB_TEMPORARY
	case n < 8 && d.vx != nil:
		e = &MDBEntry{LinkIndex: d.vx.Index, PortIndex: d.vx.Index, Group: group, State: MDB_PERMANENT,
			Dst: netip.AddrFrom4([4]byte{192, 0, 2, byte(d.IntN(3))}), SrcVNI: new(uint32(d.IntN(2) + 1)),
			VNI: new(uint32(d.IntN(3) + 1))}
		if d.IntN(2) == 0 {
			e.Source = sources[d.IntN(3)]
		} else {
			e.FilterMode, e.Sources = new(MCAST_EXCLUDE), []MDBSource{{Addr: sources[d.IntN(3)]}}
		}
	}
	switch n := d.IntN(20); {
	case n < 5:
		return "add " + e.String(), d.h.MDBAdd(e)
	case n < 11:
		return "replace " + e.String(), d.h.MDBReplace(e)
	case n < 18:
		return "del " + e.String(), d.h.MDBDel(e)
	case n == 18:
		return "flush", d.h.MDBFlush(MDBFilter{LinkIndex: e.LinkIndex, PortIndex: e.PortIndex,
			Permanent: new(d.IntN(2) == 0)})
	case d.IntN(2) == 0:
		return "down", d.h.LinkSetDown(port)
	}
	return "up", d.h.LinkSetUp(port)
}

func TestMirrorOfMulticastEntriesEndsEqual(t *testing.T) {
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			h, _ := newHandle(t)
			d := &mdbDisorder{Rand: rand.New(rand.NewPCG(seed, 0)), h: h}
			br, x, y := mdbBridge(t, h)
			d.br, d.ports = br, []Link{x, y}
			mdbList(t, h, 0)
			vx := &Vxlan{LinkAttrs: named("vx0"), FlowBased: true, Port: 4789}
			if h.LinkAdd(vx) == nil && h.LinkSetUp(vx) == nil {
				d.vx = vx
			}
			m := newMirror(t, h, MDBTable)
			most := 0
			for range 30 {
				var log []string
				for range 20 {
					if what, err := d.step(); err == nil {
						log = append(log, what)
					}
				}
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				err := m.Verify(ctx)
				cancel()
				if err != nil {
					t.Fatalf("after %s: %v", strings.Join(log, "; "), err)
				}
				most = max(most, m.Snapshot().Len(MDBTable))
			}
			if most < 3 {
				t.Errorf("there were at most %d entries: nothing was tested", most)
			}
		})
	}
}

// mdbStorm adds or deletes an entry of each group from..to.
func mdbStorm(t *testing.T, h *Handle, br, port Link, from, to int, change func(*Handle, *MDBEntry) error) {
	t.Helper()
	for from < to {
		b := h.NewBatch()
		for range min(128, to-from) {
			e := &MDBEntry{LinkIndex: br.Attrs().Index, PortIndex: port.Attrs().Index, State: MDB_PERMANENT,
				Group: netip.AddrFrom4([4]byte{239, 1, byte(from >> 8), byte(from)})}
			if err := change(b.Handle, e); err != nil {
				t.Fatal(err)
			}
			from++
		}
		if errs := b.Flush(); errs != nil {
			t.Fatal(errs)
		}
	}
}

func TestMirrorOfMulticastEntriesFindsItsWayAfterLostEvents(t *testing.T) {
	h, ns := newHandle(t)
	br, x, _ := mdbBridge(t, h)
	mdbList(t, h, 0)
	small, err := NewHandleAt(ns)
	if err != nil {
		t.Fatal(err)
	}
	defer small.Close()
	if err := small.SetSocketReceiveBufferSize(1, false); err != nil {
		t.Fatal(err)
	}
	m := newMirror(t, small, MDBTable)
	m.mu.Lock() // it works nothing in
	mdbStorm(t, h, br, x, 0, 1500, (*Handle).MDBAdd)
	m.mu.Unlock()
	mdbStorm(t, h, br, x, 500, 900, (*Handle).MDBDel)
	verify(t, m)
	n := 0
	for e := range m.Snapshot().MDB() {
		if e.PortIndex == x.Attrs().Index {
			n++
		}
	}
	if n != 1100 {
		t.Errorf("the mirror has %d entries, want 1100", n)
	}
	if m.parts[0].reads < 2 {
		t.Error("no event was lost: nothing was tested")
	}
}

func TestWatchTakesMulticastDatabasesApart(t *testing.T) {
	h, _ := newHandle(t)
	br, x, _ := mdbBridge(t, h)
	mdbStorm(t, h, br, x, 0, 3, (*Handle).MDBAdd)
	w, err := h.watchTables("watch", []Table{MDBTable}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer w.close()
	listed := map[string]bool{}
	w.list(context.Background(), eachEvent(func(ev Event, err error) bool {
		if e, ok := ev.(MDBEvent); ok && e.Old == nil && e.New.PortIndex == x.Attrs().Index {
			listed[e.New.Group.String()] = true
		}
		return err == nil
	}))
	w.listed()
	if len(listed) != 3 {
		t.Errorf("listed %v", listed)
	}
	router := func(typ uint8) {
		t.Helper()
		if err := h.LinkSetSlave(x, &BridgePort{MulticastRouter: &typ}); err != nil {
			t.Fatal(err)
		}
	}
	router(MDB_RTR_TYPE_PERM)
	router(MDB_RTR_TYPE_DISABLED)
	mdbStorm(t, h, br, x, 0, 1, (*Handle).MDBDel)
	var told []string
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	w.run(ctx, func(ev Event, err error) bool {
		if err != nil {
			t.Fatal(err)
		}
		switch ev := ev.(type) {
		case MDBRouterEvent:
			told = append(told, ev.String())
		case MDBEvent:
			if ev.New == nil {
				told = append(told, ev.String())
			}
			return ev.New != nil
		}
		return true
	})
	port := fmt.Sprintf("dev %d port %d", br.Attrs().Index, x.Attrs().Index)
	want := []string{"multicast router: " + port, "multicast router gone: " + port,
		"multicast entry gone: " + port + " grp 239.1.0.0"}
	if len(told) != 3 || told[0] != want[0] || told[1] != want[1] || !strings.Contains(told[2], port+" grp 239.1.0.0") {
		t.Errorf("told %q, want %q", told, want)
	}
}

// A kernel without bridges knows no such list: it says so of the list of a family that has none.
func TestTablesThatTheKernelDoesNotKnowAreEmpty(t *testing.T) {
	h, _ := newHandle(t)
	m := newMirror(t, h, BridgeVlanTable)
	part := *m.parts[0].tablePart
	part.dump = func() *wire.Request {
		r := wire.NewRequest(uapi.RTM_GETVLAN, 0)
		r.Header(uapi.SizeofBrVlanMsg)[0] = uapi.AF_INET
		return r
	}
	objects, err := m.followers[0].read(context.Background(), &partState{tablePart: &part})
	if err != nil || objects.Len() != 0 {
		t.Errorf("%d objects, %v", objects.Len(), err)
	}
}
