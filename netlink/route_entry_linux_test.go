package netlink_test

import (
	"fmt"
	"net"
	"net/netip"
	"reflect"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
)

// Entries of a table, in both forms, have what the list of routes has.
func TestRouteEntriesAgreeWithRouteList(t *testing.T) {
	nstest.Do(t, func() { routeEntriesAgree(t) })
}

func routeEntriesAgree(t *testing.T) {
	routeNet(t)
	for _, args := range [][]string{
		{"route", "add", "10.9.0.0/16", "via", "10.0.0.9", "metric", "77", "src", "10.0.0.1"},
		{"route", "add", "10.8.0.0/16", "nexthop", "via", "10.0.0.8", "nexthop", "via", "10.0.1.8", "weight", "3"},
		{"route", "add", "10.7.0.0/16", "dev", "v1", "mtu", "1400", "realm", "7"},
		{"route", "add", "default", "via", "10.0.1.9", "table", "1000"},
		{"-6", "route", "add", "2001:db8::/48", "via", "fd00::9", "expires", "900"},
		{"-6", "route", "add", "default", "via", "fd01::9"},
		{"route", "add", "blackhole", "10.6.0.0/16"},
	} {
		tool(t, "ip", args...)
	}
	h, err := netlink.NewHandle()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for name, c := range map[string]struct {
		family int
		filter *netlink.Route
		mask   uint64
		least  int
	}{
		"IPv4":                      {netlink.FAMILY_V4, nil, 0, 6},
		"IPv6":                      {netlink.FAMILY_V6, nil, 0, 4},
		"everything":                {netlink.FAMILY_ALL, &netlink.Route{}, netlink.RT_FILTER_TABLE, 15},
		"a table":                   {netlink.FAMILY_V4, &netlink.Route{Table: 1000}, netlink.RT_FILTER_TABLE, 1},
		"a gateway":                 {netlink.FAMILY_V4, &netlink.Route{Gw: net.IP{10, 0, 0, 9}}, netlink.RT_FILTER_GW, 1},
		"a realm":                   {netlink.FAMILY_V4, &netlink.Route{Realm: 7}, netlink.RT_FILTER_REALM, 1},
		"a table that is not there": {netlink.FAMILY_V4, &netlink.Route{Table: 4711}, netlink.RT_FILTER_TABLE, 0},
	} {
		t.Run(name, func(t *testing.T) {
			routes, err := h.RouteListFiltered(c.family, c.filter, c.mask)
			if err != nil || len(routes) < c.least {
				t.Fatalf("%d routes, %v", len(routes), err)
			}
			var streamed []netlink.Route
			for e, err := range h.RouteEntries(c.family, c.filter, c.mask) {
				if err != nil {
					t.Fatal(err)
				}
				streamed = append(streamed, routeOf(t, e))
			}
			first := netlink.RouteEntry{Table: 99}
			entries, err := h.AppendRouteEntries([]netlink.RouteEntry{first}, c.family, c.filter, c.mask)
			if err != nil || !reflect.DeepEqual(entries[0], first) {
				t.Fatalf("first %+v, %v", entries[0], err)
			}
			var kept []netlink.Route
			for i := range entries[1:] {
				kept = append(kept, routeOf(t, &entries[1+i]))
			}
			for what, got := range map[string][]netlink.Route{"streamed": streamed, "kept": kept} {
				if len(got) != len(routes) {
					t.Fatalf("%s: %d routes, want %d", what, len(got), len(routes))
				}
				for i := range got {
					got[i].CacheInfo, routes[i].CacheInfo = nil, nil // time passes
					got[i].Expires, routes[i].Expires = 0, 0
					if !reflect.DeepEqual(got[i], routes[i]) {
						t.Errorf("%s: got  %+v\nwant %+v", what, got[i], routes[i])
					}
				}
			}
		})
	}
}

// routeOf compares what an entry shows by itself with its route.
func routeOf(t *testing.T, e *netlink.RouteEntry) netlink.Route {
	t.Helper()
	r, err := e.Route()
	if err != nil {
		t.Fatal(err)
	}
	ones, _ := r.Dst.Mask.Size()
	show := func(a netip.Addr) string {
		if !a.IsValid() {
			return "<nil>"
		}
		return a.String()
	}
	got := fmt.Sprintf("%v gw %v src %v link %d table %d metric %d", e.Dst(), show(e.Gw()), show(e.Src()), e.LinkIndex,
		e.Table, e.Priority)
	want := fmt.Sprintf("%v/%d gw %v src %v link %d table %d metric %d", r.Dst.IP, ones, r.Gw, r.Src, r.LinkIndex,
		r.Table, r.Priority)
	if got != want {
		t.Errorf("entry shows %s, its route %s", got, want)
	}
	if len(r.MultiPath) != 0 && !e.More() {
		t.Errorf("entry %s does not tell of next hops", got)
	}
	return r
}

// A stream of entries allocates nothing for each, a list none with room for it.
func TestRouteEntriesAllocateNothingEach(t *testing.T) {
	nstest.Do(t, func() { routeEntriesAllocate(t) })
}

func routeEntriesAllocate(t *testing.T) {
	v0, _ := routeNet(t)
	h, err := netlink.NewHandle()
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	const n = 3000
	b := h.NewBatch()
	for i := range n {
		r := &netlink.Route{LinkIndex: v0, Dst: &net.IPNet{IP: net.IP{20, 0, byte(i >> 8), byte(i)},
			Mask: net.CIDRMask(32, 32)}, Gw: net.IP{10, 0, 0, 9}}
		if err := b.RouteAdd(r); err != nil {
			t.Fatal(err)
		}
	}
	if errs := b.Flush(); errs != nil {
		t.Fatal(errs)
	}
	all := make([]netlink.RouteEntry, 0, 2*n)
	for name, run := range map[string]func() int{
		"stream": func() (found int) {
			for e, err := range h.RouteEntries(netlink.FAMILY_V4, nil, 0) {
				if err == nil && e.Dst().Bits() == 32 {
					found++
				}
			}
			return found
		},
		"list": func() int {
			all, err = h.AppendRouteEntries(all[:0], netlink.FAMILY_V4, nil, 0)
			return len(all)
		},
	} {
		allocatesLittle(t, name, n, run)
	}
}
