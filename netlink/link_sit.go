package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Sittun is an IPv6 tunnel over IPv4: ip link add DEV type sit. All but addresses,
// Link and Ttl are always sent; PMtuDisc 0 is nopmtudisc, while ip makes 1.
type Sittun struct {
	LinkAttrs
	Link       uint32 // index of the link to send by, 0 for any
	Ttl        uint8  // 0 is unset: that of the packet
	Tos        uint8
	PMtuDisc   uint8 // 1: the tunnel finds the MTU of its path
	Proto      uint8 // protocol within: IPPROTO_IPV6, IPPROTO_IPIP, IPPROTO_MPLS, 0 for any
	Local      net.IP
	Remote     net.IP
	EncapLimit uint8 // without effect, tunnels over IPv4 have none
	EncapType  uint16
	EncapFlags uint16
	EncapSport uint16
	EncapDport uint16

	FwMark uint32 // fwmark of its packets, for routes; 0 is unset
	Flags  uint16 // SIT_ISATAP; 0 is unset
	// 6rd-prefix: what the IPv6 addresses begin with that hold those of the tunnel's ends; nil is unset
	Prefix6rd    net.IP
	PrefixLen6rd uint16 // bits of it
	// 6rd-relay_prefix: what those ends have in common, and the addresses do not hold; nil is unset
	RelayPrefix6rd    net.IP
	RelayPrefixLen6rd uint16 // bits of it
}

// Attrs returns the attributes that all kinds have.
func (s *Sittun) Attrs() *LinkAttrs { return &s.LinkAttrs }

// Type returns "sit".
func (s *Sittun) Type() string { return "sit" }

func (*Sittun) whole() {}

func (s *Sittun) attrs(c *attr.Codec) {
	attr.U32(c, uapi.IFLA_IPTUN_LINK|attr.IfSet, &s.Link)
	attr.IP4(c, uapi.IFLA_IPTUN_LOCAL, &s.Local)
	attr.IP4(c, uapi.IFLA_IPTUN_REMOTE, &s.Remote)
	ttl := uapi.IFLA_IPTUN_TTL | attr.IfSet
	if s.LinkAttrs.EncapType != "" { // of a listed link 0 is "inherit", and not the kernel's default
		ttl = uapi.IFLA_IPTUN_TTL
	}
	attr.U8(c, ttl, &s.Ttl)
	attr.U8(c, uapi.IFLA_IPTUN_PROTO, &s.Proto)
	attr.U8(c, uapi.IFLA_IPTUN_TOS, &s.Tos)
	attr.U8(c, uapi.IFLA_IPTUN_PMTUDISC, &s.PMtuDisc)
	attr.U8(c, uapi.IFLA_IPTUN_ENCAP_LIMIT|attr.IfSet, &s.EncapLimit)
	attr.U32(c, uapi.IFLA_IPTUN_FWMARK|attr.IfSet, &s.FwMark)
	attr.U16(c, uapi.IFLA_IPTUN_FLAGS|attr.IfSet, &s.Flags)
	attr.IP6(c, uapi.IFLA_IPTUN_6RD_PREFIX, &s.Prefix6rd)
	attr.U16(c, uapi.IFLA_IPTUN_6RD_PREFIXLEN|attr.IfSet, &s.PrefixLen6rd)
	attr.IP4(c, uapi.IFLA_IPTUN_6RD_RELAY_PREFIX, &s.RelayPrefix6rd)
	attr.U16(c, uapi.IFLA_IPTUN_6RD_RELAY_PREFIXLEN|attr.IfSet, &s.RelayPrefixLen6rd)
	iptunUDP.attrs(c, &s.EncapType, &s.EncapFlags, &s.EncapSport, &s.EncapDport)
}
