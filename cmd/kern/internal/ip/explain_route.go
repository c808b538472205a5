package ip

import "kern.sys/netlink"

// explainRoute has the words of routeUsage, each with its meaning.
func explainRoute() [][2]string {
	return append([][2]string{
		{"list", "list routes; of the main table where none is named"},
		{"flush", "delete the routes that list would show"},
		{"save, restore, showdump", "write routes as messages, make what was written, show it"},
		{"get", "ask for the route to an address, as a packet would take it"},
		{"fibmatch", "of get: the entry of the table instead"},
		{"add, append, prepend", "a new route; behind or before others of its prefix, TOS and metric"},
		{"change, replace", "change a route that is there; or make it where it is not"},
		{"del", "delete the first route that fits"},
		{"test", "an error if the route could not be deleted; the kernel does not know it any more"},
		{"root, match, exact", "of list: routes within the prefix, around it, or to just this one"},
		{"from", "the source of packets"},
		{"iif, oif", "of get: the links that the packet comes and leaves by"},
		{"as", "of get: the next hop"},
		{"mark", "of get: the mark of the packet"},
		{"uid", "of get: the user that it is from"},
		{"ipproto, sport, dport", "of get: protocol and ports of the packet"},
		{"flowlabel", "of get: the flow label of the packet"},
		{"notify", "of get: listeners get the answer, too"},
		{"connected", "of get: the source is that of a connected socket"},
		{"table", "the table, by number or by a name in rt_tables"},
		{"vrf", "the table of the VRF"},
		{"proto", "what made the route: kernel, boot, static or a routing daemon"},
		{"type", "unicast, or what else happens to packets: see TYPE"},
		{"scope", "how far away destinations are: host, link, global"},
		{"dev", "the link that packets leave by"},
		{"via", "the address of the next router"},
		{"src", "the source address that packets get"},
		{"metric", "of routes to one prefix the lowest is taken"},
		{"tos", "the type of service of packets"},
		{"realms", "the realms of source and destination, for statistics and filters"},
		{"cached", "routes that the kernel noted by itself, such as path MTUs"},
		{"pref", "the preference that an IPv6 router announced"},
		{"expires", "seconds until the kernel deletes the route"},
		{"ttl-propagate", "MPLS: whether time to live is carried between label and packet"},
		{"nhid", "a next hop object, see nexthop"},
		{"nexthop, weight", "one of several next hops, and its share of 1 to 256"},
		{"encap", "what packets are wrapped into: see ENCAP"},
		{"onlink", "the next hop is a neighbour though no prefix of the link says so"},
		{"lock", "the value holds; what the kernel learns does not change it"},
		{"mtu", "the path MTU in bytes"},
		{"advmss", "the maximum segment size that TCP announces in bytes"},
		{"rtt, rttvar", "the round-trip time that TCP begins with, and its variance"},
		{"reordering", "how far out of order segments may come before they count as lost"},
		{"window", "the largest window that TCP announces in bytes"},
		{"cwnd", "the largest congestion window in segments"},
		{"initcwnd, initrwnd", "the windows for sending and receiving that TCP begins with in segments"},
		{"ssthresh", "where slow start ends, in segments"},
		{"rto_min", "the least time until TCP sends again"},
		{"hoplimit", "the hop limit of packets"},
		{"features", "ecn: explicit congestion notification; tcp_usec_ts: time stamps in microseconds"},
		{"quickack", "TCP acknowledges at once"},
		{"congctl", "TCP's congestion control"},
		{"fastopen_no_cookie", "TCP fast open goes without cookies"},
		{"unicast, local, broadcast", "types: to a next hop; to this host; to all of a link"},
		{"multicast, anycast", "types: multicast routes are of mroute; to one of several hosts"},
		{"throw", "a type: go on with the next rule"},
		{"unreachable, prohibit, blackhole", "types: packets are dropped; ICMP says unreachable, prohibited, nothing"},
		{"nat", "a type that the kernel does not have any more"},
		{"main, default, all", "tables: the one for most routes; the last one asked; every one, for list"},
	}, explainEncaps()...)
}

// explainEncaps has the words of each encapsulation.
func explainEncaps() (words [][2]string) {
	for _, kind := range netlink.EncapKinds() {
		if k := netlink.DescribeEncap(kind); k != nil {
			for _, h := range k.Help {
				words = append(words, [2]string{kind + " " + h[0], h[1]})
			}
		}
	}
	return words
}

// explainNexthop has the words of nexthopUsage, each with its meaning.
func explainNexthop() [][2]string {
	return append([][2]string{
		{"list, flush", "list next hop objects; delete those"},
		{"add, replace", "make an object; or another in its place"},
		{"get, del", "show one; delete one, and the routes that use it"},
		{"bucket", "list or get the buckets of resilient groups"},
		{"id", "the number of the object"},
		{"index", "the number of the bucket, from 0"},
		{"nhid", "buckets that lead to this next hop"},
		{"protocol", "what made the object, as with routes"},
		{"dev", "the link that packets leave by"},
		{"vrf, master", "objects over links of this VRF or master"},
		{"groups, fdb", "of list: groups only; only those for the FDB of a vxlan"},
		{"blackhole", "packets are dropped"},
		{"via", "the address of the next router"},
		{"onlink", "the next hop is a neighbour though no prefix of the link says so"},
		{"encap", "what packets are wrapped into: see ENCAP"},
		{"dst_port", "the UDP port of the remote end of a vxlan"},
		{"group", "objects that packets are spread over, each with a weight of 1 to 65536"},
		{"type", "how packets are spread"},
		{"mpath, resilient", "types: by a hash; by a hash whose flows keep their next hop while they last"},
		{"buckets", "of a resilient group: how many parts the hash has"},
		{"idle_timer", "seconds without packets until a bucket may change its next hop"},
		{"unbalanced_timer", "seconds out of balance until buckets change in spite of packets; 0: never"},
		{"hw_stats", "count packets in hardware"},
	}, explainEncaps()...)
}
