package netlink

import (
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// Erspan is an Ethernet device whose frames are copies of others', in ERSPAN over GRE: over IPv4 where Local is an
// IPv4 address and else over IPv6, ip link add DEV type erspan, ip6erspan. The key is the session's id. All but
// addresses, keys and Link are always sent; PMtuDisc 0 is nopmtudisc, while ip makes 1.
type Erspan struct {
	LinkAttrs
	Link       uint32 // index of the link to send by, 0 for any
	IFlags     uint16 // GRE_KEY and GRE_SEQ are a must
	OFlags     uint16
	IKey       uint32 // not 0: sent, with GRE_KEY in IFlags
	OKey       uint32
	Local      net.IP
	Remote     net.IP
	Ttl        uint8
	Tos        uint8
	PMtuDisc   uint8
	EncapType  uint16
	EncapFlags uint16
	EncapSport uint16
	EncapDport uint16
	FlowBased  bool    // external: routes and BPF programs say where packets go
	FwMark     uint32  // fwmark of its packets, for routes; 0 is unset
	IgnoreDf   *bool   // ignore-df, of erspan, see Gretun
	IP6        *GreIP6 // of ip6erspan; nil is unset

	Version uint8  // erspan_ver: 0 (Linux 5.13), 1 or 2
	Index   uint32 // erspan, of version 1: 20 bits
	Dir     uint8  // erspan_dir, of version 2: 0 ingress, 1 egress
	HwID    uint16 // erspan_hwid, of version 2: 6 bits
}

// Attrs returns the attributes that all kinds have.
func (s *Erspan) Attrs() *LinkAttrs { return &s.LinkAttrs }

// Type returns "erspan" or "ip6erspan".
func (s *Erspan) Type() string {
	if is6(s.Local) {
		return "ip6erspan"
	}
	return "erspan"
}

func (*Erspan) whole() {}

func (s *Erspan) attrs(c *attr.Codec) {
	if flowBased(c, uapi.IFLA_GRE_COLLECT_METADATA, &s.FlowBased) {
		return
	}
	greAttrs(c, &s.IFlags, &s.OFlags, &s.IKey, &s.OKey, &s.Local, &s.Remote)
	attr.U32(c, uapi.IFLA_GRE_LINK|attr.IfSet, &s.Link)
	attr.U8(c, uapi.IFLA_GRE_PMTUDISC, &s.PMtuDisc)
	attr.U8(c, uapi.IFLA_GRE_TTL, &s.Ttl)
	attr.U8(c, uapi.IFLA_GRE_TOS, &s.Tos)
	attr.U32(c, uapi.IFLA_GRE_FWMARK|attr.IfSet, &s.FwMark)
	attr.OptBool(c, uapi.IFLA_GRE_IGNORE_DF, &s.IgnoreDf)
	greIP6(c, &s.IP6)
	attr.U8(c, uapi.IFLA_GRE_ERSPAN_VER, &s.Version)
	if !c.Encoding() || s.Version == 1 {
		attr.IntU32(c, uapi.IFLA_GRE_ERSPAN_INDEX|attr.IfSet, &s.Index, "erspan index", 1<<20-1)
	}
	if !c.Encoding() || s.Version == 2 {
		attr.U8(c, uapi.IFLA_GRE_ERSPAN_DIR, &s.Dir)
		attr.U16(c, uapi.IFLA_GRE_ERSPAN_HWID, &s.HwID)
	}
	greUDP.attrs(c, &s.EncapType, &s.EncapFlags, &s.EncapSport, &s.EncapDport)
}

func (*Erspan) describeAs(name string) desc.Kind {
	if name == "ip6erspan" {
		return describeGRE6(true)
	}
	return describeGRE(true)
}
