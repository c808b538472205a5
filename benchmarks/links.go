package main

import (
	"fmt"
	"sync"

	peer "github.com/vishvananda/netlink"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

var linksStream = workload{
	name: "links/stream", title: "read all links one by one",
	each: "link", objects: 1000, atMost: true,
	goals: []goal{{row: kern, of: floor, times: 1.10, allocs: none}},
	setup: addLinks, found: allLinks,
	contenders: []contender{
		{floor, rawDump(linkDump)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for e, err := range h.LinkEntries(netlink.LinkFilter{}) {
					if err != nil {
						return n, err
					}
					if e.Name() != "" && e.MTU != 0 {
						n++
					}
				}
				return n, nil
			}, err
		}},
		{kern + ", LinkSeq", func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for l, err := range h.LinkSeq() {
					if err != nil {
						return n, err
					}
					if l.Attrs().Name != "" && l.Attrs().MTU != 0 {
						n++
					}
				}
				return n, nil
			}, err
		}},
		{libmnl, mnl("links")},
	},
}

var linksList = workload{
	chart: "list # links",
	name:  "links/list", title: "list all links",
	each: "link", objects: 1000, atMost: true, cold: true,
	goals: []goal{{row: kern, of: floor, times: 1.6, allocs: 0.1}, {row: kernOwnSlice, of: floor, times: 1.3}},
	setup: addLinks, found: allLinks,
	contenders: []contender{
		{floor, rawDump(linkDump)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (int, error) {
				all, err := h.LinkList()
				return len(all), err
			}, err
		}},
		{kernOwnSlice, func(w *world) (op, error) {
			h, err := openKern(w)
			var all []netlink.LinkEntry
			return func() (int, error) {
				all, err = h.AppendLinkEntries(all[:0], netlink.LinkFilter{})
				return len(all), err
			}, err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return func() (int, error) {
				all, err := h.LinkList()
				return len(all), err
			}, err
		}},
		{rtnetlink2, func(w *world) (op, error) {
			c, err := openRtnetlink(w)
			return func() (int, error) {
				all, err := c.Link.List()
				return len(all), err
			}, err
		}},
		{iproute2, ip("-o", "link", "show")},
	},
}

var linksDelete = workload{
	chart: "delete # veth pairs",
	name:  "links/delete", title: "delete pairs of veth links",
	each: "pair", objects: 1000, atMost: true, long: true, rounds: 1,
	before: addPairs, after: noPairs,
	goals: []goal{{row: kern, of: floor, times: 1.2},
		{row: kern + ", LinkDelAll", of: floor + ", each, 16 sockets", times: 1.2}},
	contenders: []contender{
		{floor, func(w *world) (op, error) { // a group in one request
			s, err := openRaw(w, false)
			return func() (int, error) { return w.n, s.exchange(linkDelete(u32(uapi.IFLA_GROUP, pairGroup))) }, err
		}},
		{floor + ", each", func(w *world) (op, error) {
			s, err := openRaw(w, false)
			return repeat(w, func(i int) error { return s.exchange(linkDelete(text(uapi.IFLA_IFNAME, pairName(i)))) }), err
		}},
		{floor + ", each, 16 sockets", func(w *world) (op, error) {
			return inParallel(w, 16, func() (func(i int) error, error) {
				s, err := openRaw(w, false)
				return func(i int) error { return s.exchange(linkDelete(text(uapi.IFLA_IFNAME, pairName(i)))) }, err
			})
		}},
		{kern, func(w *world) (op, error) { // a group too
			h, err := openKern(w)
			return func() (int, error) { return w.n, h.LinkDelGroup(pairGroup) }, err
		}},
		{kern + ", LinkDelAll", func(w *world) (op, error) {
			h, err := openKern(w)
			all := each(w, func(_ *world, i int) netlink.Link { return kernLink(pairName(i)) })
			return func() (int, error) { return w.n, join(h.LinkDelAll(all)...) }, err
		}},
		{kern + ", each", func(w *world) (op, error) {
			h, err := openKern(w)
			return repeat(w, func(i int) error { return h.LinkDel(kernLink(pairName(i))) }), err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return repeat(w, func(i int) error {
				return h.LinkDel(&peer.Device{LinkAttrs: peer.LinkAttrs{Name: pairName(i)}})
			}), err
		}},
		{iproute2, ipBatch(func(_ *world, i int) string { return "link del " + pairName(i) })},
		{iproute2 + ", group", func(w *world) (op, error) {
			if w.tools.IP == "" {
				return nil, errNoIP
			}
			return func() (int, error) {
				_, err := w.runIP("link", "del", "group", fmt.Sprint(pairGroup))
				return w.n, err
			}, nil
		}},
	},
}

func linkDelete(which attr) []byte {
	return message(uapi.RTM_DELLINK, uapi.NLM_F_ACK, uapi.SizeofIfinfomsg, &uapi.Ifinfomsg{}, which)
}

func kernLink(name string) netlink.Link {
	return &netlink.Device{LinkAttrs: netlink.LinkAttrs{Name: name}}
}

func pairName(i int) string { return fmt.Sprint("pair", i) }

func linkDump(*world) []byte {
	return message(uapi.RTM_GETLINK, uapi.NLM_F_DUMP, uapi.SizeofIfinfomsg, &uapi.Ifinfomsg{})
}

// allLinks are those of the workload, "lo", "bench" and "other".
func allLinks(w *world) int { return w.n + 3 }

// addLinks makes veth links that are up; their indices follow one another.
func addLinks(w *world) error {
	err := inBatches(w.n/2, func(b *netlink.Batch, i int) error {
		l := &netlink.Veth{LinkAttrs: netlink.NewLinkAttrs(), PeerName: linkName(2 * i)} // this one is made first
		l.Name = linkName(2*i + 1)
		return b.LinkAdd(l)
	})
	if err != nil {
		return err
	}
	return inBatches(w.n, func(b *netlink.Batch, i int) error { return b.LinkSetUp(kernLink(linkName(i))) })
}

func linkName(i int) string { return linkNames()[i] }

// linkNames are made once: look-ups are not to pay for them.
var linkNames = sync.OnceValue(func() []string {
	names := make([]string, 20_000)
	for i := range names {
		names[i] = fmt.Sprint("link", i)
	}
	return names
})

// addPairs makes pairs of veth links, in the group pairGroup.
func addPairs(w *world) error {
	return inBatches(w.n, func(b *netlink.Batch, i int) error {
		l := &netlink.Veth{LinkAttrs: netlink.NewLinkAttrs(), PeerName: fmt.Sprint("peer", i)}
		l.Name, l.Group = pairName(i), pairGroup
		return b.LinkAdd(l)
	})
}

const pairGroup = 77

// noPairs makes sure that they are gone.
func noPairs(w *world) error {
	s, err := openRaw(w, true)
	if err != nil {
		return err
	}
	defer w.closeLast()
	n, err := s.dump(linkDump(w))
	if err == nil && n != 3 {
		err = fmt.Errorf("%d links are left", n-3)
	}
	return err
}
