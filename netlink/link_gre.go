package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// Gretun is a GRE tunnel, over IPv4 where Local is an IPv4 address and else over
// IPv6: ip link add DEV type gre, ip6gre. All but addresses, keys and Link are
// always sent; PMtuDisc 0 is nopmtudisc, while ip makes 1.
type Gretun struct {
	LinkAttrs
	Link       uint32 // index of the link to send by, 0 for any
	IFlags     uint16 // of packets that come in: GRE_KEY, GRE_CSUM, GRE_SEQ
	OFlags     uint16 // of packets that go out
	IKey       uint32 // not 0: sent, with GRE_KEY in IFlags
	OKey       uint32
	Local      net.IP
	Remote     net.IP
	Ttl        uint8
	Tos        uint8
	PMtuDisc   uint8  // 1: the tunnel finds the MTU of its path
	EncapType  uint16 // see TunnelEncapType
	EncapFlags uint16 // see TunnelEncapFlag
	EncapSport uint16
	EncapDport uint16
	FlowBased  bool // external: routes and BPF programs say where packets go
}

// Attrs returns the attributes that all kinds have.
func (g *Gretun) Attrs() *LinkAttrs { return &g.LinkAttrs }

// Type returns "gre" or "ip6gre".
func (g *Gretun) Type() string {
	if is6(g.Local) {
		return "ip6gre"
	}
	return "gre"
}

func (g *Gretun) attrs(c *attr.Codec) {
	if flowBased(c, uapi.IFLA_GRE_COLLECT_METADATA, &g.FlowBased) {
		return
	}
	greAttrs(c, &g.IFlags, &g.OFlags, &g.IKey, &g.OKey, &g.Local, &g.Remote)
	attr.U32(c, uapi.IFLA_GRE_LINK|attr.IfSet, &g.Link)
	attr.U8(c, uapi.IFLA_GRE_PMTUDISC, &g.PMtuDisc)
	attr.U8(c, uapi.IFLA_GRE_TTL, &g.Ttl)
	attr.U8(c, uapi.IFLA_GRE_TOS, &g.Tos)
	greUDP.attrs(c, &g.EncapType, &g.EncapFlags, &g.EncapSport, &g.EncapDport)
}

// greAttrs are what all kinds of GRE have. A key that is set has its flag.
func greAttrs(c *attr.Codec, iflags, oflags *uint16, ikey, okey *uint32, local, remote *net.IP) {
	attr.IP(c, uapi.IFLA_GRE_LOCAL, local)
	attr.IP(c, uapi.IFLA_GRE_REMOTE, remote)
	attr.BE32(c, uapi.IFLA_GRE_IKEY|attr.IfSet, ikey)
	attr.BE32(c, uapi.IFLA_GRE_OKEY|attr.IfSet, okey)
	if c.Encoding() && *ikey != 0 {
		*iflags |= uapi.GRE_KEY
	}
	if c.Encoding() && *okey != 0 {
		*oflags |= uapi.GRE_KEY
	}
	attr.BE16(c, uapi.IFLA_GRE_IFLAGS, iflags)
	attr.BE16(c, uapi.IFLA_GRE_OFLAGS, oflags)
}
