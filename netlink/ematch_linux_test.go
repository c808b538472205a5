package netlink_test

import (
	"testing"

	"kern.sys/netlink"
	"kern.sys/unix"
)

func cmp8(at uint16, value uint32) *netlink.EmatchCmp {
	return &netlink.EmatchCmp{Size: 1, Offset: at, Layer: netlink.TCF_LAYER_NETWORK, Value: value}
}

func drop() []netlink.Action {
	return []netlink.Action{&netlink.GenericAction{ActionAttrs: netlink.ActionAttrs{Action: netlink.TC_ACT_SHOT}}}
}

// ematchCases are filters with extended matches, and those that came with them, as filterCases has others.
var ematchCases = []filterCase{
	{"cgroup", "protocol ip pref 10 handle 3 cgroup match cmp(u8|at|9|eq|6) action drop",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Handle = 3
			return &netlink.CgroupFilter{FilterAttrs: a, Ematches: []netlink.Ematch{{Match: cmp8(9, 6)}}, Actions: drop()}
		}},
	{"route", "protocol ip pref 10 route from 7 to 5 flowid 1:2 action drop",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			return &netlink.RouteFilter{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 2), From: new(uint32(7)),
				To: new(uint32(5)), Actions: drop()}
		}},
	{"route of a link", "protocol ip pref 10 route fromif DEV classid 1:2",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			return &netlink.RouteFilter{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 2), IIF: link}
		}},
	{"flow of a hash", "protocol ip pref 10 handle 1 flow hash keys src,dst,proto,proto-src,proto-dst divisor 1024 " +
		"perturb " +
		"10 baseclass 1:1 match not|cmp(u8|at|9|eq|6) action drop", func(a netlink.FilterAttrs, link int) netlink.Filter {
		a.Handle = 1
		return &netlink.FlowFilter{FilterAttrs: a, Mode: netlink.FLOW_MODE_HASH,
			Keys: 1<<netlink.FLOW_KEY_SRC | 1<<netlink.FLOW_KEY_DST | 1<<netlink.FLOW_KEY_PROTO |
				1<<netlink.FLOW_KEY_PROTO_SRC | 1<<netlink.FLOW_KEY_PROTO_DST,
			Divisor: new(uint32(1024)), Perturb: new(uint32(10)), BaseClass: netlink.MakeHandle(1, 1),
			Ematches: []netlink.Ematch{{Match: cmp8(9, 6), Not: true}}, Actions: drop()}
	}},
	{"flow of a map", "protocol ip pref 10 handle 1 flow map keys mark and 0xff or 0x100 rshift 2 addend -1 baseclass " +
		"1:1",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Handle = 1
			return &netlink.FlowFilter{FilterAttrs: a, Mode: netlink.FLOW_MODE_MAP, Keys: 1 << netlink.FLOW_KEY_MARK,
				Mask: new(uint32(0xff)), Xor: new(uint32(0x100)), RShift: new(uint32(2)), Addend: new(^uint32(0)),
				BaseClass: netlink.MakeHandle(1, 1)}
		}},
	{"basic of groups", "protocol ip pref 10 handle 1 basic match (cmp(u8|at|0|eq|1)|or|(cmp(u8|at|0|eq|2)|and|not|" +
		"(cmp(u8|at|0|eq|3)|or|cmp(u8|at|0|eq|4))))|and|not|cmp(u8|at|0|eq|5) flowid 1:1",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Handle = 1
			inner := netlink.EmatchGroup{{Match: cmp8(0, 3), Or: true}, {Match: cmp8(0, 4)}}
			middle := netlink.EmatchGroup{{Match: cmp8(0, 2)}, {Match: &inner, Not: true}}
			outer := netlink.EmatchGroup{{Match: cmp8(0, 1), Or: true}, {Match: &middle}}
			return &netlink.BasicFilter{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 1),
				Ematches: []netlink.Ematch{{Match: &outer}, {Match: cmp8(0, 5), Not: true}}}
		}},
	{"basic of packets' bytes", "protocol ip pref 10 handle 1 basic match " +
		"cmp(u16|at|8|layer|2|mask|0xff00|trans|lt|32)|" +
		"and|nbyte(ababa|at|12|layer|link)|or|u32(u16|0x1122|0xffff|at|nexthdr+2) action drop",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Handle = 1
			return &netlink.BasicFilter{FilterAttrs: a, Actions: drop(), Ematches: []netlink.Ematch{
				{Match: &netlink.EmatchCmp{Size: 2, Offset: 8, Layer: netlink.TCF_LAYER_TRANSPORT, Mask: 0xff00, Trans: true,
					Op: netlink.TCF_EM_OPND_LT, Value: 32}},
				{Match: &netlink.EmatchNbyte{Bytes: []byte("ababa"), Offset: 12, Layer: netlink.TCF_LAYER_LINK}, Or: true},
				{Match: &netlink.EmatchU32{TcU32Key: netlink.TcU32Key{Val: 0x1122, Mask: 0xffff, OffMask: -1}}},
			}}
		}},
	{"basic of what the kernel knows", "protocol ip pref 10 handle 1 basic match " +
		"meta(priority|shift|2|mask|0xf0|gt|rt_iif)|" +
		"and|canid(eff|0x12:0xff|sff|0x123) classid 1:1",
		func(a netlink.FilterAttrs, link int) netlink.Filter {
			a.Handle = 1
			return &netlink.BasicFilter{FilterAttrs: a, ClassId: netlink.MakeHandle(1, 1), Ematches: []netlink.Ematch{
				{Match: &netlink.EmatchMeta{Op: netlink.TCF_EM_OPND_GT,
					Left: netlink.MetaValue{ID: netlink.TCF_META_ID_PRIORITY, Shift: 2,
						Number: 0xf0}, Right: netlink.MetaValue{ID: netlink.TCF_META_ID_RTIIF}}},
				{Match: &netlink.EmatchCANID{{ID: unix.CAN_EFF_FLAG | 0x12, Mask: unix.CAN_EFF_FLAG | 0xff},
					{ID: 0x123, Mask: unix.CAN_EFF_FLAG | unix.CAN_SFF_MASK}}},
			}}
		}},
}

// The kernel takes what tc has no words for, and says it as it was sent.
func TestKernelKnowsFurtherMeta(t *testing.T) {
	withLink(t, func(link int) {
		addClsact(t, link)
		ids := []uint16{netlink.TCF_META_ID_SK_ALLOCS, netlink.TCF_META_ID_SK_HASH, netlink.TCF_META_ID_SK_LINGERTIME,
			netlink.TCF_META_ID_SK_ACK_BACKLOG, netlink.TCF_META_ID_SK_MAX_ACK_BACKLOG, netlink.TCF_META_ID_SK_PRIO,
			netlink.TCF_META_ID_SK_RCVLOWAT, netlink.TCF_META_ID_SK_RCVTIMEO, netlink.TCF_META_ID_SK_SNDTIMEO,
			netlink.TCF_META_ID_SK_SENDMSG_OFF, netlink.TCF_META_ID_SK_WRITE_PENDING, netlink.TCF_META_ID_RXHASH}
		for i, id := range ids {
			addFilter(t, &netlink.BasicFilter{FilterAttrs: netlink.FilterAttrs{LinkIndex: link,
				Parent: netlink.HANDLE_MIN_INGRESS, Priority: uint16(i + 1), Protocol: unix.ETH_P_IP},
				Ematches: []netlink.Ematch{{Match: &netlink.EmatchMeta{Op: netlink.TCF_EM_OPND_GT,
					Left: netlink.MetaValue{ID: id}, Right: netlink.MetaValue{Number: 7}}}}})
		}
		all := ingressFilters(t)
		if len(all) != len(ids) {
			t.Fatalf("there are %d", len(all))
		}
		for i, f := range all {
			m, ok := f.(*netlink.BasicFilter).Ematches[0].Match.(*netlink.EmatchMeta)
			if !ok || m.Left.ID != ids[i] || m.Right.Number != 7 {
				t.Errorf("%d is %+v", ids[i], m)
			}
		}
	})
}
