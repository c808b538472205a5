package netlink_test

import (
	"errors"
	"fmt"
	"iter"
	"net"
	"runtime"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// agree compares what entries show, streamed and kept, with the list, which is as long as that or longer. It begins
// again where the kernel changed the list meanwhile, as it does for multicast addresses and carriers.
func agree(t *testing.T, least int, list, streamed, kept func() ([]string, error)) {
	t.Helper()
	var want, again []string
	got := map[string][]string{}
	for range 100 {
		for text, read := range map[string]func() ([]string, error){"streamed": streamed, "kept": kept} {
			if want = texts(t, list); len(want) < least {
				t.Fatalf("only %q", want)
			}
			got[text], again = texts(t, read), texts(t, list)
			if !slices.Equal(want, again) {
				break
			}
			if !slices.Equal(got[text], want) {
				t.Fatalf("%s: %q\nlist: %q", text, got[text], want)
			}
		}
		if slices.Equal(want, again) {
			return
		}
	}
	t.Error("the table does not hold still")
}

func texts(t *testing.T, read func() ([]string, error)) []string {
	t.Helper()
	all, err := read()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// streamOf and listOf return readers that make a text of each.
func streamOf[E any](seq iter.Seq2[*E, error], text func(*E) string) func() ([]string, error) {
	return func() (all []string, err error) {
		for e, err := range seq {
			if err != nil {
				return all, err
			}
			all = append(all, text(e))
		}
		return all, nil
	}
}

func listOf[E any](list func() ([]E, error), text func(*E) string) func() ([]string, error) {
	return func() (all []string, err error) {
		list, err := list()
		for i := range list {
			all = append(all, text(&list[i]))
		}
		return all, err
	}
}

// behind reads a list that is appended to one entry, without that.
func behind[E comparable](first E, list func([]E) ([]E, error)) func() ([]E, error) {
	return func() ([]E, error) {
		all, err := list([]E{first})
		if err == nil && all[0] != first {
			err = errors.New("what was there is not")
		}
		return all[1:], err
	}
}

func neighEntryText(e *netlink.NeighEntry) string {
	ip := ""
	if e.IP().IsValid() {
		ip = e.IP().String()
	}
	return fmt.Sprintf("%s %x family %d link %d master %d via %d vni %d src %d nh %d flags %#x %#x state %#x type %d "+
		"vlan %d port %d proto %d",
		ip, e.LLAddr(), e.Family, e.LinkIndex, e.MasterIndex, e.ViaIndex, e.VNI, e.SrcVNI, e.NHID, e.Flags, e.FlagsExt,
		e.State, e.Type, e.Vlan, e.Port, e.Protocol)
}

func neighText(n *netlink.Neigh) string {
	ip := ""
	if n.IP != nil {
		ip = n.IP.String()
	}
	lladdr := []byte(n.HardwareAddr)
	if lladdr == nil {
		lladdr = n.LLIPAddr
	}
	return fmt.Sprintf("%s %x family %d link %d master %d via %d vni %d src %d nh %d flags %#x %#x state %#x type %d "+
		"vlan %d port %d proto %d",
		ip, lladdr, n.Family, n.LinkIndex, n.MasterIndex, n.ViaIndex, n.VNI, n.SrcVNI, n.NHID, n.Flags, n.FlagsExt, n.State,
		n.Type, n.Vlan, n.Port, n.Protocol)
}

func neighEntriesAgree(t *testing.T, least int, filter netlink.NeighFilter) {
	t.Helper()
	agree(t, least,
		listOf(func() ([]netlink.Neigh, error) { return netlink.NeighListFiltered(filter) }, neighText),
		streamOf(netlink.NeighEntries(filter), neighEntryText),
		listOf(behind(netlink.NeighEntry{Vlan: 99}, func(all []netlink.NeighEntry) ([]netlink.NeighEntry, error) {
			return netlink.AppendNeighEntries(all, filter)
		}), neighEntryText))
}

// Entries of neighbours, in both forms, have what the list has.
func TestNeighEntriesAgreeWithNeighList(t *testing.T) {
	nstest.Do(t, func() {
		_, v1 := addVeth(t)
		tools(t, "ip link set v0 up", "ip link set v1 up", "ip addr add 10.0.0.1/24 dev v0",
			"ip addr add fd00::1/64 dev v0 nodad",
			"ip neigh add 10.0.0.7 lladdr 02:00:00:00:00:07 dev v0 protocol static",
			"ip neigh add 10.0.0.8 dev v0 nud noarp lladdr 02:00:00:00:00:08",
			"ip neigh add fd00::7 lladdr 02:00:00:00:00:09 dev v0 nud stale router",
			"ip neigh add 10.0.0.9 lladdr 02:00:00:00:00:0a dev v1 extern_learn",
			"ip neigh add proxy 10.0.0.99 dev v0", "ip neigh add 10.0.0.11 dev v1 lladdr 02:00:00:00:00:0b managed")
		for least, filter := range map[int]netlink.NeighFilter{
			5: {}, 4: {Family: netlink.FAMILY_V4}, 1: {Family: netlink.FAMILY_V6}, 2: {LinkIndex: v1.Attrs().Index},
		} {
			neighEntriesAgree(t, least, filter)
		}
		neighEntriesAgree(t, 1, netlink.NeighFilter{Flags: netlink.NTF_PROXY})
		neighEntriesAgree(t, 1, netlink.NeighFilter{State: netlink.NUD_STALE})
		neighEntriesAgree(t, 0, netlink.NeighFilter{State: netlink.NUD_FAILED})
	})
}

func TestForwardingEntriesAgreeWithNeighList(t *testing.T) {
	nstest.Do(t, func() {
		tools(t, "ip link add br0 type bridge vlan_filtering 1", "ip link add vx type vxlan dstport 4789 external",
			"ip link add v0 type veth peer name v1",
			"ip link set v0 master br0", "ip link set br0 up", "ip link set v0 up", "ip link set vx up",
			"bridge fdb add 02:00:00:00:00:07 dev v0 master static vlan 1",
			"bridge fdb add 02:00:00:00:00:08 dev vx dst 10.0.0.9 port 77 vni 9 src_vni 4")
		br0, err := netlink.LinkByName("br0")
		if err != nil {
			t.Fatal(err)
		}
		neighEntriesAgree(t, 3, netlink.NeighFilter{Family: uapi.AF_BRIDGE})
		neighEntriesAgree(t, 2, netlink.NeighFilter{Family: uapi.AF_BRIDGE, MasterIndex: br0.Attrs().Index})
	})
}

func linkEntryText(e *netlink.LinkEntry) string {
	return fmt.Sprintf("%d %s %s parent %d master %d netns %d mtu %d txqlen %d group %d flags %#x %v %v %s %v", e.Index,
		e.Name(), e.Type(), e.ParentIndex,
		e.MasterIndex, e.NetNsID, e.MTU, e.TxQLen, e.Group, e.RawFlags, e.Flags(), e.OperState, e.EncapType(),
		e.HardwareAddr())
}

func linkText(link *netlink.Link) string {
	l := *link
	a := l.Attrs()
	return fmt.Sprintf("%d %s %s parent %d master %d netns %d mtu %d txqlen %d group %d flags %#x %v %v %s %v", a.Index,
		a.Name, l.Type(), a.ParentIndex,
		a.MasterIndex, a.NetNsID, a.MTU, a.TxQLen, a.Group, a.RawFlags, a.Flags, a.OperState, a.EncapType, a.HardwareAddr)
}

func linkEntriesAgree(t *testing.T, least int, filter netlink.LinkFilter) {
	t.Helper()
	agree(t, least,
		listOf(func() ([]netlink.Link, error) { return netlink.LinkListFiltered(filter) }, linkText),
		streamOf(netlink.LinkEntries(filter), linkEntryText),
		listOf(behind(netlink.LinkEntry{Index: 99}, func(all []netlink.LinkEntry) ([]netlink.LinkEntry, error) {
			return netlink.AppendLinkEntries(all, filter)
		}), linkEntryText))
}

// Entries of links, in both forms, have what the list has.
func TestLinkEntriesAgreeWithLinkList(t *testing.T) {
	nstest.Do(t, func() {
		addVeth(t)
		other := nstest.New(t)
		tools(t, "ip link set v0 mtu 1400 txqueuelen 77 group 5 promisc on", "ip link add v2 type veth peer name v3")
		v3, err := netlink.LinkByName("v3")
		if err != nil {
			t.Fatal(err)
		}
		if err := netlink.LinkSetNsFd(v3, int(other)); err != nil {
			t.Fatal(err)
		}
		linkEntriesAgree(t, 4, netlink.LinkFilter{})
		linkEntriesAgree(t, 3, netlink.LinkFilter{Type: "veth"})
		linkEntriesAgree(t, 0, netlink.LinkFilter{Type: "wireguard"})
	})
}

func TestLinkEntriesOfPortsAndKinds(t *testing.T) {
	nstest.Do(t, func() {
		tools(t, "ip link add br0 type bridge", "ip link add d0 type dummy", "ip link set d0 master br0",
			"ip link add link d0 name vl type vlan id 5",
			"ip link set br0 up", "ip link set d0 up")
		br0, err := netlink.LinkByName("br0")
		if err != nil {
			t.Fatal(err)
		}
		linkEntriesAgree(t, 4, netlink.LinkFilter{})
		linkEntriesAgree(t, 1, netlink.LinkFilter{MasterIndex: br0.Attrs().Index})
		linkEntriesAgree(t, 1, netlink.LinkFilter{Type: "vlan"})
	})
}

// TestEntriesAllocateNothingEach reads many neighbours and links as a stream, and into a slice with room for them.
func TestEntriesAllocateNothingEach(t *testing.T) {
	nstest.Do(t, func() {
		v0, _ := addVeth(t)
		h, err := netlink.NewHandle()
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		const neighbours, pairs = 1000, 30
		b := h.NewBatch()
		for i := range neighbours {
			n := netlink.Neigh{LinkIndex: v0.Attrs().Index, IP: net.IP{20, 0, byte(i >> 8), byte(i)},
				HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 1}, State: netlink.NUD_PERMANENT}
			if err := b.NeighAdd(&n); err != nil {
				t.Fatal(err)
			}
		}
		for i := range pairs {
			l := netlink.NewVeth(netlink.LinkAttrs{Name: fmt.Sprint("a", i)})
			l.PeerName = fmt.Sprint("b", i)
			if err := b.LinkAdd(l); err != nil {
				t.Fatal(err)
			}
		}
		if errs := slices.DeleteFunc(b.Flush(), func(err error) bool { return err == nil }); len(errs) != 0 {
			t.Fatal(errs)
		}
		neighs, links := make([]netlink.NeighEntry, 0, 2*neighbours), make([]netlink.LinkEntry, 0, 4*pairs)
		allocatesLittle(t, "neighbours, streamed", neighbours, func() (found int) {
			for e, err := range h.NeighEntries(netlink.NeighFilter{Family: netlink.FAMILY_V4}) {
				if err == nil && e.IP().Is4() && len(e.LLAddr()) == 6 {
					found++
				}
			}
			return found
		})
		allocatesLittle(t, "neighbours, kept", neighbours, func() int {
			neighs, err = h.AppendNeighEntries(neighs[:0], netlink.NeighFilter{Family: netlink.FAMILY_V4})
			return len(neighs)
		})
		allocatesLittle(t, "links, streamed", 2*pairs, func() (found int) {
			for e, err := range h.LinkEntries(netlink.LinkFilter{}) {
				if err == nil && e.Name() != "" && e.Type() != "" && e.MTU != 0 {
					found++
				}
			}
			return found
		})
		allocatesLittle(t, "links, kept", 2*pairs, func() int {
			links, err = h.AppendLinkEntries(links[:0], netlink.LinkFilter{})
			return len(links)
		})
	})
}

// allocatesLittle fails where run, which finds at least n objects, allocates for each.
func allocatesLittle(t *testing.T, name string, objects int, run func() (found int)) {
	t.Helper()
	if found := run(); found < objects {
		t.Errorf("%s: %d of %d", name, found, objects)
	}
	// A garbage collection meanwhile may empty the pools.
	least := testing.AllocsPerRun(1, func() { run() })
	for range 5 {
		runtime.Gosched()
		least = min(least, testing.AllocsPerRun(1, func() { run() }))
	}
	if least > 25 {
		t.Errorf("%s: %v allocations for %d", name, least, objects)
	}
}
