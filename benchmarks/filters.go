package main

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"

	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
)

// Filters of u32 are in one hash table, since a bucket has room for 4,095. They match a destination.
const (
	u32Table    = 1
	u32Buckets  = 256
	filterPref  = 10
	filterClass = 1<<16 | 1
)

// u32Bucket is the bucket of filter i, as a handle and as tc writes it.
func u32Bucket(i int) uint32 { return u32Table<<20 | uint32(i%u32Buckets)<<12 }

func u32BucketText(i int) string { return fmt.Sprintf("%x:%x:", u32Table, i%u32Buckets) }

// filterHost is the destination that filter i matches.
func filterHost(i int) netip.Addr {
	return netip.AddrFrom4([4]byte{20, byte(i >> 16), byte(i >> 8), byte(i)})
}

// u32Tables is how many tables a list of u32 has besides the filters, and flowerTables that of flower; where each
// priority begins there is one more object without options.
const (
	u32Tables    = 3
	flowerTables = 1
)

var filtersAddU32 = workload{
	name: "filters/add-u32", title: "add u32 filters, many at once, and know of each whether it went well",
	each: "filter", objects: 100_000,
	goals:  []goal{{row: kern, of: floor, times: 1.15}},
	before: makeU32Table, after: checkFilters(u32Tables),
	contenders: []contender{
		{floor, floorBatches(unix.NETLINK_ROUTE, rawU32)},
		{kern, kernBatches(kernU32, func(b *netlink.Batch, f *netlink.U32) error { return b.FilterAdd(f) })},
		{vishvananda + ", a call each", peerEach(peerU32,
			func(h *peer.Handle, f *peer.U32) error { return h.FilterAdd(f) })},
		{"tc", theTC.batch(func(_ *world, i int) string {
			return fmt.Sprintf("filter add dev bench ingress pref %d protocol ip u32 ht %s match ip dst %v/32 classid 1:1",
				filterPref, u32BucketText(i), filterHost(i))
		})},
	},
}

var filtersAddFlower = workload{
	name: "filters/add-flower", title: "add flower filters, many at once, and know of each whether it went well",
	each: "filter", objects: 100_000,
	goals:  []goal{{row: kern, of: floor, times: 1.15}},
	setup:  needFlower,
	before: makeIngress, after: checkFilters(flowerTables),
	contenders: []contender{
		{floor, floorBatches(unix.NETLINK_ROUTE, rawFlower)},
		{kern, kernBatches(kernFlower, func(b *netlink.Batch, f *netlink.Flower) error { return b.FilterAdd(f) })},
		{vishvananda + ", a call each", peerEach(peerFlower,
			func(h *peer.Handle, f *peer.Flower) error { return h.FilterAdd(f) })},
		{"tc", theTC.batch(func(_ *world, i int) string {
			return fmt.Sprintf("filter add dev bench ingress pref %d protocol ip flower dst_ip %v classid 1:1", filterPref,
				filterHost(i))
		})},
	},
}

var filtersStream = workload{
	name: "filters/stream", title: "read all u32 filters one by one",
	each: "filter", objects: 100_000, cold: true,
	goals: []goal{{row: kern, of: floor, times: 1.3, allocs: none}},
	setup: addFilters(makeU32Table, kernU32),
	contenders: []contender{
		{floor, without(u32Tables, rawDump(filterDump))},
		{kern, streamFilters("u32")},
		{kern + ", FilterSeq", func(w *world) (op, error) {
			h, err := openKern(w)
			return func() (n int, err error) {
				for f, err := range h.FilterSeq(benchLink(w), netlink.HANDLE_INGRESS) {
					if err != nil {
						return n, err
					}
					if u, ok := f.(*netlink.U32); ok && u.Sel != nil {
						n++
					}
				}
				return n, nil
			}, err
		}},
	},
}

var filtersList = listOfFilters("u32", u32Tables, addFilters(makeU32Table, kernU32), " order ")

var filtersListFlower = listOfFilters("flower", flowerTables, addFilters(needFlower, kernFlower), " handle 0x")

// listOfFilters lists the filters of a kind; mark is in each line of tc's that begins one.
func listOfFilters(kind string, more int, setup func(*world) error, mark string) workload {
	return workload{
		name: "filters/list-" + kind, title: "list all " + kind + " filters",
		each: "filter", objects: 100_000, cold: true,
		goals: []goal{{row: kern, of: floor, times: 1.6}, {row: kernOwnSlice, of: floor, times: 1.3}},
		setup: setup,
		contenders: []contender{
			{floor, without(more, rawDump(filterDump))},
			{kern, func(w *world) (op, error) {
				h, err := openKern(w)
				return func() (int, error) {
					all, err := h.FilterList(benchLink(w), netlink.HANDLE_INGRESS)
					return len(all), err
				}, err
			}},
			{kernOwnSlice, func(w *world) (op, error) {
				h, err := openKern(w)
				all := make([]netlink.FilterEntry, 0, w.n)
				return func() (int, error) {
					var err error
					all, err = h.AppendFilterEntries(all[:0], benchLink(w), netlink.HANDLE_INGRESS)
					return len(all), err
				}, err
			}},
			{kern + ", stream", streamFilters(kind)},
			{vishvananda, func(w *world) (op, error) {
				h, err := openVishvananda(w)
				return func() (n int, err error) {
					all, err := h.FilterList(peerLink(w), netlink.HANDLE_INGRESS)
					for _, f := range all {
						if u, ok := f.(*peer.U32); !ok || u.Sel != nil {
							n++
						}
					}
					return n, err
				}, err
			}},
			{"tc", theTC.shows(mark, "filter", "show", "dev", "bench", "ingress")},
		},
	}
}

func streamFilters(kind string) func(*world) (op, error) {
	return func(w *world) (op, error) {
		h, err := openKern(w)
		return func() (n int, err error) {
			for e, err := range h.FilterEntries(benchLink(w), netlink.HANDLE_INGRESS) {
				if err != nil {
					return n, err
				}
				if e.Type() == kind && !e.Table() && e.Protocol == unix.ETH_P_IP {
					n++
				}
			}
			return n, nil
		}, err
	}
}

// without leaves objects out that a dump has in addition.
func without(more int, start func(*world) (op, error)) func(*world) (op, error) {
	return func(w *world) (op, error) {
		all, err := start(w)
		return func() (int, error) {
			n, err := all()
			return n - more, err
		}, err
	}
}

// peerEach makes a call of vishvananda's for each object.
func peerEach[T any](one func(*world, int) T, add func(*peer.Handle, T) error) func(*world) (op, error) {
	return func(w *world) (op, error) {
		h, err := openVishvananda(w)
		all := each(w, one)
		return repeat(w, func(i int) error { return add(h, all[i]) }), err
	}
}

func benchLink(w *world) netlink.Link {
	return &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: w.link, Name: "bench"}}
}

func peerLink(w *world) peer.Link {
	return &peer.Device{LinkAttrs: peer.LinkAttrs{Index: w.link, Name: "bench"}}
}

// makeIngress makes the queueing discipline of the filters anew, without any.
func makeIngress(w *world) error {
	h, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
	if err != nil {
		return err
	}
	defer h.Close()
	q := &netlink.Ingress{QdiscAttrs: netlink.QdiscAttrs{LinkIndex: w.link, Parent: netlink.HANDLE_INGRESS,
		Handle: netlink.MakeHandle(0xffff, 0)}}
	if err := h.QdiscDel(q); err != nil && !errors.Is(err, syscall.ENOENT) && !errors.Is(err, syscall.EINVAL) {
		return err
	}
	return h.QdiscAdd(q)
}

func makeU32Table(w *world) error {
	if err := makeIngress(w); err != nil {
		return err
	}
	a := filterAttrs(w)
	a.Handle = u32Table << 20
	return lacking(inBatches(1, func(b *netlink.Batch, _ int) error {
		return b.FilterAdd(&netlink.U32{FilterAttrs: a, Divisor: u32Buckets})
	}))
}

// needFlower finds out whether the kernel has flower, and leaves no filter.
func needFlower(w *world) error {
	err := makeIngress(w)
	if err == nil {
		err = lacking(inBatches(1, func(b *netlink.Batch, i int) error { return b.FilterAdd(kernFlower(w, i)) }))
	}
	return join(err, makeIngress(w))
}

// lacking is the error of making something of a kind that the kernel may lack.
func lacking(err error) error {
	if errors.Is(err, syscall.ENOENT) || errors.Is(err, syscall.EPROTONOSUPPORT) || errors.Is(err, syscall.ENOSYS) {
		return fmt.Errorf("%w: %w", errLacks, err)
	}
	return err
}

// addFilters makes all filters.
func addFilters[F netlink.Filter](ready func(*world) error, one func(*world, int) F) func(*world) error {
	return func(w *world) error {
		if err := ready(w); err != nil {
			return err
		}
		return inBatches(w.n, func(b *netlink.Batch, i int) error { return b.FilterAdd(one(w, i)) })
	}
}

// checkFilters counts the filters that were added.
func checkFilters(more int) func(*world) error {
	return func(w *world) error {
		s, err := openRaw(w, true)
		if err != nil {
			return err
		}
		defer w.closeLast()
		n, err := s.dump(filterDump(w))
		if err == nil && n-more != w.n {
			err = fmt.Errorf("the kernel has %d filters, want %d", n-more, w.n)
		}
		return err
	}
}

func filterAttrs(w *world) netlink.FilterAttrs {
	return netlink.FilterAttrs{LinkIndex: w.link, Parent: netlink.HANDLE_INGRESS, Priority: filterPref,
		Protocol: unix.ETH_P_IP}
}

func peerFilterAttrs(w *world) peer.FilterAttrs {
	return peer.FilterAttrs{LinkIndex: w.link, Parent: peer.HANDLE_INGRESS, Priority: filterPref,
		Protocol: unix.ETH_P_IP}
}

// u32Value is what filter i compares the destination with.
func u32Value(i int) uint32 {
	a := filterHost(i).As4()
	return uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
}

func kernU32(w *world, i int) *netlink.U32 {
	return &netlink.U32{FilterAttrs: filterAttrs(w), Hash: u32Bucket(i), ClassId: filterClass, Sel: &netlink.TcU32Sel{
		Flags: netlink.TC_U32_TERMINAL, Keys: []netlink.TcU32Key{{Mask: 0xffffffff, Val: u32Value(i), Off: 16}}}}
}

func peerU32(w *world, i int) *peer.U32 {
	return &peer.U32{FilterAttrs: peerFilterAttrs(w), Hash: u32Bucket(i), ClassId: filterClass, Sel: &peer.TcU32Sel{
		Flags: peer.TC_U32_TERMINAL, Keys: []peer.TcU32Key{{Mask: 0xffffffff, Val: u32Value(i), Off: 16}}}}
}

func kernFlower(w *world, i int) *netlink.Flower {
	return &netlink.Flower{FilterAttrs: filterAttrs(w), EthType: unix.ETH_P_IP, DestIP: filterHost(i).AsSlice(),
		ClassId: filterClass}
}

func peerFlower(w *world, i int) *peer.Flower {
	return &peer.Flower{FilterAttrs: peerFilterAttrs(w), EthType: unix.ETH_P_IP, DestIP: filterHost(i).AsSlice(),
		ClassId: filterClass}
}

// rawFilter is the request for a filter whose options are written by options.
func rawFilter(w *world, kind string, options func(*wire.Encoder)) []byte {
	var protocol [2]byte
	protocol[0], protocol[1] = unix.ETH_P_IP>>8, unix.ETH_P_IP&0xff
	m := uapi.Tcmsg{Ifindex: int32(w.link), Parent: netlink.HANDLE_INGRESS,
		Info: filterPref<<16 | uint32(native.Uint16(protocol[:]))}
	return message(uapi.RTM_NEWTFILTER, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL, uapi.SizeofTcmsg, &m,
		text(uapi.TCA_KIND, kind), func(e *wire.Encoder) {
			e.Nest(uapi.TCA_OPTIONS)
			options(e)
			e.End()
		})
}

// rawU32 is the request for filter i, byte by byte what this module sends.
func rawU32(w *world, i int) []byte {
	return rawFilter(w, "u32", func(e *wire.Encoder) {
		b := e.Reserve(uapi.TCA_U32_SEL, uapi.SizeofTcU32SelHdr+uapi.SizeofTcU32Key)
		(&uapi.TcU32SelHdr{Flags: uapi.TC_U32_TERMINAL, Nkeys: 1}).Put(b)
		(&uapi.TcU32Key{Mask: 0xffffffff, Val: u32Value(i), Off: 16}).Put(b[uapi.SizeofTcU32SelHdr:])
		e.Uint32(uapi.TCA_U32_CLASSID, filterClass)
		e.Uint32(uapi.TCA_U32_HASH, u32Bucket(i))
	})
}

func rawFlower(w *world, i int) []byte {
	return rawFilter(w, "flower", func(e *wire.Encoder) {
		e.BE16(uapi.TCA_FLOWER_KEY_ETH_TYPE, unix.ETH_P_IP)
		e.Addr(uapi.TCA_FLOWER_KEY_IPV4_DST, filterHost(i))
		e.Uint32(uapi.TCA_FLOWER_KEY_IPV4_DST_MASK, 0xffffffff)
		e.Uint32(uapi.TCA_FLOWER_CLASSID, filterClass)
		e.Uint32(uapi.TCA_FLOWER_FLAGS, 0)
	})
}

func filterDump(w *world) []byte {
	m := uapi.Tcmsg{Ifindex: int32(w.link), Parent: netlink.HANDLE_INGRESS}
	return message(uapi.RTM_GETTFILTER, uapi.NLM_F_DUMP, uapi.SizeofTcmsg, &m)
}
