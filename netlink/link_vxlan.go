package netlink

import (
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/netip"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Vxlan is an Ethernet device whose frames travel in UDP (RFC 7348):
// ip link add DEV type vxlan id VNI.
//
// LinkAdd and LinkModify send what is not zero, and Learning always. All else
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
	L2miss         bool   // unknown link-layer addresses are told to listeners
	L3miss         bool   // unknown IP addresses are told
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

// vxlanFlag is a byte that is sent where it is true: where it is there at all,
// a kernel takes it for a change and refuses that for most.
type vxlanFlag struct {
	typ uint16
	at  *bool
}

func (v *Vxlan) flags() [9]vxlanFlag {
	return [...]vxlanFlag{
		{uapi.IFLA_VXLAN_LEARNING, &v.Learning},
		{uapi.IFLA_VXLAN_COLLECT_METADATA, &v.FlowBased},
		{uapi.IFLA_VXLAN_VNIFILTER, &v.VniFilter},
		{uapi.IFLA_VXLAN_PROXY, &v.Proxy},
		{uapi.IFLA_VXLAN_RSC, &v.RSC},
		{uapi.IFLA_VXLAN_L2MISS, &v.L2miss},
		{uapi.IFLA_VXLAN_L3MISS, &v.L3miss},
		{uapi.IFLA_VXLAN_UDP_ZERO_CSUM6_TX, &v.UDP6ZeroCSumTx},
		{uapi.IFLA_VXLAN_UDP_ZERO_CSUM6_RX, &v.UDP6ZeroCSumRx},
	}
}

func (v *Vxlan) fields() []optional {
	return []optional{
		{typ: uapi.IFLA_VXLAN_DF, at: &v.DF},
		{typ: uapi.IFLA_VXLAN_UDP_CSUM, at: &v.UDPCSumSet},
		{typ: uapi.IFLA_VXLAN_REMCSUM_TX, at: &v.RemCSumTx},
		{typ: uapi.IFLA_VXLAN_REMCSUM_RX, at: &v.RemCSumRx},
		{typ: uapi.IFLA_VXLAN_LOCALBYPASS, at: &v.LocalBypass},
		{typ: uapi.IFLA_VXLAN_MC_ROUTE, at: &v.MCRoute},
	}
}

func (v *Vxlan) encodeData(e *wire.Encoder) {
	id := v.VxlanId
	if v.FlowBased {
		id = 0
	}
	if id != 0 {
		e.Uint32(uapi.IFLA_VXLAN_ID, uint32(inRange(e, "vxlan id", id, maxVNI)))
	}
	if v.VtepDevIndex != 0 {
		e.Uint32(uapi.IFLA_VXLAN_LINK, uint32(inRange(e, "index of the device", v.VtepDevIndex, math.MaxInt32)))
	}
	encodeVxlanAddr(e, uapi.IFLA_VXLAN_LOCAL, uapi.IFLA_VXLAN_LOCAL6, v.SrcAddr)
	encodeVxlanAddr(e, uapi.IFLA_VXLAN_GROUP, uapi.IFLA_VXLAN_GROUP6, v.Group)
	if v.TTLSet != nil {
		e.Uint8(uapi.IFLA_VXLAN_TTL, *v.TTLSet)
	} else if v.TTL != 0 {
		e.Uint8(uapi.IFLA_VXLAN_TTL, uint8(inRange(e, "ttl", v.TTL, math.MaxUint8)))
	}
	if v.TTLInherit {
		e.Flag(uapi.IFLA_VXLAN_TTL_INHERIT)
	}
	if v.TOSSet != nil {
		e.Uint8(uapi.IFLA_VXLAN_TOS, *v.TOSSet)
	} else if v.TOS != 0 {
		e.Uint8(uapi.IFLA_VXLAN_TOS, uint8(inRange(e, "tos", v.TOS, math.MaxUint8)))
	}
	for _, f := range v.flags() {
		if *f.at || f.typ == uapi.IFLA_VXLAN_LEARNING {
			e.Uint8(f.typ, boolByte(*f.at))
		}
	}
	if v.UDPCSum && v.UDPCSumSet == nil {
		e.Uint8(uapi.IFLA_VXLAN_UDP_CSUM, 1)
	}
	encodeOptional(e, v.fields())
	v.encodeExtensions(e)
	if v.NoAge {
		e.Uint32(uapi.IFLA_VXLAN_AGEING, 0)
	} else if v.Age != 0 {
		e.Uint32(uapi.IFLA_VXLAN_AGEING, uint32(inRange(e, "age", v.Age, math.MaxInt32)))
	}
	if v.LimitSet != nil {
		e.Uint32(uapi.IFLA_VXLAN_LIMIT, *v.LimitSet)
	} else if v.Limit != 0 {
		e.Uint32(uapi.IFLA_VXLAN_LIMIT, uint32(inRange(e, "limit", v.Limit, math.MaxInt32)))
	}
	if v.Port != 0 {
		e.BE16(uapi.IFLA_VXLAN_PORT, uint16(inRange(e, "port", v.Port, math.MaxUint16)))
	}
	if v.PortLow != 0 || v.PortHigh != 0 {
		e.Struct(uapi.IFLA_VXLAN_PORT_RANGE, uapi.SizeofIflaVxlanPortRange, &uapi.IflaVxlanPortRange{
			Low:  uint16(inRange(e, "lowest source port", v.PortLow, math.MaxUint16)),
			High: uint16(inRange(e, "highest source port", v.PortHigh, math.MaxUint16)),
		})
	}
}

// encodeExtensions appends what is not in RFC 7348.
func (v *Vxlan) encodeExtensions(e *wire.Encoder) {
	for _, f := range [...]vxlanFlag{
		{uapi.IFLA_VXLAN_GBP, &v.GBP},
		{uapi.IFLA_VXLAN_GPE, &v.GPE},
		{uapi.IFLA_VXLAN_REMCSUM_NOPARTIAL, &v.RemCSumNoPartial},
	} {
		if *f.at {
			e.Flag(f.typ)
		}
	}
	if v.FlowLabel != nil {
		e.BE32(uapi.IFLA_VXLAN_LABEL, uint32(inRange(e, "flow label", int(*v.FlowLabel), maxFlowLabel)))
	}
	if v.FlowLabelInherit {
		e.Uint32(uapi.IFLA_VXLAN_LABEL_POLICY, uapi.VXLAN_LABEL_INHERIT)
	}
	if v.ReservedBits != nil {
		e.BE64(uapi.IFLA_VXLAN_RESERVED_BITS, *v.ReservedBits)
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

// encodeVxlanAddr appends an address, whose attribute depends on its family.
func encodeVxlanAddr(e *wire.Encoder, typ4, typ6 uint16, ip net.IP) {
	if ip == nil {
		return
	}
	addr, ok := netip.AddrFromSlice(ip)
	switch addr = addr.Unmap(); {
	case !ok:
		e.Fail(fmt.Errorf("%d bytes are no IP address", len(ip)))
	case addr.Is4():
		e.Addr(typ4, addr)
	default:
		e.Addr(typ6, addr)
	}
}

func (v *Vxlan) decodeData(d *wire.Decoder) {
	fields := v.fields()
next:
	for d.Next() {
		for _, f := range v.flags() {
			if f.typ == d.Type() {
				*f.at = d.Bool()
				continue next
			}
		}
		if !decodeOptional(d, fields) {
			v.decodeAttr(d)
		}
	}
	v.UDPCSum = v.UDPCSumSet != nil && *v.UDPCSumSet
}

func (v *Vxlan) decodeAttr(d *wire.Decoder) {
	switch d.Type() {
	case uapi.IFLA_VXLAN_ID:
		v.VxlanId = int(d.Uint32())
	case uapi.IFLA_VXLAN_LINK:
		v.VtepDevIndex = int(d.Uint32())
	case uapi.IFLA_VXLAN_LOCAL, uapi.IFLA_VXLAN_LOCAL6:
		v.SrcAddr = d.Addr().AsSlice()
	case uapi.IFLA_VXLAN_GROUP, uapi.IFLA_VXLAN_GROUP6:
		v.Group = d.Addr().AsSlice()
	case uapi.IFLA_VXLAN_TTL:
		v.TTL = int(d.Uint8())
	case uapi.IFLA_VXLAN_TTL_INHERIT:
		// With the value 0 the attribute says that it is not so.
		v.TTLInherit = len(d.Data()) == 0 || d.Bool()
	case uapi.IFLA_VXLAN_TOS:
		v.TOS = int(d.Uint8())
	case uapi.IFLA_VXLAN_GBP:
		v.GBP = true
	case uapi.IFLA_VXLAN_GPE:
		v.GPE = true
	case uapi.IFLA_VXLAN_REMCSUM_NOPARTIAL:
		v.RemCSumNoPartial = true
	case uapi.IFLA_VXLAN_LABEL:
		v.FlowLabel = pointer(d.BE32())
	case uapi.IFLA_VXLAN_LABEL_POLICY:
		v.FlowLabelInherit = d.Uint32() == uapi.VXLAN_LABEL_INHERIT
	case uapi.IFLA_VXLAN_RESERVED_BITS:
		v.ReservedBits = pointer(d.BE64())
	case uapi.IFLA_VXLAN_AGEING:
		v.Age = int(d.Uint32())
		v.NoAge = v.Age == 0
	case uapi.IFLA_VXLAN_LIMIT:
		v.Limit = int(d.Uint32())
	case uapi.IFLA_VXLAN_PORT:
		v.Port = int(d.BE16())
	case uapi.IFLA_VXLAN_PORT_RANGE:
		if len(d.Data()) >= uapi.SizeofIflaVxlanPortRange {
			v.PortLow = int(binary.BigEndian.Uint16(d.Data()))
			v.PortHigh = int(binary.BigEndian.Uint16(d.Data()[2:]))
		}
	}
}

// LinkSetVXLANGroup sets where a vxlan sends frames to unknown addresses:
// ip link set DEV type vxlan group IP.
func (h *Handle) LinkSetVXLANGroup(link *Vxlan, ip net.IP) error {
	return h.changeKind(link, "link set vxlan group", func(e *wire.Encoder) {
		if ip == nil {
			e.Fail(fmt.Errorf("no address given"))
		}
		encodeVxlanAddr(e, uapi.IFLA_VXLAN_GROUP, uapi.IFLA_VXLAN_GROUP6, ip)
	})
}

// LinkSetVXLANVtepDevIndex sets the link that the tunnels of a vxlan go
// through: ip link set DEV type vxlan dev PHYS.
func (h *Handle) LinkSetVXLANVtepDevIndex(link *Vxlan, index int) error {
	return h.changeKind(link, "link set vxlan dev", func(e *wire.Encoder) {
		e.Uint32(uapi.IFLA_VXLAN_LINK, uint32(inRange(e, "index of the device", index, math.MaxInt32)))
	})
}
