package netlink_test

import (
	"errors"
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

// The tests below make a state twice: with iproute2's bridge and tc, and by this package. What the tool shows of both
// as JSON must be the same, and what this package reads of the first must be what the tool shows of it.

// agreement is a state, and how both see it.
type agreement struct {
	name   string
	byTool []string                   // commands
	byUs   func(l switchLinks) error  // makes the same
	then   []string                   // commands that both need after that
	show   []string                   // commands that show it as JSON
	told   func([]map[string]any) any // what they showed, in the form of read
	read   func(switchLinks) (any, error)
}

// switchLinks are the links that a state begins with: a bridge that knows VLANs, and its ports, a veth and a VXLAN
// device.
type switchLinks struct{ br0, d0, x0 netlink.Link }

func newSwitch(t *testing.T) (l switchLinks) {
	t.Helper()
	on := true
	br := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0", HardwareAddr: mac(0xb0)}, VlanFiltering: &on}
	nstest.Need(t, "VLAN filtering of bridges", "", netlink.LinkAdd(br))
	veth := netlink.NewVeth(netlink.LinkAttrs{Name: "d0", HardwareAddr: mac(0xd0)})
	veth.PeerName, veth.PeerHardwareAddr = "d1", mac(0xd1)
	vxlan := &netlink.Vxlan{LinkAttrs: netlink.LinkAttrs{Name: "x0", HardwareAddr: mac(0xe0)}, FlowBased: true,
		VniFilter: true, Port: 4789}
	if err := netlink.LinkAdd(veth); err != nil {
		t.Fatal(err)
	}
	nstest.Need(t, "vxlan vnifilter", "5.18", netlink.LinkAdd(vxlan))
	if err := errors.Join(netlink.LinkSetMaster(veth, br), netlink.LinkSetMaster(vxlan, br),
		netlink.LinkSetVlanTunnel(vxlan, true)); err != nil {
		t.Fatal(err)
	}
	return switchLinks{br, veth, vxlan}
}

// name returns the name of a link by its index.
func (l switchLinks) name(index int) string {
	for _, link := range []netlink.Link{l.br0, l.d0, l.x0} {
		if link.Attrs().Index == index {
			return link.Attrs().Name
		}
	}
	return fmt.Sprint(index)
}

// whole returns a JSON number, or n where there is none.
func whole(v any, n int) int {
	if f, ok := v.(float64); ok {
		return int(f)
	}
	return n
}

// inner returns the objects in a list within a JSON object.
func inner(v any) (all []map[string]any) {
	list, _ := v.([]any)
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

var agreements = []agreement{
	{
		name: "VLANs",
		byTool: []string{
			"bridge vlan add dev d0 vid 5 pvid untagged", "bridge vlan add dev d0 vid 10-12 master",
			"bridge vlan del dev d0 vid 11",
			"bridge vlan add dev br0 vid 20 self", "bridge vlan add dev x0 vid 300 untagged",
		},
		byUs: func(l switchLinks) error {
			return errors.Join(
				netlink.BridgeVlanAdd(l.d0, 5, true, true, false, false),
				netlink.BridgeVlanAddRange(l.d0, 10, 12, false, false, false, true),
				netlink.BridgeVlanDel(l.d0, 11, false, false, false, false),
				netlink.BridgeVlanAdd(l.br0, 20, false, false, true, false),
				netlink.BridgeVlanAdd(l.x0, 300, false, true, false, false),
			)
		},
		show: []string{"bridge -j vlan show"},
		told: func(links []map[string]any) any {
			var vlans []string
			for _, l := range links {
				for _, v := range inner(l["vlans"]) {
					vlans = append(vlans, fmt.Sprint(l["ifname"], " ", whole(v["vlan"], 0), " ", v["flags"]))
				}
			}
			slices.Sort(vlans)
			return vlans
		},
		read: func(l switchLinks) (any, error) {
			all, err := netlink.BridgeVlanList()
			var vlans []string
			for index, of := range all {
				for _, v := range of {
					var flags []any
					if v.PortVID() {
						flags = append(flags, "PVID")
					}
					if v.EngressUntag() {
						flags = append(flags, "Egress Untagged")
					}
					if flags == nil {
						vlans = append(vlans, fmt.Sprint(l.name(int(index)), " ", v.Vid, " ", nil))
					} else {
						vlans = append(vlans, fmt.Sprint(l.name(int(index)), " ", v.Vid, " ", flags))
					}
				}
			}
			slices.Sort(vlans)
			return vlans, err
		},
	},
	{
		name: "tunnels of VLANs",
		byTool: []string{
			"bridge vlan add dev x0 vid 30-37", "bridge vlan add dev x0 vid 30 tunnel_info id 70000",
			"bridge vlan add dev x0 vid 35-37 tunnel_info id 3000-3002",
			"bridge vlan del dev x0 vid 35-36 tunnel_info id 3000-3001",
			"bridge vlan add dev x0 vid 32-34 tunnel_info id 2000-2002", "bridge vlan del dev x0 vid 33 tunnel_info id 2001",
		},
		byUs: func(l switchLinks) error {
			return errors.Join(
				netlink.BridgeVlanAddRange(l.x0, 30, 37, false, false, false, false),
				netlink.BridgeVlanAddTunnelInfo(l.x0, 30, 70000, false, false),
				netlink.BridgeVlanAddRangeTunnelInfoRange(l.x0, 35, 37, 3000, 3002, false, false),
				netlink.BridgeVlanDelRangeTunnelInfoRange(l.x0, 35, 36, 3000, 3001, false, false),
				netlink.BridgeVlanAddRangeTunnelInfoRange(l.x0, 32, 34, 2000, 2002, false, false),
				netlink.BridgeVlanDelTunnelInfo(l.x0, 33, 2001, false, false),
			)
		},
		show: []string{"bridge -j vlan tunnelshow"},
		told: func(links []map[string]any) any {
			var tunnels []string
			for _, l := range links {
				for _, v := range inner(l["tunnels"]) {
					first, id := whole(v["vlan"], 0), whole(v["tunid"], 0)
					for vid := first; vid <= whole(v["vlanEnd"], first); vid++ {
						tunnels = append(tunnels, fmt.Sprint(vid, " ", id+vid-first))
					}
				}
			}
			return tunnels
		},
		read: func(switchLinks) (any, error) {
			all, err := netlink.BridgeVlanTunnelShow()
			var tunnels []string
			for _, v := range all {
				tunnels = append(tunnels, fmt.Sprint(v.Vid, " ", v.TunId))
			}
			return tunnels, err
		},
	},
	{
		name: "VXLAN network identifiers",
		byTool: []string{"bridge vni add dev x0 vni 70005", "bridge vni add dev x0 vni 100-103",
			"bridge vni delete dev x0 vni 103"},
		byUs: func(l switchLinks) error {
			return errors.Join(netlink.BridgeVniAdd(l.x0, 70005), netlink.BridgeVniAddRange(l.x0, 100, 103),
				netlink.BridgeVniDel(l.x0, 103))
		},
		show: []string{"bridge -j vni show"},
		told: func(links []map[string]any) any {
			var vnis []string
			for _, l := range links {
				for _, v := range inner(l["vnis"]) {
					vnis = append(vnis, fmt.Sprint(whole(v["vni"], 0), "-", whole(v["vniEnd"], 0)))
				}
			}
			return vnis
		},
		read: func(l switchLinks) (any, error) {
			all, err := netlink.BridgeVniList()
			var vnis []string
			for _, v := range all[int32(l.x0.Attrs().Index)] {
				vnis = append(vnis, fmt.Sprint(v.Vni, "-", v.VniEnd))
			}
			return vnis, err
		},
	},
	{
		name: "settings of ports",
		byTool: []string{
			"bridge link set dev d0 hairpin on guard on fastleave on root_block on learning off flood off neigh_suppress on " +
				"isolated on vlan_tunnel on",
		},
		byUs: func(l switchLinks) error {
			return errors.Join(
				netlink.LinkSetHairpin(l.d0, true), netlink.LinkSetGuard(l.d0, true), netlink.LinkSetFastLeave(l.d0, true),
				netlink.LinkSetRootBlock(l.d0, true),
				netlink.LinkSetLearning(l.d0, false), netlink.LinkSetFlood(l.d0, false),
				netlink.LinkSetBrNeighSuppress(l.d0, true),
				netlink.LinkSetIsolated(l.d0, true), netlink.LinkSetVlanTunnel(l.d0, true),
			)
		},
		show: []string{"bridge -j -d link show dev d0", "bridge -j -d link show dev x0"},
		told: func(links []map[string]any) any {
			ports := map[string]netlink.Protinfo{}
			for _, l := range links {
				is := func(key string) bool { return l[key] == true }
				ports[fmt.Sprint(l["ifname"])] = netlink.Protinfo{
					Hairpin: is("hairpin"), Guard: is("guard"), FastLeave: is("fastleave"), RootBlock: is("root_block"),
					Learning: is("learning"),
					Flood:    is("flood"), NeighSuppress: is("neigh_suppress"), Isolated: is("isolated"),
					VlanTunnel: is("vlan_tunnel"),
				}
			}
			return ports
		},
		read: func(l switchLinks) (any, error) {
			d0, err := netlink.LinkGetProtinfo(l.d0)
			x0, err2 := netlink.LinkGetProtinfo(l.x0)
			return map[string]netlink.Protinfo{"d0": d0, "x0": x0}, errors.Join(err, err2)
		},
	},
	{
		name: "forwarding entries",
		byTool: []string{
			"bridge fdb add 02:00:00:00:00:05 dev d0 master static vlan 1",
			"bridge fdb add 02:00:00:00:00:06 dev x0 dst 192.0.2.6 src_vni 5 vni 70007 port 4790 self",
			"bridge fdb append 00:00:00:00:00:00 dev x0 dst 192.0.2.7 src_vni 5 self",
			"bridge fdb append 00:00:00:00:00:00 dev x0 dst 192.0.2.8 src_vni 5 self",
			"bridge fdb add 02:00:00:00:00:07 dev d0 master extern_learn",
			"bridge fdb add 02:00:00:00:00:08 dev d0 self", "bridge fdb add 02:00:00:00:00:09 dev d0 master static sticky",
			"bridge fdb del 02:00:00:00:00:07 dev d0 master",
		},
		byUs: func(l switchLinks) error {
			entry := func(link netlink.Link, last byte, state, flags int) *netlink.Neigh {
				return &netlink.Neigh{LinkIndex: link.Attrs().Index, Family: uapi.AF_BRIDGE, HardwareAddr: mac(last), State: state,
					Flags: flags}
			}
			five := entry(l.d0, 5, netlink.NUD_NOARP, netlink.NTF_MASTER)
			five.Vlan = 1
			six := entry(l.x0, 6, netlink.NUD_PERMANENT, netlink.NTF_SELF)
			six.IP, six.SrcVNI, six.VNI, six.Port = net.IP{192, 0, 2, 6}, 5, 70007, 4790
			all := func(last byte) *netlink.Neigh {
				return &netlink.Neigh{
					LinkIndex: l.x0.Attrs().Index, Family: uapi.AF_BRIDGE, HardwareAddr: make(net.HardwareAddr, 6),
					State: netlink.NUD_PERMANENT,
					Flags: netlink.NTF_SELF, IP: net.IP{192, 0, 2, last}, SrcVNI: 5,
				}
			}
			seven := entry(l.d0, 7, netlink.NUD_PERMANENT, netlink.NTF_MASTER|netlink.NTF_EXT_LEARNED)
			return errors.Join(
				netlink.NeighAdd(five), netlink.NeighAdd(six), netlink.NeighAppend(all(7)), netlink.NeighAppend(all(8)),
				netlink.NeighAdd(seven),
				netlink.NeighAdd(entry(l.d0, 8, netlink.NUD_PERMANENT, netlink.NTF_SELF)),
				netlink.NeighAdd(entry(l.d0, 9, netlink.NUD_NOARP, netlink.NTF_MASTER|netlink.NTF_STICKY)),
				netlink.NeighDel(seven),
			)
		},
		show: []string{"bridge -j fdb show"},
		told: func(all []map[string]any) any {
			var entries []string
			for _, n := range all {
				flags := fmt.Sprint(n["flags"])
				entries = append(entries, fmt.Sprintln(n["mac"], n["ifname"], "state", n["state"], "dst", n["dst"], "vlan",
					whole(n["vlan"], 0),
					"vni", whole(n["vni"], 0), "src_vni", whole(n["src_vni"], 0), "port", whole(n["port"], 0), "master", n["master"],
					flags))
			}
			slices.Sort(entries)
			return entries
		},
		read: func(l switchLinks) (any, error) {
			all, err := netlink.NeighList(0, uapi.AF_BRIDGE)
			var entries []string
			for _, n := range all {
				var dst, master any
				if n.IP != nil {
					dst = n.IP
				}
				if n.MasterIndex != 0 {
					master = l.name(n.MasterIndex)
				}
				flags := []string{}
				for _, f := range []struct {
					flag int
					name string
				}{{netlink.NTF_SELF, "self"}, {netlink.NTF_EXT_LEARNED, "extern_learn"}, {netlink.NTF_STICKY, "sticky"}} {
					if n.Flags&f.flag != 0 {
						flags = append(flags, f.name)
					}
				}
				name := l.name(n.LinkIndex)
				if peer, err := netlink.LinkByIndex(n.LinkIndex); err == nil {
					name = peer.Attrs().Name
				}
				state := ""
				if n.State&netlink.NUD_PERMANENT != 0 {
					state = "permanent"
				} else if n.State&netlink.NUD_NOARP != 0 {
					state = "static"
				}
				entries = append(entries, fmt.Sprintln(n.HardwareAddr, name, "state", state, "dst", dst, "vlan", n.Vlan,
					"vni", n.VNI, "src_vni", n.SrcVNI, "port", n.Port, "master", master, flags))
			}
			slices.Sort(entries)
			return entries, err
		},
	},
	{
		// This package has no traffic control: of queueing disciplines it reads the name of the root, and sets the
		// queue's length, which pfifo begins with.
		name:   "queueing disciplines",
		byTool: []string{"ip link set d0 txqueuelen 77"},
		byUs: func(l switchLinks) error {
			return netlink.LinkSetTxQLen(l.d0, 77)
		},
		then: []string{"tc qdisc replace dev d0 root handle 1: pfifo", "tc qdisc replace dev x0 root handle 1: fq_codel"},
		show: []string{"tc -j qdisc show dev d0", "tc -j qdisc show dev x0"},
		told: func(all []map[string]any) any {
			var roots []string
			for _, q := range all {
				options, _ := q["options"].(map[string]any)
				if q["root"] == true && q["kind"] == "pfifo" {
					roots = append(roots, fmt.Sprint(q["kind"], " ", whole(options["limit"], 0)))
				} else if q["root"] == true {
					roots = append(roots, fmt.Sprint(q["kind"]))
				}
			}
			slices.Sort(roots)
			return roots
		},
		read: func(l switchLinks) (any, error) {
			d0, err := netlink.LinkByName("d0")
			x0, err2 := netlink.LinkByName("x0")
			if err := errors.Join(err, err2); err != nil {
				return nil, err
			}
			return []string{x0.Attrs().Qdisc, fmt.Sprint(d0.Attrs().Qdisc, " ", d0.Attrs().TxQLen)}, nil
		},
	},
}

// tell returns the sorted output of the commands that show a state.
func (a *agreement) tell(t *testing.T) (all []map[string]any) {
	t.Helper()
	for _, line := range a.show {
		words := strings.Fields(line)
		all = append(all, toolJSON(t, words[0], words[1:]...)...)
	}
	for _, m := range all {
		delete(m, "ifindex")
	}
	slices.SortStableFunc(all, func(a, b map[string]any) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return all
}

func TestBridgeAndTcAgree(t *testing.T) {
	for _, a := range agreements {
		t.Run(a.name, func(t *testing.T) {
			var byTool, byUs []map[string]any
			nstest.Do(t, func() {
				l := newSwitch(t)
				tools(t, a.byTool...)
				tools(t, a.then...)
				byTool = a.tell(t)
				got, err := a.read(l)
				if want := a.told(byTool); err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("read of what the tool made:\n got %v, %v\nwant %v", got, err, want)
				}
			})
			nstest.Do(t, func() {
				if err := a.byUs(newSwitch(t)); err != nil {
					t.Fatal(err)
				}
				tools(t, a.then...)
				byUs = a.tell(t)
			})
			if !reflect.DeepEqual(byUs, byTool) {
				t.Errorf("the tool tells of what this package made\n %v\nand of what it made itself\n %v", byUs, byTool)
			}
		})
	}
}
