package netlink_test

import (
	"net"
	"os"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

func TestRouteGet(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := routeNet(t)
		tool(t, "ip", "route", "add", "default", "via", "10.0.0.2")
		tool(t, "ip", "route", "add", "10.9.0.0/16", "via", "10.0.1.2", "table", "1000", "metric", "9")
		tool(t, "ip", "rule", "add", "fwmark", "5", "table", "1000")
		tool(t, "ip", "rule", "add", "ipproto", "tcp", "dport", "80", "table", "1000")
		tool(t, "ip", "route", "add", "fd77::/48", "via", "fd01::2")
		cases := []struct {
			name string
			dst  string
			opts *netlink.RouteGetOptions
			gw   string
			link int
			want func(netlink.Route) bool
		}{
			{"default", "10.9.1.1", nil, "10.0.0.2", v0, func(r netlink.Route) bool {
				return r.Table == uapi.RT_TABLE_MAIN && r.Dst.String() == "10.9.1.1/32" && r.Src.Equal(net.ParseIP("10.0.0.1"))
			}},
			{"long form of IPv4", "::ffff:10.9.1.1", nil, "10.0.0.2", v0, nil},
			{"mark", "10.9.1.1", &netlink.RouteGetOptions{Mark: 5}, "10.0.1.2", v1,
				func(r netlink.Route) bool { return r.Table == 1000 }},
			{"port", "10.9.1.1", &netlink.RouteGetOptions{IPProto: 6, Dport: 80}, "10.0.1.2", v1, nil},
			{"another port", "10.9.1.1", &netlink.RouteGetOptions{IPProto: 6, Dport: 81}, "10.0.0.2", v0, nil},
			{"the table's entry", "10.9.1.1", &netlink.RouteGetOptions{Mark: 5, FIBMatch: true}, "10.0.1.2", v1,
				func(r netlink.Route) bool {
					return r.Dst.String() == "10.9.0.0/16" && r.Priority == 9 && r.Flags&uapi.RTM_F_CLONED == 0
				}},
			{"outgoing link by name", "10.0.1.9", &netlink.RouteGetOptions{Oif: "v1"}, "<nil>", v1, nil},
			{"outgoing link by index", "10.0.0.9", &netlink.RouteGetOptions{OifIndex: v0, SrcAddr: net.ParseIP("10.0.0.1")},
				"<nil>", v0, nil},
			{"IPv6", "fd77::1", nil, "fd01::2", v1, func(r netlink.Route) bool { return r.Dst.String() == "fd77::1/128" }},
			{"IPv6 entry", "fd77::1", &netlink.RouteGetOptions{FIBMatch: true}, "fd01::2", v1,
				func(r netlink.Route) bool { return r.Dst.String() == "fd77::/48" }},
		}
		for _, c := range cases {
			routes, err := netlink.RouteGetWithOptions(net.ParseIP(c.dst), c.opts)
			if err != nil || len(routes) != 1 {
				t.Errorf("%s: %v, %v", c.name, routes, err)
				continue
			}
			r := routes[0]
			if r.Gw.String() != c.gw || r.LinkIndex != c.link || c.want != nil && !c.want(r) {
				t.Errorf("%s: got %+v", c.name, r)
			}
		}
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		for name, c := range map[string]struct {
			dst  net.IP
			opts netlink.RouteGetOptions
			want string
		}{
			"no destination": {nil, netlink.RouteGetOptions{}, "route get <nil>: no destination given"},
			"nonsense":       {net.IP{1, 2}, netlink.RouteGetOptions{}, "destination: IP address of 2 bytes"},
			"mixed families": {net.IP{10, 0, 0, 1}, netlink.RouteGetOptions{SrcAddr: net.ParseIP("fd00::1")},
				"source is IPv6"},
			"unknown link":   {net.IP{10, 0, 0, 1}, netlink.RouteGetOptions{Oif: "nosuch"}, `"nosuch"`},
			"link and VRF":   {net.IP{10, 0, 0, 1}, netlink.RouteGetOptions{Oif: "v0", VrfName: "v1"}, "exclude each other"},
			"negative index": {net.IP{10, 0, 0, 1}, netlink.RouteGetOptions{IifIndex: -1}, "link -1 is no index"},
			"no way out of it": {net.ParseIP("fd66::1"), netlink.RouteGetOptions{},
				"route get fd66::1: network is unreachable"},
		} {
			if routes, err := h.RouteGetWithOptions(c.dst, &c.opts); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, error %v, want %q", name, routes, err, c.want)
			}
		}
	})
}

func TestRouteGetForForwardedPacket(t *testing.T) {
	nstest.Do(t, func() {
		v0, v1 := routeNet(t)
		tool(t, "ip", "route", "add", "default", "via", "10.0.0.2")
		if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o644); err != nil {
			t.Skip("the system lets nobody set sysctls: ", err)
		}
		o := &netlink.RouteGetOptions{Iif: "v1", SrcAddr: net.ParseIP("10.0.1.9")}
		routes, err := netlink.RouteGetWithOptions(net.ParseIP("10.7.1.1"), o)
		if err != nil || len(routes) != 1 || routes[0].ILinkIndex != v1 || routes[0].LinkIndex != v0 {
			t.Errorf("got %v, %v", routes, err)
		}
	})
}

func TestRouteGetForUser(t *testing.T) {
	if ids, err := os.ReadFile("/proc/self/uid_map"); err != nil ||
		strings.HasSuffix(strings.TrimSpace(string(ids)), " 1") {
		t.Skip("the user namespace has no second user id: ", err)
	}
	nstest.Do(t, func() {
		_, v1 := routeNet(t)
		tool(t, "ip", "route", "add", "10.9.0.0/16", "via", "10.0.1.2", "table", "1000")
		tool(t, "ip", "rule", "add", "uidrange", "77-77", "table", "1000")
		if routes, err := netlink.RouteGet(net.ParseIP("10.9.1.1")); err == nil {
			t.Errorf("user 0 got %v", routes)
		}
		uid := uint32(77)
		routes, err := netlink.RouteGetWithOptions(net.ParseIP("10.9.1.1"), &netlink.RouteGetOptions{UID: &uid})
		if err != nil || len(routes) != 1 || routes[0].LinkIndex != v1 {
			t.Errorf("user 77 got %v, %v", routes, err)
		}
	})
}
