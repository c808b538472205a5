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
	FlowBased  bool   // external: routes and BPF programs say where packets go
	FwMark     uint32 // fwmark of its packets, for routes; 0 is unset
}

// IP6TunnelFlag is a bit of Flags of [Ip6tnl] and [GreIP6].
type IP6TunnelFlag uint16

// Bits of Ip6tnl.Flags, with the values of the kernel: other libraries have the last three by mistake in base 10.
const (
	IP6_TNL_F_IGN_ENCAP_LIMIT    IP6TunnelFlag = uapi.IP6_TNL_F_IGN_ENCAP_LIMIT    // encaplimit none
	IP6_TNL_F_USE_ORIG_TCLASS                  = uapi.IP6_TNL_F_USE_ORIG_TCLASS    // tclass inherit
	IP6_TNL_F_USE_ORIG_FLOWLABEL               = uapi.IP6_TNL_F_USE_ORIG_FLOWLABEL // flowlabel inherit
	IP6_TNL_F_MIP6_DEV                         = uapi.IP6_TNL_F_MIP6_DEV           // used for mobile IPv6
	IP6_TNL_F_RCV_DSCP_COPY                    = uapi.IP6_TNL_F_RCV_DSCP_COPY      // dscp inherit
	IP6_TNL_F_USE_ORIG_FWMARK                  = uapi.IP6_TNL_F_USE_ORIG_FWMARK    // fwmark inherit
	IP6_TNL_F_ALLOW_LOCAL_REMOTE               = uapi.IP6_TNL_F_ALLOW_LOCAL_REMOTE // allow-localremote
)

// Attrs returns the attributes that all kinds have.
func (i *Ip6tnl) Attrs() *LinkAttrs { return &i.LinkAttrs }

// Type returns "ip6tnl".
func (i *Ip6tnl) Type() string { return "ip6tnl" }

func (*Ip6tnl) whole() {}

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
	attr.U32(c, uapi.IFLA_IPTUN_FWMARK|attr.IfSet, &i.FwMark)
	iptunUDP.attrs(c, &i.EncapType, &i.EncapFlags, &i.EncapSport, &i.EncapDport)
}
