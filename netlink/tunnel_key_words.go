package netlink

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

func (*TunnelKeyAction) describe() desc.Kind {
	return desc.Kind{Fields: tunnelKeyFields, First: makeWords[tunnelKeyWords], Complete: completeTunnelKey}
}

// tunnelKeyWords are what the words of a command say of a [TunnelKeyAction].
type tunnelKeyWords struct {
	actionWords
	action         int32
	src, dst       bool
	nocsum, nofrag bool
}

// readTunnelKeyAddr takes an address into one of two attributes, by its family.
func readTunnelKeyAddr(in *desc.Args, e *wire.Encoder, what string, typ4, typ6 uint16) error {
	word, err := in.Next()
	if err != nil {
		return err
	}
	a, err := desc.ParseAddr(word, uapi.AF_UNSPEC)
	switch {
	case err != nil:
		return err
	case !a.IsValid():
		return desc.Illegal(what)
	case a.Is4():
		e.Addr(typ4, a)
	default:
		e.Addr(typ6, a)
	}
	return nil
}

var tunnelKeyFields = []desc.Field{
	{Type: uapi.TCA_TUNNEL_KEY_PARMS, Word: "unset", Words: []string{"set"}, Show: showTunnelKeyAction,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			w := desc.Scratch[tunnelKeyWords](in)
			if w.action != 0 {
				return desc.Failed("unexpected %q - action already specified", in.Last())
			}
			w.action = uapi.TCA_TUNNEL_KEY_ACT_RELEASE
			if in.Last() == "set" {
				w.action = uapi.TCA_TUNNEL_KEY_ACT_SET
			}
			return nil
		}},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_IPV4_SRC, Word: "src_ip", Usage: "ADDR",
		Read: func(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
			desc.Scratch[tunnelKeyWords](in).src = true
			return readTunnelKeyAddr(in, e, "src_ip", uapi.TCA_TUNNEL_KEY_ENC_IPV4_SRC, uapi.TCA_TUNNEL_KEY_ENC_IPV6_SRC)
		}},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_IPV4_DST, Word: "dst_ip", Usage: "ADDR",
		Read: func(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
			desc.Scratch[tunnelKeyWords](in).dst = true
			return readTunnelKeyAddr(in, e, "dst_ip", uapi.TCA_TUNNEL_KEY_ENC_IPV4_DST, uapi.TCA_TUNNEL_KEY_ENC_IPV6_DST)
		}},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_IPV6_SRC, ReadOnly: true},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_IPV6_DST, ReadOnly: true},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_KEY_ID, Word: "id", Usage: "TUNNELID",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Number(32, 10, "id")
			e.BE32(f.Type, uint32(v))
			return err
		}},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_DST_PORT, Word: "dst_port", Usage: "PORT",
		Read: func(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
			v, err := in.Number(16, 10, "dst port")
			e.BE16(f.Type, uint16(v))
			return err
		}},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_OPTS, Word: "geneve_opts", Words: []string{"vxlan_opts", "erspan_opts"},
		Usage: "OPTIONS", Read: readTunnelKeyOptions},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_TOS, Word: "tos", Usage: "TOS", Read: readTunnelKeyByte},
	{Type: uapi.TCA_TUNNEL_KEY_ENC_TTL, Word: "ttl", Usage: "TTL", Read: readTunnelKeyByte},
	{Type: uapi.TCA_TUNNEL_KEY_NO_CSUM, Word: "csum", Words: []string{"nocsum"},
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			desc.Scratch[tunnelKeyWords](in).nocsum = in.Last() == "nocsum"
			return nil
		}},
	{Type: uapi.TCA_TUNNEL_KEY_NO_FRAG, Word: "nofrag", Exact: true,
		Read: func(in *desc.Args, _ *desc.Field, _ *wire.Encoder) error {
			desc.Scratch[tunnelKeyWords](in).nofrag = true
			return nil
		}},
	{Word: "reclassify", Words: controlWords, Read: readControl},
	{Word: "index", Usage: "INDEX", Read: readIndex},
	{Type: uapi.TCA_TUNNEL_KEY_TM, ReadOnly: true},
}

func readTunnelKeyByte(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	what := f.Word
	word, err := in.Next()
	if err != nil {
		return err
	}
	v, err := desc.ParseBase(word, 10, 8)
	if err != nil {
		v, err = desc.ParseHex(word, 8)
	}
	if err != nil {
		return desc.Illegal(what)
	}
	e.Uint8(f.Type, uint8(v))
	return nil
}

func readTunnelKeyOptions(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	what := in.Last()
	word, err := in.Next()
	if err != nil {
		return err
	}
	geneve := what == "geneve_opts"
	typ := f.Type
	if !geneve {
		typ |= uapi.NLA_F_NESTED
	}
	e.Nest(typ)
	defer e.End()
	switch what {
	case "geneve_opts":
		for option := range strings.SplitSeq(word, ",") {
			if err := readGeneveOption(e, option, uapi.TCA_TUNNEL_KEY_ENC_OPTS_GENEVE); err != nil {
				return desc.Illegal(what)
			}
		}
		return nil
	case "vxlan_opts":
		v, err := desc.ParseUint(word, 32)
		if err != nil {
			return desc.Illegal(what)
		}
		e.Nest(uapi.TCA_TUNNEL_KEY_ENC_OPTS_VXLAN | uapi.NLA_F_NESTED)
		e.Uint32(uapi.TCA_TUNNEL_KEY_ENC_OPT_VXLAN_GBP, uint32(v))
		e.End()
		return nil
	}
	e.Nest(uapi.TCA_TUNNEL_KEY_ENC_OPTS_ERSPAN | uapi.NLA_F_NESTED)
	defer e.End()
	return readErspanOption(e, word, what)
}

// readGeneveOption reads CLASS:TYPE:DATA in hexadecimal digits.
func readGeneveOption(e *wire.Encoder, option string, nest uint16) error {
	e.Nest(nest)
	defer e.End()
	parts := slices.DeleteFunc(strings.Split(option, ":"), func(p string) bool { return p == "" }) // as tc does
	for i, part := range parts {
		switch typ := uint16(i + 1); typ {
		case uapi.TCA_TUNNEL_KEY_ENC_OPT_GENEVE_CLASS:
			v, err := desc.ParseHex(part, 16)
			if err != nil {
				return err
			}
			e.BE16(typ, uint16(v))
		case uapi.TCA_TUNNEL_KEY_ENC_OPT_GENEVE_TYPE:
			v, err := desc.ParseHex(part, 8)
			if err != nil {
				return err
			}
			e.Uint8(typ, uint8(v))
		case uapi.TCA_TUNNEL_KEY_ENC_OPT_GENEVE_DATA:
			b, err := hex.DecodeString(part[:len(part)&^1])
			if err != nil {
				return err
			}
			e.Data(typ, b)
		default:
			return desc.Illegal("geneve_opts")
		}
	}
	return nil
}

// readErspanOption reads VERSION:INDEX:DIRECTION:HWID; what a version has not is empty.
func readErspanOption(e *wire.Encoder, word, what string) error {
	// Empty parts are passed over, as tc does, and do not count.
	parts := slices.DeleteFunc(strings.Split(word, ":"), func(p string) bool { return p == "" })
	for i, part := range parts {
		typ := uint16(i + 1)
		size := 8
		if typ == uapi.TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_INDEX {
			size = 32
		}
		v, err := desc.ParseUint(part, size)
		switch {
		case err != nil || typ > uapi.TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_HWID:
			return desc.Illegal(what)
		case size == 32:
			e.BE32(typ, uint32(v))
		default:
			e.Uint8(typ, uint8(v))
		}
	}
	return nil
}

func completeTunnelKey(in *desc.Args, e *wire.Encoder, _ bool) error {
	w := desc.Scratch[tunnelKeyWords](in)
	if w.action == uapi.TCA_TUNNEL_KEY_ACT_SET && (!w.src || !w.dst) {
		return desc.Failed("set needs tunnel_key parameters")
	}
	nocsum := uint8(0)
	if w.nocsum {
		nocsum = 1
	}
	e.Uint8(uapi.TCA_TUNNEL_KEY_NO_CSUM, nocsum)
	if w.nofrag {
		e.Flag(uapi.TCA_TUNNEL_KEY_NO_FRAG)
	}
	e.Struct(uapi.TCA_TUNNEL_KEY_PARMS, uapi.SizeofTcTunnelKey,
		&uapi.TcTunnelKey{Index: w.index, Action: w.code(uapi.TC_ACT_PIPE), TAction: w.action})
	return nil
}

func showTunnelKeyAction(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	p.Str("kind", "%s ", "tunnel_key")
	if b == nil {
		return
	}
	var t uapi.TcTunnelKey
	t.Decode(b)
	switch t.TAction {
	case uapi.TCA_TUNNEL_KEY_ACT_RELEASE:
		p.Str("mode", " %s", "unset")
	case uapi.TCA_TUNNEL_KEY_ACT_SET:
		p.Str("mode", " %s", "set")
		showTunnelKeySet(p, attrs)
	}
	p.Control(" ", t.Action, "")
	p.NL()
	showActionEnd(p, "\t index %d", t.Index, t.Refcnt, t.Bindcnt, attrs[uapi.TCA_TUNNEL_KEY_TM])
}

func showTunnelKeySet(p *desc.Printer, attrs desc.Attrs) {
	for _, a := range [...]struct {
		typ uint16
		key string
	}{
		{uapi.TCA_TUNNEL_KEY_ENC_IPV4_SRC, "src_ip"}, {uapi.TCA_TUNNEL_KEY_ENC_IPV4_DST, "dst_ip"},
		{uapi.TCA_TUNNEL_KEY_ENC_IPV6_SRC, "src_ip"}, {uapi.TCA_TUNNEL_KEY_ENC_IPV6_DST, "dst_ip"},
	} {
		if addr, ok := netip.AddrFromSlice(attrs[a.typ]); ok {
			p.NL()
			p.Str(a.key, "\t"+a.key+" %s", desc.AddrText(addr))
		}
	}
	if b := attrs[uapi.TCA_TUNNEL_KEY_ENC_KEY_ID]; len(b) >= 4 {
		p.NL()
		p.Uint("key_id", "\tkey_id %d", uint64(binary.BigEndian.Uint32(b)))
	}
	if b := attrs[uapi.TCA_TUNNEL_KEY_ENC_DST_PORT]; len(b) >= 2 {
		p.NL()
		p.Uint("dst_port", "\tdst_port %d", uint64(binary.BigEndian.Uint16(b)))
	}
	options := desc.ParseAttrs(attrs[uapi.TCA_TUNNEL_KEY_ENC_OPTS])
	if options[uapi.TCA_TUNNEL_KEY_ENC_OPTS_GENEVE] != nil {
		showGeneveOptions(p, attrs[uapi.TCA_TUNNEL_KEY_ENC_OPTS])
	} else if b := options[uapi.TCA_TUNNEL_KEY_ENC_OPTS_VXLAN]; b != nil {
		p.NL()
		p.Text("\tvxlan_opts ")
		p.Array("vxlan_opts")
		p.Object("")
		gbp := uint64(0)
		if b := desc.ParseAttrs(b)[uapi.TCA_TUNNEL_KEY_ENC_OPT_VXLAN_GBP]; len(b) >= 4 {
			gbp = uint64(native.Uint32(b))
		}
		p.Uint("gbp", "%d", gbp)
		p.EndObject()
		p.EndArray()
	} else if b := options[uapi.TCA_TUNNEL_KEY_ENC_OPTS_ERSPAN]; b != nil {
		showErspanOption(p, desc.ParseAttrs(b))
	}
	p.NL()
	if b := attrs[uapi.TCA_TUNNEL_KEY_NO_CSUM]; b != nil {
		word := "csum"
		if number8(b) != 0 {
			word = "nocsum"
		}
		p.Str("flag", "\t%s", word)
	}
	_, nofrag := attrs[uapi.TCA_TUNNEL_KEY_NO_FRAG]
	p.Bool("nofrag", "\tnofrag", nofrag)
	if v := number8(attrs[uapi.TCA_TUNNEL_KEY_ENC_TOS]); v != 0 {
		p.NL()
		p.Uint("tos", "\ttos 0x%x", uint64(v))
	}
	if v := number8(attrs[uapi.TCA_TUNNEL_KEY_ENC_TTL]); v != 0 {
		p.NL()
		p.Uint("ttl", "\tttl %d", uint64(v))
	}
}

// showGeneveOptions prints all options, of which each is a nest of its own.
func showGeneveOptions(p *desc.Printer, b []byte) {
	p.NL()
	p.Text("\tgeneve_opts ")
	p.Array("geneve_opts")
	var texts []string
	d := wire.NewDecoder(b)
	for d.Next() {
		if d.Type() == uapi.TCA_TUNNEL_KEY_ENC_OPTS_GENEVE {
			eachGeneveOption(d.Nested(), func(class uint16, typ uint8, data []byte) {
				texts = append(texts, showGeneveOption(p, class, typ, data))
			})
		}
	}
	p.EndArray()
	p.Text("%s", strings.Join(texts, ","))
}

// eachGeneveOption calls yield for each option in a nest, of which the data come last.
func eachGeneveOption(d wire.Decoder, yield func(class uint16, typ uint8, data []byte)) {
	var class uint16
	var typ uint8
	for d.Next() {
		switch d.Type() {
		case uapi.TCA_TUNNEL_KEY_ENC_OPT_GENEVE_CLASS:
			class = d.BE16()
		case uapi.TCA_TUNNEL_KEY_ENC_OPT_GENEVE_TYPE:
			typ = d.Uint8()
		case uapi.TCA_TUNNEL_KEY_ENC_OPT_GENEVE_DATA:
			yield(class, typ, d.Data())
		}
	}
}

// showGeneveOption prints an option as JSON, and returns its text.
func showGeneveOption(p *desc.Printer, class uint16, typ uint8, data []byte) string {
	if p.JSON {
		p.Object("")
		p.Uint("class", "", uint64(class))
		p.Uint("type", "", uint64(typ))
		p.Array("data")
		for _, b := range data {
			p.Uint("", "", uint64(b))
		}
		p.EndArray()
		p.EndObject()
	}
	return fmt.Sprintf("%04x:%02x:%x", class, typ, data)
}

func showErspanOption(p *desc.Printer, attrs desc.Attrs) {
	version := number8(attrs[uapi.TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_VER])
	index, dir, hwid := uint64(0), uint8(0), uint8(0)
	if version == 1 {
		if b := attrs[uapi.TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_INDEX]; len(b) >= 4 {
			index = uint64(binary.BigEndian.Uint32(b))
		}
	} else {
		dir, hwid = number8(attrs[uapi.TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_DIR]),
			number8(attrs[uapi.TCA_TUNNEL_KEY_ENC_OPT_ERSPAN_HWID])
	}
	p.NL()
	p.Text("\terspan_opts ")
	p.Array("erspan_opts")
	p.Object("")
	p.Uint("ver", "%d", uint64(version))
	p.Uint("index", ":%d", index)
	p.Uint("dir", ":%d", uint64(dir))
	p.Uint("hwid", ":%d", uint64(hwid))
	p.EndObject()
	p.EndArray()
}
