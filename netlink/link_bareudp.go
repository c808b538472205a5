package netlink

import (
	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// BareUDP is a tunnel of a protocol within UDP, with no header between them:
// ip link add DEV type bareudp dstport PORT ethertype PROTO (Linux 5.7).
type BareUDP struct {
	LinkAttrs
	Port       uint16 // UDP port
	EtherType  uint16 // of the packets within, ETH_P_MPLS_UC
	SrcPortMin uint16 // lowest source port, 0 is unset
	MultiProto bool   // multicast of MPLS beside unicast, IPv6 beside IPv4
}

// Attrs returns the attributes that all kinds have.
func (b *BareUDP) Attrs() *LinkAttrs { return &b.LinkAttrs }

// Type returns "bareudp".
func (b *BareUDP) Type() string { return "bareudp" }

func (b *BareUDP) attrs(c *attr.Codec) {
	attr.BE16(c, uapi.IFLA_BAREUDP_PORT, &b.Port)
	attr.BE16(c, uapi.IFLA_BAREUDP_ETHERTYPE, &b.EtherType)
	attr.U16(c, uapi.IFLA_BAREUDP_SRCPORT_MIN|attr.IfSet, &b.SrcPortMin)
	attr.Flag(c, uapi.IFLA_BAREUDP_MULTIPROTO_MODE, &b.MultiProto)
}
