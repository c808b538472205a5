package main

import (
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

var classesStream = workload{
	name: "classes/stream", title: "read the counters of all classes of HTB one by one",
	each: "class", objects: 10_000, atMost: true, cold: true,
	goals: []goal{{row: kern, of: floor, times: 1.3, allocs: none}},
	setup: addClasses,
	contenders: []contender{
		{floor, rawDump(classDump)},
		{kern, streamClasses},
		{kern + ", ClassSeq", func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for c, err := range h.ClassSeq(benchLink(w), netlink.HANDLE_NONE) {
					if err != nil {
						return n, err
					}
					if a := c.Attrs(); a.LinkIndex == w.link && a.Statistics.Packets == 0 {
						n++
					}
				}
				return n, nil
			}, err
		}},
	},
}

var classesList = workload{
	name: "classes/list", title: "list all classes of HTB with their counters",
	each: "class", objects: 10_000, atMost: true, cold: true,
	goals: []goal{{row: kern, of: floor, times: 1.6}, {row: kernOwnSlice, of: floor, times: 1.3}},
	setup: addClasses,
	contenders: []contender{
		{floor, rawDump(classDump)},
		{kern, func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (int, error) {
				all, err := h.ClassList(benchLink(w), netlink.HANDLE_NONE)
				return len(all), err
			}, err
		}},
		{kernOwnSlice, func(w *world) (op, error) {
			h, err := openKern(w)
			all := make([]netlink.ClassEntry, 0, w.n)
			return func() (int, error) {
				var err error
				all, err = h.AppendClassEntries(all[:0], benchLink(w), netlink.HANDLE_NONE)
				return len(all), err
			}, err
		}},
		{vishvananda, func(w *world) (op, error) {
			h, err := openVishvananda(w)
			return func() (int, error) {
				all, err := h.ClassList(peerLink(w), netlink.HANDLE_NONE)
				return len(all), err
			}, err
		}},
		{"tc", theTC.shows("class htb ", "-s", "class", "show", "dev", "bench")},
	},
}

func streamClasses(w *world) (op, error) {
	h, err := openKern(w)
	return func() (n int, err error) {
		for e, err := range h.ClassEntries(benchLink(w), netlink.HANDLE_NONE) {
			if err != nil {
				return n, err
			}
			if e.Type() == "htb" && e.LinkIndex == w.link && e.Packets == 0 {
				n++
			}
		}
		return n, nil
	}, err
}

// addClasses makes HTB with all classes side by side.
func addClasses(w *world) error {
	root := netlink.MakeHandle(1, 0)
	h, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer h.Close()
	q := netlink.NewHtb(netlink.QdiscAttrs{LinkIndex: w.link, Parent: netlink.HANDLE_ROOT, Handle: root})
	if err := lacking(h.QdiscAdd(q)); err != nil {
		return err
	}
	return inBatches(w.n, func(b *netlink.Batch, i int) error {
		a := netlink.ClassAttrs{LinkIndex: w.link, Parent: root, Handle: netlink.MakeHandle(1, uint16(i+1))}
		return b.ClassAdd(netlink.NewHtbClass(a, netlink.HtbClassAttrs{Rate: 1e6}))
	})
}

func classDump(w *world) []byte {
	return message(uapi.RTM_GETTCLASS, uapi.NLM_F_DUMP, uapi.SizeofTcmsg, &uapi.Tcmsg{Ifindex: int32(w.link)})
}
