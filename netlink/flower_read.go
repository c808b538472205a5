package netlink

import (
	"encoding/binary"
	"fmt"
	"math"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// How words of a command become keys of a [Flower].

// halves cuts VALUE/MASK.
func halves(in *desc.Args) (value, mask string, masked bool, err error) {
	word, err := in.Next()
	value, mask, masked = strings.Cut(word, "/")
	return value, mask, masked, err
}

func readFlowerClassOfHardware(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Number(32, 0, "hw_tc")
	switch {
	case err != nil:
		return err
	case v >= uapi.TC_QOPT_MAX_QUEUE:
		return desc.Failed("TC index exceeds max range")
	case in.Tc == nil:
		return nil
	}
	e.Uint32(f.Type, in.Tc.Parent&uapi.TC_H_MAJ_MASK|uint32(v)+uapi.TC_H_MIN_PRIORITY)
	return nil
}

func readFlowerVlans(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Number(8, 10, f.Word)
	desc.Scratch[flowerWords](in).vlans = uint8(v)
	e.Uint8(f.Type, uint8(v))
	return err
}

func isVlan(typ uint16, enough bool) bool {
	return typ == uapi.ETH_P_8021Q || typ == uapi.ETH_P_8021AD || enough
}

// readFlowerVlan reads the number or the priority of a VLAN, the first or the second.
func readFlowerVlan(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	second := strings.HasPrefix(f.Word, "c")
	if second && !isVlan(w.vlanType, w.vlans > 1) {
		return desc.Failed("Can't set %q if inner vlan ethertype isn't 802.1Q or 802.1AD and num_of_vlans is less than 2",
			f.Word)
	}
	if !second && (in.Tc == nil || !isVlan(in.Tc.Protocol, w.vlans > 0)) {
		return desc.Failed("Can't set %q if ethertype isn't 802.1Q or 802.1AD and num_of_vlans is 0", f.Word)
	}
	v, err := in.Number(16, 10, f.Word)
	if err == nil && v > uint64(f.Arg) {
		err = desc.Illegal(f.Word)
	}
	if f.Arg > 0xff {
		e.Uint16(f.Type, uint16(v))
	} else {
		e.Uint8(f.Type, uint8(v))
	}
	return err
}

func readFlowerVlanType(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	typ, enough, is := w.etherType, w.vlans > 0, "is 0"
	if f.Word == "cvlan_ethtype" {
		typ, enough, is = w.vlanType, w.vlans > 1, "less than 2"
	}
	if !isVlan(typ, enough) {
		return desc.Failed("Can't set %q if ethertype isn't 802.1Q or 802.1AD and num_of_vlans %s", f.Word, is)
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	v, ok := desc.EtherProtocol(word)
	if !ok {
		return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: invalid vlan_ethtype", word), Status: 255}
	}
	e.BE16(f.Type, v)
	if w.etherType = v; f.Word == "vlan_ethtype" {
		w.vlanType = v
	}
	return nil
}

func readFlowerMAC(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	value, mask, masked, err := halves(in)
	if err != nil {
		return err
	}
	addr, err := net.ParseMAC(value)
	if err != nil || len(addr) != uapi.ETH_ALEN {
		return desc.Illegal(f.Word)
	}
	bits := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	if masked {
		if n, err := strconv.ParseUint(mask, 10, 32); err == nil {
			if n > 48 {
				return desc.Illegal(f.Word)
			}
			var b [8]byte
			binary.BigEndian.PutUint64(b[:], ^(uint64(math.MaxUint64) >> n))
			copy(bits, b[:])
		} else if m, err := net.ParseMAC(mask); err == nil && len(m) == uapi.ETH_ALEN {
			bits = m
		} else {
			return desc.Illegal(f.Word)
		}
	}
	e.Data(f.Type, addr)
	e.Data(uint16(f.Arg), bits)
	return nil
}

// flowerProtocols are the names of protocols above IP.
var flowerProtocols = []struct {
	name  string
	proto uint8
	exact bool
	only  uint16 // the protocol below, 0 for both
}{
	{"tcp", uapi.IPPROTO_TCP, false, 0}, {"udp", uapi.IPPROTO_UDP, false, 0}, {"sctp", uapi.IPPROTO_SCTP, false, 0},
	{"icmp", uapi.IPPROTO_ICMP, false, uapi.ETH_P_IP}, {"icmpv6", uapi.IPPROTO_ICMPV6, false, uapi.ETH_P_IPV6},
	{"l2tp", uapi.IPPROTO_L2TP, true, 0}, {"esp", uapi.IPPROTO_ESP, true, 0}, {"ah", uapi.IPPROTO_AH, true, 0},
}

func readFlowerIPProto(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	word, err := in.Next()
	if err != nil {
		return err
	}
	wrong := desc.Failed("Illegal \"eth_type\" for ip proto\nIllegal \"ip_proto\"")
	if w.etherType != uapi.ETH_P_IP && w.etherType != uapi.ETH_P_IPV6 {
		return wrong
	}
	for _, p := range flowerProtocols {
		if p.name == word || !p.exact && word != "" && strings.HasPrefix(p.name, word) {
			if p.only != 0 && p.only != w.etherType {
				return wrong
			}
			w.ipProto = p.proto
			e.Uint8(f.Type, p.proto)
			return nil
		}
	}
	v, err := desc.ParseHex(word, 8)
	if err != nil {
		return desc.Illegal("ip_proto")
	}
	w.ipProto = uint8(v)
	e.Uint8(f.Type, uint8(v))
	return nil
}

// readFlowerTOS reads a byte of the header of IP, decimal or hexadecimal, and its mask, hexadecimal.
func readFlowerTOS(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	value, mask, masked, err := halves(in)
	if err != nil {
		return err
	}
	v, err := desc.ParseBase(value, 10, 8)
	if err != nil {
		v, err = desc.ParseHex(value, 8)
	}
	m := uint64(0xff)
	if err == nil && masked {
		m, err = desc.ParseHex(mask, 8)
	}
	if err != nil {
		return desc.Illegal(f.Word)
	}
	e.Uint8(f.Type, uint8(v))
	e.Uint8(uint16(f.Arg), uint8(m))
	return nil
}

// putFlowerIP appends an address and its mask to the attributes of its family, of which those of masks come next.
func putFlowerIP(in *desc.Args, family int, typ4, mask4, typ6, mask6 uint16, e *wire.Encoder) error {
	value, length, masked, err := halves(in)
	if err != nil {
		return err
	}
	wrong := desc.WrongFamily("prefix", in.Last(), family)
	a, err := desc.ParseAddr(value, family)
	if err != nil || masked && !a.IsValid() {
		return wrong
	}
	if !a.IsValid() {
		a = netip.IPv4Unspecified()
		if family == uapi.AF_INET6 {
			a = netip.IPv6Unspecified()
		}
		length, masked = "0", true
	}
	size := a.BitLen()
	if masked {
		if size, err = prefixLength(a, length); err != nil {
			return wrong
		}
	}
	mask := make([]byte, a.BitLen()/8)
	for i := range size {
		mask[i/8] |= 0x80 >> (i % 8)
	}
	if a.Is4() {
		e.Addr(typ4, a)
		e.Data(mask4, mask)
	} else {
		e.Addr(typ6, a)
		e.Data(mask6, mask)
	}
	return nil
}

// prefixLength reads the length of a prefix, which of IPv4 may be a mask.
func prefixLength(a netip.Addr, word string) (int, error) {
	n, err := desc.ParseUint(word, 8)
	if err == nil && int(n) <= a.BitLen() {
		return int(n), nil
	}
	if m, err := netip.ParseAddr(word); err == nil && m.Is4() && a.Is4() {
		b := m.As4()
		if ones, size := net.IPMask(b[:]).Size(); size != 0 {
			return ones, nil
		}
	}
	return 0, strconv.ErrSyntax
}

func readFlowerIP(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	family := uapi.AF_UNSPEC
	switch desc.Scratch[flowerWords](in).etherType {
	case 0:
	case uapi.ETH_P_IP:
		family = uapi.AF_INET
	case uapi.ETH_P_IPV6:
		family = uapi.AF_INET6
	default:
		return desc.Illegal(f.Word)
	}
	return putFlowerIP(in, family, f.Type, f.Type+1, uint16(f.Arg), uint16(f.Arg)+1, e)
}

func readFlowerOuterIP(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return putFlowerIP(in, uapi.AF_UNSPEC, f.Type, f.Type+1, uint16(f.Arg), uint16(f.Arg)+1, e)
}

func isARP(typ uint16) bool { return typ == uapi.ETH_P_ARP || typ == uapi.ETH_P_RARP }

func readFlowerARPAddr(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if !isARP(desc.Scratch[flowerWords](in).etherType) {
		return desc.Illegal(f.Word)
	}
	return putFlowerIP(in, uapi.AF_INET, f.Type, uint16(f.Arg), 0, 0, e)
}

// readFlowerByte reads a decimal number and its mask.
func readFlowerByte(in *desc.Args, what string, name func(string) (uint8, bool)) (v, mask uint8, err error) {
	value, rest, masked, err := halves(in)
	if err != nil {
		return 0, 0, err
	}
	v, ok := name(value)
	if !ok {
		n, err := desc.ParseBase(value, 10, 8)
		if v = uint8(n); err != nil {
			return 0, 0, desc.Illegal(what)
		}
	}
	if !masked {
		return v, 0xff, nil
	}
	m, err := desc.ParseBase(rest, 10, 8)
	if err != nil {
		return 0, 0, desc.Illegal(what)
	}
	return v, uint8(m), nil
}

func readFlowerARPOp(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if !isARP(desc.Scratch[flowerWords](in).etherType) {
		return desc.Illegal(f.Word)
	}
	v, mask, err := readFlowerByte(in, f.Word, func(s string) (uint8, bool) {
		switch s {
		case "request":
			return uapi.ARPOP_REQUEST, true
		case "reply":
			return uapi.ARPOP_REPLY, true
		}
		return 0, false
	})
	if err == nil && v > uapi.ARPOP_REPLY {
		err = desc.Illegal(f.Word)
	}
	e.Uint8(f.Type, v)
	e.Uint8(uapi.TCA_FLOWER_KEY_ARP_OP_MASK, mask)
	return err
}

// flowerICMP are the attributes of a type or a code of ICMP, and its mask.
func flowerICMP(code bool, etherType uint16, proto uint8) (typ, mask uint16, ok bool) {
	switch {
	case etherType == uapi.ETH_P_IP && proto == uapi.IPPROTO_ICMP && code:
		return uapi.TCA_FLOWER_KEY_ICMPV4_CODE, uapi.TCA_FLOWER_KEY_ICMPV4_CODE_MASK, true
	case etherType == uapi.ETH_P_IP && proto == uapi.IPPROTO_ICMP:
		return uapi.TCA_FLOWER_KEY_ICMPV4_TYPE, uapi.TCA_FLOWER_KEY_ICMPV4_TYPE_MASK, true
	case etherType == uapi.ETH_P_IPV6 && proto == uapi.IPPROTO_ICMPV6 && code:
		return uapi.TCA_FLOWER_KEY_ICMPV6_CODE, uapi.TCA_FLOWER_KEY_ICMPV6_CODE_MASK, true
	case etherType == uapi.ETH_P_IPV6 && proto == uapi.IPPROTO_ICMPV6:
		return uapi.TCA_FLOWER_KEY_ICMPV6_TYPE, uapi.TCA_FLOWER_KEY_ICMPV6_TYPE_MASK, true
	}
	return 0, 0, false
}

func readFlowerICMP(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	typ, mask, ok := flowerICMP(f.Word == "code", w.etherType, w.ipProto)
	if !ok {
		return desc.Illegal("icmp " + f.Word)
	}
	v, m, err := readFlowerByte(in, "icmp "+f.Word, func(string) (uint8, bool) { return 0, false })
	e.Uint8(typ, v)
	e.Uint8(mask, m)
	return err
}

func readFlowerSession(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if desc.Scratch[flowerWords](in).ipProto != uapi.IPPROTO_L2TP {
		return desc.Failed("Can't set \"l2tpv3_sid\" if ip_proto isn't l2tp")
	}
	v, err := in.Number(32, 10, "l2tpv3 session id")
	e.BE32(f.Type, uint32(v))
	return err
}

func readFlowerSPI(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	switch desc.Scratch[flowerWords](in).ipProto {
	case uapi.IPPROTO_UDP, uapi.IPPROTO_ESP, uapi.IPPROTO_AH:
	default:
		return desc.Failed("Can't set \"spi\" if ip_proto isn't ESP/UDP/AH")
	}
	v, err := in.Number(32, 16, "spi index")
	e.BE32(f.Type, uint32(v))
	e.Uint32(uapi.TCA_FLOWER_KEY_SPI_MASK, math.MaxUint32)
	return err
}

// readFlowerPort reads a port, one with a mask, or a range.
func readFlowerPort(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	types, ok := flowerPorts(nl.IPProto(desc.Scratch[flowerWords](in).ipProto))
	if !ok {
		return desc.Illegal(f.Word)
	}
	typ, mask := uint16(types[2*f.Arg]), uint16(types[2*f.Arg+1])
	if low, high, ok := strings.Cut(word, "-"); ok {
		from, err1 := desc.ParseBase(low, 10, 16)
		to, err2 := desc.ParseBase(high, 10, 16)
		if err1 != nil || err2 != nil {
			return desc.Illegal(f.Word)
		}
		if to <= from {
			return desc.Failed("max value should be greater than min value\nIllegal %q", f.Word)
		}
		e.BE16(f.Type, uint16(from))
		e.BE16(f.Type+1, uint16(to))
		return nil
	}
	value, rest, masked := strings.Cut(word, "/")
	base := 10
	if masked {
		base = 0
	}
	v, err := desc.ParseBase(value, base, 16)
	if err != nil {
		return desc.Illegal(f.Word)
	}
	e.BE16(typ, uint16(v))
	if masked {
		m, err := desc.ParseUint(rest, 16)
		if err != nil {
			return desc.Illegal(f.Word)
		}
		e.BE16(mask, uint16(m))
	}
	return nil
}

// maxTCPFlags is all flags that TCP has.
const maxTCPFlags = 0xfff

func readFlowerTCPFlags(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	value, mask, masked, err := halves(in)
	if err != nil {
		return err
	}
	v, err := desc.ParseHex(value, 16)
	m := uint64(maxTCPFlags)
	if err == nil && masked {
		m, err = desc.ParseHex(mask, 16)
	}
	if err != nil || v > maxTCPFlags || m > maxTCPFlags {
		return desc.Illegal(f.Word)
	}
	e.BE16(f.Type, uint16(v))
	e.BE16(uapi.TCA_FLOWER_KEY_TCP_FLAGS_MASK, uint16(m))
	return nil
}
