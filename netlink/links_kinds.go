package netlink

import "kern.sys/netlink/desc"

// linkKinds are the kinds of links that the package knows by more than their name. Links of other
// kinds are a [GenericLink].
var linkKinds = kindTable[Link]{
	{"bareudp", of[BareUDP]},
	{"bridge", of[Bridge]},
	{"dummy", of[Dummy]},
	{"geneve", of[Geneve]},
	{"gre", of[Gretun]},
	{"gretap", of[Gretap]},
	{"ifb", of[Ifb]},
	{"ip6gre", of[Gretun]},
	{"ip6gretap", of[Gretap]},
	{"ip6tnl", of[Ip6tnl]},
	{"ipip", of[Iptun]},
	{"ipvlan", of[IPVlan]},
	{"ipvtap", of[IPVtap]},
	{"macvlan", of[Macvlan]},
	{"macvtap", of[Macvtap]},
	{"netkit", of[Netkit]},
	{"sit", of[Sittun]},
	{"tun", of[Tuntap]},
	{"veth", of[Veth]},
	{"vlan", of[Vlan]},
	{"vrf", of[Vrf]},
	{"vti", of[Vti]},
	{"vti6", of[Vti]},
	{"vxlan", of[Vxlan]},
	{"wireguard", of[Wireguard]},
	{"xfrm", of[Xfrmi]},
}

// portKinds are the kinds of links whose ports have attributes, LinkAttrs.Slave.
var portKinds = kindTable[LinkSlave]{
	{"bridge", of[BridgePort]},
	{"vrf", of[VrfSlave]},
}

// LinkKinds returns the names of the kinds of links that the package knows by more than their
// name.
func LinkKinds() []string { return linkKinds.names() }

// DescribeLink returns the description of the attributes that links of a kind have
// (IFLA_INFO_DATA), nil for a kind that is not known.
func DescribeLink(kind string) *desc.Kind { return linkKinds.describe(kind) }

// DescribeLinkPort returns the description of the attributes that a port of a link of the kind
// has (IFLA_INFO_SLAVE_DATA), nil where it has none or the kind is not known.
func DescribeLinkPort(kind string) *desc.Kind { return portKinds.describe(kind) }

// kernelKind returns the kernel's name of a link's kind.
func kernelKind(link Link) string {
	if k, ok := link.(interface{ kernelKind() string }); ok {
		return k.kernelKind()
	}
	return link.Type()
}

// selfMaker is a link that is not made by rtnetlink.
type selfMaker interface {
	make(h *Handle) error
}
