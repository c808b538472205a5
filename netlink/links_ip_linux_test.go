package netlink_test

import (
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
	"kern.sys/unix"
)

// asIP are a link's attributes by the keys of ip -json -details link show.
func asIP(link netlink.Link, name func(index int) string) map[string]any {
	a := link.Attrs()
	m := map[string]any{
		"ifindex": a.Index, "ifname": a.Name, "mtu": a.MTU, "qdisc": a.Qdisc, "txqlen": a.TxQLen,
		"operstate": strings.ToUpper(strings.ReplaceAll(a.OperState.String(), "-", "")),
		"linkmode":  [...]string{"DEFAULT", "DORMANT"}[a.LinkMode],
		"link_type": a.EncapType, "promiscuity": a.Promisc, "allmulti": a.Allmulti,
		"min_mtu": a.MinMTU, "max_mtu": a.MaxMTU,
		"num_tx_queues": a.NumTxQueues, "num_rx_queues": a.NumRxQueues,
		"gso_max_size": a.GSOMaxSize, "gso_max_segs": a.GSOMaxSegs, "gro_max_size": a.GROMaxSize,
		"tso_max_size": a.TSOMaxSize, "tso_max_segs": a.TSOMaxSegs,
		"address": zeroIfNil(a.HardwareAddr), "broadcast": zeroIfNil(a.Broadcast),
	}
	if a.Group != 0 {
		m["group"] = a.Group
	} else {
		m["group"] = "default"
	}
	if a.Alias != "" {
		m["ifalias"] = a.Alias
	}
	if a.MasterIndex != 0 {
		m["master"] = name(a.MasterIndex)
	}
	if a.NetNsID >= 0 {
		m["link_netnsid"], m["link_index"] = a.NetNsID, a.ParentIndex
	} else if a.ParentIndex != 0 && a.ParentIndex != a.Index {
		m["link"] = name(a.ParentIndex)
	}
	if a.AltNames != nil {
		m["altnames"] = a.AltNames
	}
	if a.IP6 != nil {
		m["inet6_addr_gen_mode"] = [...]string{"eui64", "none", "stable_secret", "random"}[a.IP6.AddrGenMode]
	}
	if a.ProtoDown {
		m["proto_down"] = true
	}
	return m
}

func zeroIfNil(a net.HardwareAddr) string {
	if a == nil {
		a = make(net.HardwareAddr, 6)
	}
	return a.String()
}

// linksBesideIPs lists the links and returns what ip shows of them, of a moment in which that does not change: the
// kernel looks after carriers in its own time.
func linksBesideIPs(t *testing.T) ([]netlink.Link, []map[string]any) {
	t.Helper()
	show := func() []map[string]any {
		links := toolJSON(t, "ip", "-json", "-details", "link", "show")
		for _, l := range links {
			delete(l, "flags") // other tests compare these
			delete(l, "linkinfo")
		}
		return links
	}
	shown := show()
	for range 50 {
		all, err := netlink.LinkList()
		if err != nil {
			t.Fatal(err)
		}
		again := show()
		if reflect.DeepEqual(shown, again) {
			return all, shown
		}
		shown = again
	}
	t.Fatal("the links never rest")
	return nil, nil
}

// A link is decoded to the values that ip shows.
func TestLinkListAgreesWithIP(t *testing.T) {
	there := nstest.New(t)
	nstest.Do(t, func() {
		tool(t, "ip", "link", "set", "lo", "up")
		tool(t, "ip", "link", "add", "br0", "type", "bridge")
		tool(t, "ip", "link", "add", "x0", "mtu", "1400", "numtxqueues", "4", "numrxqueues", "3", "txqueuelen", "55",
			"address", "02:00:00:00:00:01", "type", "veth", "peer", "name", "x1")
		tool(t, "ip", "link", "set", "x0", "alias", "hello world", "group", "7", "master", "br0", "addrgenmode", "random",
			"up")
		tool(t, "ip", "link", "property", "add", "dev", "x0", "altname", "another-and-longer-name")
		tool(t, "ip", "link", "set", "x0", "gso_max_size", "50000", "gso_max_segs", "1000", "gro_max_size", "40000")
		tool(t, "ip", "link", "set", "x1", "promisc", "on", "allmulticast", "on", "mode", "dormant")
		tool(t, "ip", "link", "add", "ifb9", "type", "ifb")
		far := netlink.NewVeth(netlink.LinkAttrs{Name: "y0", TxQLen: -1})
		far.PeerName, far.PeerNamespace = "y1", netlink.NsFd(there)
		if err := netlink.LinkAdd(far); err != nil {
			t.Fatal(err)
		}

		all, shown := linksBesideIPs(t)
		name := func(index int) string {
			i := slices.IndexFunc(all, func(l netlink.Link) bool { return l.Attrs().Index == index })
			if i < 0 {
				return fmt.Sprint(index)
			}
			return all[i].Attrs().Name
		}
		if len(shown) != len(all) {
			t.Fatalf("%d links, ip shows %d", len(all), len(shown))
		}
		for i, want := range shown {
			got := asIP(all[i], name)
			if want["link_type"] == "loopback" {
				got["address"], got["broadcast"] = want["address"], want["broadcast"]
			}
			a := all[i].Attrs()
			for key, value := range map[string]any{
				"gso_ipv4_max_size": a.GSOIPv4MaxSize, "gro_ipv4_max_size": a.GROIPv4MaxSize, "netns-immutable": a.NetNsImmutable,
			} {
				if _, ok := want[key]; ok { // ip of 2022 does not know it
					got[key] = value
				}
			}
			for key := range got {
				if fmt.Sprint(got[key]) != fmt.Sprint(want[key]) {
					t.Errorf("%v: %s is %v, ip says %v", want["ifname"], key, got[key], want[key])
				}
				delete(want, key)
			}
			if len(want) != 0 {
				t.Errorf("%s: ip shows also %v", got["ifname"], want)
			}
		}
	})
}

// The names of link-layer types are those of ip. A tun device can be of any.
func TestEncapTypesAreThoseOfIP(t *testing.T) {
	nstest.Do(t, func() {
		newTap := func(name string) *netlink.Tuntap {
			tap := &netlink.Tuntap{LinkAttrs: netlink.LinkAttrs{Name: name}, Mode: netlink.TUNTAP_MODE_TAP, Queues: 1,
				NonPersist: true}
			if err := netlink.LinkAdd(tap); err != nil {
				nstest.Need(t, "tun devices", "", err)
			}
			return tap
		}
		setType := func(tap *netlink.Tuntap, typ int) string {
			if _, _, e := syscall.Syscall(unix.SYS_IOCTL, tap.Fds[0].Fd(), unix.TUNSETLINK, uintptr(typ)); e != 0 {
				t.Fatal(e)
			}
			link, err := netlink.LinkByName(tap.Name)
			if err != nil {
				t.Fatal(err)
			}
			return link.Attrs().EncapType
		}
		types := []int{uapi.ARPHRD_VOID, uapi.ARPHRD_NONE}
		for typ := range 850 { // there are no others
			types = append(types, typ)
		}
		probe := newTap("probe")
		defer probe.Fds[0].Close()
		got := map[string]string{}
		for _, typ := range types {
			// Those without a name are most: a few of them will do.
			if name := setType(probe, typ); !strings.HasPrefix(name, "unknown") || typ%100 == 33 {
				tap := newTap(fmt.Sprint("type", typ))
				defer tap.Fds[0].Close()
				got[tap.Name] = setType(tap, typ)
			}
		}
		// ip of 2022 has no name for the one; for the other it has that of NET/ROM,
		// and this package the one that users of EncapType know.
		later := map[string]string{"mctp": "[290]", "generic": "netrom"}
		// Not as JSON: ip makes a mess of it with some types' addresses.
		for line := range strings.Lines(string(tool(t, "ip", "-oneline", "link", "show"))) {
			words := strings.Fields(line)
			link := strings.TrimSuffix(words[1], ":")
			name, ok := got[link]
			if !ok {
				continue
			}
			delete(got, link)
			if n, ok := strings.CutPrefix(name, "unknown"); ok {
				name = "[" + n + "]"
			}
			i := slices.IndexFunc(words, func(w string) bool { return strings.HasPrefix(w, "link/") })
			if want := strings.TrimPrefix(words[i], "link/"); name != want && later[name] != want {
				t.Errorf("%s is %q, ip says %q", link, name, want)
			}
		}
		if len(got) != 0 {
			t.Errorf("ip does not show %v", got)
		}
	})
}
