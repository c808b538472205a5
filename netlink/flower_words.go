package netlink

import (
	"encoding/binary"
	"strconv"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func (*Flower) describe() desc.Kind {
	return desc.Kind{Fields: flowerFields, First: firstFlower, Complete: completeFlower}
}

// flowerWords are what the words of a command say of a [Flower] that is not in an attribute yet.
type flowerWords struct {
	etherType, vlanType uint16 // which the following words are of
	vlans               uint8
	ipProto             uint8
	mplsOld, mplsNew    bool
	offload             uint32
	flags, flagsMask    uint32
	outer, outerMask    uint32
}

func firstFlower(in *desc.Args, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	w.ipProto = 0xff
	if in.Tc != nil {
		w.etherType = in.Tc.Protocol
	}
	return firstNumbered(in, e)
}

func completeFlower(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[flowerWords](in)
	e.Uint32(uapi.TCA_FLOWER_FLAGS, w.offload)
	if w.flagsMask != 0 {
		e.BE32(uapi.TCA_FLOWER_KEY_FLAGS, w.flags)
		e.BE32(uapi.TCA_FLOWER_KEY_FLAGS_MASK, w.flagsMask)
	}
	if w.outerMask != 0 {
		e.BE32(uapi.TCA_FLOWER_KEY_ENC_FLAGS, w.outer)
		e.BE32(uapi.TCA_FLOWER_KEY_ENC_FLAGS_MASK, w.outerMask)
	}
	if in.Tc != nil && in.Tc.Protocol != uapi.ETH_P_ALL {
		e.BE16(uapi.TCA_FLOWER_KEY_ETH_TYPE, in.Tc.Protocol)
	}
	return nil
}

// flowerFields are in the order in which tc shows them. Those that show the beginning and the end of the keys are
// among them.
var flowerFields = []desc.Field{
	{Type: uapi.TCA_FLOWER_CLASSID, Word: "classid", Words: []string{"flowid"}, Usage: "CLASSID", Read: readClassID,
		Show: showFlowerClass},
	{Word: "hw_tc", Usage: "TC", Type: uapi.TCA_FLOWER_CLASSID, Read: readFlowerClassOfHardware},
	{Type: uapi.TCA_FLOWER_INDEV, Word: "indev", Usage: "DEV", Read: readIndev,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if b != nil {
				showLine(p, "indev", string(untilNUL(b)))
			}
		}},
	{ReadOnly: true, Show: func(p *desc.Printer, _ *desc.Field, _ []byte, _ desc.Attrs) { p.Object("keys") }},
	{Type: uapi.TCA_FLOWER_KEY_NUM_OF_VLANS, Word: "num_of_vlans", Exact: true, Usage: "NUMBER", Show: showFlowerU8,
		Read: readFlowerVlans},
	{Type: uapi.TCA_FLOWER_KEY_VLAN_ID, Word: "vlan_id", Usage: "VID", Arg: 0xfff, Show: showFlowerU16,
		Read: readFlowerVlan},
	{Type: uapi.TCA_FLOWER_KEY_VLAN_PRIO, Word: "vlan_prio", Usage: "PRIORITY", Arg: 7, Show: showFlowerU8,
		Read: readFlowerVlan},
	{Type: uapi.TCA_FLOWER_KEY_VLAN_ETH_TYPE, Word: "vlan_ethtype", Usage: "PROTO", Show: showFlowerEtherType,
		Read: readFlowerVlanType},
	{Type: uapi.TCA_FLOWER_KEY_CVLAN_ID, Word: "cvlan_id", Usage: "VID", Arg: 0xfff, Show: showFlowerU16,
		Read: readFlowerVlan},
	{Type: uapi.TCA_FLOWER_KEY_CVLAN_PRIO, Word: "cvlan_prio", Usage: "PRIORITY", Arg: 7, Show: showFlowerU8,
		Read: readFlowerVlan},
	{Type: uapi.TCA_FLOWER_KEY_CVLAN_ETH_TYPE, Word: "cvlan_ethtype", Usage: "PROTO", Show: showFlowerEtherType,
		Read: readFlowerVlanType},
	{Type: uapi.TCA_FLOWER_KEY_ETH_DST, Word: "dst_mac", Usage: "MASKED_LLADDR", Arg: uapi.TCA_FLOWER_KEY_ETH_DST_MASK,
		Show: showFlowerMAC, Read: readFlowerMAC},
	{Type: uapi.TCA_FLOWER_KEY_ETH_SRC, Word: "src_mac", Usage: "MASKED_LLADDR", Arg: uapi.TCA_FLOWER_KEY_ETH_SRC_MASK,
		Show: showFlowerMAC, Read: readFlowerMAC},
	{Type: uapi.TCA_FLOWER_KEY_ETH_TYPE, Key: "eth_type", ReadOnly: true, Show: showFlowerProtocol},
	{Type: uapi.TCA_FLOWER_KEY_IP_PROTO, Word: "ip_proto", Usage: "PROTO", Show: showFlowerIPProto,
		Read: readFlowerIPProto},
	{Type: uapi.TCA_FLOWER_KEY_IP_TOS, Word: "ip_tos", Usage: "TOS[/MASK]", Arg: uapi.TCA_FLOWER_KEY_IP_TOS_MASK,
		Show: showFlowerMasked8, Read: readFlowerTOS},
	{Type: uapi.TCA_FLOWER_KEY_IP_TTL, Word: "ip_ttl", Usage: "TTL[/MASK]", Arg: uapi.TCA_FLOWER_KEY_IP_TTL_MASK,
		Show: showFlowerMasked8, Read: readFlowerTOS},
	{Type: uapi.TCA_FLOWER_KEY_MPLS_OPTS, Word: "mpls",
		Usage: "lse depth DEPTH { label LABEL | tc TC | bos BOS | ttl TTL }...", Show: showFlowerMPLS, Read: readFlowerMPLS},
	{Type: uapi.TCA_FLOWER_KEY_MPLS_LABEL, Word: "mpls_label", Usage: "LABEL", Arg: 0xfffff, Show: showFlowerU32,
		Read: readFlowerMPLSPart},
	{Type: uapi.TCA_FLOWER_KEY_MPLS_TC, Word: "mpls_tc", Usage: "TC", Arg: 7, Show: showFlowerText8,
		Read: readFlowerMPLSPart},
	{Type: uapi.TCA_FLOWER_KEY_MPLS_BOS, Word: "mpls_bos", Usage: "BOS", Arg: 1, Show: showFlowerText8,
		Read: readFlowerMPLSPart},
	{Type: uapi.TCA_FLOWER_KEY_MPLS_TTL, Word: "mpls_ttl", Usage: "TTL", Arg: 0xff, Show: showFlowerText8,
		Read: readFlowerMPLSPart},
	{Type: uapi.TCA_FLOWER_KEY_IPV4_DST, Word: "dst_ip", Usage: "PREFIX", Arg: uapi.TCA_FLOWER_KEY_IPV6_DST,
		Show: showFlowerIP, Read: readFlowerIP},
	{Type: uapi.TCA_FLOWER_KEY_IPV4_SRC, Word: "src_ip", Usage: "PREFIX", Arg: uapi.TCA_FLOWER_KEY_IPV6_SRC,
		Show: showFlowerIP, Read: readFlowerIP},
	{Type: uapi.TCA_FLOWER_KEY_PORT_DST_MIN, Word: "dst_port", Usage: "{ PORT[/MASK] | MIN-MAX }", Arg: 1,
		Show: showFlowerPorts, Read: readFlowerPort},
	{Type: uapi.TCA_FLOWER_KEY_PORT_SRC_MIN, Word: "src_port", Usage: "{ PORT[/MASK] | MIN-MAX }", Read: readFlowerPort},
	{Type: uapi.TCA_FLOWER_KEY_TCP_FLAGS, Word: "tcp_flags", Usage: "FLAGS[/MASK]", Show: showFlowerTCPFlags,
		Read: readFlowerTCPFlags},
	{Type: uapi.TCA_FLOWER_KEY_ICMPV4_TYPE, Word: "type", Usage: "TYPE[/MASK]", Show: showFlowerICMP,
		Read: readFlowerICMP},
	{Type: uapi.TCA_FLOWER_KEY_ICMPV4_CODE, Word: "code", Usage: "CODE[/MASK]", Read: readFlowerICMP},
	{Type: uapi.TCA_FLOWER_KEY_L2TPV3_SID, Word: "l2tpv3_sid", Exact: true, Usage: "SESSION", Show: showFlowerBE32,
		Read: readFlowerSession},
	{Type: uapi.TCA_FLOWER_KEY_SPI, Word: "spi", Exact: true, Usage: "SPI", Read: readFlowerSPI,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 4 {
				p.NL()
				showPlainHex(p, "spi", "  spi 0x%x", uint64(binary.BigEndian.Uint32(b)))
			}
		}},
	{Type: uapi.TCA_FLOWER_KEY_ARP_SIP, Word: "arp_sip", Usage: "PREFIX", Arg: uapi.TCA_FLOWER_KEY_ARP_SIP_MASK,
		Show: showFlowerARPAddr, Read: readFlowerARPAddr},
	{Type: uapi.TCA_FLOWER_KEY_ARP_TIP, Word: "arp_tip", Usage: "PREFIX", Arg: uapi.TCA_FLOWER_KEY_ARP_TIP_MASK,
		Show: showFlowerARPAddr, Read: readFlowerARPAddr},
	{Type: uapi.TCA_FLOWER_KEY_ARP_OP, Word: "arp_op", Usage: "{ request | reply | OP[/MASK] }", Show: showFlowerARPOp,
		Read: readFlowerARPOp},
	{Type: uapi.TCA_FLOWER_KEY_ARP_SHA, Word: "arp_sha", Usage: "MASKED_LLADDR", Arg: uapi.TCA_FLOWER_KEY_ARP_SHA_MASK,
		Show: showFlowerMAC, Read: readFlowerMAC},
	{Type: uapi.TCA_FLOWER_KEY_ARP_THA, Word: "arp_tha", Usage: "MASKED_LLADDR", Arg: uapi.TCA_FLOWER_KEY_ARP_THA_MASK,
		Show: showFlowerMAC, Read: readFlowerMAC},
	{Type: uapi.TCA_FLOWER_KEY_PPPOE_SID, Word: "pppoe_sid", Exact: true, Usage: "SESSION", Read: readFlowerPPP,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 2 {
				showLineNumber(p, "pppoe_sid", uint64(binary.BigEndian.Uint16(b)))
			}
		}},
	{Type: uapi.TCA_FLOWER_KEY_PPP_PROTO, Word: "ppp_proto", Exact: true, Usage: "PROTO", Read: readFlowerPPPProto,
		Show: func(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
			if len(b) >= 2 {
				showLine(p, "ppp_proto", pppName(binary.BigEndian.Uint16(b)))
			}
		}},
	{Type: uapi.TCA_FLOWER_KEY_ENC_IPV4_DST, Word: "enc_dst_ip", Usage: "PREFIX", Arg: uapi.TCA_FLOWER_KEY_ENC_IPV6_DST,
		Show: showFlowerOuterIP, Read: readFlowerOuterIP},
	{Type: uapi.TCA_FLOWER_KEY_ENC_IPV4_SRC, Word: "enc_src_ip", Usage: "PREFIX", Arg: uapi.TCA_FLOWER_KEY_ENC_IPV6_SRC,
		Show: showFlowerOuterIP, Read: readFlowerOuterIP},
	{Type: uapi.TCA_FLOWER_KEY_ENC_KEY_ID, Word: "enc_key_id", Usage: "ID", Show: showFlowerBE32,
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Number(32, 10, f.Word)
			e.BE32(f.Type, uint32(v))
			return err
		}},
	{Type: uapi.TCA_FLOWER_KEY_ENC_UDP_DST_PORT, Word: "enc_dst_port", Usage: "PORT",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Number(16, 10, f.Word)
			e.BE16(f.Type, uint16(v))
			return err
		}, Show: func(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
			showPort(p, f.Word, b, attrs[uapi.TCA_FLOWER_KEY_ENC_UDP_DST_PORT_MASK])
		}},
	{Type: uapi.TCA_FLOWER_KEY_ENC_IP_TOS, Word: "enc_tos", Usage: "TOS[/MASK]", Arg: uapi.TCA_FLOWER_KEY_ENC_IP_TOS_MASK,
		Show: showFlowerMasked8, Read: readFlowerTOS},
	{Type: uapi.TCA_FLOWER_KEY_ENC_IP_TTL, Word: "enc_ttl", Usage: "TTL[/MASK]", Arg: uapi.TCA_FLOWER_KEY_ENC_IP_TTL_MASK,
		Show: showFlowerMasked8, Read: readFlowerTOS},
	{Type: uapi.TCA_FLOWER_KEY_ENC_OPTS, Word: "geneve_opts",
		Words: []string{"vxlan_opts", "erspan_opts", "gtp_opts", "pfcp_opts"}, Usage: "OPTIONS",
		Show: showFlowerOptions, Read: readFlowerOptions},
	{Type: uapi.TCA_FLOWER_KEY_FLAGS, Word: "ip_flags", Usage: "[no]frag[/[no]firstfrag]",
		Arg:  uapi.TCA_FLOWER_KEY_FLAGS_MASK,
		Show: showFlowerFlags, Read: readFlowerFlags},
	{Type: uapi.TCA_FLOWER_KEY_ENC_FLAGS, Word: "enc_flags", Exact: true, Usage: "[no]tuncsum[/[no]tundf]...",
		Arg:  uapi.TCA_FLOWER_KEY_ENC_FLAGS_MASK,
		Show: showFlowerFlags, Read: readFlowerFlags},
	{Type: uapi.TCA_FLOWER_L2_MISS, Word: "l2_miss", Exact: true, Usage: "{ 0 | 1 }", Arg: 0xff, Show: showFlowerU8,
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Number(8, 10, f.Word)
			e.Uint8(f.Type, uint8(v))
			return err
		}},
	{Type: uapi.TCA_FLOWER_KEY_CT_STATE, Word: "ct_state", Usage: "{ + | - }FLAG...", Show: showFlowerState,
		Read: readFlowerState},
	{Type: uapi.TCA_FLOWER_KEY_CT_ZONE, Word: "ct_zone", Usage: "ZONE[/MASK]", Show: showFlowerZone,
		Read: readFlowerZone},
	{Type: uapi.TCA_FLOWER_KEY_CT_MARK, Word: "ct_mark", Usage: "MARK[/MASK]", Show: showFlowerMark,
		Read: readFlowerMark},
	{Type: uapi.TCA_FLOWER_KEY_CT_LABELS, Word: "ct_label", Usage: "LABEL[/MASK]", Show: showFlowerLabel,
		Read: readFlowerLabel},
	{Type: uapi.TCA_FLOWER_KEY_CFM, Word: "cfm", Exact: true, Usage: "{ mdl LEVEL | op OPCODE }...", Show: showFlowerCFM,
		Read: readFlowerCFM},
	{ReadOnly: true, Show: func(p *desc.Printer, _ *desc.Field, _ []byte, _ desc.Attrs) { p.EndObject() }},
	{Type: uapi.TCA_FLOWER_FLAGS, Word: "verbose", Words: []string{"skip_hw", "skip_sw"}, Show: showFlowerOffload,
		Read: readFlowerOffload},
	{Type: uapi.TCA_FLOWER_ACT, Word: "action", Usage: "ACTION_SPEC", Read: readFilterActions, Show: showFilterActions},
}

// showLine prints a text on a line of its own.
func showLine(p *desc.Printer, key, text string) {
	p.NL()
	p.Str(key, "  "+key+" %s", text)
}

// showLineNumber prints a number on a line of its own.
func showLineNumber(p *desc.Printer, key string, v uint64) {
	p.NL()
	p.Uint(key, "  "+key+" %d", v)
}

// showMaskedNumber prints a number, and its mask if that is not all.
func showMaskedNumber(p *desc.Printer, key string, v, mask, all uint64) {
	showLineNumber(p, key, v)
	if mask != all {
		showPlainHex(p, key+"_mask", "/0x%x", mask)
	}
}

// maskLength is how many ones a mask begins with; false where others follow, or where it begins with a zero.
func maskLength(b []byte) (int, bool) {
	ones := 0
	for ones < 8*len(b) && b[ones/8]>>(7-ones%8)&1 != 0 {
		ones++
	}
	for i := ones; i < 8*len(b); i++ {
		if b[i/8]>>(7-i%8)&1 != 0 {
			return 0, false
		}
	}
	return ones, ones != 0
}

// maskText is what stands behind an address: its length, or the mask as mask has it; nothing where that is all.
func maskText(b []byte, mask func([]byte) string) string {
	if len(b) == 0 {
		return ""
	}
	switch n, ok := maskLength(b); {
	case !ok:
		return "/" + mask(b)
	case n < 8*len(b):
		return "/" + strconv.Itoa(n)
	}
	return ""
}

// ipProtoNumber is the number of a protocol above IP by its name, or by the number itself.
func ipProtoNumber(word string) (uint8, bool) {
	for _, p := range flowerProtocols {
		if p.name == word {
			return p.proto, true
		}
	}
	v, err := desc.ParseBase(word, 10, 8)
	return uint8(v), err == nil
}

// ipProtoName is its name, or the number.
func ipProtoName(proto uint8) string {
	for _, p := range flowerProtocols {
		if p.proto == proto {
			return p.name
		}
	}
	return strconv.Itoa(int(proto))
}
