package main

import (
	"bytes"
	"fmt"
	"time"

	peer "github.com/vishvananda/netlink"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// How a list is made besides RouteList: as entries, and as entries in a slice that
// the caller keeps.
const (
	kernEntries  = kern + ", entries"
	kernOwnSlice = kern + ", entries in own slice"
)

var routesStream = workload{
	name: "routes/stream", title: "read all routes one by one: destination, gateway and link of each",
	each: "route", objects: 100_000, cold: true,
	goals: []goal{{row: kern, of: floor, times: 1.10, allocs: none}},
	chart: "read # routes one by one",
	setup: addRoutes,
	contenders: []contender{
		{floor, rawDump(allRoutes)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				gw := gateway
				for e, err := range h.RouteEntries(netlink.FAMILY_V4, nil, 0) {
					if err != nil || e.LinkIndex != w.link || e.Gw() != gw || !e.Dst().IsValid() {
						return n, badRoute(err, e)
					}
					n++
				}
				return n, nil
			}, err
		}},
		{kern + ", RouteSeq", func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for r, err := range h.RouteSeq(nil, netlink.FAMILY_V4) {
					if err != nil || !sound(r.Dst.IP, r.Gw, r.LinkIndex == w.link) {
						return n, badRoute(err, r)
					}
					n++
				}
				return n, nil
			}, err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return func() (n int, err error) {
				err = h.RouteListFilteredIter(peer.FAMILY_V4, &peer.Route{}, 0, func(r peer.Route) bool {
					if sound(r.Dst.IP, r.Gw, r.LinkIndex == w.link) {
						n++
					}
					return true
				})
				return n, err
			}, err
		}},
		{libmnl, mnl("routes")},
	},
}

var routesList = workload{
	name: "routes/list", title: "list all routes",
	each: "route", objects: 100_000, cold: true,
	goals: []goal{
		{row: kern, of: floor, times: 1.6, allocs: 0.1}, {row: kern, of: vishvananda, peak: 0.4},
		{row: kernEntries, of: floor, times: 1.3}, {row: kernOwnSlice, of: floor, times: 1.3},
	},
	chart: "list # routes",
	setup: addRoutes,
	contenders: []contender{
		{floor, rawDump(allRoutes)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (int, error) {
				all, err := h.RouteList(nil, netlink.FAMILY_V4)
				return len(all), err
			}, err
		}},
		{kernEntries, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (int, error) {
				all, err := h.AppendRouteEntries(nil, netlink.FAMILY_V4, nil, 0)
				return len(all), err
			}, err
		}},
		{kernOwnSlice, func(w *world) (op, error) {
			h, err := openKern(w)
			all := make([]netlink.RouteEntry, 0, w.n)
			return func() (int, error) {
				var err error
				all, err = h.AppendRouteEntries(all[:0], netlink.FAMILY_V4, nil, 0)
				return len(all), err
			}, err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return func() (int, error) {
				all, err := h.RouteList(nil, peer.FAMILY_V4)
				return len(all), err
			}, err
		}},
		{rtnetlink2, func(w *world) (op, error) {
			c, err := openRtnetlink(w)
			return func() (int, error) {
				all, err := c.Route.List()
				return len(all), err
			}, err
		}},
		{iproute2, ip("-4", "route", "show")},
	},
}

// Large tables, and small ones to compare with.
var (
	routesStreamSmall = routesStream.sized("1k", 1000, 0)
	routesListSmall   = routesList.sized("1k", 1000, 0)
	routesStreamLarge = routesStream.sized("1M", 1_000_000, 3, goal{row: kern, of: floor, times: 1.10, allocs: none},
		goal{row: kern, of: floor, memory: 8}, goal{row: kern, of: floor, from: "routes/stream-1k", growth: 1.1})
	routesListLarge = routesList.sized("1M", 1_000_000, 3, goal{row: kern, of: floor, times: 1.6, allocs: 0.1},
		goal{row: kern, of: vishvananda, peak: 0.4}, goal{row: kern, of: floor, from: "routes/list-1k", growth: 1.3})
)

// The one route that is other than all the rest.
const (
	otherTable    = 1000
	otherProtocol = 99
)

// routesBy is a workload that lists few routes of many.
func routesBy(what, title string, found int, request func(w *world) []byte,
	filter func(w *world) (netlink.Route, uint64), show ...string) workload {
	return workload{
		name: "routes/by-" + what, title: title,
		each: "route", objects: 1_000_000, atMost: true, rounds: 3,
		goals: []goal{{row: kern, of: floor, times: 1.1}},
		setup: addOtherRoutes,
		found: func(*world) int { return found },
		contenders: []contender{
			{floor, often(rawDump(request))},
			{kern, often(func(w *world) (op, error) {
				h, err := openKern(w)
				f, mask := filter(w)
				return func() (int, error) {
					all, err := h.RouteListFiltered(netlink.FAMILY_V4, &f, mask)
					return len(all), err
				}, err
			})},
			{vishvananda, func(w *world) (op, error) {
				h, err := openVishvananda(w)
				f, mask := filter(w)
				theirs := &peer.Route{LinkIndex: f.LinkIndex, Table: f.Table, Protocol: peer.RouteProtocol(f.Protocol)}
				return func() (int, error) {
					all, err := h.RouteListFiltered(peer.FAMILY_V4, theirs, mask)
					return len(all), err
				}, err
			}},
			{rtnetlink2 + ", all", func(w *world) (op, error) {
				c, err := openRtnetlink(w)
				f, _ := filter(w)
				return func() (n int, err error) {
					all, err := c.Route.List()
					for _, r := range all {
						a := &r.Attributes
						if (f.LinkIndex == 0 || a.OutIface == uint32(f.LinkIndex)) && (f.Table == 0 || a.Table == uint32(f.Table)) &&
							(f.Protocol == 0 || r.Protocol == uint8(f.Protocol)) {
							n++
						}
					}
					return n, err
				}, err
			}},
			{iproute2, ip(append([]string{"-4", "route", "show"}, show...)...)},
		},
	}
}

var (
	routesByLink = routesBy("link", "list the routes of a link that has none, of 1,000,000", 0,
		func(w *world) []byte { return routeDump(u32(uapi.RTA_OIF, w.other)) },
		func(w *world) (netlink.Route, uint64) {
			return netlink.Route{LinkIndex: w.other}, netlink.RT_FILTER_OIF
		}, "dev", "other")
	routesByTable = routesBy("table", "list a table of one route beside one of 1,000,000", 1,
		func(*world) []byte { return routesOf(&uapi.Rtmsg{}, u32(uapi.RTA_TABLE, otherTable)) },
		func(*world) (netlink.Route, uint64) { return netlink.Route{Table: otherTable}, netlink.RT_FILTER_TABLE },
		"table", fmt.Sprint(otherTable))
	routesByProtocol = routesBy("protocol", "list the route of one protocol among 1,000,000", 1,
		func(*world) []byte {
			return routesOf(&uapi.Rtmsg{Protocol: otherProtocol}, u32(uapi.RTA_TABLE, uapi.RT_TABLE_MAIN))
		},
		func(*world) (netlink.Route, uint64) {
			return netlink.Route{Protocol: otherProtocol}, netlink.RT_FILTER_PROTOCOL
		}, "proto", fmt.Sprint(otherProtocol))
)

// often repeats what may take only microseconds for a twentieth of a second.
func often(start func(*world) (op, error)) func(*world) (op, error) {
	return func(w *world) (op, error) {
		once, err := start(w)
		return func() (n int, err error) {
			t0 := time.Now()
			for w.times = 1; ; w.times++ {
				if n, err = once(); err != nil || time.Since(t0) > 50*time.Millisecond {
					return n, err
				}
			}
		}, err
	}
}

// addOtherRoutes adds all routes and one in another table, and one of another protocol.
func addOtherRoutes(w *world) error {
	if err := addRoutes(w); err != nil {
		return err
	}
	return inBatches(2, func(b *netlink.Batch, i int) error {
		r := kernRoute(w, w.n+i)
		if r.Protocol = otherProtocol; i == 0 {
			r.Table, r.Protocol = otherTable, 0
		}
		return b.RouteAdd(r)
	})
}

// routeDump asks for the main table, or what attrs choose of it.
func routeDump(attrs ...attr) []byte {
	return routesOf(&uapi.Rtmsg{}, append(attrs, u32(uapi.RTA_TABLE, uapi.RT_TABLE_MAIN))...)
}

func routesOf(m *uapi.Rtmsg, attrs ...attr) []byte {
	m.Family = uapi.AF_INET
	return message(uapi.RTM_GETROUTE, uapi.NLM_F_DUMP, uapi.SizeofRtmsg, m, attrs...)
}

func allRoutes(*world) []byte { return routeDump() }

// sound reports whether a route of addRoutes has arrived.
func sound(dst, gw []byte, ofLink bool) bool {
	want := gateway.As4()
	return len(dst) == 4 && dst[0] >= 20 && bytes.Equal(gw, want[:]) && ofLink
}

func badRoute(err error, r any) error {
	if err == nil {
		err = fmt.Errorf("unexpected route %v", r)
	}
	return err
}
