package netlink

import "kern.sys/netlink/desc"

// linkKinds are the kinds of links that the package knows by more than their name. Links of other
// kinds are a [GenericLink], and so are those here that have no attributes and so need no type.
var linkKinds = kindTable[Link]{
	{"amt", of[Amt]},
	{"bareudp", of[BareUDP]},
	{"batadv", of[BatAdv]},
	{"bond", of[Bond]},
	{"bridge", of[Bridge]},
	{"can", of[Can]},
	{"dsa", of[Dsa]},
	{"dummy", of[Dummy]},
	{"erspan", of[Erspan]},
	{"geneve", of[Geneve]},
	{"gre", of[Gretun]},
	{"gretap", of[Gretap]},
	{"gtp", of[GTP]},
	{"hsr", of[Hsr]},
	{"ifb", of[Ifb]},
	{"ip6erspan", of[Erspan]},
	{"ip6gre", of[Gretun]},
	{"ip6gretap", of[Gretap]},
	{"ip6tnl", of[Ip6tnl]},
	{"ipip", of[Iptun]},
	{"ipoib", of[IPoIB]},
	{"ipvlan", of[IPVlan]},
	{"ipvtap", of[IPVtap]},
	{"lowpan", nil},
	{"macsec", of[Macsec]},
	{"macvlan", of[Macvlan]},
	{"macvtap", of[Macvtap]},
	{"netdevsim", nil},
	{"netkit", of[Netkit]},
	{"nlmon", nil},
	{"openvswitch", of[OpenvSwitch]},
	{"ovpn", of[Ovpn]},
	{"pfcp", nil},
	{"rmnet", of[Rmnet]},
	{"sit", of[Sittun]},
	{"team", nil},
	{"tun", of[Tuntap]},
	{"vcan", nil},
	{"veth", of[Veth]},
	{"virt_wifi", nil},
	{"vlan", of[Vlan]},
	{"vrf", of[Vrf]},
	{"vsockmon", nil},
	{"vti", of[Vti]},
	{"vti6", of[Vti]},
	{"vxcan", of[Vxcan]},
	{"vxlan", of[Vxlan]},
	{"wireguard", of[Wireguard]},
	{"wwan", of[Wwan]},
	{"xfrm", of[Xfrmi]},
}

// portKinds are the kinds of links whose ports have attributes, LinkAttrs.Slave.
var portKinds = kindTable[LinkSlave]{
	{"bond", of[BondSlave]},
	{"bridge", of[BridgePort]},
	{"openvswitch", of[OpenvSwitchSlave]},
	{"team", nil},
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
