package netlink

import (
	"errors"
	"fmt"
	"net"

	"kern.sys/internal/attr"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// Masked is a number of which some bits are matched.
type Masked[T uint8 | uint16 | uint32] struct {
	Value T
	Mask  T // the bits that count; 0: all
}

// Flower matches fields of packets, all of those that are set: tc-flower(8). Masks that are nil or 0
// are of all bits. Numbers are in the machine's byte order. What a field of a header is depends on
// EthType and IPProto, which need to be set with it, and Protocol to EthType.
type Flower struct {
	FilterAttrs
	ClassId       uint32 // the class of the packets, 0 for none
	DestIP        net.IP
	DestIPMask    net.IPMask
	SrcIP         net.IP
	SrcIPMask     net.IPMask
	EthType       uint16 // ETH_P_…; that of the VLAN header with what begins with Vlan
	EncDestIP     net.IP // what begins with Enc is of the outer header that a tunnel took away
	EncDestIPMask net.IPMask
	EncSrcIP      net.IP
	EncSrcIPMask  net.IPMask
	EncDestPort   uint16
	EncKeyId      uint32
	SrcMac        net.HardwareAddr
	DestMac       net.HardwareAddr
	VlanId        uint16
	SkipHw        bool        // the hardware does not do it
	SkipSw        bool        // only the hardware does it
	IPProto       *nl.IPProto // protocol over IP
	DestPort      uint16      // with IPProto TCP, UDP or SCTP
	SrcPort       uint16
	// Ranges of ports, of which both ends are set (Linux 5.1).
	SrcPortRangeMin uint16
	SrcPortRangeMax uint16
	DstPortRangeMin uint16
	DstPortRangeMax uint16

	Actions []Action

	InHw      bool   // the hardware does it; read only
	InHwCount uint32 // how many devices do it; read only

	InDev                          string // the link that received the packet, "" for any
	SrcMacMask, DestMacMask        net.HardwareAddr
	SrcPortMask, DestPortMask      uint16
	EncDestPortMask                uint16
	EncSrcPort                     *Masked[uint16]
	VlanPrio, CVlanPrio            *uint8
	VlanEthType                    uint16 // behind the VLAN header
	CVlanId                        *uint16
	CVlanEthType                   uint16           // behind the second VLAN header
	NumOfVlans                     *uint8           // Linux 5.19
	IPTOS, IPTTL, EncIPTOS, EncTTL *Masked[uint8]   // TTL is the hop limit of IPv6
	TCPFlags                       *Masked[uint16]  // FIN is the lowest bit
	ICMPType, ICMPCode             *Masked[uint8]   // with IPProto ICMP or ICMPv6
	ARPOp                          *Masked[uint8]   // 1: request, 2: reply; also of RARP
	ARPSender, ARPTarget           *net.IPNet       // IPv4 addresses
	ARPSenderMac, ARPTargetMac     net.HardwareAddr // hardware addresses
	ARPSenderMacMask               net.HardwareAddr // nil: all bits
	ARPTargetMacMask               net.HardwareAddr // nil: all bits
	MPLS                           *FlowerMPLS      // the first entry of the label stack
	MPLSStack                      []FlowerMPLS     // entries at any depth, in the place of MPLS (Linux 5.8)
	Flags, EncFlags                *Masked[uint32]  // TCA_FLOWER_KEY_FLAGS_…; EncFlags Linux 6.11
	CTState, CTZone                *Masked[uint16]  // TCA_FLOWER_KEY_CT_FLAGS_…
	CTMark, Hash                   *Masked[uint32]  // mark of the connection, and the packet's hash
	CTLabels, CTLabelsMask         []byte           // 16 bytes
	L2TPv3Session, SPI             *Masked[uint32]  // L2TPv3Session has no mask
	PPPoESession                   *uint16          // Linux 6.0
	PPPProtocol                    uint16           // ETH_P_…
	CFM                            *FlowerCFM       // Linux 6.5
	L2Miss                         *bool            // the bridge did not know the address (Linux 6.5)
	EncOptions, EncOptionsMask     []byte           // payload of TCA_FLOWER_KEY_ENC_OPTS in the kernel's form
}

// FlowerMPLS is an entry of a stack of MPLS labels; what is nil is not matched.
type FlowerMPLS struct {
	Depth uint8 // 1 for the first; not with [Flower].MPLS
	Label *uint32
	TC    *uint8
	BOS   *uint8 // 1: the last one
	TTL   *uint8
}

// FlowerCFM matches fields of connectivity fault management; nil fields are not compared.
type FlowerCFM struct{ Level, Opcode *uint8 }

// Attrs returns the attributes that all kinds have.
func (filter *Flower) Attrs() *FilterAttrs { return &filter.FilterAttrs }

// Type returns "flower".
func (filter *Flower) Type() string { return "flower" }

func (f *Flower) attrs(c *attr.Codec) {
	// What most have comes first, then the rest, a part after the other: there are a hundred attributes.
	f.addresses(c)
	attr.U32(c, uapi.TCA_FLOWER_CLASSID|attr.IfSet, &f.ClassId)
	offload(c, uapi.TCA_FLOWER_FLAGS, &f.SkipHw, &f.SkipSw, &f.InHw)
	attr.U32(c, uapi.TCA_FLOWER_IN_HW_COUNT|attr.ReadOnly, &f.InHwCount)
	c.Forget(uapi.TCA_FLOWER_IN_HW_COUNT)
	actions(c, uapi.TCA_FLOWER_ACT, &f.Actions)
	for _, part := range [...]func(*Flower, *attr.Codec){(*Flower).transport, (*Flower).ethernet, (*Flower).network,
		(*Flower).outer, (*Flower).metadata} {
		if c.Done() {
			break
		}
		part(f, c)
	}
	if c.Decoding() {
		f.whole()
	}
}

// whole undoes what the kernel does with EthType: it says the type that is behind headers of VLANs
// and PPPoE, and needs that of the header itself.
func (f *Flower) whole() {
	vlan := f.VlanId != 0 || f.VlanPrio != nil || f.VlanEthType != 0
	switch {
	case f.Protocol == uapi.ETH_P_8021Q || f.Protocol == uapi.ETH_P_8021AD:
		if vlan || f.EthType == 0 {
			f.EthType = f.Protocol
		}
	case vlan:
		f.EthType = uapi.ETH_P_8021Q
	case f.PPPoESession != nil || f.PPPProtocol != 0:
		f.EthType = uapi.ETH_P_PPP_SES
	}
}

// addresses is the type of the packet, the addresses of IP, and the protocol over it.
func (f *Flower) addresses(c *attr.Codec) {
	attr.BE16(c, uapi.TCA_FLOWER_KEY_ETH_TYPE|attr.IfSet, &f.EthType)
	flowerIP(c, &f.SrcIP, &f.SrcIPMask, [4]attr.Type{uapi.TCA_FLOWER_KEY_IPV4_SRC, uapi.TCA_FLOWER_KEY_IPV4_SRC_MASK,
		uapi.TCA_FLOWER_KEY_IPV6_SRC, uapi.TCA_FLOWER_KEY_IPV6_SRC_MASK})
	flowerIP(c, &f.DestIP, &f.DestIPMask, [4]attr.Type{uapi.TCA_FLOWER_KEY_IPV4_DST, uapi.TCA_FLOWER_KEY_IPV4_DST_MASK,
		uapi.TCA_FLOWER_KEY_IPV6_DST, uapi.TCA_FLOWER_KEY_IPV6_DST_MASK})
	attr.OptU8(c, uapi.TCA_FLOWER_KEY_IP_PROTO, &f.IPProto)
}

// ethernet is what else there is before the network header.
func (f *Flower) ethernet(c *attr.Codec) {
	attr.Ether(c, uapi.TCA_FLOWER_KEY_ETH_SRC, &f.SrcMac)
	attr.Ether(c, uapi.TCA_FLOWER_KEY_ETH_SRC_MASK, &f.SrcMacMask)
	attr.Ether(c, uapi.TCA_FLOWER_KEY_ETH_DST, &f.DestMac)
	attr.Ether(c, uapi.TCA_FLOWER_KEY_ETH_DST_MASK, &f.DestMacMask)
	attr.U16(c, uapi.TCA_FLOWER_KEY_VLAN_ID|attr.IfSet, &f.VlanId)
	attr.OptU8(c, uapi.TCA_FLOWER_KEY_VLAN_PRIO, &f.VlanPrio)
	attr.BE16(c, uapi.TCA_FLOWER_KEY_VLAN_ETH_TYPE|attr.IfSet, &f.VlanEthType)
	attr.OptU16(c, uapi.TCA_FLOWER_KEY_CVLAN_ID, &f.CVlanId)
	attr.OptU8(c, uapi.TCA_FLOWER_KEY_CVLAN_PRIO, &f.CVlanPrio)
	attr.BE16(c, uapi.TCA_FLOWER_KEY_CVLAN_ETH_TYPE|attr.IfSet, &f.CVlanEthType)
	attr.OptU8(c, uapi.TCA_FLOWER_KEY_NUM_OF_VLANS, &f.NumOfVlans)
	attr.OptBE16(c, uapi.TCA_FLOWER_KEY_PPPOE_SID, &f.PPPoESession)
	attr.BE16(c, uapi.TCA_FLOWER_KEY_PPP_PROTO|attr.IfSet, &f.PPPProtocol)
	f.mpls(c)
	if f.CFM != nil || !c.Encoding() && !c.Lacks(uapi.TCA_FLOWER_KEY_CFM) {
		cfm := f.CFM
		if cfm == nil {
			cfm = new(FlowerCFM)
		}
		attr.Nest(c, uapi.TCA_FLOWER_KEY_CFM|uapi.NLA_F_NESTED, func(c *attr.Codec) {
			attr.OptU8(c, uapi.TCA_FLOWER_KEY_CFM_MD_LEVEL, &cfm.Level)
			attr.OptU8(c, uapi.TCA_FLOWER_KEY_CFM_OPCODE, &cfm.Opcode)
			f.CFM = cfm
		})
	}
}

func (f *Flower) mpls(c *attr.Codec) {
	none := c.Encoding() && f.MPLS == nil || c.Lacks(uapi.TCA_FLOWER_KEY_MPLS_TTL) &&
		c.Lacks(uapi.TCA_FLOWER_KEY_MPLS_TC) &&
		c.Lacks(uapi.TCA_FLOWER_KEY_MPLS_BOS) && c.Lacks(uapi.TCA_FLOWER_KEY_MPLS_LABEL)
	if !none {
		one := new(FlowerMPLS)
		if f.MPLS != nil {
			*one = *f.MPLS
		}
		attr.OptU8(c, uapi.TCA_FLOWER_KEY_MPLS_TTL, &one.TTL)
		attr.OptU8(c, uapi.TCA_FLOWER_KEY_MPLS_TC, &one.TC)
		attr.OptU8(c, uapi.TCA_FLOWER_KEY_MPLS_BOS, &one.BOS)
		attr.OptU32(c, uapi.TCA_FLOWER_KEY_MPLS_LABEL, &one.Label)
		if c.Decoding() {
			f.MPLS = one
		}
	}
	attr.Repeat(c, uapi.TCA_FLOWER_KEY_MPLS_OPTS|uapi.NLA_F_NESTED, uapi.TCA_FLOWER_KEY_MPLS_OPTS_LSE|uapi.NLA_F_NESTED,
		&f.MPLSStack,
		func(c *attr.Codec, t attr.Type, v *FlowerMPLS) {
			attr.Nest(c, t, func(c *attr.Codec) {
				attr.U8(c, uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_DEPTH, &v.Depth)
				attr.OptU32(c, uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_LABEL, &v.Label)
				attr.OptU8(c, uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_TC, &v.TC)
				attr.OptU8(c, uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_TTL, &v.TTL)
				attr.OptU8(c, uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_BOS, &v.BOS)
			})
		})
}

// network is what else there is in the headers of IP and ARP.
func (f *Flower) network(c *attr.Codec) {
	masked(c, uapi.TCA_FLOWER_KEY_IP_TOS, uapi.TCA_FLOWER_KEY_IP_TOS_MASK, &f.IPTOS, attr.U8[uint8])
	masked(c, uapi.TCA_FLOWER_KEY_IP_TTL, uapi.TCA_FLOWER_KEY_IP_TTL_MASK, &f.IPTTL, attr.U8[uint8])
	masked(c, uapi.TCA_FLOWER_KEY_ARP_OP, uapi.TCA_FLOWER_KEY_ARP_OP_MASK, &f.ARPOp, attr.U8[uint8])
	arpIP(c, &f.ARPSender, uapi.TCA_FLOWER_KEY_ARP_SIP, uapi.TCA_FLOWER_KEY_ARP_SIP_MASK)
	arpIP(c, &f.ARPTarget, uapi.TCA_FLOWER_KEY_ARP_TIP, uapi.TCA_FLOWER_KEY_ARP_TIP_MASK)
	attr.Ether(c, uapi.TCA_FLOWER_KEY_ARP_SHA, &f.ARPSenderMac)
	attr.Ether(c, uapi.TCA_FLOWER_KEY_ARP_SHA_MASK, &f.ARPSenderMacMask)
	attr.Ether(c, uapi.TCA_FLOWER_KEY_ARP_THA, &f.ARPTargetMac)
	attr.Ether(c, uapi.TCA_FLOWER_KEY_ARP_THA_MASK, &f.ARPTargetMacMask)
	masked(c, uapi.TCA_FLOWER_KEY_FLAGS, uapi.TCA_FLOWER_KEY_FLAGS_MASK, &f.Flags, attr.BE32[uint32])
	masked(c, uapi.TCA_FLOWER_KEY_SPI, uapi.TCA_FLOWER_KEY_SPI_MASK, &f.SPI, attr.BE32[uint32])
	masked(c, uapi.TCA_FLOWER_KEY_L2TPV3_SID, uapi.TCA_FLOWER_UNSPEC, &f.L2TPv3Session, attr.BE32[uint32])
}

// flowerPorts are the attributes of the ports of a protocol: source, its mask, destination, its mask.
func flowerPorts(p nl.IPProto) ([4]attr.Type, bool) {
	switch p {
	case uapi.IPPROTO_TCP:
		return [4]attr.Type{uapi.TCA_FLOWER_KEY_TCP_SRC, uapi.TCA_FLOWER_KEY_TCP_SRC_MASK, uapi.TCA_FLOWER_KEY_TCP_DST,
			uapi.TCA_FLOWER_KEY_TCP_DST_MASK}, true
	case uapi.IPPROTO_UDP:
		return [4]attr.Type{uapi.TCA_FLOWER_KEY_UDP_SRC, uapi.TCA_FLOWER_KEY_UDP_SRC_MASK, uapi.TCA_FLOWER_KEY_UDP_DST,
			uapi.TCA_FLOWER_KEY_UDP_DST_MASK}, true
	case uapi.IPPROTO_SCTP:
		return [4]attr.Type{uapi.TCA_FLOWER_KEY_SCTP_SRC, uapi.TCA_FLOWER_KEY_SCTP_SRC_MASK, uapi.TCA_FLOWER_KEY_SCTP_DST,
			uapi.TCA_FLOWER_KEY_SCTP_DST_MASK}, true
	}
	return [4]attr.Type{}, false
}

// flowerPort is a port and its mask. The kernel passes over a mask whose port is not sent, so that is sent with it, 0
// too.
func flowerPort(c *attr.Codec, t, mask attr.Type, port, bits *uint16) {
	if *bits == 0 {
		t |= attr.IfSet
	}
	attr.BE16(c, t, port)
	attr.BE16(c, mask|attr.IfSet, bits)
}

var (
	errFlowerPorts = errors.New("ports of flower need TCP, UDP or SCTP as IPProto")
	errFlowerICMP  = errors.New("ICMPType and ICMPCode of flower need ICMP or ICMPv6 as IPProto")
)

// transport is what there is in headers over IP.
func (f *Flower) transport(c *attr.Codec) {
	for _, p := range [...]nl.IPProto{uapi.IPPROTO_TCP, uapi.IPPROTO_UDP, uapi.IPPROTO_SCTP} {
		if t, _ := flowerPorts(p); !c.Encoding() || f.IPProto != nil && *f.IPProto == p {
			flowerPort(c, t[0], t[1], &f.SrcPort, &f.SrcPortMask)
			flowerPort(c, t[2], t[3], &f.DestPort, &f.DestPortMask)
		}
	}
	proto := nl.IPProto(0)
	if f.IPProto != nil {
		proto = *f.IPProto
	}
	if _, ports := flowerPorts(proto); c.Encoding() && !ports && (f.SrcPort != 0 || f.DestPort != 0) {
		c.Fail(errFlowerPorts)
	}
	both := func(t attr.Type, low, high *uint16) {
		if !c.Encoding() || *low != 0 && *high != 0 {
			attr.BE16(c, t, low)
			attr.BE16(c, t+1, high)
		}
	}
	both(uapi.TCA_FLOWER_KEY_PORT_SRC_MIN, &f.SrcPortRangeMin, &f.SrcPortRangeMax)
	both(uapi.TCA_FLOWER_KEY_PORT_DST_MIN, &f.DstPortRangeMin, &f.DstPortRangeMax)
	masked(c, uapi.TCA_FLOWER_KEY_TCP_FLAGS, uapi.TCA_FLOWER_KEY_TCP_FLAGS_MASK, &f.TCPFlags, attr.BE16[uint16])
	if c.Encoding() && (f.ICMPType != nil || f.ICMPCode != nil) && proto != uapi.IPPROTO_ICMP &&
		proto != uapi.IPPROTO_ICMPV6 {
		c.Fail(errFlowerICMP)
	}
	if !c.Encoding() || proto == uapi.IPPROTO_ICMP {
		masked(c, uapi.TCA_FLOWER_KEY_ICMPV4_TYPE, uapi.TCA_FLOWER_KEY_ICMPV4_TYPE_MASK, &f.ICMPType, attr.U8[uint8])
		masked(c, uapi.TCA_FLOWER_KEY_ICMPV4_CODE, uapi.TCA_FLOWER_KEY_ICMPV4_CODE_MASK, &f.ICMPCode, attr.U8[uint8])
	}
	if !c.Encoding() || proto == uapi.IPPROTO_ICMPV6 {
		masked(c, uapi.TCA_FLOWER_KEY_ICMPV6_TYPE, uapi.TCA_FLOWER_KEY_ICMPV6_TYPE_MASK, &f.ICMPType, attr.U8[uint8])
		masked(c, uapi.TCA_FLOWER_KEY_ICMPV6_CODE, uapi.TCA_FLOWER_KEY_ICMPV6_CODE_MASK, &f.ICMPCode, attr.U8[uint8])
	}
}

// outer is what a tunnel knows of the packet.
func (f *Flower) outer(c *attr.Codec) {
	flowerIP(c, &f.EncSrcIP, &f.EncSrcIPMask,
		[4]attr.Type{uapi.TCA_FLOWER_KEY_ENC_IPV4_SRC, uapi.TCA_FLOWER_KEY_ENC_IPV4_SRC_MASK,
			uapi.TCA_FLOWER_KEY_ENC_IPV6_SRC, uapi.TCA_FLOWER_KEY_ENC_IPV6_SRC_MASK})
	flowerIP(c, &f.EncDestIP, &f.EncDestIPMask,
		[4]attr.Type{uapi.TCA_FLOWER_KEY_ENC_IPV4_DST, uapi.TCA_FLOWER_KEY_ENC_IPV4_DST_MASK,
			uapi.TCA_FLOWER_KEY_ENC_IPV6_DST, uapi.TCA_FLOWER_KEY_ENC_IPV6_DST_MASK})
	flowerPort(c, uapi.TCA_FLOWER_KEY_ENC_UDP_DST_PORT, uapi.TCA_FLOWER_KEY_ENC_UDP_DST_PORT_MASK, &f.EncDestPort,
		&f.EncDestPortMask)
	masked(c, uapi.TCA_FLOWER_KEY_ENC_UDP_SRC_PORT, uapi.TCA_FLOWER_KEY_ENC_UDP_SRC_PORT_MASK, &f.EncSrcPort,
		attr.BE16[uint16])
	attr.BE32(c, uapi.TCA_FLOWER_KEY_ENC_KEY_ID|attr.IfSet, &f.EncKeyId)
	masked(c, uapi.TCA_FLOWER_KEY_ENC_IP_TOS, uapi.TCA_FLOWER_KEY_ENC_IP_TOS_MASK, &f.EncIPTOS, attr.U8[uint8])
	masked(c, uapi.TCA_FLOWER_KEY_ENC_IP_TTL, uapi.TCA_FLOWER_KEY_ENC_IP_TTL_MASK, &f.EncTTL, attr.U8[uint8])
	masked(c, uapi.TCA_FLOWER_KEY_ENC_FLAGS, uapi.TCA_FLOWER_KEY_ENC_FLAGS_MASK, &f.EncFlags, attr.BE32[uint32])
	tunnelOpts(c, uapi.TCA_FLOWER_KEY_ENC_OPTS, 0, &f.EncOptions)
	tunnelOpts(c, uapi.TCA_FLOWER_KEY_ENC_OPTS_MASK, 0, &f.EncOptionsMask)
}

// metadata is what the kernel knows of the packet.
func (f *Flower) metadata(c *attr.Codec) {
	attr.String(c, uapi.TCA_FLOWER_INDEV|attr.IfSet, &f.InDev)
	masked(c, uapi.TCA_FLOWER_KEY_CT_STATE, uapi.TCA_FLOWER_KEY_CT_STATE_MASK, &f.CTState, attr.U16[uint16])
	masked(c, uapi.TCA_FLOWER_KEY_CT_ZONE, uapi.TCA_FLOWER_KEY_CT_ZONE_MASK, &f.CTZone, attr.U16[uint16])
	masked(c, uapi.TCA_FLOWER_KEY_CT_MARK, uapi.TCA_FLOWER_KEY_CT_MARK_MASK, &f.CTMark, attr.U32[uint32])
	attr.Bytes(c, uapi.TCA_FLOWER_KEY_CT_LABELS|attr.IfSet, &f.CTLabels)
	attr.Bytes(c, uapi.TCA_FLOWER_KEY_CT_LABELS_MASK|attr.IfSet, &f.CTLabelsMask)
	masked(c, uapi.TCA_FLOWER_KEY_HASH, uapi.TCA_FLOWER_KEY_HASH_MASK, &f.Hash, attr.U32[uint32])
	attr.OptBool(c, uapi.TCA_FLOWER_L2_MISS, &f.L2Miss)
}

// masked is a number and its mask, which number codes. There is no attribute of a mask that is
// TCA_FLOWER_UNSPEC.
func masked[T uint8 | uint16 | uint32](c *attr.Codec, t, mask attr.Type, v **Masked[T],
	number func(*attr.Codec, attr.Type, *T)) {
	m := *v
	if m == nil {
		if c.Encoding() || c.Lacks(t) {
			return
		}
		m = new(Masked[T])
		attr.Custom(c, t, nil, func([]byte) { *v = m })
	}
	number(c, t, &m.Value)
	if mask != uapi.TCA_FLOWER_UNSPEC {
		number(c, mask|attr.IfSet, &m.Mask)
	}
}

// allBits is the mask of a whole address. Nothing writes to it.
var allBits = net.IPMask("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")

// flowerIP is an address and its mask: t are the attributes of IPv4 and its mask, IPv6 and its mask.
func flowerIP(c *attr.Codec, ip *net.IP, mask *net.IPMask, t [4]attr.Type) {
	attr.IP46(c, t[0], t[2], ip)
	if !c.Encoding() {
		attr.Bytes(c, t[1], mask)
		attr.Bytes(c, t[3], mask)
		return
	}
	if *ip == nil {
		return
	}
	size, at := net.IPv6len, t[3]
	if ip.To4() != nil {
		size, at = net.IPv4len, t[1]
	}
	m := *mask
	if m == nil {
		m = allBits[:size]
	}
	if len(m) != size {
		c.Fail(fmt.Errorf("mask %s of address %s has %d bytes, want %d", m, *ip, len(m), size))
		return
	}
	attr.Bytes(c, at, &m)
}

// arpIP is an IPv4 address and its mask.
func arpIP(c *attr.Codec, v **net.IPNet, t, mask attr.Type) {
	attr.Custom(c, t, func(e *wire.Encoder) {
		switch n := *v; {
		case n == nil:
		case n.IP.To4() == nil || len(n.Mask) != net.IPv4len:
			e.Fail(fmt.Errorf("%s is no IPv4 prefix", n))
		default:
			e.Data(uint16(t), n.IP.To4())
		}
	}, func(b []byte) {
		*v = &net.IPNet{IP: append(net.IP(nil), b...), Mask: net.CIDRMask(32, 32)}
	})
	attr.Custom(c, mask, func(e *wire.Encoder) {
		if *v != nil {
			e.Data(uint16(mask), (*v).Mask)
		}
	}, func(b []byte) {
		if *v != nil {
			(*v).Mask = append(net.IPMask(nil), b...)
		}
	})
}
