// Package ip is the command as ip(8): its objects, their verbs, and what is shown
// of them.
package ip

import "kern.sys/cmd/kern/internal/cli"

// Objects returns the objects in the order in which an abbreviation is
// looked up, which is ip's.
func Objects() []cli.Object {
	return []cli.Object{
		{Name: "address", Run: runAddr, Usage: addrUsage, Words: explainAddr, Brief: "addresses of links"},
		{Name: "addrlabel", Run: runAddrLabel, Usage: addrLabelUsage, Words: explainAddrLabel,
			Brief: "labels by which IPv6 chooses source addresses"},
		{Name: "maddress", Run: runMaddr, Usage: maddrUsage, Words: explainMaddr,
			Brief: "multicast addresses that links listen to"},
		{Name: "route", Run: runRoute, Usage: routeUsage, Words: explainRoute, Brief: "routes"},
		{Name: "rule", Run: runRule, Usage: ruleUsage, Words: explainRule,
			Brief: "rules, by which routing tables are chosen"},
		{Name: "neighbor", Run: runNeigh, Usage: neighUsage, Words: explainNeigh,
			Brief: "link-layer addresses of neighbours"},
		{Name: "neighbour", Run: runNeigh, Usage: neighUsage, Words: explainNeigh,
			Brief: "link-layer addresses of neighbours"},
		{Name: "ntable", Run: runNtable, Usage: ntableUsage, Words: explainNtable,
			Brief: "tables of neighbours and how neighbours are looked for"},
		{Name: "ntbl", Run: runNtable, Usage: ntableUsage, Words: explainNtable,
			Brief: "tables of neighbours and how neighbours are looked for"},
		{Name: "link", Run: runLink, Usage: linkUsage, Words: explainLink, Brief: "network devices", Kinds: kindGrammar,
			Explain: explainKind},
		{Name: "l2tp", Run: runL2TP, Usage: l2tpUsage, Words: explainL2TP, Brief: "tunnels of L2TPv3 and their sessions"},
		{Name: "fou", Run: runFou, Usage: fouUsage, Words: explainFou, Brief: "UDP ports where packets of tunnels come in"},
		{Name: "ila", Run: runILA, Usage: ilaUsage, Words: explainILA, Brief: "locators of IPv6 addresses, translated"},
		{Name: "macsec", Run: runMacsec, Usage: macsecUsage, Words: explainMacsec,
			Brief: "channels and keys of macsec devices"},
		{Name: "tunnel", Run: runTunnel, Usage: tunnelUsage, Words: explainTunnel,
			Brief: "tunnels over IPv4 and, with -6, over IPv6"},
		{Name: "tunl", Run: runTunnel, Usage: tunnelUsage, Words: explainTunnel,
			Brief: "tunnels over IPv4 and, with -6, over IPv6"},
		{Name: "tuntap", Run: runTuntap, Usage: tuntapUsage, Words: explainTuntap,
			Brief: "devices whose other side is a program"},
		{Name: "tap", Run: runTuntap, Usage: tuntapUsage, Words: explainTuntap,
			Brief: "devices whose other side is a program"},
		{Name: "token", Run: runToken, Usage: tokenUsage, Words: explainToken,
			Brief: "lower halves of addresses made from router advertisements"},
		{Name: "tcpmetrics", Run: runTCPMetrics, Usage: tcpMetricsUsage, Words: explainTCPMetrics,
			Brief: "what the kernel remembers of TCP connections"},
		{Name: "tcp_metrics", Run: runTCPMetrics, Usage: tcpMetricsUsage, Words: explainTCPMetrics,
			Brief: "what the kernel remembers of TCP connections"},
		{Name: "monitor", Run: runMonitor, Usage: monitorUsage, Words: explainMonitor, Brief: "what changes, as it does"},
		{Name: "xfrm", Run: runXfrm, Usage: xfrmUsage, Words: explainXfrm, Brief: "states and policies of IPsec"},
		{Name: "mroute", Run: runMroute, Usage: mrouteUsage, Words: explainMroute, Brief: "routes of multicast packets"},
		{Name: "mrule", Run: runMrule, Usage: mruleUsage, Words: explainMrule,
			Brief: "rules, by which tables of multicast routes are chosen"},
		{Name: "netns", Run: runNetns, Usage: netnsUsage, Words: explainNetns, Brief: "named network namespaces"},
		{Name: "netconf", Run: runNetconf, Usage: netconfUsage, Words: explainNetconf, Brief: "settings of links"},
		{Name: "vrf", Run: runVRF, Usage: vrfUsage, Words: explainVRF, Brief: "virtual routing domains and their processes"},
		{Name: "sr", Run: runSR, Usage: srUsage, Words: explainSR,
			Brief: "segment routing: keys and the source of outer headers"},
		{Name: "nexthop", Run: runNexthop, Usage: nexthopUsage, Words: explainNexthop, Brief: "next hop objects"},
		{Name: "mptcp", Run: runMPTCP, Usage: mptcpUsage, Words: explainMPTCP, Brief: "paths of multipath TCP"},
		{Name: "ioam", Run: runIOAM, Usage: ioamUsage, Words: explainIOAM, Brief: "telemetry in IPv6 packets"},
		{Name: "stats", Run: runStats, Usage: statsUsage, Words: explainStats, Brief: "counters of links"},
		cli.HelpObject(),
	}
}
