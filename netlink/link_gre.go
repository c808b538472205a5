package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
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

	FwMark   uint32  // fwmark of its packets, for routes; 0 is unset
	IgnoreDf *bool   // ignore-df, of gre: "don't fragment" of packets within is ignored; without PMtuDisc
	IP6      *GreIP6 // of ip6gre; nil is unset
}

// GreIP6 holds the attributes that only GRE over IPv6 has.
type GreIP6 struct {
	Flags      uint32 // IP6_TNL_F_…
	FlowInfo   uint32 // traffic class << 20 | flow label
	EncapLimit uint8  // encaplimit: how many further tunnels are allowed
}

func (g *GreIP6) attrs(c *attr.Codec) {
	attr.U32(c, uapi.IFLA_GRE_FLAGS, &g.Flags)
	attr.BE32(c, uapi.IFLA_GRE_FLOWINFO, &g.FlowInfo)
	attr.U8(c, uapi.IFLA_GRE_ENCAP_LIMIT, &g.EncapLimit)
}

// greIP6 visits what only GRE over IPv6 has.
func greIP6(c *attr.Codec, v **GreIP6) {
	switch {
	case c.Encoding():
		if *v != nil {
			(*v).attrs(c)
		}
	case c.Decoding():
		attr.Custom(c, uapi.IFLA_GRE_FLOWINFO, nil, func([]byte) {
			*v = new(GreIP6)
			(*v).attrs(c)
		})
	default:
		new(GreIP6).attrs(c)
	}
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

func (*Gretun) whole() {}

func (g *Gretun) attrs(c *attr.Codec) {
	if flowBased(c, uapi.IFLA_GRE_COLLECT_METADATA, &g.FlowBased) {
		return
	}
	greAttrs(c, &g.IFlags, &g.OFlags, &g.IKey, &g.OKey, &g.Local, &g.Remote)
	attr.U32(c, uapi.IFLA_GRE_FWMARK|attr.IfSet, &g.FwMark)
	attr.U32(c, uapi.IFLA_GRE_LINK|attr.IfSet, &g.Link)
	attr.U8(c, uapi.IFLA_GRE_PMTUDISC, &g.PMtuDisc)
	attr.U8(c, uapi.IFLA_GRE_TTL, &g.Ttl)
	attr.U8(c, uapi.IFLA_GRE_TOS, &g.Tos)
	attr.OptBool(c, uapi.IFLA_GRE_IGNORE_DF, &g.IgnoreDf)
	greIP6(c, &g.IP6)
	greUDP.attrs(c, &g.EncapType, &g.EncapFlags, &g.EncapSport, &g.EncapDport)
}

func (*Gretun) describeAs(name string) desc.Kind {
	if name == "ip6gre" {
		return describeGRE6(false)
	}
	return describeGRE(false)
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
