package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// TunnelEncapType is the UDP encapsulation of an IP tunnel's packets: the EncapType of
// [Iptun] and its like.
type TunnelEncapType uint16

// Encapsulations of IP tunnels.
const (
	None TunnelEncapType = uapi.TUNNEL_ENCAP_NONE
	FOU  TunnelEncapType = uapi.TUNNEL_ENCAP_FOU // foo over UDP
	GUE  TunnelEncapType = uapi.TUNNEL_ENCAP_GUE // generic UDP encapsulation
)

// TunnelEncapFlag is a bit of EncapFlags of [Iptun] and its like.
type TunnelEncapFlag uint16

// Options of the encapsulation of IP tunnels.
const (
	CSum    TunnelEncapFlag = uapi.TUNNEL_ENCAP_FLAG_CSUM    // UDP checksums over IPv4
	CSum6                   = uapi.TUNNEL_ENCAP_FLAG_CSUM6   // UDP checksums over IPv6
	RemCSum                 = uapi.TUNNEL_ENCAP_FLAG_REMCSUM // remote checksum offload
)

// tunnelUDP are the attributes of the UDP header around a tunnel's packets, where a
// kind of tunnels has them. Ports are in network byte order on the wire.
type tunnelUDP struct{ typ, flags, source, dest attr.Type }

var (
	iptunUDP = tunnelUDP{uapi.IFLA_IPTUN_ENCAP_TYPE, uapi.IFLA_IPTUN_ENCAP_FLAGS, uapi.IFLA_IPTUN_ENCAP_SPORT,
		uapi.IFLA_IPTUN_ENCAP_DPORT}
	greUDP = tunnelUDP{uapi.IFLA_GRE_ENCAP_TYPE, uapi.IFLA_GRE_ENCAP_FLAGS, uapi.IFLA_GRE_ENCAP_SPORT,
		uapi.IFLA_GRE_ENCAP_DPORT}
)

func (u *tunnelUDP) attrs(c *attr.Codec, typ, flags, source, dest *uint16) {
	attr.U16(c, u.typ, typ)
	attr.U16(c, u.flags, flags)
	attr.BE16(c, u.source, source)
	attr.BE16(c, u.dest, dest)
}

// flowBased visits the flag of tunnels whose packets say where they go, and reports
// whether that is all: such a tunnel is made with nothing else.
func flowBased(c *attr.Codec, typ attr.Type, v *bool) bool {
	attr.Flag(c, typ, v)
	return c.Encoding() && *v
}

// is6 reports whether a tunnel with that local address is one over IPv6, for kinds
// that have a name for each family.
func is6(local net.IP) bool { return local.To4() == nil }
