package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// GretapIgnoreDf says whether a gretap that does not find the MTU of its path
// ignores "don't fragment" of the packets within.
type GretapIgnoreDf uint8

// Values of Gretap.IgnoreDf.
const (
	GRETAP_IGNORE_DF_FALSE = iota // the kernel's default, not sent
	GRETAP_IGNORE_DF_TRUE
)

// Gretap is an Ethernet device over GRE, over IPv4 where Local is an IPv4 address
// and else over IPv6: ip link add DEV type gretap, ip6gretap. It is otherwise like
// [Gretun].
type Gretap struct {
	LinkAttrs
	IKey       uint32
	OKey       uint32
	EncapSport uint16
	EncapDport uint16
	Local      net.IP
	Remote     net.IP
	IFlags     uint16
	OFlags     uint16
	PMtuDisc   uint8
	Ttl        uint8
	Tos        uint8
	EncapType  uint16
	EncapFlags uint16
	Link       uint32
	FlowBased  bool
	IgnoreDf   GretapIgnoreDf

	FwMark uint32  // fwmark of its packets, for routes; 0 is unset
	IP6    *GreIP6 // of ip6gretap; nil is unset
}

// Attrs returns the attributes that all kinds have.
func (g *Gretap) Attrs() *LinkAttrs { return &g.LinkAttrs }

// Type returns "gretap" or "ip6gretap".
func (g *Gretap) Type() string {
	if is6(g.Local) {
		return "ip6gretap"
	}
	return "gretap"
}

func (*Gretap) whole() {}

func (g *Gretap) attrs(c *attr.Codec) {
	if flowBased(c, uapi.IFLA_GRE_COLLECT_METADATA, &g.FlowBased) {
		return
	}
	greAttrs(c, &g.IFlags, &g.OFlags, &g.IKey, &g.OKey, &g.Local, &g.Remote)
	attr.U32(c, uapi.IFLA_GRE_LINK|attr.IfSet, &g.Link)
	attr.U8(c, uapi.IFLA_GRE_PMTUDISC, &g.PMtuDisc)
	attr.U8(c, uapi.IFLA_GRE_TTL, &g.Ttl)
	attr.U8(c, uapi.IFLA_GRE_TOS, &g.Tos)
	attr.U8(c, uapi.IFLA_GRE_IGNORE_DF|attr.IfSet, &g.IgnoreDf)
	attr.U32(c, uapi.IFLA_GRE_FWMARK|attr.IfSet, &g.FwMark)
	greIP6(c, &g.IP6)
	greUDP.attrs(c, &g.EncapType, &g.EncapFlags, &g.EncapSport, &g.EncapDport)
}

func (*Gretap) describeAs(name string) desc.Kind {
	if name == "ip6gretap" {
		return describeGRE6(false)
	}
	return describeGRE(false)
}
