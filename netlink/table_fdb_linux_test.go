package netlink

import (
	"net"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
)

// fdbOf returns the forwarding entries of a snapshot as text, sorted.
func fdbOf(s *Snapshot) (all []string) {
	for n := range s.Fdb() {
		all = append(all, n.object())
	}
	slices.Sort(all)
	return all
}

func TestMirrorFollowsForwardingEntries(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &Bridge{LinkAttrs: named("br0")})
	x, y := mustAdd(t, h, NewVeth(named("x0"))), mustAdd(t, h, NewVeth(named("y0")))
	m := newMirror(t, h, FdbTable)
	since := m.Snapshot()
	entry := func(l Link, state int) *Neigh {
		return &Neigh{LinkIndex: l.Attrs().Index, Family: uapi.AF_BRIDGE, Flags: NTF_MASTER, State: state,
			HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 0x55}}
	}
	for _, c := range []struct {
		what string
		do   func() error
		has  bool // the entry
	}{
		{"ports", func() error { return h.LinkSetMaster(x, br) }, false},
		{"another port", func() error { return h.LinkSetMaster(y, br) }, false},
		{"an entry", func() error { return h.NeighAdd(entry(x, NUD_NOARP)) }, true},
		{"its flags", func() error {
			n := entry(x, NUD_NOARP)
			n.Flags |= uapi.NTF_STICKY
			return h.NeighSet(n)
		}, true},
		{"its port", func() error { return h.NeighSet(entry(y, NUD_NOARP)) }, true},
		{"its end", func() error { return h.NeighDel(entry(y, 0)) }, false},
		{"an entry that goes with its port", func() error { return h.NeighAdd(entry(y, NUD_NOARP)) }, true},
		{"no port", func() error { return h.LinkSetNoMaster(y) }, false},
		{"an address that the device receives", func() error {
			n := entry(x, NUD_PERMANENT)
			n.Flags = NTF_SELF
			return h.NeighAdd(n)
		}, false},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		verified(t, m, c.what)
		has := false
		for n := range m.Snapshot().Fdb() {
			has = has || n.HardwareAddr.String() == "02:00:00:00:00:55" && n.MasterIndex == br.Index
		}
		if has != c.has {
			t.Errorf("after %s: there is an entry: %t; %q", c.what, has, fdbOf(m.Snapshot()))
		}
	}
	var added int
	if !m.Snapshot().since(since, func(ev Event) bool {
		e, ok := ev.(FdbEvent)
		if ok && e.Old == nil && e.New.LinkIndex == x.Index {
			added++
		}
		return ok
	}) || added == 0 {
		t.Errorf("%d entries of the port are new", added)
	}
}

// A VXLAN device has several destinations for one address, and may forget one for another.
func TestMirrorFollowsDestinations(t *testing.T) {
	h, _ := newHandle(t)
	vx := &Vxlan{LinkAttrs: named("vx0"), VxlanId: 7, Port: 4789, Learning: true}
	if err := h.LinkAdd(vx); err != nil {
		nstest.Need(t, "vxlan links", "", err)
	}
	m := newMirror(t, h, FdbTable)
	entry := func(last byte) *Neigh {
		return &Neigh{LinkIndex: vx.Index, Family: uapi.AF_BRIDGE, Flags: NTF_SELF, State: NUD_PERMANENT,
			HardwareAddr: net.HardwareAddr{0, 0, 0, 0, 0, 0}, IP: net.IP{10, 0, 0, last}}
	}
	other := entry(9)
	other.HardwareAddr = net.HardwareAddr{2, 0, 0, 0, 0, 9}
	moved := entry(8)
	moved.HardwareAddr = other.HardwareAddr
	for _, c := range []struct {
		what string
		do   func() error
		n    int
	}{
		{"one", func() error { return h.NeighAppend(entry(1)) }, 1},
		{"two", func() error { return h.NeighAppend(entry(2)) }, 2},
		{"three", func() error { return h.NeighAppend(entry(3)) }, 3},
		{"one less", func() error { return h.NeighDel(entry(2)) }, 2},
		{"another address", func() error { return h.NeighAdd(other) }, 3},
		{"its other destination", func() error { return h.NeighSet(moved) }, 3},
		{"none of it", func() error { return h.NeighDel(moved) }, 2},
		{"no device", func() error { return h.LinkDel(vx) }, 0},
	} {
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		verified(t, m, c.what)
		if got := fdbOf(m.Snapshot()); len(got) != c.n {
			t.Errorf("after %s: %q, want %d", c.what, got, c.n)
		}
	}
}
