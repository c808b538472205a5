package ip

// The functions of this file have the words of the smaller objects' grammar, each with its meaning.

func explainAddr() [][2]string {
	return [][2]string{
		{"add, change, replace", "a new address; change one that is there; either"},
		{"del", "delete an address"},
		{"show", "list links with their addresses, those that fit all words"},
		{"flush", "delete the addresses that show would list"},
		{"save, restore, showdump", "write addresses as messages, make what was written, show it"},
		{"dev", "the link"},
		{"peer", "the address of the other end of a point-to-point link"},
		{"broadcast", "the broadcast address; + or -: made of the prefix"},
		{"anycast", "the anycast address, which the kernel does not take any more"},
		{"label", "a name for an IPv4 address that begins with that of its link"},
		{"scope", "where the address is valid: host, link, global or a number"},
		{"metric", "the metric of the route to the prefix"},
		{"proto", "what made the address, a number or a name in rt_addrprotos"},
		{"valid_lft", "seconds until the address is deleted, or forever"},
		{"preferred_lft", "seconds until no new connection uses it, or forever"},
		{"to", "addresses in this prefix"},
		{"master, vrf, nomaster", "links that are ports of this master or VRF, or of none"},
		{"type", "links of this kind"},
		{"group", "links of this group"},
		{"up, down", "links that are switched on, or off"},
		{"permanent, dynamic", "addresses without a lifetime, or with one"},
		{"primary, secondary", "IPv4: the first address of a prefix, or a further one"},
		{"temporary", "IPv6 privacy addresses"},
		{"tentative, dadfailed", "duplicate address detection goes on, or found a duplicate"},
		{"deprecated", "addresses that new connections do not use"},
		{"home", "the home address of mobile IPv6"},
		{"nodad", "no duplicate address detection"},
		{"optimistic", "use the address while duplicates are looked for"},
		{"mngtmpaddr", "the kernel makes temporary addresses from this one"},
		{"noprefixroute", "no route to the prefix"},
		{"autojoin", "join the multicast group that the address is"},
	}
}

func explainAddrLabel() [][2]string {
	return [][2]string{
		{"add, del", "a new label; delete one"},
		{"list, flush", "list labels; delete them"},
		{"prefix", "the addresses that have the label"},
		{"dev", "only on this link"},
		{"label", "the number: source and destination with the same go together (RFC 6724)"},
	}
}

func explainMaddr() [][2]string {
	return [][2]string{
		{"add, del", "listen to a link-layer multicast address, or no more"},
		{"show", "list the groups that links listen to"},
		{"dev", "the link"},
	}
}

func explainRule() [][2]string {
	return [][2]string{
		{"add, del", "a new rule; delete the first that fits"},
		{"list, flush", "list rules; delete them"},
		{"save, restore", "write rules as messages; make what was written"},
		{"not", "packets that do not fit what follows"},
		{"from, to", "the prefixes of source and destination"},
		{"tos", "the type of service"},
		{"dscp", "the DSCP, by number or name"},
		{"flowlabel", "the flow label of IPv6"},
		{"fwmark", "the mark of the packet"},
		{"iif, oif", "the link that it came by; the link that its socket is bound to"},
		{"pref", "the place among the rules; the lowest is asked first"},
		{"l3mdev", "look into the table of the VRF that the packet belongs to"},
		{"uidrange", "the users that the packet may be from"},
		{"ipproto, sport, dport", "protocol and ports"},
		{"tun_id", "the key of the tunnel that the packet came by"},
		{"protocol", "what made the rule, as with routes"},
		{"table", "the table that is asked"},
		{"goto", "go on with the rule of this preference"},
		{"nop", "do nothing"},
		{"nat", "obsolete: the kernel does not translate addresses by rules"},
		{"realms", "the realms of the packets"},
		{"suppress_prefixlength", "routes with prefixes of so many bits or less do not count"},
		{"suppress_ifgroup", "routes over links of this group do not count"},
		{"blackhole, unreachable, prohibit", "packets are dropped; ICMP says nothing, unreachable, prohibited"},
		{"main, default", "tables: the one for most routes; the last one asked"},
	}
}

func explainNeigh() [][2]string {
	return [][2]string{
		{"add, change, replace", "a new entry; change one that is there; either"},
		{"del", "make an entry invalid"},
		{"show, flush", "list entries; delete those"},
		{"get", "ask for one entry"},
		{"lladdr", "the link-layer address"},
		{"nud", "the state, or the states that are listed"},
		{"proxy", "answer for this address; list what is answered for"},
		{"dev", "the link"},
		{"router", "the neighbour is a router"},
		{"use", "the entry is resolved now"},
		{"managed", "the kernel keeps the entry resolved"},
		{"extern_learn", "a program learned the entry; the kernel does not delete it for age"},
		{"extern_valid", "a program vouches for the entry; the kernel neither ages nor deletes it"},
		{"protocol", "what made the entry, as with routes"},
		{"to", "neighbours in this prefix"},
		{"unused", "entries that nothing uses"},
		{"vrf, master, nomaster", "links that are ports of this VRF or master, or of none"},
		{"permanent, noarp", "states: valid for ever; valid and never looked for"},
		{"reachable, stale", "states: confirmed lately; not lately"},
		{"delay, probe", "states: a packet was sent and a probe will be; probes are sent"},
		{"incomplete, failed, none", "states: looked for the first time; not found; new"},
	}
}

func explainNtable() [][2]string {
	return [][2]string{
		{"show, change", "list tables of neighbours; change one"},
		{"name", "arp_cache or ndisc_cache"},
		{"dev", "the settings of a link; none: the table's own, which new links begin with"},
		{"thresh1, thresh2, thresh3", "entries up to which none is deleted; that are kept for some time; that there can be"},
		{"gc_int", "milliseconds between collections of old entries"},
		{"gc_stale", "milliseconds for which an entry that nothing uses is kept"},
		{"base_reachable", "milliseconds for which a neighbour counts as reachable, on average"},
		{"retrans", "milliseconds between probes"},
		{"delay_probe", "milliseconds between a packet to a stale neighbour and the first probe"},
		{"queue", "packets that wait for a neighbour's address"},
		{"app_probes, ucast_probes, mcast_probes", "how many probes go to a daemon, to the neighbour, to all"},
		{"mcast_reprobes", "how many go to all once those to the neighbour had no answer"},
		{"anycast_delay, proxy_delay", "milliseconds at most until a solicitation is answered for an anycast or proxy " +
			"address"},
		{"proxy_queue", "solicitations for proxy addresses that may wait"},
		{"locktime", "milliseconds for which an entry is not overwritten by ARP"},
	}
}

func explainTuntap() [][2]string {
	return [][2]string{
		{"add, del", "make a device that stays; delete one"},
		{"show, list, lst", "list devices and the programs that have them open"},
		{"dev, name", "the device"},
		{"mode", "tun: IP packets; tap: Ethernet frames"},
		{"user, group", "who may open the device"},
		{"one_queue", "a flag that the kernel does not look at any more"},
		{"pi", "four bytes of flags and protocol before each packet"},
		{"vnet_hdr", "a struct virtio_net_hdr before each packet, for offloads"},
		{"multi_queue", "several descriptors, each with a queue"},
	}
}

func explainToken() [][2]string {
	return [][2]string{
		{"list, get", "show the tokens of all links, or of one"},
		{"set, del", "give a link a token, ::1:2:3:4; take it away"},
		{"dev", "the link"},
	}
}

func explainMonitor() [][2]string {
	return [][2]string{
		{"stats", "whether hardware counts"},
		{"all", "every object, which is the default"},
		{"link, address, route, mroute, rule, neigh, nexthop", "what these objects are"},
		{"maddress, acaddress", "multicast and anycast addresses"},
		{"prefix", "prefixes in router advertisements"},
		{"netconf", "settings of links"},
		{"nsid", "numbers of namespaces"},
		{"xfrm", "states and policies of IPsec, without keys"},
		{"conntrack", "tracked connections, as conntrack -E"},
		{"genl", "what families of generic netlink announce"},
		{"file", "show what rtmon or save wrote"},
		{"label", "the object's name before each line"},
		{"all-nsid", "the namespaces that have a number here, too"},
		{"dev", "what this link is concerned in"},
	}
}

func explainNetns() [][2]string {
	return [][2]string{
		{"list", "names of namespaces, with their numbers here"},
		{"add", "make a namespace that has a name"},
		{"attach", "give the namespace of a process a name"},
		{"set", "give a namespace a number here; auto: any"},
		{"delete", "take the name away; the namespace ends with its last process"},
		{"identify", "the name of the namespace of a process"},
		{"pids", "the processes in a namespace"},
		{"exec", "run a command in a namespace, or with -all in each"},
		{"monitor", "show names as they come and go"},
		{"list-id", "the numbers of namespaces"},
		{"target-nsid, nsid", "numbers as seen from another namespace; only this one"},
	}
}

func explainNetconf() [][2]string {
	return [][2]string{
		{"show", "list settings, which sysctl calls net.ipv4.conf and net.ipv6.conf"},
		{"dev", "of this link"},
	}
}

func explainVRF() [][2]string {
	return [][2]string{
		{"show", "list VRFs and their tables"},
		{"exec", "run a command whose sockets are bound to the VRF"},
		{"identify", "the VRF of a process"},
		{"pids", "the processes in a VRF"},
	}
}
