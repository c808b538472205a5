package netlink

import (
	"slices"

	"kern.sys/netlink/desc"
)

// tunnelHelp explains the words that tunnels have; each kind takes those of its own fields.
var tunnelHelp = [][2]string{
	{"external", "routes or filters give each packet its addresses; the link has none of its own"},
	{"mode", "the protocols of packets inside the tunnel"},
	{"remote", "the address of the other end; any or none: each packet names it"},
	{"local", "the address that packets are sent from"},
	{"dev", "the link that packets leave by"},
	{"ttl", "time to live of outer packets, 1 to 255; inherit: that of the inner packet"},
	{"hoplimit", "hop limit of outer packets, 1 to 255; inherit: that of the inner packet"},
	{"tos", "type of service of outer packets; inherit: that of the inner packet"},
	{"tclass", "traffic class of outer packets; inherit: that of the inner packet"},
	{"encaplimit", "how many more tunnels a packet may go into, 0 to 255; none: no limit is sent"},
	{"flowlabel", "flow label of outer packets; inherit: that of the inner packet"},
	{"dscp", "inherit: a packet that leaves the tunnel keeps the DSCP of the outer one"},
	{"pmtudisc", "path MTU discovery: outer packets are not fragmented; on is the default"},
	{"ignore-df", "fragment inner packets though they forbid it; takes nopmtudisc"},
	{"key", "one key for both directions, a number or written as an address"},
	{"ikey", "the key of packets that come in"},
	{"okey", "the key of packets that go out"},
	{"seq", "number the packets of both directions; those that come late are dropped"},
	{"oseq", "number the packets that go out"},
	{"csum", "checksums in both directions; packets without one are dropped"},
	{"ocsum", "send checksums"},
	{"allow-localremote", "the remote address may be one of this host"},
	{"isatap", "the link is an ISATAP interface (RFC 5214)"},
	{"6rd-prefix", "the IPv6 prefix of a 6rd domain; 6rd-reset: 2002::/16 again"},
	{"6rd-relay_prefix", "the IPv4 prefix that all relays of the domain have in common"},
	{"fwmark", "the mark by which the route of outer packets is chosen; inherit: that of the inner packet"},
	{"erspan", "the index of ERSPAN version 1, 20 bits"},
	{"erspan_ver", "the version of ERSPAN, 0 to 2"},
	{"erspan_dir", "ERSPAN version 2: the direction of the mirrored traffic"},
	{"erspan_hwid", "ERSPAN version 2: a number of the device, 0 to 63"},
	{"encap", "a UDP header around the tunnel: foo over UDP, generic UDP encapsulation, or none"},
	{"encap-sport", "the source port of UDP; auto: by the flow"},
	{"encap-dport", "the destination port of UDP"},
	{"encap-csum", "checksums of UDP; encap-udp6-csum over IPv6, encap-remcsum: remote checksum offload"},
}

// explained adds the help about the words that a tunnel has.
func explained(k desc.Kind) desc.Kind {
	for _, h := range tunnelHelp {
		has := func(f desc.Field) bool {
			return f.Word == h[0] || f.Word == "" && f.Key == h[0] || slices.Contains(f.Words, h[0])
		}
		if slices.ContainsFunc(k.Fields, has) {
			k.Help = append(k.Help, h)
		}
	}
	return k
}
