package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
)

// GeneveDf is the policy for "don't fragment" of a geneve's IPv4 packets.
type GeneveDf uint8

// Values of Geneve.Df.
const (
	GENEVE_DF_UNSET   GeneveDf = uapi.GENEVE_DF_UNSET
	GENEVE_DF_SET     GeneveDf = uapi.GENEVE_DF_SET
	GENEVE_DF_INHERIT GeneveDf = uapi.GENEVE_DF_INHERIT // that of the packet within
	GENEVE_DF_MAX     GeneveDf = uapi.GENEVE_DF_MAX + 1 // the number of values
)

// Geneve is an Ethernet device over GENEVE: ip link add DEV type geneve id VNI
// remote ADDR. Zero is unset, but for Df.
type Geneve struct {
	LinkAttrs
	ID                uint32 // VNI, 24 bits
	Remote            net.IP
	Ttl               uint8
	Tos               uint8
	Dport             uint16 // 0: 6081
	UdpCsum           uint8  // checksums over IPv4; read only, as for the peers of this field
	UdpZeroCsum6Tx    uint8
	UdpZeroCsum6Rx    uint8
	Link              uint32 // not sent: geneve follows routes
	FlowBased         bool   // external: routes and BPF programs say where packets go
	InnerProtoInherit bool   // IP packets without an Ethernet header (Linux 5.18)
	Df                GeneveDf
	PortLow           int // source ports, 0 for the default range (Linux 6.15)
	PortHigh          int

	Local          net.IP // the address to send from (Linux 7.1)
	TtlInherit     bool   // ttl inherit: TTL of the packet within
	FlowLabel      uint32 // flowlabel, 20 bits; 0 is unset
	GroHint        bool   // packets say how they may be put together (Linux 7.0)
	UDPCSumSet     *bool  // udpcsum where not nil; never read, see UdpCsum
	UDP6ZeroCSumTx *bool  // udp6zerocsumtx, likewise
	UDP6ZeroCSumRx *bool  // udp6zerocsumrx, likewise
}

// Attrs returns the attributes that all kinds have.
func (g *Geneve) Attrs() *LinkAttrs { return &g.LinkAttrs }

// Type returns "geneve".
func (g *Geneve) Type() string { return "geneve" }

func (g *Geneve) attrs(c *attr.Codec) {
	attr.Flag(c, uapi.IFLA_GENEVE_INNER_PROTO_INHERIT, &g.InnerProtoInherit)
	attr.Flag(c, uapi.IFLA_GENEVE_COLLECT_METADATA, &g.FlowBased)
	attr.IP46(c, uapi.IFLA_GENEVE_REMOTE, uapi.IFLA_GENEVE_REMOTE6, &g.Remote)
	if !c.Encoding() || !g.FlowBased {
		attr.IntU32(c, uapi.IFLA_GENEVE_ID|attr.IfSet, &g.ID, "geneve id", 1<<24-1)
	}
	attr.BE16(c, uapi.IFLA_GENEVE_PORT|attr.IfSet, &g.Dport)
	attr.U8(c, uapi.IFLA_GENEVE_TTL|attr.IfSet, &g.Ttl)
	attr.U8(c, uapi.IFLA_GENEVE_TOS|attr.IfSet, &g.Tos)
	attr.U8(c, uapi.IFLA_GENEVE_UDP_CSUM|attr.ReadOnly, &g.UdpCsum)
	attr.U8(c, uapi.IFLA_GENEVE_UDP_ZERO_CSUM6_TX|attr.ReadOnly, &g.UdpZeroCsum6Tx)
	attr.U8(c, uapi.IFLA_GENEVE_UDP_ZERO_CSUM6_RX|attr.ReadOnly, &g.UdpZeroCsum6Rx)
	attr.OptBool(c, uapi.IFLA_GENEVE_UDP_CSUM|attr.WriteOnly, &g.UDPCSumSet)
	attr.OptBool(c, uapi.IFLA_GENEVE_UDP_ZERO_CSUM6_TX|attr.WriteOnly, &g.UDP6ZeroCSumTx)
	attr.OptBool(c, uapi.IFLA_GENEVE_UDP_ZERO_CSUM6_RX|attr.WriteOnly, &g.UDP6ZeroCSumRx)
	attr.IP46(c, uapi.IFLA_GENEVE_LOCAL, uapi.IFLA_GENEVE_LOCAL6, &g.Local)
	attr.Bool(c, uapi.IFLA_GENEVE_TTL_INHERIT|attr.IfSet, &g.TtlInherit)
	c.Check("flow label", int64(g.FlowLabel), maxFlowLabel)
	attr.BE32(c, uapi.IFLA_GENEVE_LABEL|attr.IfSet, &g.FlowLabel)
	attr.Flag(c, uapi.IFLA_GENEVE_GRO_HINT, &g.GroHint)
	attr.U8(c, uapi.IFLA_GENEVE_DF, &g.Df)
	attr.PortRange(c, uapi.IFLA_GENEVE_PORT_RANGE, &g.PortLow, &g.PortHigh, "geneve source ports")
}
