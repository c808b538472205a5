package netlink

import (
	"errors"
	"os"
	"slices"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
)

func TestLinkSetBridgePort(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "br0"}, LinkType: "bridge"})
	x := mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "x0", MasterIndex: br.Index}, LinkType: "veth"})
	for _, c := range []struct {
		name string
		set  func(Link, bool) error
		get  func(Protinfo) bool
	}{
		{"hairpin", h.LinkSetHairpin, func(p Protinfo) bool { return p.Hairpin }},
		{"guard", h.LinkSetGuard, func(p Protinfo) bool { return p.Guard }},
		{"fastleave", h.LinkSetFastLeave, func(p Protinfo) bool { return p.FastLeave }},
		{"root_block", h.LinkSetRootBlock, func(p Protinfo) bool { return p.RootBlock }},
		{"learning", h.LinkSetLearning, func(p Protinfo) bool { return p.Learning }},
		{"flood", h.LinkSetFlood, func(p Protinfo) bool { return p.Flood }},
		{"proxy_arp", h.LinkSetBrProxyArp, func(p Protinfo) bool { return p.ProxyArp }},
		{"proxy_arp_wifi", h.LinkSetBrProxyArpWiFi, func(p Protinfo) bool { return p.ProxyArpWiFi }},
		{"isolated", h.LinkSetIsolated, func(p Protinfo) bool { return p.Isolated }},
		{"neigh_suppress", h.LinkSetBrNeighSuppress, func(p Protinfo) bool { return p.NeighSuppress }},
		{"vlan_tunnel", h.LinkSetVlanTunnel, func(p Protinfo) bool { return p.VlanTunnel }},
	} {
		for _, on := range []bool{true, false} {
			before, err := h.LinkGetProtinfo(x)
			if err != nil {
				t.Fatal(err)
			}
			if err := c.set(x, on); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
			after, err := h.LinkGetProtinfo(&Device{LinkAttrs{Name: "x0"}})
			if err != nil || c.get(after) != on {
				t.Errorf("%s %v: got %v, %v", c.name, on, &after, err)
			}
			// Nothing else was changed: back again it is as before.
			if err := c.set(x, c.get(before)); err != nil {
				t.Error(err)
			}
			if back, err := h.LinkGetProtinfo(x); err != nil || back != before {
				t.Errorf("%s: got %v, want %v", c.name, &back, &before)
			}
		}
	}
	if err := h.LinkSetBRSlaveGroupFwdMask(x, 0x4000); err != nil {
		t.Error(err)
	} else if p, ok := attrs(t, h, x).Slave.(*BridgePort); !ok || p.GroupFwdMask == nil || *p.GroupFwdMask != 0x4000 {
		t.Errorf("group_fwd_mask: got %+v", p)
	}
	cost := uint32(55)
	if err := h.LinkSetSlave(x, &BridgePort{Cost: &cost}); err != nil {
		t.Error(err)
	} else if p := attrs(t, h, x).Slave.(*BridgePort); p.Cost == nil || *p.Cost != 55 || *p.GroupFwdMask != 0x4000 {
		t.Errorf("cost: got %+v", p)
	}
	if p, err := h.LinkGetProtinfo(br); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of the bridge itself: %v, %v", &p, err)
	}
	if p, err := h.LinkGetProtinfo(&Device{LinkAttrs{Index: 999}}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of nothing: %v, %v", &p, err)
	}
}

func TestBridgeSet(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &Bridge{LinkAttrs: LinkAttrs{Name: "br0"}})
	get := func() *Bridge {
		link, err := h.LinkByName("br0")
		if err != nil {
			t.Fatal(err)
		}
		return link.(*Bridge)
	}
	for _, on := range []bool{false, true} {
		if err := h.BridgeSetMcastSnoop(br, on); err != nil {
			nstest.Need(t, "bridge multicast snooping", "", err)
		}
		if got := get().MulticastSnooping; got == nil || *got != on {
			t.Errorf("mcast_snooping: got %v, want %v", got, on)
		}
	}
	if err := h.BridgeSetVlanFiltering(br, true); err != nil {
		nstest.Need(t, "bridge vlan filtering", "", err)
	}
	if got := get().VlanFiltering; got == nil || !*got {
		t.Error("vlan_filtering is off")
	}
	if err := h.BridgeSetVlanDefaultPVID(br, 17); err != nil {
		t.Error(err)
	} else if got := get().VlanDefaultPVID; got == nil || *got != 17 {
		t.Errorf("vlan_default_pvid: got %v", got)
	}
}

func TestBridgeVlans(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &Bridge{LinkAttrs: LinkAttrs{Name: "br0"}})
	if err := h.BridgeSetVlanFiltering(br, true); err != nil {
		nstest.Need(t, "bridge vlan filtering", "", err)
	}
	x := mustAdd(t, h, &GenericLink{LinkAttrs: LinkAttrs{Name: "x0", MasterIndex: br.Index}, LinkType: "veth"})
	vlans := func(link Link) (got []nl.BridgeVlanInfo) {
		t.Helper()
		all, err := h.BridgeVlanList()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all[int32(link.Attrs().Index)] {
			got = append(got, *v)
		}
		return got
	}
	const first = uapi.BRIDGE_VLAN_INFO_PVID | uapi.BRIDGE_VLAN_INFO_UNTAGGED
	for _, c := range []struct {
		name string
		do   func() error
		of   Link
		want []nl.BridgeVlanInfo
	}{
		{"add", func() error { return h.BridgeVlanAdd(x, 5, true, true, false, true) }, x,
			[]nl.BridgeVlanInfo{{Vid: 1, Flags: uapi.BRIDGE_VLAN_INFO_UNTAGGED}, {Vid: 5, Flags: first}}},
		{"add range", func() error { return h.BridgeVlanAddRange(x, 10, 12, false, false, false, false) }, x,
			[]nl.BridgeVlanInfo{{Vid: 1, Flags: uapi.BRIDGE_VLAN_INFO_UNTAGGED}, {Vid: 5, Flags: first}, {Vid: 10}, {Vid: 11},
				{Vid: 12}}},
		{"del range", func() error { return h.BridgeVlanDelRange(x, 10, 11, false, false, false, false) }, x,
			[]nl.BridgeVlanInfo{{Vid: 1, Flags: uapi.BRIDGE_VLAN_INFO_UNTAGGED}, {Vid: 5, Flags: first}, {Vid: 12}}},
		{"del", func() error { return h.BridgeVlanDel(x, 5, false, false, false, true) }, x,
			[]nl.BridgeVlanInfo{{Vid: 1, Flags: uapi.BRIDGE_VLAN_INFO_UNTAGGED}, {Vid: 12}}},
		{"add self", func() error { return h.BridgeVlanAdd(br, 7, false, false, true, false) }, br,
			[]nl.BridgeVlanInfo{{Vid: 1, Flags: first}, {Vid: 7}}},
	} {
		if err := c.do(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := vlans(c.of); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
	}
	// All there can be: more than a message holds one by one.
	if err := h.BridgeVlanAddRange(x, 1, 4094, false, false, false, false); err != nil {
		t.Fatal(err)
	}
	if got := vlans(x); len(got) != 4094 || got[4093].Vid != 4094 {
		t.Errorf("got %d VLANs", len(got))
	}
}

func TestBridgeVlanTunnels(t *testing.T) {
	h, _ := newHandle(t)
	br := mustAdd(t, h, &Bridge{LinkAttrs: LinkAttrs{Name: "br0"}})
	if err := h.BridgeSetVlanFiltering(br, true); err != nil {
		nstest.Need(t, "bridge vlan filtering", "", err)
	}
	x := mustAdd(t, h, &Vxlan{LinkAttrs: LinkAttrs{Name: "x0", MasterIndex: br.Index}, FlowBased: true})
	if err := errors.Join(
		h.LinkSetVlanTunnel(x, true),
		h.BridgeVlanAddRange(x, 10, 14, false, false, false, false),
		h.BridgeVlanAddTunnelInfo(x, 10, 10, 1000, 1000, false, false),
		h.BridgeVlanAddTunnelInfo(x, 12, 14, 2000, 2002, false, false),
	); err != nil {
		t.Fatal(err)
	}
	want := []nl.TunnelInfo{{TunId: 1000, Vid: 10}, {TunId: 2000, Vid: 12}, {TunId: 2001, Vid: 13},
		{TunId: 2002, Vid: 14}}
	for name, list := range map[string]func() ([]nl.TunnelInfo, error){
		"all": h.BridgeVlanTunnelShow,
		"dev": func() ([]nl.TunnelInfo, error) { return h.BridgeVlanTunnelShowDev(x) },
	} {
		if got, err := list(); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	if got, err := h.BridgeVlanTunnelShowDev(br); err != nil || len(got) != 0 {
		t.Errorf("of the bridge: got %+v, %v", got, err)
	}
	if err := h.BridgeVlanDelTunnelInfo(x, 12, 13, 2000, 2001, false, false); err != nil {
		t.Error(err)
	}
	if got, err := h.BridgeVlanTunnelShow(); err != nil || !slices.Equal(got, []nl.TunnelInfo{want[0], want[3]}) {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestBridgeVnis(t *testing.T) {
	h, _ := newHandle(t)
	x := &Vxlan{LinkAttrs: LinkAttrs{Name: "x0"}, FlowBased: true, VniFilter: true}
	if err := h.LinkAdd(x); err != nil {
		nstest.Need(t, "vxlan vnifilter", "5.18", err)
	}
	if err := errors.Join(h.BridgeVniAdd(x, 5), h.BridgeVniAddRange(x, 100, 103)); err != nil {
		t.Fatal(err)
	}
	vnis := func() (got []nl.BridgeVniInfo) {
		t.Helper()
		all, err := h.BridgeVniList()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range all[int32(x.Index)] {
			got = append(got, *v)
		}
		return got
	}
	if got, want := vnis(), []nl.BridgeVniInfo{{Vni: 5}, {Vni: 100, VniEnd: 103}}; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if err := errors.Join(h.BridgeVniDel(x, 5), h.BridgeVniDelRange(x, 102, 103)); err != nil {
		t.Fatal(err)
	}
	if got, want := vnis(), []nl.BridgeVniInfo{{Vni: 100, VniEnd: 101}}; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
