package netlink_test

import (
	"errors"
	"net"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/netlink"
	"kern.sys/netlink/nl"
	"kern.sys/unix"
)

// filterCase is a filter as a command and as a value.
type filterCase struct {
	name, command string
	make          func(a netlink.FilterAttrs, link int) netlink.Filter
}

// filterCases are filters as tc makes them, behind "filter add dev DEV ingress", and as values. DEV is the link.
var filterCases = []filterCase{
	{"u32", "protocol ip pref 10 u32 match ip src 10.1.0.0/16 match ip dport 80 0xffff flowid 1:5",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			return &netlink.U32{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 5),
				Sel: &netlink.TcU32Sel{Flags: netlink.TC_U32_TERMINAL, Nkeys: 2,
					Keys: []netlink.TcU32Key{{Mask: 0xffff0000, Val: 0x0a010000, Off: 12}, {Mask: 0xffff, Val: 80, Off: 20}}}}
		}},
	{"u32 and mirred", "protocol all pref 10 u32 match u32 0 0 action mirred egress redirect dev DEV",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Protocol = unix.ETH_P_ALL
			return &netlink.U32{FilterAttrs: a, Actions: []netlink.Action{netlink.NewMirredAction(link)}}
		}},
	{"u32 of a class and RedirIndex", "protocol all pref 10 u32 match u32 0 0 flowid 1:1 action mirred egress " +
		"redirect dev DEV", func(a netlink.FilterAttrs, link int) netlink.Filter {
		a.Protocol = unix.ETH_P_ALL
		return &netlink.U32{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 1), RedirIndex: link,
			Sel: &netlink.TcU32Sel{Flags: netlink.TC_U32_TERMINAL, Nkeys: 1, Keys: []netlink.TcU32Key{{}}}}
	}},
	{"u32 and police", "protocol ip pref 10 u32 match u32 0 0 police rate 1mbit burst 10k mtu 2000 drop flowid 1:1",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			p := netlink.NewPoliceAction()
			p.Rate, p.Burst, p.Mtu, p.ExceedAction, p.NotExceedAction = 125000, 10240, 2000, netlink.TC_POLICE_SHOT,
				netlink.TC_POLICE_OK
			return &netlink.U32{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 1), Police: p,
				Sel: &netlink.TcU32Sel{Flags: netlink.TC_U32_TERMINAL, Nkeys: 1, Keys: []netlink.TcU32Key{{}}}}
		}},
	{"fw", "protocol ip pref 10 handle 0x6/0xff fw classid 1:2 action gact pass random determ drop 5",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Handle = 6
			return &netlink.FwFilter{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 2), Mask: 0xff, Actions: []netlink.Action{
				&netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Action: netlink.TC_ACT_OK},
					Probability: &netlink.GactProbability{Type: 2, Value: 5, Action: netlink.TC_ACT_SHOT}}}}
		}},
	{"matchall in a chain", "chain 7 protocol ip pref 10 matchall skip_hw classid 1:1 action mirred ingress mirror " +
		"dev DEV", func(a netlink.FilterAttrs, link int) netlink.Filter {
		a.Chain = new(uint32(7))
		m := netlink.NewMirredAction(link)
		m.MirredAction, m.ActionAttrs.Action = netlink.TCA_INGRESS_MIRROR, netlink.TC_ACT_PIPE
		return &netlink.MatchAll{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 1), SkipHw: true,
			Actions: []netlink.Action{m}}
	}},
	{"police", "protocol ip pref 10 matchall action police rate 80mbit burst 100k mtu 2000 peakrate 160mbit overhead " +
		"14 conform-exceed drop/pipe", func(a netlink.FilterAttrs, link int) netlink.Filter {
		p := netlink.NewPoliceAction()
		p.Rate, p.Burst, p.Mtu, p.PeakRate, p.Overhead, p.ExceedAction, p.NotExceedAction = 1e7, 102400, 2000, 2e7, 14,
			netlink.TC_POLICE_SHOT, netlink.TC_POLICE_PIPE
		return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{p}}
	}},
	{"police above 32 bits and packets", "protocol ip pref 10 matchall action police rate 80gbit burst 1mb " +
		"conform-exceed drop/pipe action police pkts_rate 1000 pkts_burst 50 conform-exceed drop",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			p, q := netlink.NewPoliceAction(), netlink.NewPoliceAction()
			p.Rate64, p.Burst, p.ExceedAction, p.NotExceedAction = 1e10, 1048960, // in whole ticks, as 1mb is
				netlink.TC_POLICE_SHOT, netlink.TC_POLICE_PIPE
			q.PktRate, q.PktBurst, q.ExceedAction, q.LinkLayer = 1000, 50, netlink.TC_POLICE_SHOT, 0
			return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{p, q}}
		}},
	{"bpf", "protocol ip pref 10 bpf bytecode 1,6|0|0|4294967295 flowid 1:3 action gact drop",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			return &netlink.BpfFilter{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 3),
				Ops:     slices.Concat(numbers16(6), []byte{0, 0}, numbers(0xffffffff)),
				Actions: []netlink.Action{&netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Action: netlink.TC_ACT_SHOT}}}}
		}},
	{"vlan", "protocol ip pref 10 matchall action vlan push id 100 protocol 802.1ad priority 3 action vlan pop action " +
		"vlan modify id 5", func(a netlink.FilterAttrs, link int) netlink.Filter {
		push, pop, modify := netlink.NewVlanAction(), netlink.NewVlanAction(), netlink.NewVlanAction()
		push.Action, push.VlanID, push.Protocol, push.Priority = netlink.TCA_VLAN_ACT_PUSH, 100, unix.ETH_P_8021AD,
			new(uint8(3))
		pop.Action, modify.Action, modify.VlanID = netlink.TCA_VLAN_ACT_POP, netlink.TCA_VLAN_ACT_MODIFY, 5
		return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{push, pop, modify}}
	}},
	{"skbedit", "protocol ip pref 10 matchall action skbedit mark 7/0xff priority 1:2 ptype host pipe index 77 cookie " +
		"0011223344", func(a netlink.FilterAttrs, link int) netlink.Filter {
		s := netlink.NewSkbEditAction()
		s.Mark, s.Mask, s.Priority, s.PType = new(uint32(7)), new(uint32(0xff)), new(netlink.MakeHandle(1, 2)),
			new(uint16(0))
		s.Index, s.Cookie = 77, "\x00\x11\x22\x33\x44"
		return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{s}}
	}},
	{"tunnel_key", "protocol ip pref 10 matchall action tunnel_key set src_ip 10.0.0.1 dst_ip 10.0.0.2 id 11 dst_port " +
		"4789 tos 4 ttl 64 nocsum action tunnel_key unset", func(a netlink.FilterAttrs, link int) netlink.Filter {
		set, unset := netlink.NewTunnelKeyAction(), netlink.NewTunnelKeyAction()
		set.Action, set.SrcAddr, set.DstAddr, set.KeyID, set.DestPort = netlink.TCA_TUNNEL_KEY_SET,
			net.IPv4(10, 0, 0, 1).To4(), net.IPv4(10, 0, 0, 2).To4(), 11, 4789
		set.NoCsum, set.TOS, set.TTL, unset.Action = true, new(uint8(4)), new(uint8(64)), netlink.TCA_TUNNEL_KEY_UNSET
		return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{set, unset}}
	}},
	{"csum, connmark and sample", "protocol ip pref 10 matchall action csum ip4h and tcp action connmark zone 5 " +
		"action sample rate 12 group 4 trunc 64", func(a netlink.FilterAttrs, link int) netlink.Filter {
		c, m, s := netlink.NewCsumAction(), netlink.NewConnmarkAction(), netlink.NewSampleAction()
		c.UpdateFlags, m.Zone = netlink.TCA_CSUM_UPDATE_FLAG_IPV4HDR|netlink.TCA_CSUM_UPDATE_FLAG_TCP, 5
		s.Rate, s.Group, s.TruncSize = 12, 4, 64
		c.Action = netlink.TC_ACT_OK // what tc has by default
		return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{c, m, s}}
	}},
	{"pedit", "protocol ip pref 10 matchall action pedit ex munge eth src set 02:00:00:00:00:01 munge eth dst set " +
		"02:00:00:00:00:02 munge ip src set 10.0.0.1 munge ip dst set 10.0.0.2 munge tcp sport set 80 munge tcp dport " +
		"set 443 pipe",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			p := netlink.NewPeditAction()
			p.SrcMacAddr, p.DstMacAddr, p.SrcIP, p.DstIP = net.HardwareAddr{2, 0, 0, 0, 0, 1},
				net.HardwareAddr{2, 0, 0, 0, 0, 2}, net.IPv4(10, 0, 0, 1).To4(), net.IPv4(10, 0, 0, 2).To4()
			p.SrcPort, p.DstPort, p.Proto = 80, 443, unix.IPPROTO_TCP
			return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{p}}
		}},
	{"pedit by keys", "protocol ip pref 10 matchall action pedit ex munge ip ttl add 0xff pipe action pedit munge " +
		"offset 4 u8 set 5 drop", func(a netlink.FilterAttrs, link int) netlink.Filter {
		p, q := netlink.NewPeditAction(), netlink.NewPeditAction()
		p.Keys = []netlink.PeditKey{{Header: nl.TCA_PEDIT_KEY_EX_HDR_TYPE_IP4, Add: true, Value: [4]byte{0xff},
			Mask: [4]byte{0, 0xff, 0xff, 0xff}, Offset: 8}}
		q.Keys, q.Plain, q.Action = []netlink.PeditKey{{Value: [4]byte{5}, Mask: [4]byte{0, 0xff, 0xff, 0xff}, Offset: 4}},
			true, netlink.TC_ACT_SHOT
		return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{p, q}}
	}},
	{"gact", "protocol ip pref 10 matchall action gact goto chain 5 no_percpu action gact trap",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			g := &netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Action: netlink.TC_ACT_GOTO_CHAIN | 5, Flags: 1},
				Chain: 5}
			trap := &netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Action: netlink.TC_ACT_TRAP}}
			return &netlink.MatchAll{FilterAttrs: a, Actions: []netlink.Action{g, trap}}
		}},
	{"flower", "protocol ip pref 10 flower src_ip 10.0.0.0/8 dst_ip 10.1.2.3 ip_proto tcp src_port 80/0xff00 dst_port " +
		"443 tcp_flags 2/0x12 ip_tos 4/0xfc ip_ttl 64 classid 1:2 skip_hw action gact drop",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			return &netlink.Flower{FilterAttrs: a, EthType: unix.ETH_P_IP, SrcIP: net.IPv4(10, 0, 0, 0).To4(),
				SrcIPMask: net.CIDRMask(8, 32), DestIP: net.IPv4(10, 1, 2, 3).To4(),
				IPProto: new(nl.IPProto(unix.IPPROTO_TCP)), SrcPort: 80, SrcPortMask: 0xff00, DestPort: 443,
				TCPFlags: &netlink.Masked[uint16]{Value: 2, Mask: 0x12},
				IPTOS:    &netlink.Masked[uint8]{Value: 4, Mask: 0xfc}, IPTTL: &netlink.Masked[uint8]{Value: 64, Mask: 0xff},
				ClassId: netlink.MakeHandle(1, 2), SkipHw: true,
				Actions: []netlink.Action{&netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Action: netlink.TC_ACT_SHOT}}}}
		}},
	{"flower of ICMPv6", "protocol ipv6 pref 10 flower src_ip fd00::/64 dst_ip fd00::1 ip_proto icmpv6 type 128 code " +
		"0 ip_flags nofrag", func(a netlink.FilterAttrs, link int) netlink.Filter {
		a.Protocol = unix.ETH_P_IPV6
		return &netlink.Flower{FilterAttrs: a, EthType: unix.ETH_P_IPV6, SrcIP: net.ParseIP("fd00::"),
			SrcIPMask: net.CIDRMask(64, 128), DestIP: net.ParseIP("fd00::1"),
			IPProto: new(nl.IPProto(unix.IPPROTO_ICMPV6)), ICMPType: &netlink.Masked[uint8]{Value: 128, Mask: 0xff},
			ICMPCode: &netlink.Masked[uint8]{Mask: 0xff},
			Flags:    &netlink.Masked[uint32]{Mask: 1}}
	}},
	{"flower of VLANs", "protocol 802.1Q pref 10 flower src_mac 02:00:00:00:00:01 dst_mac " +
		"02:00:00:00:00:00/ff:ff:ff:00:00:00 vlan_id 100 vlan_prio 3 vlan_ethtype ip ip_proto udp dst_port 1000-2000 " +
		"src_ip 1.2.3.4",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Protocol = unix.ETH_P_8021Q
			return &netlink.Flower{FilterAttrs: a, EthType: unix.ETH_P_8021Q, SrcMac: net.HardwareAddr{2, 0, 0, 0, 0, 1},
				DestMac:     net.HardwareAddr{2, 0, 0, 0, 0, 0},
				DestMacMask: net.HardwareAddr{255, 255, 255, 0, 0, 0}, VlanId: 100, VlanPrio: new(uint8(3)),
				VlanEthType: unix.ETH_P_IP,
				IPProto:     new(nl.IPProto(unix.IPPROTO_UDP)), DstPortRangeMin: 1000, DstPortRangeMax: 2000,
				SrcIP: net.IPv4(1, 2, 3, 4).To4()}
		}},
	{"flower of two VLANs", "protocol 802.1ad pref 10 flower vlan_id 100 vlan_ethtype 802.1q cvlan_id 5 cvlan_prio 2 " +
		"cvlan_ethtype ip ip_proto sctp src_port 7", func(a netlink.FilterAttrs, link int) netlink.Filter {
		a.Protocol = unix.ETH_P_8021AD
		return &netlink.Flower{FilterAttrs: a, EthType: unix.ETH_P_8021AD, VlanId: 100, VlanEthType: unix.ETH_P_8021Q,
			CVlanId: new(uint16(5)), CVlanPrio: new(uint8(2)),
			CVlanEthType: unix.ETH_P_IP, IPProto: new(nl.IPProto(unix.IPPROTO_SCTP)), SrcPort: 7}
	}},
	{"flower of ARP", "protocol arp pref 10 flower arp_op request arp_sip 10.0.0.0/24 arp_tip 10.0.0.1 arp_sha " +
		"02:00:00:00:00:01", func(a netlink.FilterAttrs, link int) netlink.Filter {
		a.Protocol = unix.ETH_P_ARP
		return &netlink.Flower{FilterAttrs: a, EthType: unix.ETH_P_ARP, ARPOp: &netlink.Masked[uint8]{Value: 1, Mask: 0xff},
			ARPSender:    &net.IPNet{IP: net.IPv4(10, 0, 0, 0).To4(), Mask: net.CIDRMask(24, 32)},
			ARPTarget:    &net.IPNet{IP: net.IPv4(10, 0, 0, 1).To4(), Mask: net.CIDRMask(32, 32)},
			ARPSenderMac: net.HardwareAddr{2, 0, 0, 0, 0, 1}}
	}},
	{"flower of MPLS", "protocol mpls_uc pref 10 flower mpls lse depth 1 label 100 tc 2 lse depth 2 ttl 64 bos 1",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Protocol = unix.ETH_P_MPLS_UC
			return &netlink.Flower{FilterAttrs: a, EthType: unix.ETH_P_MPLS_UC,
				MPLSStack: []netlink.FlowerMPLS{{Depth: 1, Label: new(uint32(100)), TC: new(uint8(2))},
					{Depth: 2, TTL: new(uint8(64)), BOS: new(uint8(1))}}}
		}},
	{"flower of a tunnel", "protocol ip pref 10 flower enc_src_ip 10.0.0.0/24 enc_dst_ip 10.0.0.2 enc_key_id 11 " +
		"enc_dst_port 4789 enc_tos 4 enc_ttl 64/0xf0", func(a netlink.FilterAttrs, link int) netlink.Filter {
		return &netlink.Flower{FilterAttrs: a, EthType: unix.ETH_P_IP, EncSrcIP: net.IPv4(10, 0, 0, 0).To4(),
			EncSrcIPMask: net.CIDRMask(24, 32), EncDestIP: net.IPv4(10, 0, 0, 2).To4(),
			EncKeyId: 11, EncDestPort: 4789, EncIPTOS: &netlink.Masked[uint8]{Value: 4, Mask: 0xff},
			EncTTL: &netlink.Masked[uint8]{Value: 64, Mask: 0xf0}}
	}},
	{"flower of connections", "protocol ip pref 10 flower ct_state +trk+est-new ct_zone 5 ct_mark 7/0xff indev DEV",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			return &netlink.Flower{FilterAttrs: a, EthType: unix.ETH_P_IP,
				CTState: &netlink.Masked[uint16]{Value: 10, Mask: 11},
				CTZone:  &netlink.Masked[uint16]{Value: 5, Mask: 0xffff},
				CTMark:  &netlink.Masked[uint32]{Value: 7, Mask: 0xff}, InDev: "DEV"}
		}},
}

func numbers16(v uint16) []byte { return nl.Uint16Attr(v) }

// addFilter adds a filter, where the kernel has its kind and its actions.
func addFilter(t *testing.T, f netlink.Filter) {
	t.Helper()
	if err := netlink.FilterAdd(f); err != nil {
		if errors.Is(err, os.ErrNotExist) {
			err = unix.EOPNOTSUPP
		}
		nstest.Need(t, "filter "+t.Name(), "", err)
	}
}

// ingressFilters are those of DEV, without times and counters.
func ingressFilters(t *testing.T) []netlink.Filter {
	t.Helper()
	link, err := netlink.LinkByName("DEV")
	if err != nil {
		t.Fatal(err)
	}
	all, err := netlink.FilterList(link, netlink.HANDLE_MIN_INGRESS)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if list := reflect.ValueOf(f).Elem().FieldByName("Actions"); list.IsValid() {
			for _, a := range list.Interface().([]netlink.Action) {
				if _, police := a.(*netlink.PoliceAction); (a.Attrs().Statistics == nil || a.Attrs().Timestamp == nil) && !police {
					t.Errorf("%+v has no counters or times", a)
				}
				a.Attrs().Statistics, a.Attrs().Timestamp = nil, nil
			}
		}
		if p := reflect.ValueOf(f).Elem().FieldByName("Police"); p.IsValid() && !p.IsNil() {
			p.Interface().(*netlink.PoliceAction).Timestamp = nil
		}
	}
	return all
}

func tcShowsFilters(t *testing.T) string {
	t.Helper()
	return string(tool(t, "tc", "-d", "filter", "show", "dev", "DEV", "ingress"))
}

func addClsact(t *testing.T, link int) {
	t.Helper()
	change(t, &netlink.Clsact{QdiscAttrs: at(link, 0xffff, netlink.HANDLE_CLSACT)}, netlink.QdiscAdd, nil)
}

// deletable is what deletes the filter: the only one of cgroup is not deleted by its handle.
func deletable(f netlink.Filter) netlink.Filter {
	if f.Type() != "cgroup" {
		return f
	}
	a := *f.Attrs()
	a.Handle = 0
	return &netlink.GenericFilter{FilterAttrs: a, FilterType: f.Type()}
}

func TestFiltersAreThoseOfTc(t *testing.T) {
	for _, c := range slices.Concat(filterCases, ematchCases, actionCases) {
		t.Run(c.name, func(t *testing.T) {
			var want, got string
			var listed []netlink.Filter
			withLink(t, func(link int) {
				addClsact(t, link)
				made := c.make(netlink.FilterAttrs{LinkIndex: link, Parent: netlink.HANDLE_MIN_INGRESS, Priority: 10,
					Protocol: unix.ETH_P_IP}, link)
				addFilter(t, made)
				got = tcShowsFilters(t)
				all := ingressFilters(t)
				listed = all
				if len(all) != 1 || reflect.TypeOf(all[0]) != reflect.TypeOf(made) {
					t.Fatalf("read is %+v", all)
				}
				sameFilter(t, all[0], made)
				one, err := netlink.FilterGet(all[0])
				if made.Type() == "cgroup" { // the kernel finds none of these by its handle
					one, err = all[0], nil
				}
				if err != nil || one.Attrs().Handle != all[0].Attrs().Handle || one.Type() != made.Type() {
					t.Errorf("one is read as %+v, %v", one, err)
				}
				if err := netlink.FilterDel(deletable(all[0])); err != nil {
					t.Fatal(err)
				}
				if left := ingressFilters(t); len(left) != 0 {
					t.Errorf("left is %+v", left)
				}
			})
			if t.Failed() {
				return
			}
			// In another namespace, since what the deleted one did may be there for a moment yet.
			withLink(t, func(link int) {
				addClsact(t, link)
				if link != listed[0].Attrs().LinkIndex {
					t.Fatalf("link %d, was %d", link, listed[0].Attrs().LinkIndex)
				}
				if err := netlink.FilterAdd(listed[0]); err != nil {
					t.Fatalf("as listed: %+v: %v", listed[0], err)
				}
				if again := tcShowsFilters(t); again != got {
					t.Errorf("added as listed it is\n%s, was\n%s", again, got)
				}
				if again := ingressFilters(t); !reflect.DeepEqual(again, listed) {
					t.Errorf("added as listed it is\n%+v, was\n%+v", again[0], listed[0])
				}
			})
			withLink(t, func(link int) {
				addClsact(t, link)
				words := strings.Fields("filter add dev DEV ingress " + c.command)
				for i := range words {
					words[i] = strings.ReplaceAll(words[i], "|", " ")
				}
				tool(t, "tc", words...)
				want = tcShowsFilters(t)
			})
			if got != want {
				t.Errorf("ours\n%s\ntc's\n%s", got, want)
			}
		})
	}
}

// sameFilter compares what is set in want, with its actions.
func sameFilter(t *testing.T, got, want netlink.Filter) {
	t.Helper()
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for i := range w.NumField() {
		switch name := w.Type().Field(i).Name; {
		case w.Field(i).IsZero():
		case name == "FilterAttrs":
			sameSet(t, g.Field(i).Addr().Interface(), w.Field(i).Addr().Interface())
		case name == "Actions":
			have, expected := g.Field(i).Interface().([]netlink.Action), w.Field(i).Interface().([]netlink.Action)
			if len(have) != len(expected) {
				t.Errorf("actions are %+v", have)
				continue
			}
			for j, a := range expected {
				sameAction(t, have[j], a)
			}
		case name == "Police":
			sameAction(t, g.Field(i).Interface().(netlink.Action), w.Field(i).Interface().(netlink.Action))
		case !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()):
			t.Errorf("%s is %v, want %v", name, reflect.Indirect(g.Field(i)), reflect.Indirect(w.Field(i)))
		}
	}
}

func sameAction(t *testing.T, got, want netlink.Action) {
	t.Helper()
	if reflect.TypeOf(got) != reflect.TypeOf(want) || got.Type() != want.Type() {
		t.Errorf("action is %+v, want %+v", got, want)
		return
	}
	if a := got.Attrs(); a.Index == 0 || a.Refcnt != 1 || a.Bindcnt != 1 {
		t.Errorf("action is %v", a)
	}
	g, w := reflect.ValueOf(got).Elem(), reflect.ValueOf(want).Elem()
	for i := range w.NumField() {
		switch name := w.Type().Field(i).Name; {
		case w.Field(i).IsZero():
		case name == "Chain" || name == "ActionAttrs":
			w := want.Attrs()
			if g := got.Attrs(); w.Index != 0 && g.Index != w.Index || g.Cookie != w.Cookie || g.Flags&w.Flags != w.Flags {
				t.Errorf("%v, want %v", g, w)
			}
		case !reflect.DeepEqual(g.Field(i).Interface(), w.Field(i).Interface()):
			t.Errorf("%s of %s is %v, want %v", name, got.Type(), reflect.Indirect(g.Field(i)), reflect.Indirect(w.Field(i)))
		}
	}
}

// A complete copy of hash tables, which FilterSeq has, links the filters as before.
func TestU32TablesAreCopied(t *testing.T) {
	withLink(t, func(link int) {
		addClsact(t, link)
		a := netlink.FilterAttrs{LinkIndex: link, Parent: netlink.HANDLE_MIN_INGRESS, Priority: 10, Protocol: unix.ETH_P_IP}
		table, linked, inner := a, a, a
		table.Handle, inner.Handle = 5<<20, 5<<20|1<<12|2
		addFilter(t, &netlink.U32{FilterAttrs: table, Divisor: 256})
		addFilter(t, &netlink.U32{FilterAttrs: linked, Link: 5 << 20,
			Sel: &netlink.TcU32Sel{Flags: netlink.TC_U32_VAROFFSET | netlink.TC_U32_EAT, Offshift: 6,
				Offmask: 0x0f00, Hmask: 0x00ff0000, Hoff: 16,
				Keys: []netlink.TcU32Key{{Mask: 0xff000000, Val: 0x0a000000, Off: 16}}}})
		addFilter(t, &netlink.U32{FilterAttrs: inner, Hash: 5<<20 | 1<<12, ClassId: netlink.MakeHandle(1, 1)})
		want := tcShowsFilters(t)
		dev, err := netlink.LinkByIndex(link)
		if err != nil {
			t.Fatal(err)
		}
		all, err := collect(netlink.FilterSeq(dev, netlink.HANDLE_MIN_INGRESS))
		if err != nil {
			t.Fatal(err)
		}
		if n := len(ingressFilters(t)); len(all) != 4 || n != 2 {
			t.Errorf("%d filters with tables, and %d without", len(all), n)
		}
		if err := netlink.FilterDel(&netlink.GenericFilter{FilterAttrs: netlink.FilterAttrs{LinkIndex: link,
			Parent: netlink.HANDLE_MIN_INGRESS}}); err != nil {
			t.Fatal(err)
		}
		if left := tcShowsFilters(t); left != "" {
			t.Errorf("after all are deleted there is\n%s", left)
		}
		for _, tables := range []bool{true, false} {
			for _, f := range all {
				u, ok := f.(*netlink.U32)
				if !ok {
					t.Fatalf("%+v", f)
				}
				if (u.Sel == nil) == tables && u.Handle != 0x80000000 { // the first table comes by itself
					addFilter(t, u)
				}
			}
		}
		if got := tcShowsFilters(t); got != want {
			t.Errorf("copied is\n%s, want\n%s", got, want)
		}
	})
}

// A terse list has of filters and actions what tells them apart, and nothing of what they match or do.
func TestFilterListTerse(t *testing.T) {
	withLink(t, func(link int) {
		addClsact(t, link)
		whole := &netlink.Flower{FilterAttrs: netlink.FilterAttrs{LinkIndex: link, Parent: netlink.HANDLE_MIN_INGRESS,
			Priority: 10, Protocol: unix.ETH_P_IP}, EthType: unix.ETH_P_IP, DestIP: net.IPv4(192, 0, 2, 1), SkipHw: true,
			Actions: []netlink.Action{&netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Index: 7, Cookie: "kern",
				Action: netlink.TC_ACT_SHOT}}}}
		nstest.NeedOption(t, "CONFIG_NET_CLS_FLOWER", "5.8", netlink.FilterAdd(whole))
		dev, err := netlink.LinkByIndex(link)
		if err != nil {
			t.Fatal(err)
		}
		all, err := netlink.FilterListTerse(dev, netlink.HANDLE_MIN_INGRESS)
		if err != nil || len(all) != 1 {
			t.Fatalf("%+v, %v", all, err)
		}
		f, ok := all[0].(*netlink.Flower)
		if !ok || f.Handle != 1 || f.Priority != 10 || f.Protocol != unix.ETH_P_IP || !f.SkipHw || f.DestIP != nil ||
			len(f.Actions) != 1 {
			t.Fatalf("%+v", all[0])
		}
		a := f.Actions[0].Attrs()
		if f.Actions[0].Type() != "generic" || a.Index != 0 || a.Cookie != "kern" || a.Statistics == nil {
			t.Errorf("%s, cookie %q, %+v", f.Actions[0].Type(), a.Cookie, a.Statistics)
		}
		if list := ingressFilters(t); !list[0].(*netlink.Flower).DestIP.Equal(whole.DestIP) {
			t.Errorf("the whole list has %+v", list[0])
		}
	})
}

func TestFiltersAreChangedAndReplaced(t *testing.T) {
	withLink(t, func(link int) {
		addClsact(t, link)
		f := &netlink.U32{FilterAttrs: netlink.FilterAttrs{LinkIndex: link, Parent: netlink.HANDLE_MIN_INGRESS, Priority: 10,
			Protocol: unix.ETH_P_IP}, ClassId: 1}
		addFilter(t, f)
		for class, change := range map[uint32]func(netlink.Filter) error{2: netlink.FilterChange, 3: netlink.FilterReplace} {
			f = ingressFilters(t)[0].(*netlink.U32)
			f.ClassId = class
			if err := change(f); err != nil {
				t.Fatal(err)
			}
			if all := ingressFilters(t); len(all) != 1 || all[0].(*netlink.U32).ClassId != class {
				t.Errorf("%+v", all)
			}
		}
		f.Handle++
		if err := netlink.FilterChange(f); err == nil {
			t.Error("one that is not there is changed")
		}
		h, err := netlink.NewHandleWithOptions(netlink.HandleOptions{ErrorDetails: true})
		if err != nil {
			t.Fatal(err)
		}
		defer h.Close()
		if err := h.FilterAdd(nil); err == nil || !strings.Contains(err.Error(), "no filter given") {
			t.Error(err)
		}
		if _, err := h.FilterGet(nil); err == nil {
			t.Error("no filter is found")
		}
	})
}

func TestChains(t *testing.T) {
	withLink(t, func(link int) {
		addClsact(t, link)
		dev, err := netlink.LinkByIndex(link)
		if err != nil {
			t.Fatal(err)
		}
		chain := netlink.NewChain(netlink.HANDLE_MIN_INGRESS, 20)
		if err := netlink.ChainAdd(dev, chain); err != nil {
			t.Fatal(err)
		}
		if err := netlink.ChainAdd(dev, chain); !errors.Is(err, os.ErrExist) {
			t.Errorf("a second one: %v", err)
		}
		all, err := netlink.ChainList(dev, netlink.HANDLE_MIN_INGRESS)
		if err != nil || len(all) != 1 || all[0] != chain {
			t.Errorf("%v, %v", all, err)
		}
		streamed, err := collect(netlink.ChainSeq(dev, netlink.HANDLE_MIN_INGRESS))
		if err != nil || !reflect.DeepEqual(streamed, all) {
			t.Errorf("%v, %v", streamed, err)
		}
		if shown := string(tool(t, "tc", "chain", "show", "dev", "DEV", "ingress")); !strings.Contains(shown, "chain 20") {
			t.Error(shown)
		}
		if err := netlink.ChainDel(dev, chain); err != nil {
			t.Fatal(err)
		}
		template := &netlink.Flower{EthType: unix.ETH_P_IP, DestIP: net.IPv4zero.To4(), DestIPMask: net.CIDRMask(24, 32)}
		template.Protocol = unix.ETH_P_IP
		chain.Template = template
		if err := netlink.ChainAdd(dev, chain); err != nil {
			nstest.Need(t, "filter flower", "", errors.Join(err, unix.EOPNOTSUPP))
		}
		all, err = netlink.ChainList(dev, netlink.HANDLE_MIN_INGRESS)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v, %v", all, err)
		}
		if f, ok := all[0].Template.(*netlink.Flower); !ok || !slices.Equal(f.DestIPMask, template.DestIPMask) {
			t.Errorf("%+v", all[0].Template)
		}
	})
}

func TestKindsOfFiltersAndActions(t *testing.T) {
	if all := netlink.FilterKinds(); !slices.IsSorted(all) || !slices.Contains(all, "u32") {
		t.Error(all)
	}
	if all := netlink.ActionKinds(); !slices.IsSorted(all) || !slices.Contains(all, "gact") {
		t.Error(all)
	}
}

// EncodeActions makes the bytes that a filter has.
func TestEncodeActions(t *testing.T) {
	a := nl.NewRtAttr(nl.TCA_U32_ACT, nil)
	if err := netlink.EncodeActions(a, []netlink.Action{netlink.NewMirredAction(7),
		netlink.NewCsumAction()}); err != nil {
		t.Fatal(err)
	}
	list, err := nl.ParseRouteAttr(a.Serialize()[unix.SizeofRtAttr:])
	if err != nil || len(list) != 2 || list[1].Attr.Type != 2 || !strings.Contains(string(list[0].Value), "mirred\x00") {
		t.Errorf("%v, %v", list, err)
	}
	if err := netlink.EncodeActions(a, []netlink.Action{nil}); err == nil {
		t.Error("no action is no error")
	}
}
