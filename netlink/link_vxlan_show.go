package netlink

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func (*Vxlan) describe() desc.Kind {
	return desc.Kind{Fields: vxlanFields, Complete: completeVxlan, Help: vxlanHelp}
}

var vxlanFields = []desc.Field{
	{Type: uapi.IFLA_VXLAN_ID, Key: "id", Words: []string{"vni"}, Form: desc.U32, Usage: "VNI", Read: readVNI},
	{Type: uapi.IFLA_VXLAN_GROUP, Word: "group", Words: []string{"remote"}, Usage: "IP_ADDRESS",
		Show: showVxlanGroup, Read: readVxlanGroup},
	{Type: uapi.IFLA_VXLAN_LOCAL, Word: "local", Usage: "IP_ADDRESS",
		Show: showVxlanLocal, Read: readVxlanLocal},
	{Type: uapi.IFLA_VXLAN_LINK, Key: "link", Word: "dev", Form: desc.Device, Show: showSetDevice},
	{Type: uapi.IFLA_VXLAN_PORT_RANGE, Word: "srcport", Words: []string{"port"}, Usage: "MIN MAX", Show: showVxlanPorts,
		Read: readVxlanPorts},
	{Type: uapi.IFLA_VXLAN_PORT, Key: "port", Word: "dstport", Form: desc.BE16, Usage: "PORT"},
	{Type: uapi.IFLA_VXLAN_TOS, Word: "tos", Words: []string{"dsfield"}, Usage: "{ NUMBER | inherit }",
		Show: showVxlanTOS, Read: readVxlanTOS},
	{Type: uapi.IFLA_VXLAN_TTL, Word: "ttl", Words: []string{"hoplimit"}, Usage: "{ 1..255 | auto | inherit }",
		Show: showVxlanTTL, Read: readVxlanTTL},
	{Type: uapi.IFLA_VXLAN_DF, Word: "df", Usage: "{ unset | set | inherit }", Show: showVxlanDF, Read: readVxlanDF},
	{Type: uapi.IFLA_VXLAN_LABEL, Word: "flowlabel", Words: []string{"label"}, Usage: "{ LABEL | inherit }",
		Show: showVxlanLabel, Read: readVxlanLabel},
	{Type: uapi.IFLA_VXLAN_AGEING, Word: "ageing", Usage: "{ SECONDS | none }", Show: showVxlanAgeing,
		Read: readVxlanAgeing},
	{Type: uapi.IFLA_VXLAN_LIMIT, Word: "maxaddress", Usage: "{ NUMBER | unlimited }", Show: showVxlanLimit,
		Read: readVxlanLimit},
	{Type: uapi.IFLA_VXLAN_RESERVED_BITS, Key: "reserved_bits", Usage: "MASK", Show: showVxlanReserved,
		Read: readVxlanReserved},
	{Type: uapi.IFLA_VXLAN_GBP, Key: "gbp", Form: desc.Present, Show: showVxlanPresent},
	{Type: uapi.IFLA_VXLAN_GPE, Key: "gpe", Form: desc.Present, Show: showVxlanPresent},
	{Type: uapi.IFLA_VXLAN_COLLECT_METADATA, Key: "external", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_VNIFILTER, Key: "vnifilter", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_LEARNING, Key: "learning", Form: desc.YesNo, Show: showVxlanFlag, Arg: 1},
	{Type: uapi.IFLA_VXLAN_PROXY, Key: "proxy", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_RSC, Key: "rsc", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_L2MISS, Key: "l2miss", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_L3MISS, Key: "l3miss", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_UDP_CSUM, Key: "udp_csum", Word: "udpcsum", Form: desc.YesNo, Show: showVxlanFlag, Arg: 1},
	{Type: uapi.IFLA_VXLAN_UDP_ZERO_CSUM6_TX, Key: "udp_zero_csum6_tx", Word: "udp6zerocsumtx", Form: desc.YesNo,
		Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_UDP_ZERO_CSUM6_RX, Key: "udp_zero_csum6_rx", Word: "udp6zerocsumrx", Form: desc.YesNo,
		Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_REMCSUM_TX, Key: "remcsum_tx", Word: "remcsumtx", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_REMCSUM_RX, Key: "remcsum_rx", Word: "remcsumrx", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_LOCALBYPASS, Key: "localbypass", Form: desc.YesNo, Show: showVxlanFlag, Arg: 1},
	{Type: uapi.IFLA_VXLAN_MC_ROUTE, Key: "mcroute", Form: desc.YesNo, Show: showVxlanFlag},
	{Type: uapi.IFLA_VXLAN_REMCSUM_NOPARTIAL, Key: "remcsum_nopartial", Word: "remcsumnopartial", Form: desc.Present,
		Show: showVxlanPresent},
	{Type: uapi.IFLA_VXLAN_GROUP6, ReadOnly: true}, // shown as those for IPv4
	{Type: uapi.IFLA_VXLAN_LOCAL6, ReadOnly: true},
	{Type: uapi.IFLA_VXLAN_TTL_INHERIT, ReadOnly: true}, // shown as ttl and flowlabel
	{Type: uapi.IFLA_VXLAN_LABEL_POLICY, ReadOnly: true},
}

// completeVxlan finds what does not go together, and sets what ip sets where
// nothing is said.
func completeVxlan(in *desc.Args, e *wire.Encoder, create bool) error {
	has := func(types ...uint16) bool {
		for _, t := range types {
			if in.Written(e, t) != nil {
				return true
			}
		}
		return false
	}
	on := func(t uint16) bool {
		b := in.Written(e, t)
		return len(b) != 0 && b[0] != 0
	}
	external := on(uapi.IFLA_VXLAN_COLLECT_METADATA)
	switch {
	case external && has(uapi.IFLA_VXLAN_ID):
		return &desc.UsageError{Text: "vxlan: both 'external' and vni cannot be specified", Status: 1}
	case !create:
		return nil
	case !external && on(uapi.IFLA_VXLAN_VNIFILTER):
		return &desc.UsageError{Text: "vxlan: vnifilter is valid only when 'external' is set", Status: 1}
	case !external && !has(uapi.IFLA_VXLAN_ID):
		return &desc.UsageError{Text: "vxlan: missing virtual network identifier", Status: 1}
	case multicast(in.Written(e, uapi.IFLA_VXLAN_GROUP), in.Written(e, uapi.IFLA_VXLAN_GROUP6)) &&
		!has(uapi.IFLA_VXLAN_LINK):
		return &desc.UsageError{Text: "vxlan: 'group' requires 'dev' to be specified", Status: 1}
	}
	switch {
	case has(uapi.IFLA_VXLAN_PORT):
	case has(uapi.IFLA_VXLAN_GPE):
		e.BE16(uapi.IFLA_VXLAN_PORT, vxlanGPEPort)
	case in.Warn != nil:
		in.Warn("vxlan: destination port not specified\n" +
			"Will use Linux kernel default (non-standard value)\n" +
			"Use 'dstport 4789' to get the IANA assigned value\n" +
			"Use 'dstport 0' to get default and quiet this message")
	}
	if !has(uapi.IFLA_VXLAN_LEARNING) {
		e.Uint8(uapi.IFLA_VXLAN_LEARNING, uint8(oneIf(!external)))
	}
	return nil
}

// vxlanGPEPort is the UDP port that IANA gives to VXLAN-GPE.
const vxlanGPEPort = 4790

func multicast(addrs ...[]byte) bool {
	for _, b := range addrs {
		if a, ok := netip.AddrFromSlice(b); ok && a.IsMulticast() {
			return true
		}
	}
	return false
}

func readVNI(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(32, "invalid id")
	if err != nil {
		return err
	}
	if v > maxVNI {
		return desc.Invalid("id", in.Last())
	}
	if in.Written(e, uapi.IFLA_VXLAN_ID) != nil {
		return desc.Duplicate("id", in.Last())
	}
	e.Uint32(uapi.IFLA_VXLAN_ID, uint32(v))
	return nil
}

// showVxlanGroup prints where frames to unknown addresses go: a group, or else a remote.
func showVxlanGroup(p *desc.Printer, _ *desc.Field, _ []byte, attrs desc.Attrs) {
	showVxlanAddr(p, "group", "remote", attrs[uapi.IFLA_VXLAN_GROUP], attrs[uapi.IFLA_VXLAN_GROUP6])
}

func showVxlanLocal(p *desc.Printer, _ *desc.Field, _ []byte, attrs desc.Attrs) {
	showVxlanAddr(p, "local", "local", attrs[uapi.IFLA_VXLAN_LOCAL], attrs[uapi.IFLA_VXLAN_LOCAL6])
}

// showVxlanAddr prints an address of either family. The key of an IPv6 address ends with 6.
func showVxlanAddr(p *desc.Printer, multi, uni string, b4, b6 []byte) {
	suffix, b := "", b4
	if b == nil {
		suffix, b = "6", b6
	}
	a, ok := netip.AddrFromSlice(b)
	if !ok || a.IsUnspecified() {
		return
	}
	word := uni
	if a.IsMulticast() {
		word = multi
	}
	p.Str(word+suffix, word+" %s ", desc.AddrText(a))
}

func readVxlanGroup(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	word := in.Last()
	a, err := readVxlanAddr(in, word)
	if err != nil {
		return err
	}
	if a.IsMulticast() != (word == "group") {
		return desc.Wrong(in.Last(), "invalid "+word+" address")
	}
	putVxlanAddr(e, uapi.IFLA_VXLAN_GROUP, uapi.IFLA_VXLAN_GROUP6, a)
	return nil
}

func readVxlanLocal(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	a, err := readVxlanAddr(in, "local")
	if err != nil {
		return err
	}
	if a.IsMulticast() {
		return desc.Wrong(in.Last(), "invalid local address")
	}
	putVxlanAddr(e, uapi.IFLA_VXLAN_LOCAL, uapi.IFLA_VXLAN_LOCAL6, a)
	return nil
}

func readVxlanAddr(in *desc.Args, what string) (netip.Addr, error) {
	word, err := in.Next()
	if err != nil {
		return netip.Addr{}, err
	}
	a, err := netip.ParseAddr(word)
	if err != nil || a.Zone() != "" || a.IsUnspecified() {
		return netip.Addr{}, desc.Wrong(word, "invalid "+what+" address")
	}
	return a, nil
}

func putVxlanAddr(e *wire.Encoder, typ4, typ6 uint16, a netip.Addr) {
	if a.Is4() {
		e.Addr(typ4, a)
	} else {
		e.Addr(typ6, a)
	}
}

func showVxlanPorts(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < uapi.SizeofIflaVxlanPortRange {
		return
	}
	low, high := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
	p.Object("port_range")
	p.Uint("low", "srcport %d ", uint64(low))
	p.Uint("high", "%d ", uint64(high))
	p.EndObject()
}

func readVxlanPorts(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	low, err := in.Uint(16, "min port")
	if err != nil {
		return err
	}
	high, err := in.Uint(16, "max port")
	if err != nil {
		return err
	}
	b := e.Reserve(uapi.IFLA_VXLAN_PORT_RANGE, uapi.SizeofIflaVxlanPortRange)
	binary.BigEndian.PutUint16(b, uint16(low))
	binary.BigEndian.PutUint16(b[2:], uint16(high))
	return nil
}

// showVxlanFlag prints what is on or off: in JSON always, in text by its key where it
// is not as it is by default, which is f.Arg.
func showVxlanFlag(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 1 && (p.JSON || (b[0] != 0) != (f.Arg != 0)) {
		p.YesNo(f.Key, f.Key, b[0] != 0)
	}
}

// showVxlanPresent prints the flags that are on where they are present.
func showVxlanPresent(p *desc.Printer, f *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		p.Null(f.Key, f.Key+" ")
	}
}

func showVxlanTOS(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 1 || b[0] == 0 {
		return
	}
	s := desc.HexC(uint64(b[0]))
	if b[0] == tosInherit && !p.JSON {
		s = "inherit"
	}
	p.Str("tos", "tos %s ", s)
}

// tosInherit is the TOS that stands for that of the packet inside.
const tosInherit = 1

func readVxlanTOS(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	v, err := readTOS(in)
	e.Uint8(uapi.IFLA_VXLAN_TOS, v)
	return err
}

func showVxlanTTL(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if inherit, ok := attrs[uapi.IFLA_VXLAN_TTL_INHERIT]; ok && (len(inherit) == 0 || inherit[0] != 0) {
		p.Text("ttl inherit ")
		return
	}
	switch {
	case len(b) < 1:
	case b[0] == 0 && !p.JSON:
		p.Text("ttl auto ")
	default:
		p.Uint("ttl", "ttl %d ", uint64(b[0]))
	}
}

func readVxlanTTL(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	switch {
	case in.Take("inherit"):
		e.Flag(uapi.IFLA_VXLAN_TTL_INHERIT)
		return nil
	case in.Take("auto"):
		e.Uint8(uapi.IFLA_VXLAN_TTL, 0)
		return nil
	}
	word, err := in.Next()
	if err != nil {
		return err
	}
	v, err := desc.ParseUint(word, 32)
	switch {
	case err != nil:
		return desc.Wrong(word, "invalid TTL")
	case v > 255:
		return desc.Wrong(word, "TTL must be <= 255")
	}
	e.Uint8(uapi.IFLA_VXLAN_TTL, uint8(v))
	return nil
}

// vxlanDFs are the names of VXLAN_DF_….
var vxlanDFs = [...]string{
	uapi.VXLAN_DF_UNSET:   "unset",
	uapi.VXLAN_DF_SET:     "set",
	uapi.VXLAN_DF_INHERIT: "inherit",
}

// showVxlanDF prints in text only values other than the default.
func showVxlanDF(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 1 && (p.JSON || b[0] != uapi.VXLAN_DF_UNSET) {
		p.Str("df", "df %s ", desc.NumberName(vxlanDFs[:], uint64(b[0])))
	}
}

func readVxlanDF(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	for i, name := range vxlanDFs {
		if name == word {
			e.Uint8(uapi.IFLA_VXLAN_DF, uint8(i))
			return nil
		}
	}
	return desc.Wrong(word, "DF must be 'unset', 'set' or 'inherit'")
}

var vxlanLabels = [...]string{uapi.VXLAN_LABEL_INHERIT: "inherit"}

func showVxlanLabel(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if policy := attrs[uapi.IFLA_VXLAN_LABEL_POLICY]; len(policy) >= 4 &&
		native.Uint32(policy) != uapi.VXLAN_LABEL_FIXED {
		p.Str("label_policy", "flowlabel %s ", desc.NumberName(vxlanLabels[:], uint64(native.Uint32(policy))))
		return
	}
	if len(b) >= 4 {
		if v := binary.BigEndian.Uint32(b); v != 0 {
			p.Str("label", "flowlabel %s ", desc.HexC(uint64(v)))
		}
	}
}

func readVxlanLabel(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	if in.Take("inherit") {
		e.Uint32(uapi.IFLA_VXLAN_LABEL_POLICY, uapi.VXLAN_LABEL_INHERIT)
		return nil
	}
	v, err := in.Uint(32, "invalid flowlabel")
	if err != nil {
		return err
	}
	if v > maxFlowLabel {
		return desc.Wrong(in.Last(), "invalid flowlabel")
	}
	e.BE32(uapi.IFLA_VXLAN_LABEL, uint32(v))
	return nil
}

func showVxlanAgeing(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) < 4 {
		return
	}
	if v := native.Uint32(b); v != 0 || p.JSON {
		p.Uint("ageing", "ageing %d ", uint64(v))
	} else {
		p.Text("ageing none ")
	}
}

func showVxlanLimit(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 && native.Uint32(b) != 0 {
		p.Uint("limit", "maxaddr %d ", uint64(native.Uint32(b)))
	}
}

func readVxlanAgeing(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return readVxlanNumber(in, f, e, "none", "ageing timer")
}

func readVxlanLimit(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	return readVxlanNumber(in, f, e, "unlimited", "max addresses")
}

// readVxlanNumber reads a number, with a word for 0.
func readVxlanNumber(in *desc.Args, f *desc.Field, e *wire.Encoder, zero, why string) error {
	var v uint64
	if !in.Take(zero) {
		var err error
		if v, err = in.Uint(32, why); err != nil {
			return err
		}
	}
	e.Uint32(f.Type, uint32(v))
	return nil
}

// showVxlanReserved prints the bits where they are not what RFC 7348 has.
func showVxlanReserved(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 8 {
		p.Str("reserved_bits", "reserved_bits %s ", fmt.Sprintf("%#016x", binary.BigEndian.Uint64(b)))
	}
}

func readVxlanReserved(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(64, "reserved_bits")
	if err == nil {
		e.BE64(uapi.IFLA_VXLAN_RESERVED_BITS, v)
	}
	return err
}

var vxlanHelp = [][2]string{
	{"id", "the network identifier (VNI), 0 to 16777215"},
	{"group", "the multicast address that unknown and multicast packets are sent to"},
	{"remote", "the address of the only other end"},
	{"local", "the address that packets are sent from"},
	{"dev", "the link that packets are sent by"},
	{"srcport", "the range of UDP ports that packets are sent from"},
	{"dstport", "the UDP port of the other ends: 4789 by the standard"},
	{"tos", "of the outer packets; inherit: as the inner"},
	{"ttl", "of the outer packets; auto or 0: as routes have it"},
	{"df", "whether outer packets may not be fragmented"},
	{"flowlabel", "of outer IPv6 packets"},
	{"ageing", "how long an address is known after its last packet; in seconds"},
	{"maxaddress", "how many addresses may be known"},
	{"reserved_bits", "bits of the header that are ignored, of those that have no meaning"},
	{"gbp", "the header carries a group policy"},
	{"gpe", "the header says which protocol is inside, which need not be Ethernet"},
	{"external", "the other end is chosen by a route, a filter or a program"},
	{"vnifilter", "only the identifiers that bridge vni adds are received"},
	{"learning", "addresses are learned from packets that come"},
	{"proxy", "answer ARP requests and neighbour solicitations for known neighbours"},
	{"rsc", "packets for routers that are known are switched on directly"},
	{"l2miss", "report destinations that are not known"},
	{"l3miss", "report neighbours that are not known"},
	{"udpcsum", "UDP checksums over IPv4"},
	{"udp6zerocsumtx", "no UDP checksums over IPv6, sent"},
	{"udp6zerocsumrx", "no UDP checksums over IPv6, accepted"},
	{"remcsumtx", "checksums of inner packets are left to the other end"},
	{"remcsumrx", "such packets are accepted"},
	{"localbypass", "packets for a vxlan of this machine go to it directly"},
	{"mcroute", "multicast packets are also routed on this machine"},
	{"remcsumnopartial", "without the kernel's partial checksums for remcsumrx"},
}
