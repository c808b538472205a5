package nl

import "kern.sys/internal/uapi"

// L4ProtoMap has the names of protocols (IPPROTO_…) of connections as conntrack(8) prints them.
// The linker drops a map of this size from a program that does not use it.
var L4ProtoMap = map[uint8]string{
	uapi.IPPROTO_ICMP:    "icmp",
	uapi.IPPROTO_TCP:     "tcp",
	uapi.IPPROTO_UDP:     "udp",
	uapi.IPPROTO_DCCP:    "dccp",
	uapi.IPPROTO_GRE:     "gre",
	uapi.IPPROTO_ICMPV6:  "icmpv6",
	uapi.IPPROTO_SCTP:    "sctp",
	uapi.IPPROTO_UDPLITE: "udplite",
}
