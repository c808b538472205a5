package netlink_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// cidr returns a prefix.
func cidr(t testing.TB, s string) *net.IPNet {
	t.Helper()
	_, n, err := net.ParseCIDR(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// routeNet makes v0 with 10.0.0.1/24 and fd00::1/64 and v1 with 10.0.1.1/24
// and fd01::1/64, both up, in the thread's namespace. They have no addresses that the kernel makes: these, and their
// routes, would come some time later.
func routeNet(t *testing.T) (v0, v1 int) {
	t.Helper()
	a, b := addVeth(t)
	for _, link := range []netlink.Link{a, b} {
		if err := netlink.LinkSetIP6AddrGenMode(link, uapi.IN6_ADDR_GEN_MODE_NONE); err != nil {
			t.Fatal(err)
		}
	}
	setUp(t, "v0")
	setUp(t, "v1")
	for link, addrs := range map[netlink.Link][]string{a: {"10.0.0.1/24", "fd00::1/64"},
		b: {"10.0.1.1/24", "fd01::1/64"}} {
		for _, s := range addrs {
			addr := parseAddr(t, s)
			addr.Flags = uapi.IFA_F_NODAD
			if err := netlink.AddrAdd(link, addr); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The kernel's worker adds these some time after the addresses.
	missing := []string{"fd00::1/128", "fd01::1/128"}
	for u, err := range netlink.RouteSubscribeSeq(netlink.RouteSubscribeOptions{ListExisting: true}) {
		if err != nil {
			t.Fatal(err)
		}
		missing = slices.DeleteFunc(missing, func(s string) bool { return s == u.Dst.String() })
		if len(missing) == 0 {
			break
		}
	}
	return a.Attrs().Index, b.Attrs().Index
}

// ipRouteObjects is what iproute2 shows of a family's routes. It leaves out
// what depends on how far the kernel got with setting the links up.
func ipRouteObjects(t *testing.T, family string) []map[string]any {
	t.Helper()
	all := toolJSON(t, "ip", family, "-d", "-N", "-j", "route", "show", "table", "all")
	for _, r := range all {
		if flags, ok := r["flags"].([]any); ok {
			r["flags"] = slices.DeleteFunc(flags, func(f any) bool { return f == "linkdown" })
		}
	}
	return slices.DeleteFunc(all, func(r map[string]any) bool { return isLinkLocal(r["dst"].(string)) })
}

func isLinkLocal(dst string) bool {
	return strings.HasPrefix(dst, "fe80:") || strings.HasPrefix(dst, "ff00:")
}

// ipRoutes is what iproute2 shows of both families' routes, but for what time
// changes.
func ipRoutes(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, family := range []string{"-4", "-6"} {
		for _, r := range ipRouteObjects(t, family) {
			if r["expires"] != nil {
				r["expires"] = "yes"
			}
			all = append(all, fmt.Sprint(family, " ", r))
		}
	}
	slices.Sort(all)
	return all
}

func TestRouteAddMakesWhatIPMakes(t *testing.T) {
	cases := []struct {
		command string
		route   func(v0, v1 int) netlink.Route
	}{
		{"10.9.0.0/16 via 10.0.0.2", func(v0, v1 int) netlink.Route {
			return netlink.Route{Dst: cidr(t, "10.9.0.0/16"), Gw: net.ParseIP("10.0.0.2")}
		}},
		{"10.9.0.0/16 dev v0 scope link src 10.0.0.1 metric 7 table 1000 proto 42", func(v0, v1 int) netlink.Route {
			return netlink.Route{
				Dst: cidr(t, "10.9.0.0/16"), LinkIndex: v0, Scope: netlink.SCOPE_LINK, Src: net.ParseIP("10.0.0.1"),
				Priority: 7, Table: 1000, Protocol: 42,
			}
		}},
		{"default via 10.0.0.2", func(v0, v1 int) netlink.Route { return netlink.Route{Gw: net.ParseIP("10.0.0.2")} }},
		{"default dev v0 scope link", func(v0, v1 int) netlink.Route {
			return netlink.Route{Dst: cidr(t, "0.0.0.0/0"), LinkIndex: v0, Scope: netlink.SCOPE_LINK}
		}},
		{"default via fd00::2", func(v0, v1 int) netlink.Route { return netlink.Route{Gw: net.ParseIP("fd00::2")} }},
		{"default via 192.0.2.1 dev v0 onlink", func(v0, v1 int) netlink.Route {
			return netlink.Route{Dst: cidr(t, "0.0.0.0/0"), Gw: net.ParseIP("192.0.2.1"), LinkIndex: v0,
				Flags: int(netlink.FLAG_ONLINK)}
		}},
		{"unreachable 10.9.0.0/16 table 200", func(v0, v1 int) netlink.Route {
			return netlink.Route{Dst: cidr(t, "10.9.0.0/16"), Type: uapi.RTN_UNREACHABLE, Table: 200}
		}},
		{"blackhole default metric 9 table 300", func(v0, v1 int) netlink.Route {
			return netlink.Route{Family: netlink.FAMILY_V4, Type: uapi.RTN_BLACKHOLE, Table: 300, Priority: 9}
		}},
		{"10.9.0.0/16 via 10.0.0.2 tos 0x10 realms 3/4", func(v0, v1 int) netlink.Route {
			return netlink.Route{Dst: cidr(t, "10.9.0.0/16"), Gw: net.ParseIP("10.0.0.2"), Tos: 0x10, Realm: 3<<16 | 4}
		}},
		{"10.9.0.0/16 via 10.0.0.2 mtu lock 1300 advmss 1200 window 9000 rtt 100ms rttvar 50ms ssthresh 3 cwnd 4 " +
			"initcwnd 5 initrwnd 6 quickack 1 reordering 7 hoplimit 8 rto_min 200ms congctl reno features ecn " +
			"fastopen_no_cookie 1",
			func(v0, v1 int) netlink.Route {
				return netlink.Route{
					Dst: cidr(t, "10.9.0.0/16"), Gw: net.ParseIP("10.0.0.2"), MTU: 1300, MTULock: true, AdvMSS: 1200,
					Window: 9000, Rtt: 800, RttVar: 200, Ssthresh: 3, Cwnd: 4, InitCwnd: 5, InitRwnd: 6, QuickACK: 1,
					Reordering: 7, Hoplimit: 8, RtoMin: 200, RtoMinLock: true, Congctl: "reno",
					Features: uapi.RTAX_FEATURE_ECN, FastOpenNoCookie: 1,
				}
			}},
		{"10.9.0.0/16 nexthop via 10.0.0.2 weight 3 nexthop via 192.0.2.1 dev v1 onlink", func(v0, v1 int) netlink.Route {
			return netlink.Route{Dst: cidr(t, "10.9.0.0/16"), MultiPath: []*netlink.NexthopInfo{
				{LinkIndex: v0, Gw: net.ParseIP("10.0.0.2"), Hops: 2},
				{LinkIndex: v1, Gw: net.ParseIP("192.0.2.1"), Flags: int(netlink.FLAG_ONLINK)},
			}}
		}},
		{"fd77::/48 via fd00::2 dev v0 metric 5 expires 100 pref low", func(v0, v1 int) netlink.Route {
			return netlink.Route{
				Dst: cidr(t, "fd77::/48"), Gw: net.ParseIP("fd00::2"), LinkIndex: v0, Priority: 5, Expires: 100, Pref: 3,
			}
		}},
		{"fd77::/48 nexthop via fd00::2 weight 2 nexthop via fd01::2", func(v0, v1 int) netlink.Route {
			return netlink.Route{Dst: cidr(t, "fd77::/48"), MultiPath: []*netlink.NexthopInfo{
				{LinkIndex: v0, Gw: net.ParseIP("fd00::2"), Hops: 1},
				{LinkIndex: v1, Gw: net.ParseIP("fd01::2")},
			}}
		}},
		{"fd77::/48 from fd99::/64 via fd00::2", func(v0, v1 int) netlink.Route {
			return netlink.Route{Dst: cidr(t, "fd77::/48"), From: cidr(t, "fd99::/64"), Gw: net.ParseIP("fd00::2")}
		}},
		{"10.9.0.0/16 via inet6 fd00::2 dev v0", func(v0, v1 int) netlink.Route {
			return netlink.Route{
				Dst: cidr(t, "10.9.0.0/16"), LinkIndex: v0,
				Via: &netlink.Via{AddrFamily: netlink.FAMILY_V6, Addr: net.ParseIP("fd00::2")},
			}
		}},
		{"local 10.9.0.1 dev v0 table local scope host", func(v0, v1 int) netlink.Route {
			return netlink.Route{
				Dst: cidr(t, "10.9.0.1/32"), LinkIndex: v0, Type: uapi.RTN_LOCAL, Table: uapi.RT_TABLE_LOCAL,
				Scope: netlink.SCOPE_HOST,
			}
		}},
	}
	nstest.Do(t, func() {
		v0, v1 := routeNet(t)
		before := ipRoutes(t)
		for _, c := range cases {
			words := strings.Fields(c.command)
			tool(t, "ip", append([]string{"route", "add"}, words...)...)
			want := ipRoutes(t)
			route := c.route(v0, v1)
			if err := netlink.RouteDel(&route); err != nil {
				t.Errorf("%s: %v", c.command, err)
				tool(t, "ip", append([]string{"route", "del"}, words...)...)
			}
			if got := ipRoutes(t); !slices.Equal(got, before) {
				t.Fatalf("%s: after RouteDel %q", c.command, got)
			}
			if err := netlink.RouteAdd(&route); err != nil {
				t.Errorf("%s: %v", c.command, err)
				continue
			}
			if got := ipRoutes(t); !slices.Equal(got, want) {
				t.Errorf("%s:\ngot  %q\nwant %q", c.command, got, want)
			}
			if err := netlink.RouteAdd(&route); !errors.Is(err, os.ErrExist) {
				t.Errorf("%s: twice: %v", c.command, err)
			}
			tool(t, "ip", append([]string{"route", "del"}, words...)...)
		}
	})
}

// manyRoutes makes routes of all sorts with iproute2.
func manyRoutes(t *testing.T) {
	t.Helper()
	for _, words := range []string{
		"default via 10.0.0.2",
		"10.9.0.0/16 via 10.0.0.2 metric 7 mtu 1300 table 1000 proto 42",
		"10.8.0.0/16 nexthop via 10.0.0.2 dev v0 weight 3 nexthop via 10.0.1.2 dev v1",
		"unreachable 10.7.0.0/16 table 200",
		"10.6.0.0/16 dev v0 scope link",
		"default via fd00::2 table 70000",
		"fd78::/48 nexthop via fd00::2 dev v0 weight 2 nexthop via fd01::2 dev v1",
		"fd77::/48 via fd01::2 expires 1000",
		"blackhole fd76::/48 metric 4",
	} {
		tool(t, "ip", append([]string{"route", "add"}, strings.Fields(words)...)...)
	}
}

// shownRoute is a route in ip's words, as far as both show it.
func shownRoute(r netlink.Route, links map[int]string) map[string]any {
	m := map[string]any{
		"dst": r.Dst.String(), "protocol": fmt.Sprint(int(r.Protocol)), "scope": fmt.Sprint(uint8(r.Scope)),
		"type": fmt.Sprint(r.Type), "table": fmt.Sprint(r.Table),
	}
	if ones, bits := r.Dst.Mask.Size(); ones == 0 {
		m["dst"] = "default"
	} else if ones == bits {
		m["dst"] = r.Dst.IP.String()
	}
	if r.Gw != nil {
		m["gateway"] = r.Gw.String()
	}
	if r.LinkIndex != 0 {
		m["dev"] = links[r.LinkIndex]
	}
	if r.Src != nil {
		m["prefsrc"] = r.Src.String()
	}
	if r.Priority != 0 || r.Family == netlink.FAMILY_V6 {
		m["metric"] = float64(r.Priority)
	}
	if r.MTU != 0 {
		m["metrics"] = []any{map[string]any{"mtu": float64(r.MTU)}}
	}
	var hops []any
	for _, n := range r.MultiPath {
		hops = append(hops, map[string]any{
			"gateway": n.Gw.String(), "dev": links[n.LinkIndex], "weight": float64(n.Hops + 1), "flags": []any{},
		})
	}
	if hops != nil {
		m["nexthops"] = hops
	}
	return m
}

func TestRouteListIsWhatIPShows(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := routeNet(t)
		manyRoutes(t)
		links := map[int]string{1: "lo", v0: "v0", v1: "v1"}
		for family, flag := range map[int]string{netlink.FAMILY_V4: "-4", netlink.FAMILY_V6: "-6"} {
			want := ipRouteObjects(t, flag)
			for _, m := range want {
				delete(m, "flags")
				delete(m, "pref")
				delete(m, "expires")
				if m["table"] == nil {
					m["table"] = "254" // which it does not say of the main table
				}
			}
			routes, err := netlink.RouteListFiltered(family, &netlink.Route{}, netlink.RT_FILTER_TABLE)
			if err != nil {
				t.Fatal(err)
			}
			var got []map[string]any
			for _, r := range routes {
				if !isLinkLocal(r.Dst.String()) {
					got = append(got, shownRoute(r, links))
				}
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\ngot  %v\nwant %v", flag, got, want)
			}
			streamed, err := collect(netlink.RouteSeqFiltered(family, &netlink.Route{}, netlink.RT_FILTER_TABLE))
			if err != nil || !slices.Equal(globals(streamed), globals(routes)) {
				t.Errorf("%s: the stream gives %v, %v", flag, streamed, err)
			}
		}
	})
}

// globals are all routes but those of link-local addresses.
func globals(routes []netlink.Route) (all []string) {
	for _, r := range routes {
		if !isLinkLocal(r.Dst.String()) {
			r.ClearFlag(uapi.RTNH_F_LINKDOWN)
			all = append(all, r.String())
		}
	}
	return all
}

// dsts are the destinations of routes, sorted.
func dsts(routes []netlink.Route) []string {
	all := []string{}
	for _, r := range routes {
		all = append(all, r.Dst.String())
	}
	slices.Sort(all)
	return all
}

func TestRouteListChooses(t *testing.T) {
	nstest.Do(t, func() {
		v0, _ := routeNet(t)
		manyRoutes(t)
		link, err := netlink.LinkByIndex(v0)
		if err != nil {
			t.Fatal(err)
		}
		h, err := netlink.NewHandle()
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		cases := []struct {
			name   string
			family int
			filter netlink.Route
			mask   uint64
			want   []string
		}{
			{"a large table", netlink.FAMILY_V4, netlink.Route{Table: 1000}, netlink.RT_FILTER_TABLE, []string{"10.9.0.0/16"}},
			{"a large table of either family", netlink.FAMILY_ALL, netlink.Route{Table: 70000}, netlink.RT_FILTER_TABLE,
				[]string{"::/0"}},
			{"no such table", netlink.FAMILY_V4, netlink.Route{Table: 777}, netlink.RT_FILTER_TABLE, []string{}},
			{"no such table of either family", netlink.FAMILY_ALL, netlink.Route{Table: 777}, netlink.RT_FILTER_TABLE,
				[]string{}},
			{"no such link", netlink.FAMILY_V4, netlink.Route{LinkIndex: 7777}, netlink.RT_FILTER_OIF, []string{}},
			{"link", netlink.FAMILY_V4, netlink.Route{LinkIndex: v0}, netlink.RT_FILTER_OIF,
				[]string{"0.0.0.0/0", "10.0.0.0/24", "10.6.0.0/16"}},
			{"protocol", netlink.FAMILY_V4, netlink.Route{Protocol: uapi.RTPROT_KERNEL}, netlink.RT_FILTER_PROTOCOL,
				[]string{"10.0.0.0/24", "10.0.1.0/24"}},
			{"type", netlink.FAMILY_ALL, netlink.Route{Type: uapi.RTN_BLACKHOLE}, netlink.RT_FILTER_TYPE |
				netlink.RT_FILTER_TABLE,
				[]string{"fd76::/48"}},
			{"default route", netlink.FAMILY_ALL, netlink.Route{}, netlink.RT_FILTER_DST, []string{"0.0.0.0/0"}},
			{"scope", netlink.FAMILY_V4, netlink.Route{Scope: netlink.SCOPE_UNIVERSE}, netlink.RT_FILTER_SCOPE,
				[]string{"0.0.0.0/0", "10.8.0.0/16"}},
			{"cached", netlink.FAMILY_V4, netlink.Route{Flags: uapi.RTM_F_CLONED}, netlink.RT_FILTER_TABLE, []string{}},
		}
		for _, strict := range []bool{true, false} {
			if err := h.SetStrictCheck(strict); err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				routes, err := h.RouteListFiltered(c.family, &c.filter, c.mask)
				if got := dsts(routes); err != nil || !slices.Equal(got, c.want) {
					t.Errorf("%s, strict %v: got %q, %v, want %q", c.name, strict, got, err, c.want)
				}
				routes, err = collect(h.RouteSeqFiltered(c.family, &c.filter, c.mask))
				if got := dsts(routes); err != nil || !slices.Equal(got, c.want) {
					t.Errorf("%s as a stream, strict %v: got %q, %v, want %q", c.name, strict, got, err, c.want)
				}
			}
			want := []string{"0.0.0.0/0", "10.0.0.0/24", "10.6.0.0/16"}
			if routes, err := h.RouteList(link, netlink.FAMILY_V4); err != nil || !slices.Equal(dsts(routes), want) {
				t.Errorf("RouteList: got %q, %v, want %q", dsts(routes), err, want)
			}
			if routes, err := collect(h.RouteSeq(link, netlink.FAMILY_V4)); err != nil || !slices.Equal(dsts(routes), want) {
				t.Errorf("RouteSeq: got %q, %v, want %q", dsts(routes), err, want)
			}
		}
		var first []netlink.Route
		err = netlink.RouteListFilteredIter(netlink.FAMILY_V4, nil, 0, func(r netlink.Route) bool {
			first = append(first, r)
			return false
		})
		if err != nil || len(first) != 1 {
			t.Errorf("RouteListFilteredIter gave %v, %v", first, err)
		}
	})
}

// Every route that is listed can be deleted as it is, and added again.
func TestRouteListedCanBeDeletedAndAdded(t *testing.T) {
	nstest.Do(t, func() {
		routeNet(t)
		manyRoutes(t)
		tool(t, "ip", "nexthop", "add", "id", "5", "via", "10.0.0.2", "dev", "v0")
		tool(t, "ip", "route", "add", "10.5.0.0/16", "nhid", "5")
		tool(t, "ip", "route", "add", "10.4.0.0/16", "via", "10.0.0.2", "mtu", "lock", "1300")
		want := ipRoutes(t)
		// The kernel's own stay: it deletes those with their addresses.
		var mine []netlink.Route
		for r, err := range netlink.RouteSeqFiltered(netlink.FAMILY_ALL, &netlink.Route{}, netlink.RT_FILTER_TABLE) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Protocol != uapi.RTPROT_KERNEL {
				mine = append(mine, r)
			}
		}
		if len(mine) != 11 {
			t.Fatalf("%d routes are listed, want 11: %v", len(mine), mine)
		}
		for _, r := range mine {
			if err := netlink.RouteDel(&r); err != nil {
				t.Error(err)
			}
		}
		for _, r := range mine {
			if err := netlink.RouteAdd(&r); err != nil {
				t.Error(err)
			}
		}
		if got := ipRoutes(t); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

// A Route has no place for the lock of this metric.
func TestRouteWithUnknownLockCanBeDeleted(t *testing.T) {
	nstest.Do(t, func() {
		routeNet(t)
		tool(t, "ip", "route", "add", "10.9.0.0/16", "via", "10.0.0.2", "mtu", "lock", "1300", "cwnd", "lock", "4")
		routes, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Dst: cidr(t, "10.9.0.0/16")},
			netlink.RT_FILTER_DST)
		if err != nil || len(routes) != 1 || routes[0].Cwnd != 4 || !routes[0].MTULock {
			t.Fatalf("listed %v, %v", routes, err)
		}
		if err := netlink.RouteDel(&routes[0]); err != nil {
			t.Error(err)
		}
	})
}

func TestRouteReplaceChangeAppend(t *testing.T) {
	nstest.Do(t, func() {
		routeNet(t)
		dst, dst6 := cidr(t, "10.9.0.0/16"), cidr(t, "fd77::/48")
		via := func(d *net.IPNet, gw string) *netlink.Route { return &netlink.Route{Dst: d, Gw: net.ParseIP(gw)} }
		gateways := func(d *net.IPNet) (all []string) {
			t.Helper()
			routes, err := netlink.RouteListFiltered(netlink.FAMILY_ALL, &netlink.Route{Dst: d}, netlink.RT_FILTER_DST)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range routes {
				if r.Gw != nil {
					all = append(all, r.Gw.String())
				}
				for _, n := range r.MultiPath {
					all = append(all, "+"+n.Gw.String())
				}
			}
			return all
		}
		steps := []struct {
			name string
			do   func(*netlink.Route) error
			r    *netlink.Route
			want []string
			err  error
		}{
			{"change what is not there", netlink.RouteChange, via(dst, "10.0.0.2"), nil, unix.ENOENT},
			{"replace what is not there", netlink.RouteReplace, via(dst, "10.0.0.2"), []string{"10.0.0.2"}, nil},
			{"add what is there", netlink.RouteAdd, via(dst, "10.0.0.3"), []string{"10.0.0.2"}, os.ErrExist},
			{"replace", netlink.RouteReplace, via(dst, "10.0.0.3"), []string{"10.0.0.3"}, nil},
			{"change", netlink.RouteChange, via(dst, "10.0.0.4"), []string{"10.0.0.4"}, nil},
			{"append", netlink.RouteAppend, via(dst, "10.0.0.5"), []string{"10.0.0.4", "10.0.0.5"}, nil},
			{"delete one of two", netlink.RouteDel, via(dst, "10.0.0.5"), []string{"10.0.0.4"}, nil},
			{"delete what is not there", netlink.RouteDel, via(dst, "10.0.0.5"), []string{"10.0.0.4"}, unix.ESRCH},
			{"IPv6 add", netlink.RouteAdd, via(dst6, "fd00::2"), []string{"fd00::2"}, nil},
			{"IPv6 append", netlink.RouteAppend, via(dst6, "fd01::2"), []string{"+fd00::2", "+fd01::2"}, nil},
			{"IPv6 one more next hop", netlink.RouteAddEcmp, via(dst6, "fd01::3"), []string{"+fd00::2", "+fd01::2", "+fd01::3"},
				nil},
			{"IPv6 delete a next hop", netlink.RouteDel, via(dst6, "fd00::2"), []string{"+fd01::2", "+fd01::3"}, nil},
			{"IPv6 replace all", netlink.RouteReplace, via(dst6, "fd00::4"), []string{"fd00::4"}, nil},
			{"IPv6 replace by several", netlink.RouteReplace, &netlink.Route{Dst: dst6, MultiPath: []*netlink.NexthopInfo{
				{Gw: net.ParseIP("fd00::5")}, {Gw: net.ParseIP("fd01::5")},
			}}, []string{"+fd00::5", "+fd01::5"}, nil},
			{"IPv6 delete all", netlink.RouteDel, &netlink.Route{Dst: dst6}, nil, nil},
		}
		for _, s := range steps {
			if err := s.do(s.r); !errors.Is(err, s.err) || s.err == nil && err != nil {
				t.Errorf("%s: error %v, want %v", s.name, err, s.err)
			}
			if got := gateways(s.r.Dst); !slices.Equal(got, s.want) {
				t.Errorf("%s: got %q, want %q", s.name, got, s.want)
			}
		}
	})
}

func TestRouteErrorsSayWhatAndWhich(t *testing.T) {
	h := handleWith(t, netlink.HandleOptions{ErrorDetails: true})
	dst := cidr(t, "10.9.0.0/16")
	if err := h.RouteAdd(&netlink.Route{Dst: dst, Gw: net.ParseIP("10.0.0.2"), Table: 7, LinkIndex: 1}); err == nil ||
		!strings.Contains(err.Error(), "route add 10.9.0.0/16 via 10.0.0.2 link 1 table 7: network is ") {
		t.Error(err)
	}
	if err := h.RouteDel(&netlink.Route{Dst: dst}); !errors.Is(err, os.ErrNotExist) ||
		!strings.HasPrefix(err.Error(), "route del 10.9.0.0/16: ") {
		t.Error(err)
	}
	for name, do := range map[string]func(*netlink.Route) error{
		"add": h.RouteAdd, "append": h.RouteAppend, "change": h.RouteChange, "replace": h.RouteReplace, "del": h.RouteDel,
	} {
		if err := do(nil); err == nil || !strings.Contains(err.Error(), "route "+name) ||
			!strings.Contains(err.Error(), "no route given") {
			t.Error(name, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c := h.WithContext(ctx)
	_, list := c.RouteList(nil, netlink.FAMILY_V4)
	_, get := c.RouteGet(net.IP{127, 0, 0, 1})
	_, stream := collect(c.RouteSeq(nil, netlink.FAMILY_V4))
	for op, err := range map[string]error{"route list": list, "route get": get, "route list ": stream} {
		if !errors.Is(err, context.Canceled) || !strings.HasPrefix(err.Error(), strings.TrimSpace(op)) {
			t.Errorf("%s: %v", op, err)
		}
	}
	gone, err := netlink.NewHandleAt(nstest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := gone.RouteList(nil, netlink.FAMILY_V4); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	if _, err := gone.RuleList(netlink.FAMILY_V4); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
}

func TestRouteBatch(t *testing.T) {
	h := newHandle(t)
	lo, err := h.LinkByName("lo")
	if err == nil {
		err = h.LinkSetUp(lo)
	}
	if err != nil {
		t.Fatal(err)
	}
	const n = 1000
	b := h.NewBatch()
	for i := range n {
		r := netlink.Route{Dst: cidr(t, fmt.Sprintf("10.%d.%d.0/24", i/250, i%250)), LinkIndex: 1, Table: 1000}
		if err := b.RouteAdd(&r); err != nil {
			t.Fatal(err)
		}
		if i == 500 {
			if err := b.RouteAdd(&r); err != nil {
				t.Fatal(err)
			}
			r.Dst = cidr(t, "10.9.9.0/24") // what is refused is what was queued
		}
	}
	errs := b.Flush()
	if len(errs) != n+1 {
		t.Fatalf("%d errors for %d changes", len(errs), n+1)
	}
	for i, err := range errs {
		if i == 501 {
			if !errors.Is(err, os.ErrExist) || !strings.Contains(err.Error(), "route add 10.2.0.0/24") {
				t.Errorf("the second of a kind: %v", err)
			}
		} else if err != nil {
			t.Errorf("change %d: %v", i, err)
		}
	}
	routes, err := h.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Table: 1000}, netlink.RT_FILTER_TABLE)
	if err != nil || len(routes) != n {
		t.Fatalf("%d routes, %v", len(routes), err)
	}
	allocs := testing.AllocsPerRun(5, func() {
		for _, err := range h.RouteSeqFiltered(netlink.FAMILY_V4, &netlink.Route{Table: 1000}, netlink.RT_FILTER_TABLE) {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if allocs > n/10 {
		t.Errorf("a list of %d routes took %v allocations", n, allocs)
	}
}
