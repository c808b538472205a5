package netlink

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func (*Geneve) describe() desc.Kind {
	return desc.Kind{Fields: geneveFields, Complete: completeGeneve, Help: geneveHelp}
}

var geneveFields = []desc.Field{
	{Type: uapi.IFLA_GENEVE_COLLECT_METADATA, Word: "external", Words: []string{"noexternal"}, Show: showTunnelExternal,
		Read: readGeneveExternal},
	{Type: uapi.IFLA_GENEVE_ID, Key: "id", Words: []string{"vni"}, Form: desc.U32, Usage: "VNI", Read: readGeneveID},
	{Type: uapi.IFLA_GENEVE_REMOTE, Key: "remote", Usage: "ADDR", Show: showGeneveAddr, Read: readGeneveAddr},
	{Type: uapi.IFLA_GENEVE_LOCAL, Key: "local", Usage: "ADDR", Exact: true, Show: showGeneveAddr, Read: readGeneveAddr},
	{Type: uapi.IFLA_GENEVE_TTL, Word: "ttl", Words: []string{"hoplimit"}, Usage: "{ 1..255 | auto | inherit }",
		Show: showGeneveTTL, Read: readGeneveTTL},
	{Type: uapi.IFLA_GENEVE_TOS, Word: "tos", Words: []string{"dsfield"}, Usage: "{ NUMBER | inherit }",
		Show: showTunnelTOS, Read: readGeneveTOS},
	{Type: uapi.IFLA_GENEVE_DF, Word: "df", Usage: "{ unset | set | inherit }", Show: showVxlanDF, Read: readGeneveDF},
	{Type: uapi.IFLA_GENEVE_LABEL, Word: "flowlabel", Words: []string{"label"}, Usage: "LABEL", Show: showGeneveLabel,
		Read: readGeneveLabel},
	{Type: uapi.IFLA_GENEVE_PORT, Key: "port", Word: "dstport", Form: desc.BE16, Usage: "PORT", Read: readGenevePort},
	{Type: uapi.IFLA_GENEVE_UDP_CSUM, Key: "udp_csum", Word: "udpcsum", Form: desc.NoYes, Read: readGeneveFlag},
	{Type: uapi.IFLA_GENEVE_UDP_ZERO_CSUM6_TX, Key: "udp_zero_csum6_tx", Word: "udp6zerocsumtx", Form: desc.NoYes,
		Read: readGeneveFlag},
	{Type: uapi.IFLA_GENEVE_UDP_ZERO_CSUM6_RX, Key: "udp_zero_csum6_rx", Word: "udp6zerocsumrx", Form: desc.NoYes,
		Read: readGeneveFlag},
	{Type: uapi.IFLA_GENEVE_REMOTE6, ReadOnly: true}, // shown as that of IPv4, and the next as well
	{Type: uapi.IFLA_GENEVE_LOCAL6, ReadOnly: true},
	{Type: uapi.IFLA_GENEVE_TTL_INHERIT, ReadOnly: true},
	{Type: uapi.IFLA_GENEVE_PORT_RANGE, ReadOnly: true}, // ip does not show these
	{Type: uapi.IFLA_GENEVE_GRO_HINT, ReadOnly: true},
	{Type: uapi.IFLA_GENEVE_INNER_PROTO_INHERIT, Word: "innerprotoinherit", Exact: true, Show: showGeneveInner,
		Read: readGeneveInner},
}

// geneveSaid are the words that were given, of which each may be given once: attributes by type.
type geneveSaid struct{ types []uint16 }

// onceGeneve notes a word.
func onceGeneve(in *desc.Args, typ uint16, key, value string) error {
	said := desc.Scratch[geneveSaid](in)
	if slices.Contains(said.types, typ) {
		return desc.Duplicate(key, value)
	}
	said.types = append(said.types, typ)
	return nil
}

// completeGeneve finds what does not go together, and adds what ip adds.
func completeGeneve(in *desc.Args, e *wire.Encoder, create bool) error {
	has := func(types ...uint16) bool {
		return slices.ContainsFunc(types, func(t uint16) bool { return in.Written(e, t) != nil })
	}
	external := has(uapi.IFLA_GENEVE_COLLECT_METADATA)
	switch {
	case external && has(uapi.IFLA_GENEVE_ID):
		return &desc.UsageError{Text: "geneve: both 'external' and vni cannot be specified", Status: 1}
	case external:
	case !has(uapi.IFLA_GENEVE_ID):
		return &desc.UsageError{Text: "geneve: missing virtual network identifier", Status: 1}
	case create && !has(uapi.IFLA_GENEVE_REMOTE, uapi.IFLA_GENEVE_REMOTE6):
		return &desc.UsageError{Text: "geneve: remote link partner not specified", Status: 1}
	}
	if !has(uapi.IFLA_GENEVE_ID) {
		e.Uint32(uapi.IFLA_GENEVE_ID, 0)
	}
	if !create {
		return nil
	}
	if !has(uapi.IFLA_GENEVE_LABEL) {
		e.BE32(uapi.IFLA_GENEVE_LABEL, 0)
	}
	if !has(uapi.IFLA_GENEVE_TTL) {
		e.Uint8(uapi.IFLA_GENEVE_TTL, 0)
	}
	if !has(uapi.IFLA_GENEVE_TOS) {
		e.Uint8(uapi.IFLA_GENEVE_TOS, 0)
	}
	return nil
}

func readGeneveExternal(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	if in.Last() == "external" {
		e.Flag(f.Type)
	}
	return onceGeneve(in, f.Type, in.Last(), in.Last())
}

func readGeneveID(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(32, "invalid id")
	if err == nil && v > maxVNI {
		err = desc.Wrong(in.Last(), "invalid id")
	}
	if err != nil {
		return err
	}
	e.Uint32(f.Type, uint32(v))
	return onceGeneve(in, f.Type, "id", in.Last())
}

// geneve6 are the attributes of IPv6 addresses.
func geneve6(typ uint16) uint16 {
	if typ == uapi.IFLA_GENEVE_LOCAL {
		return uapi.IFLA_GENEVE_LOCAL6
	}
	return uapi.IFLA_GENEVE_REMOTE6
}

func showGeneveAddr(p *desc.Printer, f *desc.Field, b []byte, attrs desc.Attrs) {
	key := f.Key
	if b == nil {
		key, b = key+"6", attrs[geneve6(f.Type)]
	}
	a, ok := netip.AddrFromSlice(b)
	if !ok || a.IsUnspecified() && (a.Is6() || f.Type == uapi.IFLA_GENEVE_REMOTE) || a.Is6() && a.IsMulticast() &&
		f.Type == uapi.IFLA_GENEVE_REMOTE {
		return
	}
	color := desc.NoColor
	if f.Type == uapi.IFLA_GENEVE_LOCAL {
		color = desc.AddrColor(desc.AddrFamily(a))
	}
	p.Text("%s ", f.Key)
	p.ColorStr(color, key, "%s ", p.Addr(b))
}

func readGeneveAddr(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	a, err := desc.ParseAddr(word, uapi.AF_UNSPEC)
	if err != nil {
		return err
	}
	if !a.IsValid() || a.IsUnspecified() || a.IsMulticast() {
		return desc.Wrong(word, "invalid "+f.Key+" address")
	}
	putVxlanAddr(e, f.Type, geneve6(f.Type), a)
	return onceGeneve(in, f.Type, f.Key, word)
}

func showGeneveTTL(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	inherit := attrs[uapi.IFLA_GENEVE_TTL_INHERIT]
	switch {
	case len(inherit) != 0 && inherit[0] != 0:
		p.Text("ttl inherit ")
	case len(b) == 0:
	case b[0] == 0 && !p.JSON:
		p.Text("ttl auto ")
	default:
		p.Uint("ttl", "ttl %d ", uint64(b[0]))
	}
}

func readGeneveTTL(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v := uint64(0)
	switch {
	case in.Take("inherit"):
		e.Uint8(uapi.IFLA_GENEVE_TTL_INHERIT, 1)
	case in.Take("auto"):
	default:
		var err error
		if v, err = in.Uint(32, "invalid TTL"); err != nil {
			return err
		}
		if v > 255 {
			return desc.Wrong(in.Last(), "TTL must be <= 255")
		}
	}
	e.Uint8(f.Type, uint8(v))
	return onceGeneve(in, f.Type, "ttl", in.Last())
}

func readGeneveTOS(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := readTOS(in)
	if err != nil {
		return err
	}
	e.Uint8(f.Type, v)
	return onceGeneve(in, f.Type, "tos", in.Last())
}

func readGeneveDF(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	i := slices.Index(vxlanDFs[:], word)
	if i < 0 {
		return desc.Wrong(word, "DF must be 'unset', 'set' or 'inherit'")
	}
	e.Uint8(f.Type, uint8(i))
	return onceGeneve(in, f.Type, "df", word)
}

func showGeneveLabel(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if len(b) >= 4 && native.Uint32(b) != 0 {
		p.Hex("label", "flowlabel %#x ", uint64(binary.BigEndian.Uint32(b)))
	}
}

func readGeneveLabel(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(20, "invalid flowlabel")
	if err != nil {
		return err
	}
	e.BE32(f.Type, uint32(v))
	return onceGeneve(in, f.Type, "flowlabel", in.Last())
}

// readGenevePort sends no port 0: that is the default.
func readGenevePort(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	v, err := in.Uint(16, "dstport")
	if err != nil {
		return err
	}
	if v != 0 {
		e.BE16(f.Type, uint16(v))
	}
	return onceGeneve(in, f.Type, "dstport", in.Last())
}

func readGeneveFlag(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	e.Uint8(f.Type, uint8(oneIf(in.Last() == f.Word)))
	return onceGeneve(in, f.Type, in.Last(), in.Last())
}

func showGeneveInner(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	if b != nil {
		p.Bool("inner_proto_inherit", "innerprotoinherit ", true)
	}
}

func readGeneveInner(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	e.Flag(f.Type)
	return onceGeneve(in, f.Type, in.Last(), in.Last())
}

var geneveHelp = [][2]string{
	{"external", "routes or filters give each packet its addresses; the link has none of its own"},
	{"id", "the number of the virtual network, 0 to 16777215"},
	{"remote", "the address of the other end"},
	{"local", "the address that packets are sent from"},
	{"ttl", "time to live of outer packets; inherit: that of the inner packet; auto: the system's"},
	{"tos", "type of service of outer packets; inherit: that of the inner packet"},
	{"df", "whether outer IPv4 packets forbid fragments; inherit: as the inner packet does"},
	{"flowlabel", "the flow label of outer IPv6 packets"},
	{"dstport", "the UDP port, 6081 by default"},
	{"udpcsum", "checksums of UDP over IPv4"},
	{"udp6zerocsumtx", "send UDP over IPv6 without checksums"},
	{"udp6zerocsumrx", "take UDP over IPv6 without checksums"},
	{"innerprotoinherit", "packets inside are IP without an Ethernet header"},
}
