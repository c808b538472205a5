package netlink_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

func TestListedRoutesAreDeletedAndAddedFaithfully(t *testing.T) {
	for _, family := range []string{"-4", "-6"} {
		t.Run(family, func(t *testing.T) {
			nstest.Do(t, func() {
				rnd := seed(t)
				routeNet(t)
				makeNexthops(t)
				af := map[string]int{"-4": netlink.FAMILY_V4, "-6": netlink.FAMILY_V6}[family]
				own := func(r *netlink.Route) bool {
					return r.Protocol != uapi.RTPROT_KERNEL && r.Table != uapi.RT_TABLE_LOCAL
				}
				faithful(t, rnd, kindOfObject[netlink.Route]{
					dump: func() []string {
						return rawDump(t, uapi.RTM_GETROUTE, append([]byte{byte(af)}, make([]byte, uapi.SizeofRtmsg-1)...),
							uapi.RTA_CACHEINFO)
					},
					list: func() ([]netlink.Route, error) {
						return netlink.RouteListFiltered(af, &netlink.Route{}, netlink.RT_FILTER_TABLE)
					},
					mine: own,
					del:  netlink.RouteDel,
					add:  netlink.RouteAdd,
				}, func() { randomRoutes(t, rnd, family) })
			})
		})
	}
}

// makeNexthops makes the objects that random routes go over, one of each sort.
func makeNexthops(t *testing.T) {
	setUp(t, "lo")
	batch(t, []string{
		"nexthop add id 1 via 10.0.0.9 dev v0",
		"nexthop add id 2 via 10.0.1.9 dev v1",
		"nexthop add id 3 group 1/2,3",
		"nexthop add id 4 blackhole",
		"nexthop add id 5 dev v0",
	}, "ip")
	batch(t, []string{
		"nexthop add id 11 via fd00::9 dev v0",
		"nexthop add id 12 via fd01::9 dev v1",
		"nexthop add id 14 blackhole",
		"nexthop add id 15 dev v0",
	}, "ip", "-6")
	tool(t, "ip", "nexthop", "add", "id", "13", "group", "11/12,3")
}

func randomRoutes(t *testing.T, rnd *rand.Rand, family string) {
	var lines []string
	gateways, source, base := []string{"10.0.0.7", "10.0.1.7"}, "10.0.0.1", 0
	if family == "-6" {
		gateways, source, base = []string{"fd00::7", "fd01::7"}, "fd00::1", 10
	}
	for i := range 80 {
		w := words{Rand: rnd}
		typ := ""
		if w.IntN(4) == 0 {
			typ = []string{"blackhole", "unreachable", "prohibit", "throw"}[w.IntN(4)]
			w.w = append(w.w, typ)
		}
		if family == "-6" {
			w.w = append(w.w, fmt.Sprintf("2001:db8:%x::/%d", i, 48+16*w.IntN(2)))
		} else {
			w.w = append(w.w, fmt.Sprintf("10.%d.0.0/%d", 100+i, 16+w.IntN(9)))
			w.maybe("tos 0x10", "tos 0x8")
		}
		w.maybe("table 70", "table 100000")
		w.number("metric", 5000)
		w.maybe("proto static", "proto 99", "proto bird")
		if typ == "" {
			w.maybe("src " + source)
		}
		if typ == "" || family == "-6" {
			w.metrics(family)
		}
		if family == "-6" {
			w.maybe("pref low", "pref high", "pref medium")
		}
		if typ == "" {
			w.way(family, gateways, base)
		}
		lines = append(lines, "route add "+strings.Join(w.w, " "))
	}
	batch(t, lines, "ip", family)
}

// way appends where packets go.
func (w *words) way(family string, gateways []string, base int) {
	switch w.IntN(7) {
	case 0:
		w.w = append(w.w, "dev v0")
	case 1:
		w.w = append(w.w, "dev v1 onlink via", map[string]string{"-4": "192.0.2.7", "-6": "2001:db8:ffff::7"}[family])
	case 2:
		w.w = append(w.w, "nhid", fmt.Sprint(base+1+w.IntN(5)))
	case 3:
		for i, gw := range gateways {
			w.w = append(w.w, "nexthop via", gw, "dev", fmt.Sprint("v", i), "weight", fmt.Sprint(1+w.IntN(256)))
			if family == "-4" {
				w.maybe("realm 5", "realm 7/9")
			}
		}
	case 4:
		if family == "-4" {
			w.w = append(w.w, "via inet6 fd00::7 dev v0")
			break
		}
		fallthrough
	default:
		w.w = append(w.w, "via", gateways[w.IntN(2)])
		if family == "-4" {
			w.maybe("realms 1/2", "realms 9")
		}
	}
}

// metrics appends metrics.
func (w *words) metrics(family string) {
	for _, m := range []struct {
		name string
		top  int
		lock bool
	}{
		{"mtu", 1400, true}, {"window", 1 << 20, true}, {"rtt", 1000, true}, {"rttvar", 1000, true},
		{"ssthresh", 1 << 16, true},
		{"cwnd", 100, true}, {"advmss", 1000, true}, {"reordering", 100, true}, {"hoplimit", 255, true},
		{"initcwnd", 100, true},
		{"initrwnd", 100, true}, {"rto_min", 1000, true}, {"quickack", 1, false}, {"fastopen_no_cookie", 1, false},
	} {
		if w.IntN(6) != 0 {
			continue
		}
		w.w = append(w.w, m.name)
		if m.lock && m.name != "initcwnd" && m.name != "initrwnd" && w.IntN(2) == 0 && m.name != "rto_min" {
			w.w = append(w.w, "lock")
		}
		w.w = append(w.w, fmt.Sprint(1+w.IntN(m.top)))
		if m.name == "rto_min" {
			w.w[len(w.w)-1] += "ms"
			w.maybe("") // locked by ip itself
		}
	}
	w.maybe("features ecn")
	w.maybe("congctl cubic", "congctl reno", "congctl lock reno")
}
