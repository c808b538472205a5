package ip

import (
	"strconv"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

func routeUsage() string {
	return `
route { list | flush } SELECTOR
route { save SELECTOR | restore | showdump }
route get [ fibmatch ] ADDRESS [ from ADDRESS iif DEV ] [ oif DEV ]
          [ tos TOS ] [ mark NUMBER ] [ vrf NAME ] [ uid NUMBER ]
          [ ipproto PROTOCOL ] [ sport NUMBER ] [ dport NUMBER ]
          [ as ADDRESS ] [ flowlabel LABEL ] [ notify ] [ connected ]
route { add | append | change | del | prepend | replace | test } ROUTE
SELECTOR := [ [ root | match | exact ] PREFIX ] [ from PREFIX ]
            [ table TABLE_ID ] [ vrf NAME ] [ proto RTPROTO ] [ type TYPE ]
            [ scope SCOPE ] [ dev DEV ] [ via [ FAMILY ] PREFIX ]
            [ src PREFIX ] [ metric NUMBER ] [ tos TOS ] [ realms REALMS ]
            [ cached ]
ROUTE := [ TYPE ] PREFIX [ tos TOS ] [ table TABLE_ID ] [ proto RTPROTO ]
         [ scope SCOPE ] [ metric NUMBER ] [ src ADDRESS ] [ realms REALMS ]
         [ from PREFIX ] [ pref PREF ] [ expires SECONDS ]
         [ ttl-propagate { enabled | disabled } ] [ METRICS ]
         { NH | nhid ID | nexthop NH [ weight NUMBER ]... }
NH := [ encap ENCAP ] [ via [ FAMILY ] ADDRESS ] [ dev DEV ] [ onlink ]
METRICS := [ mtu [ lock ] NUMBER ] [ advmss NUMBER ] [ rtt TIME ]
           [ rttvar TIME ] [ reordering NUMBER ] [ window NUMBER ]
           [ cwnd NUMBER ] [ initcwnd NUMBER ] [ initrwnd NUMBER ]
           [ ssthresh NUMBER ] [ rto_min TIME ] [ hoplimit NUMBER ]
           [ features { ecn | tcp_usec_ts }... ] [ quickack BOOL ] [ congctl NAME ]
           [ fastopen_no_cookie BOOL ]
TYPE := { unicast | local | broadcast | multicast | anycast | throw |
          unreachable | prohibit | blackhole | nat }
TABLE_ID := { local | main | default | all | NUMBER }
SCOPE := { host | link | global | NUMBER }
RTPROTO := { kernel | boot | static | NUMBER }
FAMILY := { inet | inet6 | mpls | bridge | link }
PREF := { low | medium | high }
TIME := NUMBER[s|ms]
BOOL := { 1 | 0 }
ENCAP := { ` + encapGrammar() + ` }
FLAVOR := { psp | usp | usd | next-csid }
`
}

func runRoute(c *cli.Command) error {
	change := func(typ, flags uint16) func(*cli.Command) error {
		return func(c *cli.Command) error { return changeRoute(c, typ, flags) }
	}
	return c.Choose(listRoutes,
		cli.Verb{Name: "list", Run: listRoutes},
		cli.Verb{Name: "show", Run: listRoutes},
		cli.Verb{Name: "lst", Run: listRoutes},
		cli.Verb{Name: "get", Run: getRoute},
		cli.Verb{Name: "add", Run: change(uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_EXCL)},
		cli.Verb{Name: "change", Run: change(uapi.RTM_NEWROUTE, uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "chg", Run: change(uapi.RTM_NEWROUTE, uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "replace", Run: change(uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_REPLACE)},
		cli.Verb{Name: "prepend", Run: change(uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE)},
		cli.Verb{Name: "append", Run: change(uapi.RTM_NEWROUTE, uapi.NLM_F_CREATE|uapi.NLM_F_APPEND)},
		cli.Verb{Name: "test", Run: change(uapi.RTM_NEWROUTE, uapi.NLM_F_EXCL)},
		cli.Verb{Name: "delete", Run: change(uapi.RTM_DELROUTE, 0)},
		cli.Verb{Name: "flush", Run: flushRoutes},
		cli.Verb{Name: "save", Run: saveRoutes},
		cli.Verb{Name: "restore", Run: restoreRoutes},
		cli.Verb{Name: "showdump", Run: showRouteDump},
	)
}

// routeTypes are the names of route types (RTN_…).
var routeTypes = []struct {
	name string
	typ  uint8
}{
	{"unspec", uapi.RTN_UNSPEC}, // shown, not read
	{"unicast", uapi.RTN_UNICAST},
	{"local", uapi.RTN_LOCAL},
	{"nat", uapi.RTN_NAT},
	{"broadcast", uapi.RTN_BROADCAST},
	{"brd", uapi.RTN_BROADCAST},
	{"anycast", uapi.RTN_ANYCAST},
	{"multicast", uapi.RTN_MULTICAST},
	{"prohibit", uapi.RTN_PROHIBIT},
	{"unreachable", uapi.RTN_UNREACHABLE},
	{"blackhole", uapi.RTN_BLACKHOLE},
	{"xresolve", uapi.RTN_XRESOLVE},
	{"throw", uapi.RTN_THROW},
}

// routeTypeName is the name of a route type, or its number.
func routeTypeName(s *cli.Session, typ uint8) string {
	if !s.Numeric {
		for _, t := range routeTypes {
			if t.typ == typ {
				if typ == uapi.RTN_UNSPEC {
					return "none"
				}
				return t.name
			}
		}
	}
	return strconv.Itoa(int(typ))
}

// shortRouteTypes are those that may be abbreviated, in the order in which they
// are looked up.
var shortRouteTypes = []string{"broadcast", "anycast", "multicast", "prohibit", "unreachable", "blackhole", "xresolve",
	"unicast"}

// routeTypeNumber reads the name of a route type or a number.
func routeTypeNumber(word string) (uint8, bool) {
	for _, t := range routeTypes[1:] {
		if t.name == word {
			return t.typ, true
		}
	}
	if word != "" {
		for _, name := range shortRouteTypes {
			if strings.HasPrefix(name, word) {
				return routeTypeNumber(name)
			}
		}
	}
	n, err := desc.ParseUint(word, 8)
	return uint8(n), err == nil
}
