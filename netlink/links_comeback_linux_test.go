package netlink

import (
	"errors"
	"net"
	"reflect"
	"slices"
	"syscall"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
)

func TestNetkitPair(t *testing.T) {
	h, _ := newHandle(t)
	n := &Netkit{
		LinkAttrs: LinkAttrs{Name: "nk0", TxQLen: -1}, Mode: NETKIT_MODE_L3,
		Policy: NETKIT_POLICY_BLACKHOLE, PeerScrub: NETKIT_SCRUB_DEFAULT,
	}
	n.SetPeerAttrs(&LinkAttrs{Name: "nk1", MTU: 1400, TxQLen: -1})
	if err := h.LinkAdd(n); err != nil {
		nstest.Need(t, "netkit links", "6.7", err)
	}
	for name, primary := range map[string]bool{"nk0": true, "nk1": false} {
		link, err := h.LinkByName(name)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := link.(*Netkit)
		if !ok || got.IsPrimary() != primary || got.Mode != NETKIT_MODE_L3 {
			t.Errorf("%s is %+v", name, link)
		}
		if primary && (got.Policy != NETKIT_POLICY_BLACKHOLE || got.PeerPolicy != NETKIT_POLICY_FORWARD) {
			t.Errorf("policies of %s: %d, peer %d", name, got.Policy, got.PeerPolicy)
		}
		if got.SupportsScrub() && primary && (got.Scrub != NETKIT_SCRUB_NONE || got.PeerScrub != NETKIT_SCRUB_DEFAULT) {
			t.Errorf("scrubs of %s: %d, peer %d", name, got.Scrub, got.PeerScrub)
		}
		if !primary && got.MTU != 1400 {
			t.Errorf("the other end has MTU %d", got.MTU)
		}
	}
	bad := &Netkit{LinkAttrs: LinkAttrs{Name: "nk2", TxQLen: -1, HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 1}},
		Mode: NETKIT_MODE_L3}
	if err := h.LinkAdd(bad); err == nil || errors.As(err, new(LinkNotFoundError)) {
		t.Errorf("a hardware address in mode l3: %v", err)
	}
}

func TestNetkitWithoutPeer(t *testing.T) {
	h, _ := newHandle(t)
	bad := &Netkit{LinkAttrs: named("nk1"), Single: true}
	bad.SetPeerAttrs(&LinkAttrs{Name: "nk2"})
	for _, bad := range []*Netkit{bad, {LinkAttrs: named("nk1"), Single: true, Scrub: NETKIT_SCRUB_DEFAULT}} {
		if err := h.LinkAdd(bad); err == nil || errors.As(err, new(syscall.Errno)) {
			t.Errorf("a device without another end, and with its settings: %v", err)
		}
	}
	want := &Netkit{LinkAttrs: named("x0"), Mode: NETKIT_MODE_L3, Single: true, DesiredHeadroom: 32}
	if err := h.LinkAdd(want); err != nil {
		nstest.Need(t, "netkit links", "6.7", err)
	}
	links, err := h.LinkList()
	if err != nil {
		t.Fatal(err)
	}
	links = slices.DeleteFunc(links, func(l Link) bool { return l.Type() != "netkit" })
	if len(links) == 2 { // an older kernel lets the attribute pass
		nstest.Need(t, "netkit links without a peer", "7.1", syscall.EOPNOTSUPP)
	}
	got := links[0].(*Netkit)
	if len(links) != 1 || !got.Single || got.Mode != NETKIT_MODE_L3 || got.DesiredHeadroom != 32 {
		t.Errorf("%d links, the first is %+v", len(links), got)
	}
}

// Kinds whose attributes the kernel gives back as they were set.
func TestKindsComeBackAsTheyWereMade(t *testing.T) {
	h, _ := newHandle(t)
	parent := mustAdd(t, h, &Dummy{LinkAttrs{Name: "p0", TxQLen: -1}})
	attrs := func(name string) LinkAttrs { return LinkAttrs{Name: name, ParentIndex: parent.Index, TxQLen: -1} }
	tunnel := func(name string) LinkAttrs { return LinkAttrs{Name: name, TxQLen: -1} }
	for _, link := range []Link{
		&IPVlan{LinkAttrs: attrs("l3"), Mode: IPVLAN_MODE_L3S, Flag: IPVLAN_FLAG_VEPA},
		&IPVtap{IPVlan{LinkAttrs: attrs("tap"), Mode: IPVLAN_MODE_L3S, Flag: IPVLAN_FLAG_VEPA}},
		&Xfrmi{LinkAttrs: attrs("x7"), Ifid: 7},
		&Xfrmi{LinkAttrs: LinkAttrs{Name: "xe", TxQLen: -1}, External: true},
		&Vrf{LinkAttrs: LinkAttrs{Name: "red", TxQLen: -1}, Table: 1234},
		&Wireguard{LinkAttrs{Name: "wg0", TxQLen: -1}},
		&Iptun{LinkAttrs: tunnel("ipip1"), Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}, Ttl: 9, Tos: 4,
			PMtuDisc: 1},
		&Sittun{LinkAttrs: tunnel("sit1"), Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}, Ttl: 9,
			Proto: uapi.IPPROTO_IPV6, PMtuDisc: 1,
			Prefix6rd: net.ParseIP("2002::"), PrefixLen6rd: 16, RelayPrefix6rd: net.IP{0, 0, 0, 0}},
		&Gretun{LinkAttrs: tunnel("gre1"), Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}, IKey: 5, OKey: 6,
			IFlags: uapi.GRE_KEY, OFlags: uapi.GRE_KEY, PMtuDisc: 1, IgnoreDf: new(false)},
		&Gretap{LinkAttrs: tunnel("gretap1"), Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}, Ttl: 3, PMtuDisc: 1},
		&Vti{LinkAttrs: tunnel("vti1"), Local: net.IP{10, 0, 0, 1}, Remote: net.IP{10, 0, 0, 2}, IKey: 5, OKey: 6},
		&Vti{LinkAttrs: tunnel("vti2"), Local: net.ParseIP("fd00::1"), Remote: net.ParseIP("fd00::2"), IKey: 5, OKey: 6},
		&Geneve{LinkAttrs: tunnel("geneve1"), ID: 7, Remote: net.IP{10, 0, 0, 2}, Ttl: 5, Tos: 4, Dport: 6082,
			Df: GENEVE_DF_INHERIT, UdpZeroCsum6Rx: 1, PortLow: 1000, PortHigh: 2000},
	} {
		t.Run(link.Type()+" "+link.Attrs().Name, func(t *testing.T) {
			mustAdd(t, h, link)
			got, err := h.LinkByName(link.Attrs().Name)
			if err != nil {
				t.Fatal(err)
			}
			if g, ok := got.(*Geneve); ok && g.PortLow == 0 {
				nstest.Need(t, "source ports of geneve", "6.15", syscall.EOPNOTSUPP)
			}
			*got.Attrs(), *link.Attrs() = LinkAttrs{}, LinkAttrs{}
			if !reflect.DeepEqual(got, link) {
				t.Errorf("is %+v, was made as %+v", got, link)
			}
		})
	}
	t.Run("port of a vrf", func(t *testing.T) {
		red, err := h.LinkByName("red")
		if errors.As(err, new(LinkNotFoundError)) {
			t.Skip("no vrf links, see above")
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := h.LinkSetMaster(parent, red); err != nil {
			t.Fatal(err)
		}
		got, err := h.LinkByName("p0")
		if err != nil {
			t.Fatal(err)
		}
		if port, ok := got.Attrs().Slave.(*VrfSlave); !ok || port.Table != 1234 {
			t.Errorf("the port has %+v", got.Attrs().Slave)
		}
	})
}
