package netlink_test

import (
	"fmt"
	"net"
	"reflect"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/unix"
)

func filterEntryText(e *netlink.FilterEntry) string {
	return fmt.Sprintf("%s link %d handle %x parent %x chain %d pref %d proto %#x", e.Type(), e.LinkIndex, e.Handle,
		e.Parent, e.Chain, e.Priority, e.Protocol)
}

func filterText(f *netlink.Filter) string {
	a := (*f).Attrs()
	return fmt.Sprintf("%s link %d handle %x parent %x chain %d pref %d proto %#x", (*f).Type(), a.LinkIndex, a.Handle,
		a.Parent, *a.Chain, a.Priority, a.Protocol)
}

func classEntryText(e *netlink.ClassEntry) string {
	return fmt.Sprintf("%s link %d handle %x parent %x leaf %x bytes %d packets %d qlen %d backlog %d drops %d "+
		"requeues %d "+
		"overlimits %d", e.Type(), e.LinkIndex, e.Handle, e.Parent, e.Leaf, e.Bytes, e.Packets, e.Qlen, e.Backlog, e.Drops,
		e.Requeues, e.Overlimits)
}

func classText(c *netlink.Class) string {
	a := (*c).Attrs()
	s, q := a.Statistics, a.Statistics.Queue
	return fmt.Sprintf("%s link %d handle %x parent %x leaf %x bytes %d packets %d qlen %d backlog %d drops %d "+
		"requeues %d "+
		"overlimits %d", (*c).Type(), a.LinkIndex, a.Handle, a.Parent, a.Leaf, s.Basic.Bytes, s.Packets, q.Qlen, q.Backlog,
		q.Drops, q.Requeues, q.Overlimits)
}

// tcPair makes the links v0 and v1 with HTB, and filters of several priorities, protocols and tables at v0.
func tcPair(t *testing.T) netlink.Link {
	t.Helper()
	v0, _ := addVeth(t)
	tools(t, "ip addr add 10.9.0.1/24 dev v0", "ip link set v0 up", "ip link set v1 up",
		"ip neigh add 10.9.0.2 lladdr 02:00:00:00:00:09 dev v0",
		"tc qdisc add dev v0 root handle 1: htb default 11",
		"tc class add dev v0 parent 1: classid 1:1 htb rate 100mbit",
		"tc class add dev v0 parent 1:1 classid 1:10 htb rate 10mbit ceil 50mbit",
		"tc class add dev v0 parent 1:1 classid 1:11 htb rate 80kbit burst 1600",
		"tc qdisc add dev v0 parent 1:10 handle 10: tbf rate 1mbit burst 5000 limit 7000",
		"tc filter add dev v0 parent 1: pref 10 protocol ip u32 match ip dst 10.9.0.77 classid 1:10",
		"tc filter add dev v0 parent 1: pref 10 protocol ip handle 7: u32 divisor 16",
		"tc filter add dev v0 parent 1: pref 10 protocol ip u32 ht 7:5: match ip dst 10.9.0.78 classid 1:10",
		"tc filter add dev v0 parent 1: pref 20 protocol 802.1q u32 match u32 0 0 classid 1:11",
		"tc filter add dev v0 parent 1: chain 3 pref 5 protocol all u32 match u32 0 0 classid 1:11")
	return v0
}

// Entries of filters, in both forms, have what the list has, and make the same filters.
func TestFilterEntriesAgreeWithFilterList(t *testing.T) {
	nstest.Do(t, func() {
		v0 := tcPair(t)
		parent := netlink.MakeHandle(1, 0)
		withTables := func() (all []netlink.Filter, err error) {
			for f, err := range netlink.FilterSeq(v0, parent) {
				if err != nil {
					return all, err
				}
				all = append(all, f)
			}
			return all, nil
		}
		agree(t, 8, listOf(withTables, filterText),
			streamOf(netlink.FilterEntries(v0, parent), filterEntryText),
			streamOf(netlink.FilterEntries(v0, parent), func(e *netlink.FilterEntry) string {
				f, err := e.Filter()
				if err != nil {
					t.Fatal(err)
				}
				return filterText(&f)
			}))
		list := func() ([]netlink.Filter, error) { return netlink.FilterList(v0, parent) }
		agree(t, 4, listOf(list, filterText),
			func() (all []string, err error) {
				for e, err := range netlink.FilterEntries(v0, parent) {
					if err != nil {
						return all, err
					}
					if !e.Table() {
						all = append(all, filterEntryText(e))
					}
				}
				return all, nil
			},
			func() ([]string, error) {
				first := netlink.FilterEntry{Priority: 99}
				all, err := netlink.AppendFilterEntries([]netlink.FilterEntry{first}, v0, parent)
				if err == nil && !reflect.DeepEqual(all[0], first) {
					err = fmt.Errorf("what was there is %v", &all[0])
				}
				return listOf(func() ([]netlink.FilterEntry, error) { return all[1:], err }, filterEntryText)()
			})
		keptFilterIsAskedFor(t, v0, parent)
	})
}

// keptFilterIsAskedFor takes what is said of a filter that was kept: its options are gone, and its Attrs and Type
// find it.
func keptFilterIsAskedFor(t *testing.T, link netlink.Link, parent uint32) {
	t.Helper()
	kept, err := netlink.AppendFilterEntries(nil, link, parent)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(kept, func(e netlink.FilterEntry) bool { return e.Handle == 0x700<<12|5<<12|0x800 })
	if i < 0 {
		t.Fatalf("no filter of table 7 in %v", kept)
	}
	if f, err := kept[i].Filter(); err == nil {
		t.Errorf("a filter that was kept without options is %v", f)
	}
	f, err := netlink.FilterGet(&netlink.GenericFilter{FilterAttrs: kept[i].Attrs(), FilterType: kept[i].Type()})
	if err != nil {
		t.Fatal(err)
	}
	if u, ok := f.(*netlink.U32); !ok || u.Sel == nil || len(u.Sel.Keys) != 1 || u.Sel.Keys[0].Val != 0x0a09004e {
		t.Errorf("it is %+v", f)
	}
}

// Entries of classes, in both forms, have what the list has, the counters of packets that were sent among it.
func TestClassEntriesAgreeWithClassList(t *testing.T) {
	nstest.Do(t, func() {
		v0 := tcPair(t)
		// More than class 1:11 may send at once: some wait in it.
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer unix.Close(fd)
		for range 20 {
			to := &unix.SockaddrInet4{Addr: [4]byte{10, 9, 0, 2}, Port: 9}
			if err := unix.Sendto(fd, make([]byte, 1000), 0, to); err != nil {
				t.Fatal(err)
			}
		}
		list := func() ([]netlink.Class, error) { return netlink.ClassList(v0, netlink.HANDLE_NONE) }
		agree(t, 3, listOf(list, classText),
			streamOf(netlink.ClassEntries(v0, netlink.HANDLE_NONE), classEntryText),
			func() ([]string, error) {
				all, err := netlink.AppendClassEntries([]netlink.ClassEntry{{Leaf: 99}}, v0, netlink.HANDLE_NONE)
				if err == nil && all[0].Leaf != 99 {
					err = fmt.Errorf("what was there is %v", &all[0])
				}
				return listOf(func() ([]netlink.ClassEntry, error) { return all[1:], err }, classEntryText)()
			})
		sent := false
		for e, err := range netlink.ClassEntries(v0, netlink.HANDLE_NONE) {
			if err != nil {
				t.Fatal(err)
			}
			c, err := e.Class()
			if err != nil || c.Attrs().Handle != e.Handle || c.Type() != e.Type() {
				t.Errorf("%v is %v, %v", e, c, err)
			}
			sent = sent || e.Handle == netlink.MakeHandle(1, 0x11) && e.Bytes+uint64(e.Backlog) >= 20*1000
		}
		if !sent {
			t.Error("class 1:11 has no packets")
		}
		kept, err := netlink.AppendClassEntries(nil, v0, netlink.HANDLE_NONE)
		if err != nil {
			t.Fatal(err)
		}
		if c, err := kept[0].Class(); err == nil {
			t.Errorf("a class that was kept without options is %v", c)
		}
	})
}

// An error of a batch names what was asked for as that of a single call does, though the caller has changed it
// meanwhile.
func TestErrorsOfBatchesNameWhatWasAskedFor(t *testing.T) {
	nstest.Do(t, func() {
		v0, _ := addVeth(t)
		index := v0.Attrs().Index
		filter := &netlink.U32{FilterAttrs: netlink.FilterAttrs{LinkIndex: index, Parent: netlink.MakeHandle(9, 0),
			Priority: 7,
			Protocol: unix.ETH_P_IP}}
		class := netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: index, Parent: netlink.MakeHandle(9, 0),
			Handle: netlink.MakeHandle(9, 1)}, netlink.HtbClassAttrs{Rate: 1e6})
		state := &netlink.XfrmState{Src: net.IP{10, 0, 0, 1}, Dst: net.IP{10, 0, 0, 2}, Spi: 77,
			Proto: netlink.XFRM_PROTO_ESP,
			Aead:  &netlink.XfrmStateAlgo{Name: "none", Key: make([]byte, 20), ICVLen: 128}}
		ten := net.IPNet{IP: net.IP{10, 0, 0, 0}, Mask: net.CIDRMask(8, 32)}
		policy := &netlink.XfrmPolicy{Src: &ten, Dst: &ten, Dir: 77}
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		b := h.NewBatch()
		for _, err := range []error{b.FilterAdd(filter), b.ClassAdd(class), b.XfrmStateAdd(state), b.XfrmPolicyAdd(policy),
			b.FilterDel(filter), b.ClassDel(class)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		want := []error{h.FilterAdd(filter), h.ClassAdd(class), h.XfrmStateAdd(state), h.XfrmPolicyAdd(policy),
			h.FilterDel(filter), h.ClassDel(class)}
		filter.Priority, class.Handle, state.Spi, state.Src[0], policy.Src.IP[0] = 99, 99, 99, 99, 99
		got := b.Flush()
		for i := range want {
			if i >= len(got) || got[i] == nil || want[i] == nil || got[i].Error() != want[i].Error() {
				t.Errorf("%v\nwant %v", got[min(i, len(got)-1)], want[i])
			}
		}
	})
}

// TestEntriesOfTrafficControlAllocateNothingEach reads many filters and classes as a stream, and into a slice with
// room.
func TestEntriesOfTrafficControlAllocateNothingEach(t *testing.T) {
	nstest.Do(t, func() {
		v0 := tcPair(t)
		h, err := netlink.NewHandle()
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		const many = 1000
		parent := netlink.MakeHandle(1, 0)
		b := h.NewBatch()
		for i := range many {
			err := b.FilterAdd(&netlink.U32{FilterAttrs: netlink.FilterAttrs{LinkIndex: v0.Attrs().Index, Parent: parent,
				Priority: 10, Protocol: unix.ETH_P_IP}, ClassId: netlink.MakeHandle(1, 0x10),
				Sel: &netlink.TcU32Sel{Keys: []netlink.TcU32Key{{Mask: 0xffffffff, Val: uint32(i), Off: 16}}}})
			class := netlink.NewHtbClass(netlink.ClassAttrs{LinkIndex: v0.Attrs().Index, Parent: netlink.MakeHandle(1, 1),
				Handle: netlink.MakeHandle(1, uint16(0x100+i))}, netlink.HtbClassAttrs{Rate: 1e6})
			if err2 := b.ClassAdd(class); err != nil || err2 != nil {
				t.Fatal(err, err2)
			}
		}
		if errs := slices.DeleteFunc(b.Flush(), func(err error) bool { return err == nil }); len(errs) != 0 {
			t.Fatal(errs[0])
		}
		filters, classes := make([]netlink.FilterEntry, 0, 2*many), make([]netlink.ClassEntry, 0, 2*many)
		allocatesLittle(t, "filters, streamed", many, func() (found int) {
			for e, err := range h.FilterEntries(v0, parent) {
				if err == nil && e.Type() == "u32" && !e.Table() && e.Protocol == unix.ETH_P_IP {
					found++
				}
			}
			return found
		})
		allocatesLittle(t, "filters, kept", many, func() int {
			filters, err = h.AppendFilterEntries(filters[:0], v0, parent)
			return len(filters)
		})
		allocatesLittle(t, "classes, streamed", many, func() (found int) {
			for e, err := range h.ClassEntries(v0, netlink.HANDLE_NONE) {
				if err == nil && e.Type() == "htb" && e.Handle != 0 {
					found++
				}
			}
			return found
		})
		allocatesLittle(t, "classes, kept", many, func() int {
			classes, err = h.AppendClassEntries(classes[:0], v0, netlink.HANDLE_NONE)
			return len(classes)
		})
	})
}
