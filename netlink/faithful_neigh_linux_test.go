package netlink_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/netlink/wire"
)

// neighDump is a dump of neighbours: header has family and flags.
func neighDump(t *testing.T, family, flags uint8) []string {
	h := make([]byte, uapi.SizeofNdmsg)
	(&uapi.Ndmsg{Family: family, Flags: flags}).Put(h)
	all := rawDump(t, uapi.RTM_GETNEIGH, h, uapi.NDA_CACHEINFO, uapi.NDA_PROBES)
	// IPv6 enters the groups that it joins at its own time.
	return slices.DeleteFunc(all, func(raw string) bool { return strings.Contains(raw, "\xff\x02\x00\x00") })
}

func TestListedNeighboursAreDeletedAndAddedFaithfully(t *testing.T) {
	nstest.Do(t, func() {
		rnd := seed(t)
		routeNet(t)
		faithful(t, rnd, kindOfObject[netlink.Neigh]{
			dump: func() []string {
				return append(neighDump(t, 0, 0), neighDump(t, 0, uapi.NTF_PROXY)...)
			},
			list: func() ([]netlink.Neigh, error) {
				all, err := netlink.NeighList(0, netlink.FAMILY_ALL)
				if err != nil {
					return nil, err
				}
				proxies, err := netlink.NeighProxyList(0, netlink.FAMILY_ALL)
				return append(all, proxies...), err
			},
			mine: func(n *netlink.Neigh) bool {
				return strings.HasPrefix(n.IP.String(), "10.0.0.") || strings.HasPrefix(n.IP.String(), "fd00::")
			},
			del: netlink.NeighDel,
			add: netlink.NeighAdd,
		}, func() {
			var lines []string
			for i := range 60 {
				w := words{Rand: rnd}
				if i%2 == 0 {
					w.w = append(w.w, fmt.Sprintf("10.0.0.%d", 10+i))
				} else {
					w.w = append(w.w, fmt.Sprintf("fd00::%d", 10+i))
				}
				w.w = append(w.w, "dev v0")
				w.maybe("protocol static", "protocol 99")
				w.maybe("router")
				w.maybe("extern_learn")
				if i%5 == 0 {
					w.w = append([]string{"proxy"}, w.w...)
				} else {
					w.w = append(w.w, "lladdr", mac(byte(i)).String(), "nud",
						[]string{"permanent", "noarp", "stale", "reachable"}[w.IntN(4)])
				}
				lines = append(lines, "neigh add "+strings.Join(w.w, " "))
			}
			batch(t, lines, "ip")
		})
	})
}

// fdbOf are the forwarding entries that the kernel did not make itself.
func fdbOf(n *netlink.Neigh) bool {
	return len(n.HardwareAddr) == 6 && n.HardwareAddr[0] == 2 && n.HardwareAddr[1] == 7
}

// withoutVlans is a bridge whose ports have no VLAN: otherwise an entry that is added or deleted without one stands
// for those of all VLANs of its port.
func withoutVlans(la netlink.LinkAttrs) *netlink.Bridge {
	return &netlink.Bridge{LinkAttrs: la, VlanDefaultPVID: new(uint16)}
}

func TestListedForwardingEntriesAreDeletedAndAddedFaithfully(t *testing.T) {
	nstest.Do(t, func() {
		rnd := seed(t)
		la := netlink.NewLinkAttrs()
		la.Name = "br0"
		nstest.Need(t, "bridges", "", netlink.LinkAdd(withoutVlans(la)))
		br0 := setUp(t, "br0")
		v0, _ := addVeth(t)
		vxlan := &netlink.Vxlan{LinkAttrs: netlink.NewLinkAttrs(), VxlanId: 7, Port: 4789, Learning: true}
		vxlan.Name = "vx0"
		nstest.Need(t, "vxlan links", "", netlink.LinkAdd(vxlan))
		for _, l := range []netlink.Link{v0, vxlan} {
			if err := netlink.LinkSetMaster(l, br0); err != nil {
				t.Fatal(err)
			}
		}
		external := &netlink.Vxlan{LinkAttrs: netlink.NewLinkAttrs(), FlowBased: true, Port: 4790, Learning: true}
		external.Name = "vx1"
		if err := netlink.LinkAdd(external); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"lo", "v0", "v1", "vx0", "vx1"} {
			setUp(t, name)
		}
		awaitForwarding(t, "v0", "vx0")
		batch(t, []string{"nexthop add id 1 via 192.0.2.9 fdb", "nexthop add id 2 via 192.0.2.8 fdb",
			"nexthop add id 3 group 1/2 fdb"}, "ip")
		faithful(t, rnd, kindOfObject[netlink.Neigh]{
			dump: func() []string {
				all := neighDump(t, uapi.AF_BRIDGE, 0)
				return slices.DeleteFunc(all, func(raw string) bool { return !strings.Contains(raw, "\x02\x07\x00\x00\x00") })
			},
			list: func() ([]netlink.Neigh, error) { return netlink.NeighList(0, uapi.AF_BRIDGE) },
			mine: fdbOf,
			del:  netlink.NeighDel,
			add: func(n *netlink.Neigh) error {
				if n.IP != nil {
					return netlink.NeighAppend(n) // there may be several
				}
				return netlink.NeighAdd(n)
			},
		}, func() { batch(t, randomForwarding(rnd), "bridge") })
	})
}

// awaitForwarding waits until ports of a bridge forward: they then take dynamic
// entries.
func awaitForwarding(t *testing.T, ports ...string) {
	t.Helper()
	for _, err := range new(netlink.Handle).LinkSubscribeSeq(netlink.LinkSubscribeOptions{ListExisting: true}) {
		if err != nil {
			t.Fatal(err)
		}
		all := true
		for _, name := range ports {
			link, err := netlink.LinkByName(name)
			if err != nil {
				t.Fatal(err)
			}
			port, ok := link.Attrs().Slave.(*netlink.BridgePort)
			all = all && ok && port.State != nil && *port.State == uapi.BR_STATE_FORWARDING
		}
		if all {
			return
		}
	}
}

// randomForwarding returns commands that make entries of all sorts.
func randomForwarding(rnd *rand.Rand) []string {
	var lines []string
	for i := range 80 {
		w := words{Rand: rnd}
		addr := fmt.Sprintf("02:07:00:00:00:%02x", i)
		w.w = append(w.w, "fdb append", addr)
		switch w.IntN(5) {
		case 0:
			w.w = append(w.w, "dev v0 self permanent")
		case 1:
			w.w = append(w.w, "dev br0 self permanent")
		case 2:
			w.w = append(w.w, "dev vx0 self")
			w.maybe("permanent", "static")
			if w.IntN(3) == 0 {
				w.w = append(w.w, "nhid 3")
				break
			}
			w.endpoint()
			if w.maybe("vni 0", "vni 9", "vni 7") {
				lines = append(lines, strings.Join(append([]string{"fdb append", addr, "dev vx0 self"},
					"dst 192.0.2.250 port 7777 vni 0 via v1"), " "))
			}
			w.maybe("router")
			w.maybe("extern_learn")
		case 3:
			w.w = append(w.w, "dev vx1 self")
			w.endpoint()
			w.w = append(w.w, "src_vni", fmt.Sprint(1+w.IntN(1<<24-1)), "vni", fmt.Sprint(w.IntN(1<<24)))
		default:
			w.w = append(w.w, "dev", []string{"v0", "vx0"}[w.IntN(2)], "master")
			switch w.IntN(4) {
			case 0:
				w.w = append(w.w, "permanent")
			case 1:
				w.w = append(w.w, "static")
				w.maybe("sticky")
			case 2:
				w.w = append(w.w, "dynamic")
			case 3:
				w.w = append(w.w, "static extern_learn")
			}
			w.w[0] = "fdb add"
		}
		lines = append(lines, strings.Join(w.w, " "))
	}
	return lines
}

// endpoint appends where a VXLAN device sends to.
func (w *words) endpoint() {
	w.w = append(w.w, "dst", fmt.Sprintf("192.0.2.%d", 1+w.IntN(200)))
	w.maybe("port 4000", "port 4789")
	w.maybe("via v1", "via lo")
}

// Debian's bridge does not know activity_notify.
func TestActivityOfForwardingEntriesIsFaithful(t *testing.T) {
	nstest.Do(t, func() {
		la := netlink.NewLinkAttrs()
		la.Name = "br0"
		nstest.Need(t, "bridges", "", netlink.LinkAdd(withoutVlans(la)))
		br0 := setUp(t, "br0")
		v0, _ := addVeth(t)
		if err := netlink.LinkSetMaster(v0, br0); err != nil {
			t.Fatal(err)
		}
		c, err := wire.Dial(wire.Config{Protocol: uapi.NETLINK_ROUTE})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		faithful(t, seed(t), kindOfObject[netlink.Neigh]{
			dump: func() []string {
				all := neighDump(t, uapi.AF_BRIDGE, 0)
				return slices.DeleteFunc(all, func(raw string) bool { return !strings.Contains(raw, "\x02\x07\x00\x00\x00") })
			},
			list: func() ([]netlink.Neigh, error) { return netlink.NeighList(0, uapi.AF_BRIDGE) },
			mine: fdbOf,
			del:  netlink.NeighDel,
			add:  netlink.NeighAdd,
		}, func() {
			for i, bits := range []uint8{uapi.FDB_NOTIFY_BIT, uapi.FDB_NOTIFY_BIT | uapi.FDB_NOTIFY_INACTIVE_BIT} {
				r := wire.NewRequest(uapi.RTM_NEWNEIGH, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)
				m := uapi.Ndmsg{Family: uapi.AF_BRIDGE, Ifindex: int32(v0.Attrs().Index), State: netlink.NUD_NOARP,
					Flags: netlink.NTF_MASTER | netlink.NTF_STICKY}
				m.Put(r.Header(uapi.SizeofNdmsg))
				r.Data(uapi.NDA_LLADDR, []byte{2, 7, 0, 0, 0, byte(i)})
				r.Nest(uapi.NDA_FDB_EXT_ATTRS | uapi.NLA_F_NESTED)
				r.Uint8(uapi.NFEA_ACTIVITY_NOTIFY, bits)
				r.End()
				if err := c.Do(context.Background(), r); err != nil {
					t.Fatal(err)
				}
			}
			all, err := netlink.NeighList(0, uapi.AF_BRIDGE)
			if err != nil {
				t.Fatal(err)
			}
			var got []uint8
			for _, n := range all {
				if n.ActivityNotify != nil {
					got = append(got, *n.ActivityNotify)
				}
			}
			if slices.Sort(got); !slices.Equal(got, []uint8{1, 3}) {
				t.Errorf("the entries tell of %v", got)
			}
		})
	})
}
