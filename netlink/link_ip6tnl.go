package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Ip6tnl is a tunnel over IPv6: ip link add DEV type ip6tnl. All but addresses and
// Link are always sent; EncapLimit 0 and Flags 0 allow no further encapsulation,
// while ip makes a limit of 4.
type Ip6tnl struct {
	LinkAttrs
	Link       uint32 // index of the link to send by, 0 for any
	Local      net.IP
	Remote     net.IP
	Ttl        uint8  // hop limit
	Tos        uint8  // traffic class; kept in FlowInfo by the kernel
	Flags      uint32 // IP6_TNL_F_…
	Proto      uint8  // protocol within: IPPROTO_IPIP, IPPROTO_IPV6, 0 for any
	FlowInfo   uint32 // traffic class and flow label, in network byte order
	EncapLimit uint8
	EncapType  uint16 // see TunnelEncapType
	EncapFlags uint16 // see TunnelEncapFlag
	EncapSport uint16
	EncapDport uint16
	FlowBased  bool // external: routes and BPF programs say where packets go
}

// Attrs returns the attributes that all kinds have.
func (i *Ip6tnl) Attrs() *LinkAttrs { return &i.LinkAttrs }

// Type returns "ip6tnl".
func (i *Ip6tnl) Type() string { return "ip6tnl" }

func (i *Ip6tnl) attrs(c *attr.Codec) {
	if flowBased(c, uapi.IFLA_IPTUN_COLLECT_METADATA, &i.FlowBased) {
		return
	}
	attr.U32(c, uapi.IFLA_IPTUN_LINK|attr.IfSet, &i.Link)
	attr.IP6(c, uapi.IFLA_IPTUN_LOCAL, &i.Local)
	attr.IP6(c, uapi.IFLA_IPTUN_REMOTE, &i.Remote)
	attr.U8(c, uapi.IFLA_IPTUN_TTL, &i.Ttl)
	attr.U8(c, uapi.IFLA_IPTUN_TOS, &i.Tos)
	attr.U32(c, uapi.IFLA_IPTUN_FLAGS, &i.Flags)
	attr.U8(c, uapi.IFLA_IPTUN_PROTO, &i.Proto)
	attr.U32(c, uapi.IFLA_IPTUN_FLOWINFO, &i.FlowInfo)
	attr.U8(c, uapi.IFLA_IPTUN_ENCAP_LIMIT, &i.EncapLimit)
	iptunUDP.attrs(c, &i.EncapType, &i.EncapFlags, &i.EncapSport, &i.EncapDport)
}
