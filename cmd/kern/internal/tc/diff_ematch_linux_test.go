package tc

const (
	egress = "filter add dev d0 egress protocol ip pref "
	// withMatches ends the names of states that tc shows without any JSON: extended matches are text in it.
	withMatches = " with matches"

	ofHTB = "filter add dev d0 parent 1: protocol ip pref "
)

// ematchStates are filters of the kinds that take extended matches, and those that came with them.
var ematchStates = []state{
	{name: "route", cmds: []string{"qdisc add dev d0 root handle 1: htb",
		ofHTB + "3 route to 5 classid 1:2",
		ofHTB + "3 route from 7 to 5 flowid 1:2 action drop",
		ofHTB + "3 route fromif lo order 3 police rate 1mbit burst 10k drop",
		ofHTB + "4 route order 5",
		ofHTB + "5 handle 0x10005 route to 5 from 1",
		ofHTB + "6 route from cosmos classid 1:1",
	}, show: []string{"filter show dev d0 parent 1:"}},
	{name: "cgroup", cmds: []string{"qdisc add dev d0 root handle 1: htb",
		ofHTB + "3 handle 1 cgroup", ofHTB + "4 handle 7 cgroup action drop",
		ofHTB + "5 handle 8 cgroup police rate 1mbit burst 10k drop",
	}},
	{name: "cgroup" + withMatches, cmds: []string{"qdisc add dev d0 root handle 1: htb",
		ofHTB + "4 handle 7 cgroup match 'cmp(u8 at 0 layer link mask 0xff gt 10)' action drop",
		ofHTB + "5 handle 8 cgroup match 'not u32(u16 0x1122 0xffff at nexthdr+2)' police rate 1mbit burst 10k drop",
	}},
	{name: "flow", cmds: []string{"qdisc add dev d0 root handle 1: htb",
		ofHTB + "3 handle 1 flow hash keys src,dst,proto,proto-src,proto-dst divisor 1024 perturb 10 baseclass 1:1",
		ofHTB + "4 handle 1 flow map key src and 0xff rshift 2 addend 1 divisor 16",
		ofHTB + "5 handle 0x10 flow map keys dst and 0xff or 0x100 xor 3 rshift 2 addend -192.168.0.0 action drop",
		ofHTB + "6 handle 1 flow map keys src addend 2001:db8::5 baseclass :5",
		ofHTB + "7 handle 1 flow hash keys rt-classid,vlan-tag,rxhash,sk-uid,sk-gid,iif,priority,mark",
		ofHTB + "8 handle 1 flow map keys iif xor 0xff police rate 1mbit burst 10k drop",
	}},
	{name: "flow" + withMatches, cmds: []string{"qdisc add dev d0 root handle 1: htb",
		ofHTB + "3 handle 1 flow hash keys nfct,nfct-src match " +
			"'cmp(u8 at 0 gt 10) or ( cmp(u16 at 2 eq 5) and not cmp(u32 at 4 lt 9) )' action pass",
	}},
	{name: "basic", cmds: []string{"qdisc add dev d0 clsact",
		egress + "3 basic classid 1:1", egress + "4 handle 0x1f basic action drop",
		egress + "5 basic flowid 1:2 police rate 1mbit burst 10k drop"}},
	{name: "basic" + withMatches, cmds: []string{"qdisc add dev d0 clsact",
		egress + "3 basic match 'cmp(u8 at 0 layer link mask 0xff gt 10)' classid 1:1",
		egress + "3 basic match cmp '(u16 at' '8 layer 2 mask 0xff00 trans' 'lt 0x20)' action drop",
		egress + "4 basic match 'cmp(u8 at 0 eq 3) and cmp(u16 at 8 layer t gt 7) or not cmp(u32 at 4 lt 3)' " +
			"police rate 1mbit burst 10k drop",
		egress + "5 basic match '(cmp(u8 at 0 eq 1) or (cmp(u8 at 0 eq 2) and not (cmp(u8 at 0 eq 3) or " +
			"cmp(u8 at 0 eq 4)))) and (cmp(u8 at 0 eq 5))' flowid 1:1",
		egress + `6 basic match 'nbyte("ab\x41\101\n\"c" at 12 layer transport)' classid 1:1`,
		egress + "6 basic match 'nbyte(ababa at 12) AND NOT u32(u8 0xaa 0xf0 at -14) Or " +
			"u32(u32 0x1 0xffffffff at nexthdr+8)' classid 1:1",
		egress + "7 basic match 'meta(nf_mark gt 24) and meta(tc_index mask 0xf0 eq 0xf0) and " +
			"meta(priority shift 2 lt rt_iif) and meta(5 eq fwmark) and meta(random shift 3 mask 0xff gt -5)' classid 1:1",
		egress + "8 basic match 'canid(sff 0x123 sff 0xaa:0x1 eff 1 eff aabb:f1f1)' classid 1:1",
	}, show: []string{"-d filter show dev d0 egress pref 6"}},
}
