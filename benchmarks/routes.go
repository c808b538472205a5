package main

import (
	"bytes"
	"fmt"

	peer "github.com/vishvananda/netlink"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

var routesStream = workload{
	name: "routes/stream", title: "read all routes one by one: destination, gateway and link of each",
	each: "route", objects: 100_000, cold: true,
	goals: []goal{{kern, floor, 1.10, none}},
	setup: addRoutes,
	contenders: []contender{
		{floor, rawDump(allRoutes)},
		{kern, func(w *world) (op, error) {
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
	goals: []goal{{kern, floor, 1.6, 0.1}},
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

var routesFiltered = workload{
	name: "routes/filtered", title: "list the routes of a link that has none",
	each: "route", objects: 100_000,
	goals: []goal{{kern, floor, 1.1, 0}},
	setup: addRoutes,
	found: func(*world) int { return 0 },
	contenders: []contender{
		{floor, rawDump(func(w *world) []byte { return routeDump(u32(uapi.RTA_OIF, w.other)) })},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			link := &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: w.other}}
			return func() (int, error) {
				all, err := h.RouteList(link, netlink.FAMILY_V4)
				return len(all), err
			}, err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			link := &peer.Device{LinkAttrs: peer.LinkAttrs{Index: w.other}}
			return func() (int, error) {
				all, err := h.RouteList(link, peer.FAMILY_V4)
				return len(all), err
			}, err
		}},
		{rtnetlink2 + ", all", func(w *world) (op, error) {
			c, err := openRtnetlink(w)
			return func() (n int, err error) {
				all, err := c.Route.List()
				for _, r := range all {
					if r.Attributes.OutIface == uint32(w.other) {
						n++
					}
				}
				return n, err
			}, err
		}},
		{iproute2, ip("-4", "route", "show", "dev", "other")},
	},
}

// routeDump asks for the main table, or what attrs choose of it.
func routeDump(attrs ...attr) []byte {
	attrs = append(attrs, u32(uapi.RTA_TABLE, uapi.RT_TABLE_MAIN))
	return message(uapi.RTM_GETROUTE, uapi.NLM_F_DUMP, uapi.SizeofRtmsg, &uapi.Rtmsg{Family: uapi.AF_INET}, attrs...)
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
