package ours

import (
	"fmt"
	"net"

	"kern.sys/internal/peertests/refusals"
	"kern.sys/netlink"
)

func addr(s string) *netlink.Addr {
	a, err := netlink.ParseAddr(s)
	if err != nil {
		panic(err)
	}
	return a
}

func cidr(s string) *net.IPNet {
	_, n, err := net.ParseCIDR(s)
	if err != nil {
		panic(err)
	}
	return n
}

// network is a link x0 with addresses, its other end and the loopback device, all up.
var network = refusals.All(up("lo"), add(veth("x0", "x1")), up("x0"), up("x1"),
	on("x0", func(l link) error { return netlink.AddrAdd(l, addr("10.0.0.1/24")) }),
	on("x1", func(l link) error { return netlink.AddrAdd(l, addr("10.0.1.1/24")) }),
)

// prefixes are networks in all forms that programs give them.
var prefixes = map[string]*net.IPNet{
	"none":                            nil,
	"empty":                           {},
	"IPv4zero without a mask":         {IP: net.IPv4zero},
	"IPv4zero of 4 bytes":             {IP: net.IPv4zero.To4()},
	"IPv6zero without a mask":         {IP: net.IPv6zero},
	"IPv4zero, mask IPv4zero":         {IP: net.IPv4zero, Mask: net.IPMask(net.IPv4zero)},
	"IPv4zero, mask of 4 zeros":       {IP: net.IPv4zero, Mask: net.IPMask(net.IPv4zero.To4())},
	"IPv4zero, mask of 16 zeros":      {IP: net.IPv4zero, Mask: net.CIDRMask(0, 128)},
	"IPv6zero, mask IPv6zero":         {IP: net.IPv6zero, Mask: net.IPMask(net.IPv6zero)},
	"IPv6zero, mask IPv4zero":         {IP: net.IPv6zero, Mask: net.IPMask(net.IPv4zero)},
	"IPv4":                            {IP: net.IPv4(10, 9, 0, 0), Mask: net.CIDRMask(16, 32)},
	"IPv4 of 4 bytes":                 {IP: net.IP{10, 9, 0, 0}, Mask: net.CIDRMask(16, 32)},
	"IPv4, mask of 16 bytes":          {IP: net.IPv4(10, 9, 0, 0), Mask: net.CIDRMask(16, 128)},
	"IPv4 of 4 bytes, mask of 16":     {IP: net.IP{10, 9, 0, 0}, Mask: net.CIDRMask(16, 128)},
	"IPv4 without a mask":             {IP: net.IPv4(10, 9, 0, 0)},
	"IPv4, mask with holes":           {IP: net.IPv4(10, 9, 0, 0), Mask: net.IPMask{255, 0, 255, 0}},
	"IPv4, mask IPv4bcast":            {IP: net.IPv4(10, 9, 0, 1), Mask: net.IPMask(net.IPv4bcast)},
	"IPv4 with a host part":           {IP: net.IPv4(10, 9, 0, 1), Mask: net.CIDRMask(16, 32)},
	"IPv4 host":                       {IP: net.IPv4(10, 9, 0, 1), Mask: net.CIDRMask(32, 32)},
	"IPv6":                            {IP: net.ParseIP("fd77::"), Mask: net.CIDRMask(48, 128)},
	"IPv6 without a mask":             {IP: net.ParseIP("fd77::")},
	"IPv6, mask of 4 bytes":           {IP: net.ParseIP("fd77::"), Mask: net.CIDRMask(16, 32)},
	"IPv6, mask with holes":           {IP: net.ParseIP("fd77::"), Mask: net.IPMask(net.ParseIP("ff00:ff00::"))},
	"IPv4-mapped IPv6 in text of Go":  {IP: net.ParseIP("::ffff:10.9.0.0"), Mask: net.CIDRMask(16, 32)},
	"an IP of no bytes":               {IP: net.IP{}, Mask: net.CIDRMask(0, 32)},
	"a mask of no bytes":              {IP: net.IPv4zero, Mask: net.IPMask{}},
	"IPv6 host with a mask of no end": {IP: net.ParseIP("fd77::1"), Mask: net.CIDRMask(128, 128)},
}

// Prefixes are cases about prefixes, in all functions that take some.
func Prefixes() (cases []refusals.Case) {
	for name, n := range prefixes {
		c := func(call string, setup, do func() error) {
			cases = append(cases, refusals.Case{Name: call + " " + name, Setup: setup, Do: do})
		}
		x0 := func(fn func(index int) error) func() error {
			return on("x0", func(l link) error { return fn(l.Attrs().Index) })
		}
		gw := net.IPv4(10, 0, 0, 2)
		c("RouteAdd by a link", network, x0(func(i int) error {
			return netlink.RouteAdd(&netlink.Route{Dst: n,
				LinkIndex: i})
		}))
		c("RouteAdd by a gateway", network, func() error { return netlink.RouteAdd(&netlink.Route{Dst: n, Gw: gw}) })
		c("RouteAdd with a source", network, func() error {
			return netlink.RouteAdd(&netlink.Route{Dst: n, Gw: gw,
				Src: net.IPv4(10, 0, 0, 1)})
		})
		c("RouteAdd of a table", network, x0(func(i int) error {
			return netlink.RouteAdd(&netlink.Route{Dst: n, LinkIndex: i,
				Table: 1000})
		}))
		c("RouteAdd with less than nothing", network, x0(func(i int) error {
			return netlink.RouteAdd(&netlink.Route{Dst: n, LinkIndex: i, Table: -1, Priority: -1, Tos: -1, Type: -1,
				Protocol: -1, MTU: -1, Realm: -1})
		}))
		c("RouteAdd multipath", network, func() error {
			return netlink.RouteAdd(&netlink.Route{Dst: n,
				MultiPath: []*netlink.NexthopInfo{{Gw: gw}, {Gw: net.IPv4(10, 0, 1, 2)}}})
		})
		c("RouteReplace", network, x0(func(i int) error {
			return netlink.RouteReplace(&netlink.Route{Dst: n,
				LinkIndex: i})
		}))
		c("RouteChange", network, x0(func(i int) error { return netlink.RouteChange(&netlink.Route{Dst: n, LinkIndex: i}) }))
		c("RouteAppend", network, x0(func(i int) error { return netlink.RouteAppend(&netlink.Route{Dst: n, LinkIndex: i}) }))
		c("RouteAdd again", refusals.All(network, x0(func(i int) error {
			_ = netlink.RouteAdd(&netlink.Route{Dst: n, LinkIndex: i})
			return nil
		})), x0(func(i int) error { return netlink.RouteAdd(&netlink.Route{Dst: n, LinkIndex: i}) }))
		c("RouteDel", refusals.All(network, x0(func(i int) error {
			_ = netlink.RouteAdd(&netlink.Route{Dst: n, LinkIndex: i})
			return nil
		})), x0(func(i int) error { return netlink.RouteDel(&netlink.Route{Dst: n, LinkIndex: i}) }))
		c("RouteDel absent", network, func() error { return netlink.RouteDel(&netlink.Route{Dst: n}) })
		c("RouteListFiltered", refusals.All(network,
			func() error { return netlink.RouteAdd(&netlink.Route{Dst: cidr("0.0.0.0/0"), Gw: gw}) }), func() error {
			all, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Dst: n}, netlink.RT_FILTER_DST)
			if err != nil {
				return err
			}
			return found(len(all))
		})
		for _, rule := range []struct {
			name string
			rule netlink.Rule
		}{
			{"from", netlink.Rule{Src: n}}, {"to", netlink.Rule{Dst: n}}, {"from and to", netlink.Rule{Src: n, Dst: n}},
			{"from another family", netlink.Rule{Src: n, Family: netlink.FAMILY_V6}},
		} {
			r := netlink.NewRule()
			r.Src, r.Dst, r.Family, r.Table, r.Priority = rule.rule.Src, rule.rule.Dst, rule.rule.Family, 100, 77
			c("RuleAdd "+rule.name, nil, func() error { return netlink.RuleAdd(r) })
			c("RuleDel "+rule.name, func() error { _ = netlink.RuleAdd(r); return nil },
				func() error { return netlink.RuleDel(r) })
			c("RuleDel absent "+rule.name, nil, func() error { return netlink.RuleDel(r) })
			c("RuleListFiltered "+rule.name, func() error { _ = netlink.RuleAdd(r); return nil }, func() error {
				all, err := netlink.RuleListFiltered(netlink.FAMILY_ALL, r, netlink.RT_FILTER_SRC|netlink.RT_FILTER_DST)
				if err != nil {
					return err
				}
				return found(len(all))
			})
		}
		if n != nil && n.IP != nil {
			for bname, b := range map[string]net.IP{"": nil, " without broadcast": net.IPv4zero} {
				if ones, bits := n.Mask.Size(); n.IP.To4() != nil && b == nil && (bits != 32 && bits != 128 || ones > 32) ||
					len(n.IP) == 0 {
					continue // the other library panics, or sends a broadcast address of 16 bytes
				}
				a := netlink.Addr{IPNet: n, Broadcast: b}
				c("AddrAdd"+bname, network, on("x0", func(l link) error { a := a; return netlink.AddrAdd(l, &a) }))
				c("AddrReplace"+bname, network, on("x0", func(l link) error { a := a; return netlink.AddrReplace(l, &a) }))
				c("AddrDel"+bname, network, on("x0", func(l link) error { a := a; return netlink.AddrDel(l, &a) }))
			}
			peer := netlink.Addr{IPNet: &net.IPNet{IP: n.IP, Mask: net.CIDRMask(32, 32)}, Peer: n, Broadcast: net.IPv4zero}
			c("AddrAdd with a peer", network, on("x0", func(l link) error { p := peer; return netlink.AddrAdd(l, &p) }))
		}
	}
	return cases
}

// found is an error that says how many there are.
type found int

func (f found) Error() string { return fmt.Sprintf("found %d", int(f)) }

// Objects are cases about addresses, routes, rules and neighbours.
func Objects() []refusals.Case {
	x0 := func(fn func(link) error) func() error { return on("x0", fn) }
	neigh := func(l link) *netlink.Neigh {
		return &netlink.Neigh{LinkIndex: l.Attrs().Index, IP: net.IPv4(10, 0, 0, 9),
			HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 9}, State: netlink.NUD_PERMANENT}
	}
	route := func(s string) *netlink.Route { return &netlink.Route{Dst: cidr(s), Gw: net.IPv4(10, 0, 0, 2)} }
	rule := func() *netlink.Rule {
		r := netlink.NewRule()
		r.Table, r.Priority = 100, 77
		return r
	}
	cases := []refusals.Case{
		{Name: "AddrAdd there already", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrAdd(l, addr("10.0.0.1/24")) })},
		{Name: "AddrAdd by the address's own index", Setup: network,
			Do: func() error { a := addr("10.0.5.1/24"); a.LinkIndex = 1; return netlink.AddrAdd(nil, a) }},
		{Name: "AddrAdd by no index", Setup: network, Do: func() error { return netlink.AddrAdd(nil, addr("10.0.5.1/24")) }},
		{Name: "AddrAdd with a label", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrAdd(l, addr("10.0.5.1/24 x0:1")) })},
		{Name: "AddrAdd with another's label", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrAdd(l, addr("10.0.5.1/24 other")) })},
		{Name: "AddrAdd with a label too long", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrAdd(l, addr("10.0.5.1/24 labelsixteenchar")) })},
		{Name: "AddrAdd IPv6 with a label", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrAdd(l, addr("fd00::1/64 x0:1")) })},
		{Name: "AddrAdd multicast", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrAdd(l, addr("ff02::1/64")) })},
		{Name: "AddrDel absent", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrDel(l, addr("10.0.0.5/24")) })},
		{Name: "AddrDel another length", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrDel(l, addr("10.0.0.1/16")) })},
		{Name: "AddrReplace there already", Setup: network,
			Do: x0(func(l link) error { return netlink.AddrReplace(l, addr("10.0.0.1/24")) })},
		{Name: "AddrList of family 8", Setup: network,
			Do: x0(func(l link) error { return refusals.Error(netlink.AddrList(l, 8)) })},
		{Name: "RouteAdd", Setup: network, Do: func() error { return netlink.RouteAdd(route("10.9.0.0/16")) }},
		{Name: "RouteAdd there already", Setup: refusals.All(network,
			func() error { return netlink.RouteAdd(route("10.9.0.0/16")) }),
			Do: func() error { return netlink.RouteAdd(route("10.9.0.0/16")) }},
		{Name: "RouteAdd unreachable gateway", Setup: network, Do: func() error {
			return netlink.RouteAdd(&netlink.Route{Dst: cidr("10.9.0.0/16"), Gw: net.IPv4(10, 5, 0, 2)})
		}},
		{Name: "RouteAdd no such link", Setup: network,
			Do: func() error { return netlink.RouteAdd(&netlink.Route{Dst: cidr("10.9.0.0/16"), LinkIndex: 4711}) }},
		{Name: "RouteAdd mixed families", Setup: network, Do: func() error {
			return netlink.RouteAdd(&netlink.Route{Dst: cidr("fd77::/64"), Gw: net.IPv4(10, 0, 0, 2)})
		}},
		{Name: "RouteAdd source of another", Setup: network, Do: func() error {
			return netlink.RouteAdd(&netlink.Route{Dst: cidr("10.9.0.0/16"), Gw: net.IPv4(10, 0, 0, 2),
				Src: net.IPv4(10, 5, 0, 2)})
		}},
		{Name: "RouteAdd family of another", Setup: network, Do: func() error {
			return netlink.RouteAdd(&netlink.Route{Dst: cidr("10.9.0.0/16"), Gw: net.IPv4(10, 0, 0, 2),
				Family: netlink.FAMILY_V6})
		}},
		{Name: "RouteAdd bad type", Setup: network,
			Do: func() error { return netlink.RouteAdd(&netlink.Route{Dst: cidr("10.9.0.0/16"), Type: 200}) }},
		{Name: "RouteAdd nothing", Setup: network, Do: func() error { return netlink.RouteAdd(&netlink.Route{}) }},
		{Name: "RouteAdd gateway 0", Setup: network, Do: x0(func(l link) error {
			return netlink.RouteAdd(&netlink.Route{Dst: cidr("10.9.0.0/16"), Gw: net.IPv4zero, LinkIndex: l.Attrs().Index})
		})},
		{Name: "RouteDel absent", Setup: network, Do: func() error { return netlink.RouteDel(route("10.9.0.0/16")) }},
		{Name: "RouteDel absent IPv6", Setup: network,
			Do: func() error { return netlink.RouteDel(&netlink.Route{Dst: cidr("fd77::/64")}) }},
		{Name: "RouteChange absent", Setup: network, Do: func() error { return netlink.RouteChange(route("10.9.0.0/16")) }},
		{Name: "RouteChange absent IPv6", Setup: network, Do: x0(func(l link) error {
			return netlink.RouteChange(&netlink.Route{Dst: cidr("fd77::/64"), LinkIndex: l.Attrs().Index})
		})},
		{Name: "RouteGet", Setup: network, Do: func() error {
			return refusals.Error(netlink.RouteGet(net.IPv4(10, 0, 0,
				7)))
		}},
		{Name: "RouteGet unreachable", Setup: network,
			Do: func() error { return refusals.Error(netlink.RouteGet(net.IPv4(10, 9, 0, 7))) }},
		{Name: "RouteGet unreachable IPv6", Setup: network,
			Do: func() error { return refusals.Error(netlink.RouteGet(net.ParseIP("fd99::1"))) }},
		{Name: "RouteGet by no such link", Setup: network, Do: func() error {
			return refusals.Error(netlink.RouteGetWithOptions(net.IPv4(10, 0, 0, 7), &netlink.RouteGetOptions{Oif: "nosuch"}))
		}},
		{Name: "RouteGet by no such VRF", Setup: network, Do: func() error {
			return refusals.Error(netlink.RouteGetWithOptions(net.IPv4(10, 0, 0, 7),
				&netlink.RouteGetOptions{VrfName: "nosuch"}))
		}},
		{Name: "RouteGet by no such index", Setup: network, Do: func() error {
			return refusals.Error(netlink.RouteGetWithOptions(net.IPv4(10, 0, 0, 7), &netlink.RouteGetOptions{OifIndex: 4711}))
		}},
		{Name: "RouteListFiltered no such table", Setup: network, Do: func() error {
			all, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{Table: 4711}, netlink.RT_FILTER_TABLE)
			if err != nil {
				return err
			}
			return found(len(all))
		}},
		{Name: "RouteListFiltered no such link", Setup: network, Do: func() error {
			all, err := netlink.RouteListFiltered(netlink.FAMILY_V4, &netlink.Route{LinkIndex: 4711}, netlink.RT_FILTER_OIF)
			if err != nil {
				return err
			}
			return found(len(all))
		}},
		{Name: "RuleAdd", Do: func() error { return netlink.RuleAdd(rule()) }},
		{Name: "RuleAdd there already", Setup: func() error { return netlink.RuleAdd(rule()) },
			Do: func() error { return netlink.RuleAdd(rule()) }},
		{Name: "RuleDel absent", Do: func() error { return netlink.RuleDel(rule()) }},
		{Name: "RuleAdd no table", Do: func() error { return netlink.RuleAdd(netlink.NewRule()) }},
		{Name: "RuleAdd mixed families", Do: func() error {
			r := rule()
			r.Src, r.Dst = cidr("10.0.0.0/8"), cidr("fd77::/64")
			return netlink.RuleAdd(r)
		}},
		{Name: "RuleAdd negative table", Do: func() error { r := rule(); r.Table = -1; return netlink.RuleAdd(r) }},
		{Name: "RuleAdd goto nowhere", Do: func() error { r := rule(); r.Goto, r.Table = 5, 0; return netlink.RuleAdd(r) }},
		{Name: "RuleAdd blackhole", Do: func() error { r := rule(); r.Type, r.Table = 6, 0; return netlink.RuleAdd(r) }},
		{Name: "RuleList of family 8", Do: func() error { return refusals.Error(netlink.RuleList(8)) }},
		{Name: "NeighAdd", Setup: network, Do: x0(func(l link) error { return netlink.NeighAdd(neigh(l)) })},
		{Name: "NeighAdd there already", Setup: refusals.All(network,
			x0(func(l link) error { return netlink.NeighAdd(neigh(l)) })),
			Do: x0(func(l link) error { return netlink.NeighAdd(neigh(l)) })},
		{Name: "NeighSet there already", Setup: refusals.All(network,
			x0(func(l link) error { return netlink.NeighAdd(neigh(l)) })),
			Do: x0(func(l link) error { return netlink.NeighSet(neigh(l)) })},
		{Name: "NeighDel absent", Setup: network, Do: x0(func(l link) error { return netlink.NeighDel(neigh(l)) })},
		{Name: "NeighAdd no such link", Setup: network, Do: func() error { return netlink.NeighAdd(neigh(absent())) }},
		{Name: "NeighDel no such link", Setup: network, Do: func() error { return netlink.NeighDel(neigh(absent())) }},
		{Name: "NeighAdd short address", Setup: network,
			Do: x0(func(l link) error { n := neigh(l); n.HardwareAddr = n.HardwareAddr[:3]; return netlink.NeighAdd(n) })},
		{Name: "NeighAdd to a link without a table", Setup: network, Do: x0(func(l link) error {
			n := neigh(l)
			n.Family, n.Flags = 7, netlink.NTF_MASTER
			return netlink.NeighAdd(n)
		})},
		{Name: "NeighAppend", Setup: network, Do: x0(func(l link) error { return netlink.NeighAppend(neigh(l)) })},
		{Name: "NeighDel proxy absent", Setup: network,
			Do: x0(func(l link) error { n := neigh(l); n.Flags = netlink.NTF_PROXY; return netlink.NeighDel(n) })},
		{Name: "NeighList no such link", Setup: network,
			Do: func() error { return refusals.Error(netlink.NeighList(4711, netlink.FAMILY_V4)) }},
		{Name: "NexthopAdd no such link", Setup: network,
			Do: func() error { return netlink.NexthopAdd(&netlink.Nexthop{ID: 5, OIF: 4711}) }},
		{Name: "NexthopDel absent", Setup: network, Do: func() error { return netlink.NexthopDel(&netlink.Nexthop{ID: 5}) }},
		{Name: "NexthopAdd there already", Setup: refusals.All(network, x0(func(l link) error {
			return netlink.NexthopAdd(&netlink.Nexthop{ID: 5, OIF: uint32(l.Attrs().Index)})
		})), Do: x0(func(l link) error {
			return netlink.NexthopAdd(&netlink.Nexthop{ID: 5,
				OIF: uint32(l.Attrs().Index)})
		})},
		{Name: "BridgeVlanList", Do: func() error { return refusals.Error(netlink.BridgeVlanList()) }},
	}
	return cases
}
