package netlink_test

import (
	"net"

	"kern.sys/netlink"
	"kern.sys/unix"
)

// actionCases are actions as tc makes them, behind "filter add dev DEV ingress", and as values.
var actionCases = []filterCase{
	actions("ct", "ct commit force zone 5 mark 7/0xff label 0102030405060708090a0b0c0d0e0f10 nat src addr "+
		"10.0.0.1-10.0.0.9 port 1000-2000 action ct commit nat dst addr 2001:db8::1 zone 3 drop action ct clear",
		func() []netlink.Action {
			a, b, c := netlink.NewCtAction(), netlink.NewCtAction(), netlink.NewCtAction()
			a.Action = netlink.TCA_CT_ACT_COMMIT | netlink.TCA_CT_ACT_FORCE | netlink.TCA_CT_ACT_NAT |
				netlink.TCA_CT_ACT_NAT_SRC
			a.Zone, a.Mark = new(uint16(5)), &netlink.Masked[uint32]{Value: 7, Mask: 0xff}
			a.Labels = []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}
			a.NatMin, a.NatMax = net.IPv4(10, 0, 0, 1).To4(), net.IPv4(10, 0, 0, 9).To4()
			a.NatPortMin, a.NatPortMax = 1000, 2000
			b.Action = netlink.TCA_CT_ACT_COMMIT | netlink.TCA_CT_ACT_NAT | netlink.TCA_CT_ACT_NAT_DST
			b.Zone, b.NatMin, b.ActionAttrs.Action = new(uint16(3)), net.ParseIP("2001:db8::1"), netlink.TC_ACT_SHOT
			c.Action = netlink.TCA_CT_ACT_CLEAR
			return []netlink.Action{a, b, c}
		}),
	actions("skbmod", "skbmod set dmac 02:00:00:00:00:01 smac 02:00:00:00:00:02 etype 0x1234 action skbmod swap mac "+
		"action skbmod ecn drop", func() []netlink.Action {
		a, b, c := netlink.NewSkbModAction(), netlink.NewSkbModAction(), netlink.NewSkbModAction()
		a.DestMac, a.SrcMac = net.HardwareAddr{2, 0, 0, 0, 0, 1}, net.HardwareAddr{2, 0, 0, 0, 0, 2}
		a.EtherType, b.SwapMac, c.ECN, c.Action = 0x1234, true, true, netlink.TC_ACT_SHOT
		return []netlink.Action{a, b, c}
	}),
	actions("ctinfo", "ctinfo dscp 0xfc000000 0x01000000 cpmark 0xff zone 5 action ctinfo cpmark",
		func() []netlink.Action {
			a, b := netlink.NewCtinfoAction(), netlink.NewCtinfoAction()
			a.DSCPMask, a.DSCPStateMask, a.MarkMask, a.Zone, b.MarkMask = 0xfc000000, 1<<24, 0xff, 5, ^uint32(0)
			return []netlink.Action{a, b}
		}),
	actions("gate", "gate clockid CLOCK_TAI base-time 200000000000ns cycle-time 1s cycle-time-ext 5ms priority 3 "+
		"sched-entry open 200ms 2 8000b sched-entry close 800ms drop", func() []netlink.Action {
		g := netlink.NewGateAction()
		g.ActionAttrs.Action, g.Clock, g.Priority = netlink.TC_ACT_SHOT, new(int32(unix.CLOCK_TAI)), new(int32(3))
		g.BaseTime, g.CycleTime, g.CycleTimeExtension = 200e9, 1e9, 5e6
		g.Gates = []netlink.Gate{{Open: true, Interval: 200e6, Priority: new(int32(2)), MaxOctets: new(int32(8000))},
			{Interval: 800e6, Priority: new(int32(-1)), MaxOctets: new(int32(-1))}}
		return []netlink.Action{g}
	}),
	actions("ife", "ife encode type 0xDEAD allow mark dst 02:15:15:15:15:15 src 02:15:15:15:15:16 use prio 5 use "+
		"tcindex 3 pipe action ife decode pass", func() []netlink.Action {
		a, b := netlink.NewIfeAction(), netlink.NewIfeAction()
		a.Encode, a.EtherType, a.AllowMark, a.Priority, a.TcIndex = true, 0xdead, true, new(uint32(5)), new(uint16(3))
		a.DestMac, a.SrcMac = net.HardwareAddr{2, 0x15, 0x15, 0x15, 0x15, 0x15},
			net.HardwareAddr{2, 0x15, 0x15, 0x15, 0x15, 0x16}
		b.Action = netlink.TC_ACT_OK
		return []netlink.Action{a, b}
	}),
	actions("nat", "nat egress 10.0.0.0/8 1.2.3.4", func() []netlink.Action {
		n := netlink.NewNatAction()
		n.Egress, n.New = true, net.IPv4(1, 2, 3, 4).To4()
		n.Old = &net.IPNet{IP: net.IPv4(10, 0, 0, 0).To4(), Mask: net.CIDRMask(8, 32)}
		return []netlink.Action{n}
	}),
	actions("simple", "simple sdata hello", func() []netlink.Action {
		s := netlink.NewSimpleAction()
		s.Text = "hello"
		return []netlink.Action{s}
	}),
	actions("mpls", "mpls push label 20 tc 3 ttl 64 bos 1 protocol mpls_uc action mpls pop protocol ip",
		func() []netlink.Action {
			a, b := netlink.NewMplsAction(), netlink.NewMplsAction()
			a.Action, a.Label, a.TC, a.TTL, a.BOS = netlink.TCA_MPLS_ACT_PUSH, new(uint32(20)), new(uint8(3)),
				new(uint8(64)), new(uint8(1))
			a.Protocol = unix.ETH_P_MPLS_UC
			b.Action, b.Protocol = netlink.TCA_MPLS_ACT_POP, unix.ETH_P_IP
			return []netlink.Action{a, b}
		}),
}

// actions is the case of a filter that matches all.
func actions(name, command string, make func() []netlink.Action) filterCase {
	return filterCase{"action " + name, "protocol ip pref 10 matchall action " + command,
		func(a netlink.FilterAttrs, _ int) netlink.Filter {
			return &netlink.MatchAll{FilterAttrs: a, Actions: make()}
		}}
}
