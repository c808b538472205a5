package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Iptun is an IPv4 tunnel over IPv4: ip link add DEV type ipip. All but addresses
// and Link are always sent; PMtuDisc 0 is nopmtudisc, while ip makes 1.
type Iptun struct {
	LinkAttrs
	Ttl        uint8  // 0: that of the packet
	Tos        uint8  // 1: that of the packet
	PMtuDisc   uint8  // 1: the tunnel finds the MTU of its path
	Link       uint32 // index of the link to send by, 0 for any
	Local      net.IP
	Remote     net.IP
	EncapSport uint16
	EncapDport uint16
	EncapType  uint16 // see TunnelEncapType
	EncapFlags uint16 // see TunnelEncapFlag
	FlowBased  bool   // external: routes and BPF programs say where packets go
	Proto      uint8  // protocol within: IPPROTO_IPIP, IPPROTO_MPLS, 0 for any
	FwMark     uint32 // fwmark of its packets, for routes; 0 is unset
}

// Attrs returns the attributes that all kinds have.
func (i *Iptun) Attrs() *LinkAttrs { return &i.LinkAttrs }

// Type returns "ipip".
func (i *Iptun) Type() string { return "ipip" }

func (*Iptun) whole() {}

func (i *Iptun) attrs(c *attr.Codec) {
	if flowBased(c, uapi.IFLA_IPTUN_COLLECT_METADATA, &i.FlowBased) {
		return
	}
	attr.IP4(c, uapi.IFLA_IPTUN_LOCAL, &i.Local)
	attr.IP4(c, uapi.IFLA_IPTUN_REMOTE, &i.Remote)
	attr.U32(c, uapi.IFLA_IPTUN_LINK|attr.IfSet, &i.Link)
	attr.U8(c, uapi.IFLA_IPTUN_PMTUDISC, &i.PMtuDisc)
	attr.U8(c, uapi.IFLA_IPTUN_TTL, &i.Ttl)
	attr.U8(c, uapi.IFLA_IPTUN_TOS, &i.Tos)
	iptunUDP.attrs(c, &i.EncapType, &i.EncapFlags, &i.EncapSport, &i.EncapDport)
	attr.U8(c, uapi.IFLA_IPTUN_PROTO, &i.Proto)
	attr.U32(c, uapi.IFLA_IPTUN_FWMARK|attr.IfSet, &i.FwMark)
}
