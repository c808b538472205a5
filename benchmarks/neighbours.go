package main

import (
	"net"
	"net/netip"

	peer "github.com/vishvananda/netlink"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

var neighboursStream = workload{
	name: "neighbours/stream", title: "read all neighbours one by one",
	each: "neighbour", objects: 10_000, cold: true,
	goals: []goal{{row: kern, of: floor, times: 1.10, allocs: none}},
	setup: addNeighbours,
	contenders: []contender{
		{floor, rawDump(allNeighbours)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for e, err := range h.NeighEntries(netlink.NeighFilter{Family: netlink.FAMILY_V4}) {
					if err != nil {
						return n, err
					}
					if e.IP().Is4() && len(e.LLAddr()) == 6 && e.LinkIndex == w.link {
						n++
					}
				}
				return n, nil
			}, err
		}},
		{kern + ", NeighSeq", func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for e, err := range h.NeighSeq(0, netlink.FAMILY_V4) {
					if err != nil {
						return n, err
					}
					if len(e.IP) == net.IPv4len && len(e.HardwareAddr) == 6 && e.LinkIndex == w.link {
						n++
					}
				}
				return n, nil
			}, err
		}},
		{libmnl, mnl("neighbours")},
	},
}

var neighboursList = workload{
	chart: "list # neighbours",
	name:  "neighbours/list", title: "list all neighbours",
	each: "neighbour", objects: 10_000, cold: true,
	goals: []goal{{row: kern, of: floor, times: 1.6, allocs: 0.1}, {row: kernOwnSlice, of: floor, times: 1.3}},
	setup: addNeighbours,
	contenders: []contender{
		{floor, rawDump(allNeighbours)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (int, error) {
				all, err := h.NeighList(0, netlink.FAMILY_V4)
				return len(all), err
			}, err
		}},
		{kernOwnSlice, func(w *world) (op, error) {
			h, err := openKern(w)
			var all []netlink.NeighEntry
			return func() (int, error) {
				all, err = h.AppendNeighEntries(all[:0], netlink.NeighFilter{Family: netlink.FAMILY_V4})
				return len(all), err
			}, err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return func() (int, error) {
				all, err := h.NeighList(0, peer.FAMILY_V4)
				return len(all), err
			}, err
		}},
		{rtnetlink2, func(w *world) (op, error) {
			c, err := openRtnetlink(w)
			return func() (int, error) {
				all, err := c.Neigh.List()
				return len(all), err
			}, err
		}},
		{iproute2, ip("-4", "neighbour", "show")},
	},
}

func allNeighbours(*world) []byte {
	return message(uapi.RTM_GETNEIGH, uapi.NLM_F_DUMP, uapi.SizeofNdmsg, &uapi.Ndmsg{Family: uapi.AF_INET})
}

func addNeighbours(w *world) error {
	return inBatches(w.n, func(b *netlink.Batch, i int) error {
		ip := netip.AddrFrom4([4]byte{20, byte(i >> 16), byte(i >> 8), byte(i)})
		return b.NeighSet(&netlink.Neigh{
			LinkIndex: w.link, Family: netlink.FAMILY_V4, State: netlink.NUD_PERMANENT,
			IP: ip.AsSlice(), HardwareAddr: net.HardwareAddr{2, 0, 0, byte(i >> 16), byte(i >> 8), byte(i)},
		})
	})
}
