package netlink_test

import (
	"errors"
	"iter"
	"net"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// Handles of a namespace are made by its handle, whatever the way.
func TestHandlesOfANamespace(t *testing.T) {
	ns := nstest.New(t)
	for name, open := range map[string]func() (*netlink.Handle, error){
		"NewHandleAtFrom": func() (*netlink.Handle, error) { return netlink.NewHandleAtFrom(ns, netns.None()) },
		"NewHandleWithOptions": func() (*netlink.Handle, error) {
			return netlink.NewHandleWithOptions(netlink.HandleOptions{NetNS: &ns, DisableVFInfoCollection: true})
		},
		"DisableVFInfoCollection": func() (*netlink.Handle, error) {
			h, err := netlink.NewHandleAt(ns)
			if err == nil {
				h = h.DisableVFInfoCollection()
			}
			return h, err
		},
	} {
		h, err := open()
		if err != nil {
			t.Fatal(name, err)
		}
		if err := h.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "there"}}); err != nil {
			t.Fatal(name, err)
		}
		if _, err := netlink.LinkByName("there"); !errors.As(err, &netlink.LinkNotFoundError{}) {
			t.Errorf("%s: the link is here: %v", name, err)
		}
		l, err := h.LinkByName("there")
		if err == nil {
			err = h.LinkDel(l)
		}
		if err := errors.Join(err, h.Close()); err != nil {
			t.Error(name, err)
		}
	}
}

func TestSocketTimeoutIsKept(t *testing.T) {
	before := netlink.GetSocketTimeout()
	defer func() {
		if err := netlink.SetSocketTimeout(before); err != nil {
			t.Error(err)
		}
	}()
	if err := netlink.SetSocketTimeout(7 * time.Second); err != nil || netlink.GetSocketTimeout() != 7*time.Second {
		t.Errorf("%v, %v", netlink.GetSocketTimeout(), err)
	}
}

// tableHost has a neighbour, a rule and a next hop object that differ from all others.
func tableHost(t *testing.T) (*netlink.Handle, netlink.Link) {
	t.Helper()
	h, err := netlink.NewHandleAt(nstest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	err = h.LinkAdd(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br"}})
	nstest.Need(t, "bridges", "", err)
	br, err := h.LinkByName("br")
	if err == nil {
		err = h.LinkSetUp(br)
	}
	if err != nil {
		t.Fatal(err)
	}
	rule := netlink.NewRule()
	rule.Priority, rule.Table, rule.Family = 77, 7, unix.AF_INET
	err = errors.Join(
		h.NeighAdd(&netlink.Neigh{
			LinkIndex: br.Attrs().Index, State: netlink.NUD_PERMANENT, IP: net.IPv4(10, 0, 0, 9),
			HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 9},
		}),
		h.RuleAdd(rule),
		h.NexthopAdd(&netlink.Nexthop{ID: 77, OIF: uint32(br.Attrs().Index)}),
	)
	if err != nil {
		t.Fatal(err)
	}
	return h, br
}

// count is how many of seq are wanted.
func count[T any](seq iter.Seq[T], wanted func(T) bool) (n int) {
	for v := range seq {
		if wanted(v) {
			n++
		}
	}
	return n
}

func TestSnapshotsHoldTheTables(t *testing.T) {
	h, br := tableHost(t)
	m, err := h.NewMirror(t.Context(), netlink.AllTables()...)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	s := m.Snapshot()
	if n := count(s.Neighs(), func(n netlink.Neigh) bool { return n.IP.Equal(net.IPv4(10, 0, 0, 9)) }); n != 1 {
		t.Errorf("%d neighbours", n)
	}
	if n := count(s.Rules(), func(r netlink.Rule) bool { return r.Priority == 77 && r.Table == 7 }); n != 1 {
		t.Errorf("%d rules", n)
	}
	ofBridge := func(n netlink.Nexthop) bool { return n.ID == 77 && n.OIF == uint32(br.Attrs().Index) }
	if n := count(s.Nexthops(), ofBridge); n != 1 {
		t.Errorf("%d next hops", n)
	}
}

func TestNeighSeqFilteredGivesWhatIsAskedFor(t *testing.T) {
	h, br := tableHost(t)
	for state, want := range map[int]int{netlink.NUD_PERMANENT: 1, netlink.NUD_STALE: 0} {
		n := 0
		filter := netlink.NeighFilter{LinkIndex: br.Attrs().Index, Family: netlink.FAMILY_V4, State: state}
		for neigh, err := range h.NeighSeqFiltered(filter) {
			if err != nil || !neigh.IP.Equal(net.IPv4(10, 0, 0, 9)) {
				t.Errorf("%v, %v", neigh, err)
			}
			n++
		}
		if n != want {
			t.Errorf("state %#x: %d neighbours, want %d", state, n, want)
		}
	}
}

// The functions without options report changes in the calling thread's namespace.
func TestSubscribeInTheNamespaceOfTheThread(t *testing.T) {
	nstest.Do(t, func() {
		done := make(chan struct{})
		addrs, neighs, routes := make(chan netlink.AddrUpdate), make(chan netlink.NeighUpdate),
			make(chan netlink.RouteUpdate)
		err := errors.Join(
			netlink.AddrSubscribe(addrs, done),
			netlink.NeighSubscribe(neighs, done),
			netlink.RouteSubscribe(routes, done),
		)
		if err != nil {
			t.Fatal(err)
		}
		br := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br"}}
		err = netlink.LinkAdd(br)
		nstest.Need(t, "bridges", "", err)
		if err := netlink.AddrAdd(br, parseAddr(t, "10.0.0.1/24")); err != nil {
			t.Fatal(err)
		}
		if u := <-addrs; u.LinkAddress.String() != "10.0.0.1/24" || !u.NewAddr {
			t.Errorf("got %+v", u)
		}
		if err := netlink.LinkSetUp(br); err != nil {
			t.Fatal(err)
		}
		for u := range routes {
			if u.Dst != nil && u.Dst.String() == "10.0.0.1/32" {
				break
			}
		}
		neigh := &netlink.Neigh{
			LinkIndex: br.Index, State: netlink.NUD_PERMANENT, IP: net.IPv4(10, 0, 0, 9),
			HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 9},
		}
		if err := netlink.NeighAdd(neigh); err != nil {
			t.Fatal(err)
		}
		for u := range neighs {
			if u.IP.Equal(neigh.IP) {
				break
			}
		}
		close(done)
		for range addrs {
		}
		for range neighs {
		}
		for range routes {
		}
	})
}
