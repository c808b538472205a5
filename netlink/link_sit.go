package netlink

import (
	"net"
	"net/netip"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
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

	FwMark         uint32       // fwmark of its packets, for routes; 0 is unset
	Flags          uint16       // SIT_ISATAP; 0 is unset
	Prefix6rd      netip.Prefix // 6rd-prefix: the IPv6 addresses that hold those of the tunnel's ends; not valid is unset
	RelayPrefix6rd netip.Prefix // 6rd-relay_prefix: of IPv4 addresses, what they have in common
}

// Attrs returns the attributes that all kinds have.
func (s *Sittun) Attrs() *LinkAttrs { return &s.LinkAttrs }

// Type returns "sit".
func (s *Sittun) Type() string { return "sit" }

func (s *Sittun) attrs(c *attr.Codec) {
	attr.U32(c, uapi.IFLA_IPTUN_LINK|attr.IfSet, &s.Link)
	attr.IP4(c, uapi.IFLA_IPTUN_LOCAL, &s.Local)
	attr.IP4(c, uapi.IFLA_IPTUN_REMOTE, &s.Remote)
	attr.U8(c, uapi.IFLA_IPTUN_TTL|attr.IfSet, &s.Ttl)
	attr.U8(c, uapi.IFLA_IPTUN_PROTO, &s.Proto)
	attr.U8(c, uapi.IFLA_IPTUN_TOS, &s.Tos)
	attr.U8(c, uapi.IFLA_IPTUN_PMTUDISC, &s.PMtuDisc)
	attr.U8(c, uapi.IFLA_IPTUN_ENCAP_LIMIT|attr.IfSet, &s.EncapLimit)
	attr.U32(c, uapi.IFLA_IPTUN_FWMARK|attr.IfSet, &s.FwMark)
	attr.U16(c, uapi.IFLA_IPTUN_FLAGS|attr.IfSet, &s.Flags)
	prefix6rd(c, uapi.IFLA_IPTUN_6RD_PREFIX, uapi.IFLA_IPTUN_6RD_PREFIXLEN, &s.Prefix6rd)
	prefix6rd(c, uapi.IFLA_IPTUN_6RD_RELAY_PREFIX, uapi.IFLA_IPTUN_6RD_RELAY_PREFIXLEN, &s.RelayPrefix6rd)
	iptunUDP.attrs(c, &s.EncapType, &s.EncapFlags, &s.EncapSport, &s.EncapDport)
}

// prefix6rd is a prefix, an attribute for its address and one for its length.
func prefix6rd(c *attr.Codec, addr, length attr.Type, v *netip.Prefix) {
	attr.Custom(c, addr, func(e *wire.Encoder) {
		if v.IsValid() {
			e.Addr(uint16(addr), v.Addr())
		}
	}, func(b []byte) {
		a, _ := netip.AddrFromSlice(b)
		*v = netip.PrefixFrom(a, 0)
	})
	attr.Custom(c, length, func(e *wire.Encoder) {
		if v.IsValid() {
			e.Uint16(uint16(length), uint16(v.Bits()))
		}
	}, func(b []byte) {
		if len(b) >= 2 {
			*v = netip.PrefixFrom(v.Addr(), int(native.Uint16(b)))
		}
	})
}
