package netlink_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/unix"
)

func mac(last byte) net.HardwareAddr { return net.HardwareAddr{2, 0, 0, 0, 0, last} }

// neighStates are neighbours as ip neigh (or bridge fdb) makes them and as
// NeighAdd does, all on the link v0.
var neighStates = []struct {
	command string
	neigh   netlink.Neigh
}{
	{
		"ip neigh add 10.1.2.9 lladdr 02:00:00:00:00:09 dev v0",
		netlink.Neigh{IP: net.ParseIP("10.1.2.9"), HardwareAddr: mac(9), State: netlink.NUD_PERMANENT},
	},
	{
		"ip neigh add 10.1.2.10 lladdr 02:00:00:00:00:10 nud stale dev v0",
		netlink.Neigh{IP: net.IP{10, 1, 2, 10}, HardwareAddr: mac(0x10), State: netlink.NUD_STALE},
	},
	{
		"ip neigh add 10.1.2.11 lladdr 02:00:00:00:00:11 nud noarp dev v0 protocol static",
		netlink.Neigh{Family: netlink.FAMILY_V4, IP: net.IP{10, 1, 2, 11}, HardwareAddr: mac(0x11), State: netlink.NUD_NOARP,
			Protocol: uapi.RTPROT_STATIC},
	},
	{
		"ip neigh add 2001:db8::9 lladdr 02:00:00:00:00:09 nud permanent router extern_learn dev v0",
		netlink.Neigh{
			IP: net.ParseIP("2001:db8::9"), HardwareAddr: mac(9), State: netlink.NUD_PERMANENT,
			Flags: netlink.NTF_ROUTER | netlink.NTF_EXT_LEARNED,
		},
	},
	{
		"ip neigh add proxy 10.1.2.77 dev v0",
		netlink.Neigh{IP: net.IP{10, 1, 2, 77}, State: netlink.NUD_PERMANENT, Flags: netlink.NTF_PROXY},
	},
	{
		"ip neigh add proxy 2001:db8::77 dev v0",
		netlink.Neigh{IP: net.ParseIP("2001:db8::77"), Flags: netlink.NTF_PROXY},
	},
	{
		"bridge fdb add 02:00:00:00:00:21 dev v0 self",
		netlink.Neigh{Family: uapi.AF_BRIDGE, HardwareAddr: mac(0x21), State: netlink.NUD_PERMANENT,
			Flags: netlink.NTF_SELF},
	},
	{
		"bridge fdb add 02:00:00:00:00:22 dev v0 master static",
		netlink.Neigh{Family: uapi.AF_BRIDGE, HardwareAddr: mac(0x22), State: netlink.NUD_NOARP, Flags: netlink.NTF_MASTER},
	},
	{
		"bridge fdb add 02:00:00:00:00:23 dev v0 master sticky static",
		netlink.Neigh{
			Family: uapi.AF_BRIDGE, HardwareAddr: mac(0x23), State: netlink.NUD_NOARP,
			Flags: netlink.NTF_MASTER | netlink.NTF_STICKY,
		},
	},
	{
		"bridge fdb add 02:00:00:00:00:24 dev v0 master dynamic extern_learn",
		netlink.Neigh{
			Family: uapi.AF_BRIDGE, HardwareAddr: mac(0x24), State: netlink.NUD_REACHABLE,
			Flags: netlink.NTF_MASTER | netlink.NTF_EXT_LEARNED,
		},
	},
}

// addBridgePort makes the links v0, v1 and br0, v0 being a port of br0.
func addBridgePort(t *testing.T) (v0 netlink.Link) {
	t.Helper()
	la := netlink.NewLinkAttrs()
	la.Name, la.HardwareAddr = "br0", net.HardwareAddr{2, 0, 0, 0, 0xb, 0}
	if err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: la}); err != nil {
		t.Fatal(err)
	}
	br0 := setUp(t, "br0")
	v0, _ = addVeth(t)
	if err := netlink.LinkSetMaster(v0, br0); err != nil {
		t.Fatal(err)
	}
	return v0
}

func TestNeighAddMakesWhatIPMakes(t *testing.T) {
	for _, c := range neighStates {
		t.Run(c.command, func(t *testing.T) {
			show := func(add func(v0 netlink.Link)) (all []map[string]any) {
				nstest.Do(t, func() {
					add(addBridgePort(t))
					for _, list := range []string{"ip -j -d neigh show nud all dev v0", "ip -j neigh show proxy dev v0",
						"bridge -j -d fdb show dev v0"} {
						words := strings.Fields(list)
						all = append(all, toolJSON(t, words[0], words[1:]...)...)
					}
				})
				// The kernel makes entries for multicast, sooner or later. A bridge that
				// knows VLANs has each entry twice: for the default VLAN and for none.
				return slices.DeleteFunc(all, func(n map[string]any) bool {
					if n["vlan"] != nil {
						return true
					}
					dst, _ := n["dst"].(string)
					mac, _ := n["mac"].(string)
					return strings.HasPrefix(dst, "ff02:") || strings.HasPrefix(dst, "224.") ||
						strings.HasPrefix(mac, "33:33:") || strings.HasPrefix(mac, "01:00:5e:") ||
						strings.HasPrefix(mac, "02:00:00:00:0a:")
				})
			}
			want := show(func(netlink.Link) {
				words := strings.Fields(c.command)
				tool(t, words[0], words[1:]...)
			})
			if len(want) != 1 {
				t.Fatalf("the command made %v", want)
			}
			neigh := c.neigh
			got := show(func(v0 netlink.Link) {
				neigh.LinkIndex = v0.Attrs().Index
				if err := netlink.NeighAdd(&neigh); err != nil {
					t.Fatal(err)
				}
			})
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %v\nwant %v", got, want)
			}
		})
	}
}

// key holds a neighbour's identity and its settings.
func key(n netlink.Neigh) string {
	flags := n.Flags &^ netlink.NTF_MASTER // the kernel takes it and does not give it
	if n.Flags&netlink.NTF_PROXY != 0 {
		n.State = 0 // proxies have none
	}
	return fmt.Sprintf("family %d link %d ip %v mac %v state %#x flags %#x proto %d", n.Family, n.LinkIndex, n.IP,
		n.HardwareAddr, n.State, flags, n.Protocol)
}

// ofTest reports whether a neighbour is the test's own, not one that the kernel made. It
// makes an entry in the default VLAN beside each without a VLAN, where it can.
func ofTest(n netlink.Neigh) bool {
	switch {
	case n.Vlan != 0:
		return false
	case n.LinkIndex == 0:
		// Proxies of all links outlive their namespace, and turn up in later ones
		// (seen on Linux 6.18).
		return false
	case n.IP != nil:
		return !n.IP.IsMulticast()
	default:
		return len(n.HardwareAddr) == 6 && n.HardwareAddr[0] == 2 && n.HardwareAddr[4] == 0
	}
}

func TestNeighListReturnsWhatWasAdded(t *testing.T) {
	nstest.Do(t, func() {
		v0 := addBridgePort(t)
		want := map[string][]string{}
		sort := func(n netlink.Neigh) string {
			switch {
			case n.Flags&netlink.NTF_PROXY != 0:
				return "proxies"
			case n.Family == uapi.AF_BRIDGE:
				return "forwarding entries"
			}
			return "neighbours"
		}
		for _, c := range neighStates {
			n := c.neigh
			n.LinkIndex = v0.Attrs().Index
			if err := netlink.NeighAdd(&n); err != nil {
				t.Fatalf("%s: %v", c.command, err)
			}
			if n.Family == 0 {
				n.Family = netlink.FAMILY_V4
				if n.IP.To4() == nil {
					n.Family = netlink.FAMILY_V6
				}
			}
			want[sort(n)] = append(want[sort(n)], key(n))
		}
		index := v0.Attrs().Index
		br0, err := netlink.LinkByName("br0")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			sort string
			name string
			list func() ([]netlink.Neigh, error)
		}{
			{"neighbours", "all", func() ([]netlink.Neigh, error) { return netlink.NeighList(0, netlink.FAMILY_ALL) }},
			{"neighbours", "on the link", func() ([]netlink.Neigh,
				error) {
				return netlink.NeighList(index, netlink.FAMILY_ALL)
			}},
			{"neighbours", "stream", func() ([]netlink.Neigh,
				error) {
				return collect(netlink.NeighSeq(index, netlink.FAMILY_ALL))
			}},
			{"neighbours", "of the ports", func() ([]netlink.Neigh, error) {
				return netlink.NeighListFiltered(netlink.NeighFilter{MasterIndex: br0.Attrs().Index})
			}},
			{"proxies", "all", func() ([]netlink.Neigh, error) { return netlink.NeighProxyList(0, netlink.FAMILY_ALL) }},
			{"proxies", "on the link", func() ([]netlink.Neigh,
				error) {
				return netlink.NeighProxyList(index, netlink.FAMILY_ALL)
			}},
			{"proxies", "stream", func() ([]netlink.Neigh,
				error) {
				return collect(netlink.NeighProxySeq(index, netlink.FAMILY_ALL))
			}},
			{"proxies", "by message", func() ([]netlink.Neigh, error) {
				return netlink.NeighListExecute(netlink.Ndmsg{Index: uint32(index), Flags: netlink.NTF_PROXY})
			}},
			{"forwarding entries", "all", func() ([]netlink.Neigh, error) { return netlink.NeighList(0, uapi.AF_BRIDGE) }},
			{"forwarding entries", "on the link",
				func() ([]netlink.Neigh, error) { return netlink.NeighList(index, uapi.AF_BRIDGE) }},
			{"forwarding entries", "stream", func() ([]netlink.Neigh, error) {
				return collect(netlink.NeighSeqExecute(netlink.Ndmsg{Family: uapi.AF_BRIDGE, Index: uint32(index)}))
			}},
			{"forwarding entries", "of the bridge", func() ([]netlink.Neigh, error) {
				return netlink.NeighListFiltered(netlink.NeighFilter{Family: uapi.AF_BRIDGE, MasterIndex: br0.Attrs().Index})
			}},
		} {
			all, err := c.list()
			if err != nil {
				t.Errorf("%s, %s: %v", c.sort, c.name, err)
			}
			var got []string
			for _, n := range all {
				if ofTest(n) {
					got = append(got, key(n))
				}
			}
			want := slices.Clone(want[c.sort])
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s, %s:\n got %q\nwant %q", c.sort, c.name, got, want)
			}
		}
	})
}

func TestNeighListChooses(t *testing.T) {
	nstest.Do(t, func() {
		v0 := addBridgePort(t)
		br0 := setUp(t, "br0")
		i0, ib := v0.Attrs().Index, br0.Attrs().Index
		v1 := setUp(t, "v1")
		i1 := v1.Attrs().Index
		for _, n := range []netlink.Neigh{
			{LinkIndex: i0, IP: net.IP{10, 0, 0, 1}, HardwareAddr: mac(1), State: netlink.NUD_PERMANENT},
			{LinkIndex: i0, IP: net.IP{10, 0, 0, 2}, HardwareAddr: mac(2), State: netlink.NUD_STALE},
			{LinkIndex: i1, IP: net.IP{10, 0, 0, 3}, HardwareAddr: mac(3), State: netlink.NUD_PERMANENT},
			{LinkIndex: ib, IP: net.ParseIP("2001:db8::4"), HardwareAddr: mac(4), State: netlink.NUD_PERMANENT,
				Flags: netlink.NTF_ROUTER},
			{LinkIndex: i0, Family: uapi.AF_BRIDGE, HardwareAddr: mac(5), State: netlink.NUD_PERMANENT,
				Flags: netlink.NTF_SELF},
			{LinkIndex: i0, Family: uapi.AF_BRIDGE, HardwareAddr: mac(6), State: netlink.NUD_NOARP, Flags: netlink.NTF_MASTER},
			{LinkIndex: ib, Family: uapi.AF_BRIDGE, HardwareAddr: mac(7), State: netlink.NUD_PERMANENT,
				Flags: netlink.NTF_SELF},
			{LinkIndex: i1, Family: uapi.AF_BRIDGE, HardwareAddr: mac(8), State: netlink.NUD_PERMANENT,
				Flags: netlink.NTF_SELF},
		} {
			if err := netlink.NeighAdd(&n); err != nil {
				t.Fatal(err)
			}
		}
		handles := map[string]*netlink.Handle{}
		for _, name := range []string{"strict", "lenient"} {
			h, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
			if err != nil {
				t.Fatal(err)
			}
			defer h.Close()
			// Such a handle is as on a kernel that does not filter.
			if err := h.SetStrictCheck(name == "strict"); err != nil {
				t.Fatal(err)
			}
			handles[name] = h
		}
		for _, c := range []struct {
			name   string
			filter netlink.NeighFilter
			want   []byte // last bytes of the hardware addresses
		}{
			{"all", netlink.NeighFilter{}, []byte{1, 2, 3, 4}},
			{"family", netlink.NeighFilter{Family: netlink.FAMILY_V6}, []byte{4}},
			{"link", netlink.NeighFilter{LinkIndex: i0}, []byte{1, 2}},
			{"state", netlink.NeighFilter{State: netlink.NUD_STALE | netlink.NUD_REACHABLE}, []byte{2}},
			{"flags", netlink.NeighFilter{Flags: netlink.NTF_ROUTER}, []byte{4}},
			{"ports", netlink.NeighFilter{MasterIndex: ib}, []byte{1, 2}},
			{"no such link", netlink.NeighFilter{LinkIndex: 4711}, nil},
			{"forwarding", netlink.NeighFilter{Family: uapi.AF_BRIDGE}, []byte{5, 6, 7, 8}},
			{"forwarding, port", netlink.NeighFilter{Family: uapi.AF_BRIDGE, LinkIndex: i0}, []byte{5, 6}},
			{"forwarding, bridge as link", netlink.NeighFilter{Family: uapi.AF_BRIDGE, LinkIndex: ib}, []byte{7}},
			{"forwarding, self", netlink.NeighFilter{Family: uapi.AF_BRIDGE, LinkIndex: i0, Flags: netlink.NTF_SELF},
				[]byte{5}},
			{"forwarding, state", netlink.NeighFilter{Family: uapi.AF_BRIDGE, LinkIndex: i0, State: netlink.NUD_NOARP},
				[]byte{6}},
		} {
			for name, h := range handles {
				var got []byte
				for range 3 { // a dump may have one twice, or lack it, while the kernel enlarges its table
					all, err := h.NeighListFiltered(c.filter)
					if err != nil {
						t.Errorf("%s: %s: %v", name, c.name, err)
					}
					got = nil
					for _, n := range all {
						if ofTest(n) && n.HardwareAddr[4] == 0 {
							got = append(got, n.HardwareAddr[5])
						}
					}
					slices.Sort(got)
					if slices.Equal(got, c.want) {
						break
					}
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("%s: %s: got %v, want %v", name, c.name, got, c.want)
				}
			}
		}
		for range handles["strict"].NeighSeq(0, netlink.FAMILY_ALL) {
			break // and the handle works on
		}
		if all, err := handles["strict"].NeighList(i1, netlink.FAMILY_V4); err != nil || len(all) != 1 {
			t.Errorf("after a stream was left: %v, %v", all, err)
		}
	})
}

func TestNeighGetSetDel(t *testing.T) {
	nstest.Do(t, func() {
		v0 := addBridgePort(t)
		index := v0.Attrs().Index
		for _, c := range []struct {
			name     string
			neigh    netlink.Neigh
			gettable bool
		}{
			{"IPv4", netlink.Neigh{IP: net.ParseIP("10.0.0.1"), HardwareAddr: mac(1), State: netlink.NUD_PERMANENT}, true},
			{"IPv6", netlink.Neigh{IP: net.ParseIP("2001:db8::1"), HardwareAddr: mac(1), State: netlink.NUD_PERMANENT}, true},
			{"proxy", netlink.Neigh{IP: net.ParseIP("10.0.0.1"), Flags: netlink.NTF_PROXY}, true},
			{"entry of a bridge", netlink.Neigh{Family: uapi.AF_BRIDGE, HardwareAddr: mac(1), State: netlink.NUD_NOARP,
				Flags: netlink.NTF_MASTER}, true},
		} {
			n := c.neigh
			n.LinkIndex = index
			if got, err := netlink.NeighGet(&n); !errors.Is(err, os.ErrNotExist) || got != nil {
				t.Errorf("%s: get of what is not there: %v, %v", c.name, got, err)
			}
			if err := netlink.NeighSet(&n); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			got, err := netlink.NeighGet(&n)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			n.Family = got.Family
			if key(*got) != key(n) {
				t.Errorf("%s:\n got %s\nwant %s", c.name, key(*got), key(n))
			}
			if len(n.HardwareAddr) != 0 && n.Family != uapi.AF_BRIDGE {
				n.HardwareAddr = mac(2)
				if err := netlink.NeighAdd(&n); !errors.Is(err, os.ErrExist) {
					t.Errorf("%s: add of what is there: %v", c.name, err)
				}
				if err := netlink.NeighSet(&n); err != nil {
					t.Errorf("%s: %v", c.name, err)
				}
				if got, err := netlink.NeighGet(&n); err != nil || !slices.Equal(got.HardwareAddr, mac(2)) {
					t.Errorf("%s: set made %v, %v", c.name, got, err)
				}
			}
			if err := netlink.NeighDel(&n); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			if got, err := netlink.NeighGet(&n); err == nil && got.State != netlink.NUD_FAILED {
				t.Errorf("%s: it is still there: %+v", c.name, got)
			}
		}
	})
}

func TestNeighAppendAddsVxlanDestinations(t *testing.T) {
	nstest.Do(t, func() {
		v0, _ := addVeth(t)
		vxlan := &netlink.Vxlan{LinkAttrs: netlink.LinkAttrs{Name: "vx0"}, VxlanId: 7, Port: 4789}
		err := netlink.LinkAdd(vxlan)
		nstest.Need(t, "vxlan links", "", err)
		vx0, err := netlink.LinkByName("vx0")
		if err != nil {
			t.Fatal(err)
		}
		index := vx0.Attrs().Index
		flood := func(dst string) *netlink.Neigh {
			return &netlink.Neigh{
				LinkIndex: index, Family: uapi.AF_BRIDGE, State: netlink.NUD_PERMANENT, Flags: netlink.NTF_SELF,
				HardwareAddr: make(net.HardwareAddr, 6), IP: net.ParseIP(dst),
			}
		}
		second := flood("192.0.2.2")
		second.Port, second.VNI, second.ViaIndex = 4000, 99, v0.Attrs().Index
		for _, n := range []*netlink.Neigh{flood("192.0.2.1"), second} {
			if err := netlink.NeighAppend(n); err != nil {
				t.Fatal(err)
			}
		}
		list := func() (got []string) {
			t.Helper()
			all, err := netlink.NeighList(index, uapi.AF_BRIDGE)
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range all {
				got = append(got, fmt.Sprintf("%v %v port %d vni %d via %d", n.HardwareAddr, n.IP, n.Port, n.VNI, n.ViaIndex))
			}
			slices.Sort(got)
			return got
		}
		want := []string{
			"00:00:00:00:00:00 192.0.2.1 port 0 vni 0 via 0",
			fmt.Sprintf("00:00:00:00:00:00 192.0.2.2 port 4000 vni 99 via %d", v0.Attrs().Index),
		}
		if got := list(); !slices.Equal(got, want) {
			t.Errorf("\n got %q\nwant %q", got, want)
		}
		if err := netlink.NeighDel(second); err != nil {
			t.Fatal(err)
		}
		if got := list(); !slices.Equal(got, want[:1]) {
			t.Errorf("after removal of one:\n got %q\nwant %q", got, want[:1])
		}
	})
}

func TestNeighForwardingEntriesInVLANs(t *testing.T) {
	nstest.Do(t, func() {
		on := true
		la := netlink.NewLinkAttrs()
		la.Name = "br0"
		err := netlink.LinkAdd(&netlink.Bridge{LinkAttrs: la, VlanFiltering: &on})
		nstest.Need(t, "VLAN filtering of bridges", "", err)
		br0 := setUp(t, "br0")
		v0, _ := addVeth(t)
		if err := netlink.LinkSetMaster(v0, br0); err != nil {
			t.Fatal(err)
		}
		entry := &netlink.Neigh{
			LinkIndex: v0.Attrs().Index, Family: uapi.AF_BRIDGE, HardwareAddr: mac(1), Vlan: 1,
			State: netlink.NUD_NOARP, Flags: netlink.NTF_MASTER,
		}
		if err := netlink.NeighAdd(entry); err != nil {
			t.Fatal(err)
		}
		got, err := netlink.NeighGet(entry)
		if err != nil || key(*got) != key(*entry) || got.Vlan != 1 || got.MasterIndex != br0.Attrs().Index {
			t.Errorf("got %+v, %v", got, err)
		}
		elsewhere := *entry
		elsewhere.Vlan = 2
		if got, err := netlink.NeighGet(&elsewhere); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("in another VLAN: %+v, %v", got, err)
		}
		all, err := netlink.NeighList(v0.Attrs().Index, uapi.AF_BRIDGE)
		if err != nil || !slices.ContainsFunc(all,
			func(n netlink.Neigh) bool { return key(n) == key(*entry) && n.Vlan == 1 }) {
			t.Errorf("it is not among %+v, %v", all, err)
		}
		if err := netlink.NeighDel(entry); err != nil {
			t.Error(err)
		}
	})
}

func TestNeighManaged(t *testing.T) {
	nstest.Do(t, func() {
		v0, _ := addVeth(t)
		n := &netlink.Neigh{LinkIndex: v0.Attrs().Index, IP: net.IP{10, 0, 0, 1}, FlagsExt: netlink.NTF_EXT_MANAGED}
		if err := netlink.NeighAdd(n); err != nil {
			nstest.Need(t, "managed neighbours", "5.16", err)
		}
		if got, err := netlink.NeighGet(n); err != nil || got.FlagsExt != netlink.NTF_EXT_MANAGED {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func TestNeighErrorsSayWhatAndWhich(t *testing.T) {
	nstest.Do(t, func() {
		v0, _ := addVeth(t)
		index := v0.Attrs().Index
		there := &netlink.Neigh{LinkIndex: index, IP: net.IP{10, 0, 0, 1}, HardwareAddr: mac(1),
			State: netlink.NUD_PERMANENT}
		if err := netlink.NeighAdd(there); err != nil {
			t.Fatal(err)
		}
		closed, err := netlink.NewHandle()
		if err != nil {
			t.Fatal(err)
		}
		closed.Close()
		elsewhere, absent, short := *there, *there, *there
		elsewhere.LinkIndex = 4711
		absent.IP = net.IP{10, 0, 0, 2}
		short.IP, short.HardwareAddr = absent.IP, mac(1)[:3]
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		for _, c := range []struct {
			name  string
			err   error
			is    error
			texts []string
		}{
			{"there already", h.NeighAdd(there), os.ErrExist,
				[]string{"neigh add 10.0.0.1", "02:00:00:00:00:01", fmt.Sprint(index)}},
			{"not there", h.NeighDel(&absent), os.ErrNotExist, []string{"neigh del 10.0.0.2"}},
			{"not to be found", second(h.NeighGet(&absent)), os.ErrNotExist, []string{"neigh get 10.0.0.2"}},
			{"no such link", h.NeighSet(&elsewhere), unix.ENODEV, []string{"neigh set 10.0.0.1", "4711"}},
			{"hardware address too short", h.NeighAdd(&short), unix.EINVAL, []string{"neigh add 10.0.0.2", "02:00:00"}},
			{"nil", h.NeighAdd(nil), nil, []string{"neigh add", "no neighbour given"}},
			{"get of nil", second(h.NeighGet(nil)), nil, []string{"neigh get", "no neighbour given"}},
			{"empty", h.NeighAppend(&netlink.Neigh{}), nil, []string{"neigh append", "no IP address given"}},
			{"family of a list", second(h.NeighList(0, 256)), nil, []string{"neigh list", "family 256"}},
			{"link of a list", second(h.NeighProxyList(-1, 0)), nil, []string{"neigh list", "link index -1"}},
			{"link of a stream", second(collect(h.NeighSeq(-1, 0))), nil, []string{"neigh list", "link index -1"}},
			{"closed handle", closed.NeighAdd(there), os.ErrClosed, []string{"neigh add 10.0.0.1"}},
			{"list of a closed handle", second(closed.NeighList(0, 0)), os.ErrClosed, []string{"neigh list"}},
		} {
			if c.err == nil || c.is != nil && !errors.Is(c.err, c.is) {
				t.Errorf("%s: error %v is not %v", c.name, c.err, c.is)
				continue
			}
			for _, text := range c.texts {
				if !strings.Contains(c.err.Error(), text) {
					t.Errorf("%s: error %q lacks %q", c.name, c.err, text)
				}
			}
		}
		all, err := netlink.NeighList(index, netlink.FAMILY_V4)
		if err != nil || len(slices.DeleteFunc(all, func(n netlink.Neigh) bool { return !ofTest(n) })) != 1 {
			t.Errorf("the failures left %v, %v", all, err)
		}
	})
}
