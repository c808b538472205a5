package ip

func explainMroute() [][2]string {
	return [][2]string{
		{"show, get", "list multicast routes; ask the kernel for one"},
		{"from, to", "the source and the group"},
		{"iif", "the link that the packets come by"},
		{"table, all", "the table of multicast routes; those of every table"},
	}
}

func explainMrule() [][2]string {
	return [][2]string{
		{"add, del", "a new rule; delete the first that fits"},
		{"list, flush", "list rules; delete them"},
		{"save, restore", "write rules as messages; make what was written"},
		{"not", "packets that do not fit what follows"},
		{"fwmark", "the mark of the packet"},
		{"iif, oif", "the link that it came by; the link that its socket is bound to"},
		{"pref", "the place among the rules; the lowest is asked first"},
		{"protocol", "what made the rule, as with routes"},
		{"table", "the table of multicast routes that is asked"},
		{"blackhole, unreachable, prohibit", "packets are dropped; ICMP says nothing, unreachable, prohibited"},
	}
}
