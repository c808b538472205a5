package netlink

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
)

// mdbBridge makes a bridge with two ports that multicast entries can be added to.
func mdbBridge(t testing.TB, h *Handle) (br, x, y Link) {
	t.Helper()
	br = mustAdd(t, h, &Bridge{LinkAttrs: named("br0"), MulticastIgmpVersion: new(uint8(3)),
		MulticastMldVersion: new(uint8(2))})
	x, y = mustAdd(t, h, ifb("x0")), mustAdd(t, h, ifb("y0"))
	for _, l := range []Link{x, y} {
		// Without addresses the ports' hosts are members of nothing.
		if err := errors.Join(h.LinkSetMaster(l, br), h.LinkSetIP6AddrGenMode(l, uapi.IN6_ADDR_GEN_MODE_NONE)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(h.LinkSetIP6AddrGenMode(br, uapi.IN6_ADDR_GEN_MODE_NONE), h.LinkSetUp(br), h.LinkSetUp(x),
		h.LinkSetUp(y)); err != nil {
		t.Fatal(err)
	}
	return br, x, y
}

// mdbVxlan makes a VXLAN device with entries of its own.
func mdbVxlan(t testing.TB, h *Handle) *Vxlan {
	t.Helper()
	vx := &Vxlan{LinkAttrs: named("vx0"), FlowBased: true, Port: 4789}
	if err := h.LinkAdd(vx); err != nil {
		nstest.Need(t, "vxlan links", "", err)
	}
	if err := errors.Join(h.LinkSetIP6AddrGenMode(vx, uapi.IN6_ADDR_GEN_MODE_NONE), h.LinkSetUp(vx)); err != nil {
		t.Fatal(err)
	}
	return vx
}

// mdbSettled returns the entries without what time changes, in an order, and without those that hosts join in their
// own time.
func mdbSettled(all []MDBEntry) []MDBEntry {
	all = slices.DeleteFunc(slices.Clone(all), func(e MDBEntry) bool {
		return e.Group.IsLinkLocalMulticast() || e.Protocol == RouteProtocol(uapi.RTPROT_KERNEL)
	})
	for i := range all {
		e := &all[i]
		e.Timer = 0
		e.Sources = slices.Clone(e.Sources)
		for j := range e.Sources {
			e.Sources[j].Timer = 0
		}
		slices.SortFunc(e.Sources, func(a, b MDBSource) int { return a.Addr.Compare(b.Addr) })
	}
	slices.SortFunc(all, func(a, b MDBEntry) int { return strings.Compare(a.String(), b.String()) })
	return all
}

func mdbList(t testing.TB, h *Handle, link int) []MDBEntry {
	t.Helper()
	all, err := h.MDBList(link)
	if err != nil {
		nstest.Need(t, "multicast databases of bridges", "", err)
	}
	return mdbSettled(all)
}

func TestMDBOfBridge(t *testing.T) {
	h, _ := newHandle(t)
	br, x, y := mdbBridge(t, h)
	ip := netip.MustParseAddr
	entry := func(port Link, group string) MDBEntry {
		return MDBEntry{LinkIndex: br.Attrs().Index, PortIndex: port.Attrs().Index, Group: ip(group), State: MDB_PERMANENT}
	}
	plain, temporary, v6, mac, host := entry(x, "239.1.1.1"), entry(y, "239.1.1.1"), entry(x, "ff15::1"), entry(y, "::"),
		entry(br, "239.1.1.3")
	temporary.State, host.State = MDB_TEMPORARY, MDB_TEMPORARY
	mac.Group, mac.HardwareAddr = netip.Addr{}, net.HardwareAddr{1, 0, 0x5e, 0x7f, 0, 1}
	want := []MDBEntry{plain, temporary, v6, mac, host}
	for i := range want {
		if err := h.MDBAdd(&want[i]); err != nil {
			nstest.Need(t, "multicast entries of Ethernet", "5.10", err)
		}
	}
	if err := h.MDBAdd(&plain); !errors.Is(err, syscall.EEXIST) {
		t.Errorf("the same again: %v", err)
	}
	for i := range want {
		if e := &want[i]; e.PortIndex != e.LinkIndex {
			e.Protocol = RouteProtocol(uapi.RTPROT_STATIC)
			if e.Group.IsValid() {
				e.FilterMode = new(MCAST_EXCLUDE)
			}
		}
	}
	got := mdbList(t, h, br.Attrs().Index)
	if want = mdbSettled(want); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	var streamed []MDBEntry
	for e, err := range h.MDBSeq(0) {
		if err != nil {
			t.Fatal(err)
		}
		streamed = append(streamed, e)
	}
	if streamed = mdbSettled(streamed); !reflect.DeepEqual(streamed, got) {
		t.Errorf("streamed: %+v", streamed)
	}
	if all := mdbList(t, h, x.Attrs().Index); len(all) != 0 {
		t.Errorf("of another link: %+v", all)
	}
	// What was listed can be deleted and added again.
	for i := range got {
		if err := h.MDBDel(&got[i]); err != nil {
			t.Errorf("%v: %v", &got[i], err)
		}
	}
	if all := mdbList(t, h, 0); len(all) != 0 {
		t.Errorf("after all were deleted: %+v", all)
	}
	for i := range got {
		if err := h.MDBAdd(&got[i]); err != nil {
			t.Errorf("%v: %v", &got[i], err)
		}
	}
	if again := mdbList(t, h, 0); !reflect.DeepEqual(again, got) {
		t.Errorf("added again: %+v", again)
	}
	plain.LinkIndex = 999
	if err := h.MDBDel(&plain); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("of a link that there is not: %v", err)
	}
}

func TestMDBSources(t *testing.T) {
	h, _ := newHandle(t)
	br, x, _ := mdbBridge(t, h)
	ip := netip.MustParseAddr
	entry := MDBEntry{LinkIndex: br.Attrs().Index, PortIndex: x.Attrs().Index, Group: ip("239.1.1.1"),
		State: MDB_PERMANENT, FilterMode: new(MCAST_INCLUDE), Protocol: 99,
		Sources: []MDBSource{{Addr: ip("10.0.0.1")}, {Addr: ip("10.0.0.2")}}}
	if err := h.MDBReplace(&entry); err != nil {
		nstest.Need(t, "sources of multicast entries", "6.3", err)
	}
	of := func(source string) MDBEntry {
		e := entry
		e.Source, e.Sources = ip(source), nil
		return e
	}
	want := []MDBEntry{entry, of("10.0.0.1"), of("10.0.0.2")}
	if got := mdbList(t, h, 0); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	entry.FilterMode, entry.Sources = new(MCAST_EXCLUDE), entry.Sources[1:]
	if err := h.MDBReplace(&entry); err != nil {
		t.Fatal(err)
	}
	blocked := of("10.0.0.2")
	blocked.FilterMode, blocked.Flags = new(MCAST_INCLUDE), MDB_FLAGS_BLOCKED
	if got, want := mdbList(t, h, 0), []MDBEntry{entry, blocked}; !reflect.DeepEqual(got, want) {
		t.Errorf("replaced: got %+v\nwant %+v", got, want)
	}
	if err := h.MDBDel(&entry); err != nil {
		t.Error(err)
	}
	if got := mdbList(t, h, 0); len(got) != 0 {
		t.Errorf("with its sources it has not gone: %+v", got)
	}
}

func TestMDBGetAndFlush(t *testing.T) {
	h, _ := newHandle(t)
	br, x, y := mdbBridge(t, h)
	index, ip := br.Attrs().Index, netip.MustParseAddr
	add := func(port Link, group string, state int, protocol RouteProtocol) {
		t.Helper()
		e := MDBEntry{LinkIndex: index, PortIndex: port.Attrs().Index, Group: ip(group), State: state, Protocol: protocol}
		if err := h.MDBAdd(&e); err != nil {
			nstest.Need(t, "protocols of multicast entries", "6.3", err)
		}
	}
	add(x, "239.1.1.1", MDB_PERMANENT, 99)
	add(y, "239.1.1.1", MDB_TEMPORARY, 0)
	add(x, "239.1.1.2", MDB_TEMPORARY, 0)
	add(y, "239.1.1.2", MDB_PERMANENT, 0)
	got, err := h.MDBGet(&MDBEntry{LinkIndex: index, PortIndex: 999, Group: ip("239.1.1.1")})
	if err != nil {
		nstest.Need(t, "look-ups of multicast entries", "6.8", err)
	}
	if got = mdbSettled(got); len(got) != 2 || got[0].PortIndex != x.Attrs().Index ||
		got[1].PortIndex != y.Attrs().Index || got[0].Protocol != 99 {
		t.Errorf("got %+v", got)
	}
	if _, err := h.MDBGet(&MDBEntry{LinkIndex: index, Group: ip("239.9.9.9")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a group that there is not: %v", err)
	}
	left := func() int { return len(mdbList(t, h, index)) }
	for _, c := range []struct {
		what   string
		filter MDBFilter
		left   int
	}{
		{"another VLAN", MDBFilter{Vlan: 7}, 4},
		{"a protocol", MDBFilter{Protocol: 99}, 3},
		{"a port's that are permanent", MDBFilter{PortIndex: x.Attrs().Index, Permanent: new(true)}, 3},
		{"those that are temporary", MDBFilter{Permanent: new(false)}, 1},
		{"all", MDBFilter{}, 0},
	} {
		c.filter.LinkIndex = index
		if err := h.MDBFlush(c.filter); err != nil {
			nstest.Need(t, "flushing of multicast entries", "6.8", err)
		}
		if got := left(); got != c.left {
			t.Errorf("%s: %d are left, want %d", c.what, got, c.left)
		}
	}
	// What no protocol is named for is of the protocol static, which is a choice of its own.
	for i, protocol := range []RouteProtocol{0, 99} {
		e := MDBEntry{LinkIndex: index, PortIndex: x.Attrs().Index, Group: netip.AddrFrom4([4]byte{239, 7, 7, byte(i)}),
			State: MDB_PERMANENT, Protocol: protocol}
		if err := h.MDBAdd(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.MDBFlush(MDBFilter{LinkIndex: index, Protocol: RouteProtocol(uapi.RTPROT_STATIC)}); err != nil {
		t.Fatal(err)
	}
	if got := mdbList(t, h, index); len(got) != 1 || got[0].Protocol != 99 {
		t.Errorf("without the static ones: %+v", got)
	}
	if err := h.MDBFlush(MDBFilter{LinkIndex: 999}); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("of a link that there is not: %v", err)
	}
}

func TestMDBOfVxlan(t *testing.T) {
	h, _ := newHandle(t)
	vx, ip := mdbVxlan(t, h), netip.MustParseAddr
	entry := func(group, dst string) MDBEntry {
		return MDBEntry{LinkIndex: vx.Index, PortIndex: vx.Index, Group: ip(group), State: MDB_PERMANENT, Dst: ip(dst),
			SrcVNI: new(uint32(66)), FilterMode: new(MCAST_EXCLUDE), Protocol: 99}
	}
	all, other, source := entry("0.0.0.0", "192.0.2.1"), entry("239.1.1.1", "192.0.2.2"),
		entry("239.1.1.1", "2001:db8::1")
	other.DstPort, other.VNI, other.ViaIndex = 5555, new(uint32(77)), vx.Index
	source.Source, source.FilterMode = ip("10.0.0.1"), new(MCAST_INCLUDE)
	want := []MDBEntry{all, other, source}
	for i := range want {
		if err := h.MDBAdd(&want[i]); err != nil {
			nstest.Need(t, "multicast entries of vxlan", "6.4", err)
		}
	}
	if got := mdbList(t, h, vx.Index); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if err := h.MDBDel(&other); err != nil {
		t.Error(err)
	}
	if got := mdbList(t, h, 0); !reflect.DeepEqual(got, []MDBEntry{all, source}) {
		t.Errorf("one less: %+v", got)
	}
	if err := h.MDBFlush(MDBFilter{LinkIndex: vx.Index, Dst: ip("192.0.2.1"), SrcVNI: 66}); err != nil {
		nstest.Need(t, "flushing of multicast entries", "6.8", err)
	}
	if got := mdbList(t, h, 0); !reflect.DeepEqual(got, []MDBEntry{source}) {
		t.Errorf("flushed by a host: %+v", got)
	}
}

func TestMDBRouters(t *testing.T) {
	h, _ := newHandle(t)
	br, x, _ := mdbBridge(t, h)
	if err := h.LinkSetSlave(x, &BridgePort{MulticastRouter: new(uint8(MDB_RTR_TYPE_PERM))}); err != nil {
		nstest.Need(t, "bridge multicast snooping", "", err)
	}
	got, err := h.MDBRouterList(br.Attrs().Index)
	if err != nil || len(got) != 1 || got[0].PortIndex != x.Attrs().Index || got[0].Type != MDB_RTR_TYPE_PERM ||
		got[0].Timer != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := h.MDBRouterList(x.Attrs().Index); err != nil || len(got) != 0 {
		t.Errorf("of another link: %+v, %v", got, err)
	}
	if err := h.LinkSetSlave(x, &BridgePort{MulticastRouter: new(uint8(MDB_RTR_TYPE_TEMP))}); err != nil {
		t.Fatal(err)
	}
	if got, err := h.MDBRouterList(0); err != nil || len(got) != 1 || got[0].Timer <= 0 || got[0].Timer > time.Hour ||
		got[0].TimerIPv4 == nil {
		t.Errorf("for a time: %+v, %v", got, err)
	}
}

func TestFDBFlush(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &Bridge{LinkAttrs: named("br0")})
	if err := h.LinkSetUp(br); err != nil {
		t.Fatal(err)
	}
	x, y := mustAdd(t, h, ifb("x0")), mustAdd(t, h, ifb("y0"))
	for i, l := range []Link{x, y} {
		if err := errors.Join(h.LinkSetMaster(l, br), h.LinkSetUp(l)); err != nil {
			t.Fatal(err)
		}
		for j, state := range []int{NUD_NOARP, NUD_REACHABLE} {
			n := &Neigh{LinkIndex: l.Attrs().Index, Family: uapi.AF_BRIDGE, Flags: NTF_MASTER, State: state,
				HardwareAddr: net.HardwareAddr{2, 0, 0, 0, byte(i), byte(j)}}
			if err := h.NeighAdd(n); err != nil {
				t.Fatal(err)
			}
		}
	}
	entries := func() (n int) {
		t.Helper()
		all, err := h.NeighListFiltered(NeighFilter{Family: uapi.AF_BRIDGE, MasterIndex: br.Index})
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range all {
			if e.HardwareAddr[0] == 2 && e.HardwareAddr[1]|e.HardwareAddr[2]|e.HardwareAddr[3] == 0 &&
				e.State != NUD_PERMANENT && e.Vlan == 0 { // the VLAN of a port has them, too
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		what   string
		filter FDBFilter
		left   int
	}{
		{"what is sticky", FDBFilter{Flags: NTF_STICKY, FlagsMask: NTF_STICKY}, 4},
		{"static ones of a port", FDBFilter{PortIndex: x.Attrs().Index, State: NUD_NOARP,
			StateMask: NUD_NOARP | NUD_PERMANENT}, 3},
		{"another VLAN's", FDBFilter{Vlan: 7}, 3},
		{"dynamic ones", FDBFilter{StateMask: NUD_NOARP | NUD_PERMANENT}, 1},
		{"all", FDBFilter{}, 0},
	} {
		c.filter.LinkIndex = br.Index
		if err := h.FDBFlush(c.filter); err != nil {
			nstest.Need(t, "flushing of forwarding entries", "5.19", err)
		}
		if got := entries(); got != c.left {
			t.Errorf("%s: %d are left, want %d", c.what, got, c.left)
		}
	}
	if err := h.FDBFlush(FDBFilter{LinkIndex: 999}); !errors.Is(err, syscall.ENODEV) {
		t.Errorf("of a link that there is not: %v", err)
	}
}
