// Package ip is the command as ip(8): its objects, their verbs, and what is shown
// of them.
package ip

import "kern.sys/cmd/kern/internal/cli"

// Objects returns the objects in the order in which an abbreviation is
// looked up, which is ip's.
func Objects() []cli.Object {
	return []cli.Object{
		{Name: "address", Run: runAddr, Usage: addrUsage, Brief: "addresses of links"},
		{Name: "addrlabel"},
		{Name: "maddress"},
		{Name: "route", Run: runRoute, Usage: routeUsage, Brief: "routes"},
		{Name: "rule", Run: runRule, Usage: ruleUsage, Brief: "rules, by which routing tables are chosen"},
		{Name: "neighbor", Run: runNeigh, Usage: neighUsage, Brief: "link-layer addresses of neighbours"},
		{Name: "neighbour", Run: runNeigh, Usage: neighUsage, Brief: "link-layer addresses of neighbours"},
		{Name: "ntable"},
		{Name: "ntbl"},
		{Name: "link", Run: runLink, Usage: linkUsage, Brief: "network devices", Kinds: kindGrammar},
		{Name: "l2tp"},
		{Name: "fou"},
		{Name: "ila"},
		{Name: "macsec"},
		{Name: "tunnel"},
		{Name: "tunl"},
		{Name: "tuntap"},
		{Name: "tap"},
		{Name: "token"},
		{Name: "tcpmetrics"},
		{Name: "tcp_metrics"},
		{Name: "monitor", Run: runMonitor, Usage: monitorUsage, Brief: "what changes, as it does"},
		{Name: "xfrm"},
		{Name: "mroute"},
		{Name: "mrule"},
		{Name: "netns", Run: runNetns, Usage: netnsUsage, Brief: "named network namespaces"},
		{Name: "netconf"},
		{Name: "vrf"},
		{Name: "sr"},
		{Name: "nexthop", Run: runNexthop, Usage: nexthopUsage},
		{Name: "mptcp"},
		{Name: "ioam"},
		{Name: "stats"},
		cli.HelpObject(),
	}
}
