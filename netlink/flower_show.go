package netlink

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net"
	"net/netip"
	"slices"
	"strconv"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// How keys of a [Flower] are shown.

func showFlowerClass(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if h := filterHandle(p); h != 0 {
		p.Uint("handle", "handle 0x%x ", uint64(h))
	}
	if len(b) < 4 {
		return
	}
	h := native.Uint32(b)
	if minor := h & uapi.TC_H_MIN_MASK; minor >= uapi.TC_H_MIN_PRIORITY && minor < uapi.TC_H_MIN_PRIORITY+
		uapi.TC_QOPT_MAX_QUEUE {
		p.Uint("hw_tc", "hw_tc %d ", uint64(minor-uapi.TC_H_MIN_PRIORITY))
	} else {
		p.Str("classid", "classid %s ", p.ClassID(h))
	}
}

func showFlowerU8(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 1 {
		showLineNumber(p, f.Word, uint64(b[0]))
	}
}

// showFlowerText8 shows a number that is a string in JSON.
func showFlowerText8(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 1 {
		showLine(p, f.Word, strconv.Itoa(int(b[0])))
	}
}

func showFlowerU16(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 2 {
		showLineNumber(p, f.Word, uint64(native.Uint16(b)))
	}
}

func showFlowerU32(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		showLineNumber(p, f.Word, uint64(native.Uint32(b)))
	}
}

func showFlowerBE32(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 {
		showLineNumber(p, f.Word, uint64(binary.BigEndian.Uint32(b)))
	}
}

func showFlowerMasked8(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 1 {
		return
	}
	mask := uint64(0xff)
	if m := attrs[uint16(f.Arg)]; len(m) >= 1 {
		mask = uint64(m[0])
	}
	showMaskedNumber(p, f.Word, uint64(b[0]), mask, 0xff)
}

func showFlowerEtherType(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 2 {
		showLine(p, f.Word, p.EtherProtocol(binary.BigEndian.Uint16(b)))
	}
}

func macText(b []byte) string { return net.HardwareAddr(b).String() }

func showFlowerMAC(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) == uapi.ETH_ALEN {
		showLine(p, f.Word, macText(b)+maskText(attrs[uint16(f.Arg)], macText))
	}
}

func showFlowerProtocol(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 2 {
		return
	}
	typ := binary.BigEndian.Uint16(b)
	name := fmt.Sprintf("%04x", typ)
	switch typ {
	case uapi.ETH_P_IP:
		name = "ipv4"
	case uapi.ETH_P_IPV6:
		name = "ipv6"
	case uapi.ETH_P_ARP:
		name = "arp"
	case uapi.ETH_P_RARP:
		name = "rarp"
	}
	showLine(p, f.Key, name)
}

func showFlowerIPProto(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 1 {
		return
	}
	name := fmt.Sprintf("0x%02x", b[0])
	for _, known := range flowerProtocols {
		if known.proto == b[0] {
			name = known.name
		}
	}
	showLine(p, f.Word, name)
}

// bytesAddrText is an address in the packet's bytes.
func bytesAddrText(b []byte) string {
	a, ok := netip.AddrFromSlice(b)
	if !ok {
		return "???"
	}
	return desc.AddrText(a)
}

// showAddrAndMask shows an address of n bytes.
func showAddrAndMask(p *desc.Printer, key string, addr, mask []byte, size int) {
	if len(addr) == size && len(mask) == size {
		showLine(p, key, bytesAddrText(addr)+maskText(mask, bytesAddrText))
	}
}

func showFlowerIP(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	switch etherTypeOf(attrs) {
	case uapi.ETH_P_IP:
		showAddrAndMask(p, f.Word, b, attrs[f.Type+1], 4)
	case uapi.ETH_P_IPV6:
		showAddrAndMask(p, f.Word, attrs[uint16(f.Arg)], attrs[uint16(f.Arg)+1], 16)
	}
}

func showFlowerOuterIP(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if mask := attrs[f.Type+1]; mask != nil {
		showAddrAndMask(p, f.Word, b, mask, 4)
	} else {
		showAddrAndMask(p, f.Word, attrs[uint16(f.Arg)], attrs[uint16(f.Arg)+1], 16)
	}
}

func showFlowerARPAddr(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	showAddrAndMask(p, f.Word, b, attrs[uint16(f.Arg)], 4)
}

// etherTypeOf and ipProtoOf are the protocols that the filter is for.
func etherTypeOf(attrs desc.Attrs) uint16 {
	if b := attrs[uapi.TCA_FLOWER_KEY_ETH_TYPE]; len(b) >= 2 {
		return binary.BigEndian.Uint16(b)
	}
	return 0
}

func ipProtoOf(attrs desc.Attrs) uint8 {
	if b := attrs[uapi.TCA_FLOWER_KEY_IP_PROTO]; len(b) >= 1 {
		return b[0]
	}
	return 0xff
}

func showPort(p *desc.Printer, key string, b, mask []byte) {
	if len(b) < 2 {
		return
	}
	bits := uint64(math.MaxUint16)
	if len(mask) >= 2 {
		bits = uint64(binary.BigEndian.Uint16(mask))
	}
	showMaskedNumber(p, key, uint64(binary.BigEndian.Uint16(b)), bits, math.MaxUint16)
}

// showFlowerPorts shows ports, then ranges of them.
func showFlowerPorts(p *desc.Printer, _ *desc.Field, _ []byte, attrs desc.Attrs) {
	types, ok := flowerPorts(nl.IPProto(ipProtoOf(attrs)))
	if !ok {
		return
	}
	showPort(p, "dst_port", attrs[uint16(types[2])], attrs[uint16(types[3])])
	showPort(p, "src_port", attrs[uint16(types[0])], attrs[uint16(types[1])])
	between := func(key string, typ uint16) {
		low, high := attrs[typ], attrs[typ+1]
		if len(low) < 2 || len(high) < 2 {
			return
		}
		from, to := uint64(binary.BigEndian.Uint16(low)), uint64(binary.BigEndian.Uint16(high))
		if p.JSON {
			p.Object(key)
			p.Uint("start", "", from)
			p.Uint("end", "", to)
			p.EndObject()
		} else {
			showLine(p, key, fmt.Sprintf("%d-%d", from, to))
		}
	}
	between("dst_port", uapi.TCA_FLOWER_KEY_PORT_DST_MIN)
	between("src_port", uapi.TCA_FLOWER_KEY_PORT_SRC_MIN)
}

func showFlowerTCPFlags(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 2 {
		return
	}
	text := fmt.Sprintf("0x%x", binary.BigEndian.Uint16(b))
	if m := attrs[uapi.TCA_FLOWER_KEY_TCP_FLAGS_MASK]; len(m) >= 2 {
		text += fmt.Sprintf("/%x", binary.BigEndian.Uint16(m))
	}
	showLine(p, f.Word, text)
}

// maskedByteText is a number with its mask, if that is not all.
func maskedByteText(b, mask []byte, name func(uint8) string) string {
	m := uint8(0xff)
	if len(mask) >= 1 {
		m = mask[0]
	}
	text := strconv.Itoa(int(b[0]))
	if m != 0xff {
		return text + "/" + strconv.Itoa(int(m))
	}
	if n := name(b[0]); n != "" {
		return n
	}
	return text
}

// showFlowerICMP shows the type and the code.
func showFlowerICMP(p *desc.Printer, _ *desc.Field, _ []byte, attrs desc.Attrs) {
	for _, code := range [...]bool{false, true} {
		typ, mask, ok := flowerICMP(code, etherTypeOf(attrs), ipProtoOf(attrs))
		key := "icmp_type"
		if code {
			key = "icmp_code"
		}
		if b := attrs[typ]; ok && len(b) >= 1 {
			showLine(p, key, maskedByteText(b, attrs[mask], func(uint8) string { return "" }))
		}
	}
}

func showFlowerARPOp(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 1 {
		return
	}
	showLine(p, f.Word, maskedByteText(b, attrs[uapi.TCA_FLOWER_KEY_ARP_OP_MASK], func(op uint8) string {
		switch op {
		case uapi.ARPOP_REQUEST:
			return "request"
		case uapi.ARPOP_REPLY:
			return "reply"
		}
		return ""
	}))
}

func showFlowerMPLS(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil {
		return
	}
	p.NL()
	p.Text("  mpls")
	p.Array("mpls")
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() != uapi.TCA_FLOWER_KEY_MPLS_OPTS_LSE {
			continue
		}
		parts := desc.ParseAttrs(d.Data())
		p.NL()
		p.Text("    lse")
		p.Object("")
		for _, part := range flowerLSE {
			switch b := parts[part.typ]; {
			case len(b) >= 4:
				p.Uint(part.word, " "+part.word+" %d", uint64(native.Uint32(b)))
			case len(b) >= 1:
				p.Uint(part.word, " "+part.word+" %d", uint64(b[0]))
			}
		}
		p.EndObject()
	}
	p.EndArray()
}

func showFlowerFlags(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	mask := attrs[uint16(f.Arg)]
	if len(b) < 4 || len(mask) != 4 {
		return
	}
	flags := flowerIPFlags
	if f.Type == uapi.TCA_FLOWER_KEY_ENC_FLAGS {
		flags = flowerOuterFlags
	}
	value, bits := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(mask)
	first := true
	for _, flag := range flags {
		if bits&flag.bit == 0 {
			continue
		}
		if first {
			p.NL()
			p.Text("  %s ", f.Word)
			p.Object(f.Word)
		} else {
			p.Text("/")
		}
		first = false
		on := value&flag.bit != 0
		p.Bool(flag.name, flag.name, on)
		if !on {
			p.Text("no%s", flag.name)
		}
	}
	if !first {
		p.EndObject()
	}
}

func showFlowerState(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 2 {
		return
	}
	state, mask := native.Uint16(b), uint16(math.MaxUint16)
	if m := attrs[uapi.TCA_FLOWER_KEY_CT_STATE_MASK]; len(m) >= 2 {
		mask = native.Uint16(m)
	}
	text := ""
	for _, s := range flowerStates {
		switch {
		case mask&s.bit == 0:
		case state&s.bit != 0:
			text += "+" + s.name
		default:
			text += "-" + s.name
		}
	}
	showLine(p, f.Word, text)
}

func showFlowerZone(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 2 {
		return
	}
	mask := uint64(math.MaxUint16)
	if m := attrs[uapi.TCA_FLOWER_KEY_CT_ZONE_MASK]; len(m) >= 2 {
		mask = uint64(native.Uint16(m))
	}
	showMaskedNumber(p, f.Word, uint64(native.Uint16(b)), mask, math.MaxUint16)
}

func showFlowerMark(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 4 {
		return
	}
	mask := uint64(math.MaxUint32)
	if m := attrs[uapi.TCA_FLOWER_KEY_CT_MARK_MASK]; len(m) >= 4 {
		mask = uint64(native.Uint32(m))
	}
	showMaskedNumber(p, f.Word, uint64(native.Uint32(b)), mask, math.MaxUint32)
}

func showFlowerLabel(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	if b == nil {
		return
	}
	text := hex.EncodeToString(b)
	mask := attrs[uapi.TCA_FLOWER_KEY_CT_LABELS_MASK]
	if len(b) != 16 || slices.ContainsFunc(mask, func(m byte) bool { return m != 0xff }) {
		text += "/" + hex.EncodeToString(mask[:min(len(mask), len(b))])
	}
	showLine(p, f.Word, text)
}

func showFlowerCFM(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b == nil {
		return
	}
	attrs := desc.ParseAttrs(b)
	p.NL()
	p.Text("  cfm")
	p.Object("cfm")
	if v := attrs[uapi.TCA_FLOWER_KEY_CFM_MD_LEVEL]; len(v) >= 1 {
		p.Uint("mdl", " mdl %d", uint64(v[0]))
	}
	if v := attrs[uapi.TCA_FLOWER_KEY_CFM_OPCODE]; len(v) >= 1 {
		p.Uint("op", " op %d", uint64(v[0]))
	}
	p.EndObject()
}

func showFlowerOffload(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if len(b) < 4 {
		return
	}
	flags := native.Uint32(b)
	flag := func(key string, on bool) bool {
		if on {
			p.NL()
			p.Bool(key, "  "+key, true)
		}
		return on
	}
	flag("skip_hw", flags&uapi.TCA_CLS_FLAGS_SKIP_HW != 0)
	flag("skip_sw", flags&uapi.TCA_CLS_FLAGS_SKIP_SW != 0)
	if flag("in_hw", flags&uapi.TCA_CLS_FLAGS_IN_HW != 0) {
		if n := attrs[uapi.TCA_FLOWER_IN_HW_COUNT]; len(n) >= 4 {
			p.Uint("in_hw_count", " in_hw_count %d", uint64(native.Uint32(n)))
		}
	} else {
		flag("not_in_hw", flags&uapi.TCA_CLS_FLAGS_NOT_IN_HW != 0)
	}
}
