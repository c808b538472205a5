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
func putFlowerIP(in *desc.Args, what string, family int, typ4, mask4, typ6, mask6 uint16, e *wire.Encoder) error {
	value, length, masked, err := halves(in)
	if err != nil {
		return err
	}
	a, err := desc.ParseAddr(value, family)
	if err != nil {
		return desc.Illegal(what)
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
			return desc.Illegal(what)
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
	return putFlowerIP(in, f.Word, family, f.Type, f.Type+1, uint16(f.Arg), uint16(f.Arg)+1, e)
}

func readFlowerOuterIP(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return putFlowerIP(in, f.Word, uapi.AF_UNSPEC, f.Type, f.Type+1, uint16(f.Arg), uint16(f.Arg)+1, e)
}

func isARP(typ uint16) bool { return typ == uapi.ETH_P_ARP || typ == uapi.ETH_P_RARP }

func readFlowerARPAddr(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if !isARP(desc.Scratch[flowerWords](in).etherType) {
		return desc.Illegal(f.Word)
	}
	return putFlowerIP(in, f.Word, uapi.AF_INET, f.Type, uint16(f.Arg), 0, 0, e)
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

// isMPLS is the error for words of MPLS where the packets are of another protocol.
func isMPLS(in *desc.Args, what string) error {
	switch desc.Scratch[flowerWords](in).etherType {
	case uapi.ETH_P_MPLS_UC, uapi.ETH_P_MPLS_MC:
		return nil
	}
	return desc.Failed("Can't set %q if ethertype isn't MPLS", what)
}

func readFlowerMPLSPart(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	if err := isMPLS(in, f.Word); err != nil {
		return err
	}
	if w.mplsNew {
		return desc.Failed("Can't set %q if \"mpls\" is set", f.Word)
	}
	w.mplsOld = true
	v, err := in.Number(32, 10, f.Word)
	if err == nil && v > uint64(f.Arg) {
		err = desc.Illegal(f.Word)
	}
	if f.Arg > 0xff {
		e.Uint32(f.Type, uint32(v))
	} else {
		e.Uint8(f.Type, uint8(v))
	}
	return err
}

// flowerLSE are the parts of an entry of a stack of MPLS labels, each with its largest value.
var flowerLSE = []struct {
	word string
	typ  uint16
	max  uint64
}{
	{"depth", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_DEPTH, 0xff},
	{"label", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_LABEL, 0xfffff},
	{"tc", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_TC, 7},
	{"bos", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_BOS, 1},
	{"ttl", uapi.TCA_FLOWER_KEY_MPLS_OPT_LSE_TTL, 0xff},
}

func readFlowerMPLS(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	if err := isMPLS(in, f.Word); err != nil {
		return err
	}
	if w.mplsOld {
		return desc.Failed("Can't set \"mpls\" if \"mpls_label\", \"mpls_tc\", \"mpls_bos\" or \"mpls_ttl\" is set")
	}
	w.mplsNew = true
	e.Nest(f.Type | uapi.NLA_F_NESTED)
	defer e.End()
	for in.TakeAbbr("lse") {
		if err := readFlowerLSE(in, e); err != nil {
			return err
		}
	}
	return nil
}

func readFlowerLSE(in *desc.Args, e *wire.Encoder) error {
	e.Nest(uapi.TCA_FLOWER_KEY_MPLS_OPTS_LSE | uapi.NLA_F_NESTED)
	defer e.End()
	deep := false
	for {
		found := false
		for _, part := range flowerLSE {
			if !in.TakeAbbr(part.word) {
				continue
			}
			found = true
			v, err := in.Number(32, 10, part.word)
			switch {
			case err != nil:
				return err
			case v > part.max || part.word == "depth" && v == 0:
				return desc.Illegal(part.word)
			case part.max > 0xff:
				e.Uint32(part.typ, uint32(v))
			default:
				e.Uint8(part.typ, uint8(v))
			}
			deep = deep || part.word == "depth"
			break
		}
		if !found {
			break
		}
	}
	if !deep {
		return &desc.UsageError{Text: "Error: argument \"depth\" is required", Status: 255}
	}
	return nil
}

func readFlowerPPP(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if desc.Scratch[flowerWords](in).etherType != uapi.ETH_P_PPP_SES {
		return desc.Failed("Can't set %q if ethertype isn't PPPoE session", f.Word)
	}
	v, err := in.Number(16, 10, f.Word)
	e.BE16(f.Type, uint16(v))
	return err
}

// pppProtocols are the names of protocols in PPP.
var pppProtocols = []struct {
	name   string
	number uint16
}{
	{"ip", uapi.PPP_IP}, {"at", uapi.PPP_AT}, {"ipx", uapi.PPP_IPX}, {"vjc_comp", uapi.PPP_VJC_COMP},
	{"vjc_uncomp", uapi.PPP_VJC_UNCOMP},
	{"mp", uapi.PPP_MP}, {"ipv6", uapi.PPP_IPV6}, {"compfrag", uapi.PPP_COMPFRAG}, {"comp", uapi.PPP_COMP},
	{"mpls_uc", uapi.PPP_MPLS_UC},
	{"mpls_mc", uapi.PPP_MPLS_MC}, {"ipcp", uapi.PPP_IPCP}, {"atcp", uapi.PPP_ATCP}, {"ipxcp", uapi.PPP_IPXCP},
	{"ipv6cp", uapi.PPP_IPV6CP},
	{"ccpfrag", uapi.PPP_CCPFRAG}, {"ccp", uapi.PPP_CCP}, {"mplscp", uapi.PPP_MPLSCP}, {"lcp", uapi.PPP_LCP},
	{"pap", uapi.PPP_PAP},
	{"lqr", uapi.PPP_LQR}, {"chap", uapi.PPP_CHAP}, {"cbcp", uapi.PPP_CBCP},
}

func pppName(number uint16) string {
	for _, p := range pppProtocols {
		if p.number == number {
			return p.name
		}
	}
	return fmt.Sprintf("[%d]", number)
}

func readFlowerPPPProto(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	if w.etherType != uapi.ETH_P_PPP_SES {
		return desc.Failed("Can't set %q if ethertype isn't PPPoE session", f.Word)
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	n, err := desc.ParseUint(word, 16)
	for _, p := range pppProtocols {
		if strings.EqualFold(p.name, word) {
			n, err = uint64(p.number), nil
		}
	}
	if err != nil {
		return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: invalid ppp_proto", word), Status: 255}
	}
	switch n {
	case uapi.PPP_IP:
		w.etherType = uapi.ETH_P_IP
	case uapi.PPP_IPV6:
		w.etherType = uapi.ETH_P_IPV6
	case uapi.PPP_MPLS_UC:
		w.etherType = uapi.ETH_P_MPLS_UC
	case uapi.PPP_MPLS_MC:
		w.etherType = uapi.ETH_P_MPLS_MC
	}
	e.BE16(f.Type, uint16(n))
	return nil
}

// flowerFlag is a flag that packets have.
type flowerFlag struct {
	name string
	bit  uint32
}

// flowerIPFlags and flowerOuterFlags are those of the packet, and of what a tunnel knows of it.
var (
	flowerIPFlags = []flowerFlag{
		{"frag", uapi.TCA_FLOWER_KEY_FLAGS_IS_FRAGMENT}, {"firstfrag", uapi.TCA_FLOWER_KEY_FLAGS_FRAG_IS_FIRST},
	}
	flowerOuterFlags = []flowerFlag{
		{"tuncsum", uapi.TCA_FLOWER_KEY_FLAGS_TUNNEL_CSUM}, {"tundf", uapi.TCA_FLOWER_KEY_FLAGS_TUNNEL_DONT_FRAGMENT},
		{"tunoam", uapi.TCA_FLOWER_KEY_FLAGS_TUNNEL_OAM}, {"tuncrit", uapi.TCA_FLOWER_KEY_FLAGS_TUNNEL_CRIT_OPT},
	}
)

func readFlowerFlags(in *desc.Args, f *desc.Field, _ *wire.Encoder) error {
	w := desc.Scratch[flowerWords](in)
	value, mask, flags := &w.flags, &w.flagsMask, flowerIPFlags
	if f.Type == uapi.TCA_FLOWER_KEY_ENC_FLAGS {
		value, mask, flags = &w.outer, &w.outerMask, flowerOuterFlags
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	for part := range strings.SplitSeq(word, "/") {
		name, no := strings.CutPrefix(part, "no")
		at := slices.IndexFunc(flags, func(f flowerFlag) bool { return f.name == name })
		if at < 0 {
			return desc.Illegal(f.Word)
		}
		if no {
			*value &^= flags[at].bit
		} else {
			*value |= flags[at].bit
		}
		*mask |= flags[at].bit
	}
	return nil
}

// flowerStates are those of connections.
var flowerStates = []struct {
	name string
	bit  uint16
}{
	{"trk", uapi.TCA_FLOWER_KEY_CT_FLAGS_TRACKED}, {"new", uapi.TCA_FLOWER_KEY_CT_FLAGS_NEW},
	{"est", uapi.TCA_FLOWER_KEY_CT_FLAGS_ESTABLISHED},
	{"rel", uapi.TCA_FLOWER_KEY_CT_FLAGS_RELATED}, {"inv", uapi.TCA_FLOWER_KEY_CT_FLAGS_INVALID},
	{"rpl", uapi.TCA_FLOWER_KEY_CT_FLAGS_REPLY},
}

func readFlowerState(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	var state, mask uint16
	for rest := word; rest != ""; {
		sign := rest[0]
		if sign != '+' && sign != '-' {
			return desc.Illegal(f.Word)
		}
		rest = rest[1:]
		found := false
		for _, s := range flowerStates {
			if after, ok := strings.CutPrefix(rest, s.name); ok {
				if rest, found = after, true; sign == '+' {
					state |= s.bit
				}
				mask |= s.bit
				break
			}
		}
		if !found {
			return desc.Illegal(f.Word)
		}
	}
	e.Uint16(f.Type, state)
	e.Uint16(uapi.TCA_FLOWER_KEY_CT_STATE_MASK, mask)
	return nil
}

func readFlowerMaskedNumber(in *desc.Args, what string, bits int) (v, mask uint64, err error) {
	value, rest, masked, err := halves(in)
	if err != nil {
		return 0, 0, err
	}
	v, err = desc.ParseUint(value, bits)
	mask = 1<<bits - 1
	if err == nil && masked {
		mask, err = desc.ParseUint(rest, bits)
	}
	if err != nil {
		return 0, 0, desc.Illegal(what)
	}
	return v, mask, nil
}

func readFlowerZone(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, mask, err := readFlowerMaskedNumber(in, f.Word, 16)
	e.Uint16(f.Type, uint16(v))
	e.Uint16(uapi.TCA_FLOWER_KEY_CT_ZONE_MASK, uint16(mask))
	return err
}

func readFlowerMark(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, mask, err := readFlowerMaskedNumber(in, f.Word, 32)
	e.Uint32(f.Type, uint32(v))
	e.Uint32(uapi.TCA_FLOWER_KEY_CT_MARK_MASK, uint32(mask))
	return err
}

func readFlowerLabel(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	value, mask, masked, err := halves(in)
	if err != nil {
		return err
	}
	const size = 16
	wrong := func(word, why string) error {
		return &desc.UsageError{Text: fmt.Sprintf("Error: argument %q is wrong: %s", word, why), Status: 255}
	}
	if len(value) > 2*size || len(mask) > 2*size {
		return wrong(value, fmt.Sprintf("%d Max allowed size %d", len(value), 2*size))
	}
	label, err := hex.DecodeString(value[:len(value)&^1])
	if err != nil {
		return wrong(value, "labels must be a hex string\n")
	}
	bits := make([]byte, size)
	for i := range bits {
		bits[i] = 0xff
	}
	if masked {
		if bits, err = hex.DecodeString(mask[:len(mask)&^1]); err != nil {
			return wrong(mask, "labels mask must be a hex string\n")
		}
	}
	e.Data(f.Type, label)
	e.Data(uapi.TCA_FLOWER_KEY_CT_LABELS_MASK, bits)
	return nil
}

func readFlowerCFM(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if desc.Scratch[flowerWords](in).etherType != uapi.ETH_P_CFM {
		return desc.Failed("Can't set attribute if ethertype isn't CFM")
	}
	e.Nest(f.Type | uapi.NLA_F_NESTED)
	defer e.End()
	for {
		typ, what := uint16(uapi.TCA_FLOWER_KEY_CFM_MD_LEVEL), "cfm md level"
		if in.Take("op") {
			typ, what = uapi.TCA_FLOWER_KEY_CFM_OPCODE, "cfm opcode"
		} else if !in.Take("mdl") {
			return nil
		}
		v, err := in.Number(8, 10, what)
		if err != nil {
			return err
		}
		e.Uint8(typ, uint8(v))
	}
}

func readFlowerOffload(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
	bit := uint32(uapi.TCA_CLS_FLAGS_VERBOSE)
	switch in.Last() {
	case "skip_hw":
		bit = uapi.TCA_CLS_FLAGS_SKIP_HW
	case "skip_sw":
		bit = uapi.TCA_CLS_FLAGS_SKIP_SW
	}
	desc.Scratch[flowerWords](in).offload |= bit
	return nil
}
