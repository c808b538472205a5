package netlink

import (
	"fmt"
	"math"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Vxlan is an Ethernet device whose frames travel in UDP (RFC 7348):
// ip link add DEV type vxlan id VNI.
//
// LinkAdd and LinkModify send the fields that are not zero, and Learning always. All else
// has the kernel's default then, or stays as it is. TTLSet, TOSSet and LimitSet
// are for a LinkModify back to 0.
type Vxlan struct {
	LinkAttrs
	VxlanId        int    // network identifier, 0 to 16777215
	VtepDevIndex   int    // the link that tunnels go through, 0: any
	SrcAddr        net.IP // local
	Group          net.IP // group or remote: where frames to unknown addresses go
	TTL            int    // 0: chosen by the kernel
	TOS            int    // 1: inherited
	Learning       bool   // sources are entered into the forwarding database; always sent
	Proxy          bool   // ARP and neighbour discovery are answered
	RSC            bool   // route short circuit
	L2miss         bool   // listeners are notified of unknown link-layer addresses
	L3miss         bool   // listeners are notified of unknown IP addresses
	UDPCSum        bool   // checksums over IPv4; the kernel's default is on
	UDP6ZeroCSumTx bool   // none over IPv6
	UDP6ZeroCSumRx bool   // and none expected
	NoAge          bool   // sends an Age of 0, which kernels take for the default
	GBP            bool   // group policy extension
	FlowBased      bool   // external: routes and tc say where frames go; VxlanId is 0
	VniFilter      bool   // with FlowBased: only identifiers that were added
	Age            int    // ageing, seconds
	Limit          int    // maxaddress: entries of the forwarding database
	Port           int    // dstport: UDP port; the kernel's default is 8472, IANA's is 4789
	PortLow        int    // srcport: lowest UDP port to send from
	PortHigh       int    // the highest

	TTLInherit       bool    // ttl inherit: TTL of the packet inside
	DF               *uint8  // df, VXLAN_DF_…: 0 unset, 1 set, 2 inherit
	FlowLabel        *uint32 // flowlabel, 20 bits
	FlowLabelInherit bool    // flowlabel inherit (Linux 6.8)
	GPE              bool    // generic protocol extension
	UDPCSumSet       *bool   // udpcsum where not nil, with precedence over UDPCSum
	TTLSet           *uint8  // ttl where not nil, with precedence over TTL; never read
	TOSSet           *uint8  // tos, likewise
	LimitSet         *uint32 // maxaddress, likewise
	RemCSumTx        *bool   // remcsumtx: remote checksum offload
	RemCSumRx        *bool   // remcsumrx
	RemCSumNoPartial bool    // remote checksums are worked out at once
	LocalBypass      *bool   // localbypass: frames to an own address skip UDP (Linux 6.5)
	MCRoute          *bool   // mcroute: multicast is routed like what comes from elsewhere (Linux 6.16)
	ReservedBits     *uint64 // reserved_bits: bits of the header that may be set (Linux 6.14)
}

// maxVNI is the largest number that fits into the 24 bits of a VXLAN network
// identifier.
const maxVNI = 1<<24 - 1

// Attrs returns the attributes that all kinds have.
func (v *Vxlan) Attrs() *LinkAttrs { return &v.LinkAttrs }

// Type returns "vxlan".
func (v *Vxlan) Type() string { return "vxlan" }

func (v *Vxlan) attrs(c *attr.Codec) {
	id := v.VxlanId
	if v.FlowBased && c.Encoding() {
		id = 0
	}
	attr.IntU32(c, uapi.IFLA_VXLAN_ID|attr.IfSet, &id, "vxlan id", maxVNI)
	if c.Decoding() {
		v.VxlanId = id
	}
	attr.IntU32(c, uapi.IFLA_VXLAN_LINK|attr.IfSet, &v.VtepDevIndex, "index of the device", math.MaxInt32)
	attr.IP46(c, uapi.IFLA_VXLAN_LOCAL, uapi.IFLA_VXLAN_LOCAL6, fitting(&v.SrcAddr))
	attr.IP46(c, uapi.IFLA_VXLAN_GROUP, uapi.IFLA_VXLAN_GROUP6, fitting(&v.Group))
	if c.Encoding() && v.TTLSet != nil {
		attr.OptU8(c, uapi.IFLA_VXLAN_TTL, &v.TTLSet)
	} else {
		attr.IntU8(c, uapi.IFLA_VXLAN_TTL|attr.IfSet, &v.TTL, "ttl", math.MaxUint8)
	}
	attr.Flag(c, uapi.IFLA_VXLAN_TTL_INHERIT, &v.TTLInherit)
	if c.Encoding() && v.TOSSet != nil {
		attr.OptU8(c, uapi.IFLA_VXLAN_TOS, &v.TOSSet)
	} else {
		attr.IntU8(c, uapi.IFLA_VXLAN_TOS|attr.IfSet, &v.TOS, "tos", math.MaxUint8)
	}

	// The kernel takes the presence of one of these attributes for a change, and refuses most such
	// changes.
	attr.Bool(c, uapi.IFLA_VXLAN_LEARNING, &v.Learning)
	attr.Bool(c, uapi.IFLA_VXLAN_COLLECT_METADATA|attr.IfSet, &v.FlowBased)
	attr.Bool(c, uapi.IFLA_VXLAN_VNIFILTER|attr.IfSet, &v.VniFilter)
	attr.Bool(c, uapi.IFLA_VXLAN_PROXY|attr.IfSet, &v.Proxy)
	attr.Bool(c, uapi.IFLA_VXLAN_RSC|attr.IfSet, &v.RSC)
	attr.Bool(c, uapi.IFLA_VXLAN_L2MISS|attr.IfSet, &v.L2miss)
	attr.Bool(c, uapi.IFLA_VXLAN_L3MISS|attr.IfSet, &v.L3miss)
	attr.Bool(c, uapi.IFLA_VXLAN_UDP_ZERO_CSUM6_TX|attr.IfSet, &v.UDP6ZeroCSumTx)
	attr.Bool(c, uapi.IFLA_VXLAN_UDP_ZERO_CSUM6_RX|attr.IfSet, &v.UDP6ZeroCSumRx)

	if c.Encoding() && v.UDPCSum && v.UDPCSumSet == nil {
		attr.Bool(c, uapi.IFLA_VXLAN_UDP_CSUM, &v.UDPCSum)
	}
	attr.OptBool(c, uapi.IFLA_VXLAN_UDP_CSUM, &v.UDPCSumSet)
	if c.Decoding() {
		v.UDPCSum = v.UDPCSumSet != nil && *v.UDPCSumSet
	}
	attr.OptU8(c, uapi.IFLA_VXLAN_DF, &v.DF)
	attr.OptBool(c, uapi.IFLA_VXLAN_REMCSUM_TX, &v.RemCSumTx)
	attr.OptBool(c, uapi.IFLA_VXLAN_REMCSUM_RX, &v.RemCSumRx)
	attr.OptBool(c, uapi.IFLA_VXLAN_LOCALBYPASS, &v.LocalBypass)
	attr.OptBool(c, uapi.IFLA_VXLAN_MC_ROUTE, &v.MCRoute)

	attr.Flag(c, uapi.IFLA_VXLAN_GBP, &v.GBP)
	attr.Flag(c, uapi.IFLA_VXLAN_GPE, &v.GPE)
	attr.Flag(c, uapi.IFLA_VXLAN_REMCSUM_NOPARTIAL, &v.RemCSumNoPartial)
	if v.FlowLabel != nil {
		c.Check("flow label", int64(*v.FlowLabel), maxFlowLabel)
	}
	attr.OptBE32(c, uapi.IFLA_VXLAN_LABEL, &v.FlowLabel)
	policy := uint32(uapi.VXLAN_LABEL_FIXED)
	if v.FlowLabelInherit {
		policy = uapi.VXLAN_LABEL_INHERIT
	}
	attr.U32(c, uapi.IFLA_VXLAN_LABEL_POLICY|attr.IfSet, &policy)
	if c.Decoding() {
		v.FlowLabelInherit = policy == uapi.VXLAN_LABEL_INHERIT
	}
	attr.OptBE64(c, uapi.IFLA_VXLAN_RESERVED_BITS, &v.ReservedBits)

	attr.Custom(c, uapi.IFLA_VXLAN_AGEING, v.encodeAge, func(b []byte) {
		if len(b) >= 4 {
			v.Age = int(native.Uint32(b))
			v.NoAge = v.Age == 0
		}
	})
	if c.Encoding() && v.LimitSet != nil {
		attr.OptU32(c, uapi.IFLA_VXLAN_LIMIT, &v.LimitSet)
	} else {
		attr.IntU32(c, uapi.IFLA_VXLAN_LIMIT|attr.IfSet, &v.Limit, "limit", math.MaxInt32)
	}
	attr.IntBE16(c, uapi.IFLA_VXLAN_PORT|attr.IfSet, &v.Port, "port", math.MaxUint16)
	attr.PortRange(c, uapi.IFLA_VXLAN_PORT_RANGE, &v.PortLow, &v.PortHigh, "vxlan source ports")
}

func (v *Vxlan) encodeAge(e *wire.Encoder) {
	if v.NoAge {
		e.Uint32(uapi.IFLA_VXLAN_AGEING, 0)
	} else if v.Age != 0 {
		e.Uint32(uapi.IFLA_VXLAN_AGEING, uint32(inRange(e, "age", v.Age, math.MaxInt32)))
	}
}

// maxFlowLabel is the largest number that fits into the 20 bits of an IPv6
// flow label.
const maxFlowLabel = 1<<20 - 1

// inRange returns n, and fails e where n is not within 0 and top.
func inRange(e *wire.Encoder, what string, n, top int) int {
	if n < 0 || n > top {
		e.Fail(fmt.Errorf("%s %d is not within 0 and %d", what, n, top))
	}
	return n
}

// LinkSetVXLANGroup sets where a vxlan sends frames to unknown addresses:
// ip link set DEV type vxlan group IP.
func (h *Handle) LinkSetVXLANGroup(link *Vxlan, ip net.IP) error {
	return h.changeKind(link, "link set vxlan group", func(e *wire.Encoder) {
		if ip == nil {
			e.Fail(fmt.Errorf("no address given"))
		}
		attr.Encode(e, func(c *attr.Codec) { attr.IP46(c, uapi.IFLA_VXLAN_GROUP, uapi.IFLA_VXLAN_GROUP6, &ip) })
	})
}

// LinkSetVXLANVtepDevIndex sets the link that the tunnels of a vxlan go
// through: ip link set DEV type vxlan dev PHYS.
func (h *Handle) LinkSetVXLANVtepDevIndex(link *Vxlan, index int) error {
	return h.changeKind(link, "link set vxlan dev", func(e *wire.Encoder) {
		e.Uint32(uapi.IFLA_VXLAN_LINK, uint32(inRange(e, "index of the device", index, math.MaxInt32)))
	})
}

// fitting is ip, or an address that is not sent where ip has neither 4 nor 16 bytes:
// programs that put text there hear nothing of it elsewhere, and their links are made.
func fitting(ip *net.IP) *net.IP {
	if n := len(*ip); n != 0 && n != net.IPv4len && n != net.IPv6len {
		return new(net.IP)
	}
	return ip
}
