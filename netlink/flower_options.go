package netlink

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// Options of tunnels that a [Flower] matches: VALUE[/MASK], each of parts with colons between.

// flowerOption is the options of a kind of tunnel.
type flowerOption struct {
	word   string
	nest   uint16
	nested bool // the attributes have NLA_F_NESTED
	mask   string
	parts  []flowerOptionPart
}

// flowerOptionPart is a part of them: its width in bits (0 for bytes) and its base.
type flowerOptionPart struct{ bits, base int }

// flowerOptions are the known options. The parts have the types from 1 on.
var flowerOptions = []flowerOption{
	{"geneve_opts", uapi.TCA_FLOWER_KEY_ENC_OPTS_GENEVE, false, "", []flowerOptionPart{{16, 16}, {8, 16}, {0, 16}}},
	{"vxlan_opts", uapi.TCA_FLOWER_KEY_ENC_OPTS_VXLAN, true, "0xffffffff", []flowerOptionPart{{-32, 0}}},
	{"erspan_opts", uapi.TCA_FLOWER_KEY_ENC_OPTS_ERSPAN, true, "", []flowerOptionPart{{8, 0}, {32, 0}, {8, 0}, {8, 0}}},
	{"gtp_opts", uapi.TCA_FLOWER_KEY_ENC_OPTS_GTP, true, "ff:ff", []flowerOptionPart{{8, 16}, {8, 16}}},
	{"pfcp_opts", uapi.TCA_FLOWER_KEY_ENC_OPTS_PFCP, true, "ff:ffffffffffffffff", []flowerOptionPart{{8, 16}, {64, 16}}},
}

func readFlowerOptions(in *desc.Args, _ *desc.Field, e *wire.Encoder) error {
	what := in.Last()
	at := slices.IndexFunc(flowerOptions, func(o flowerOption) bool { return o.word == what })
	if at < 0 {
		return desc.Illegal(what)
	}
	o := &flowerOptions[at]
	word, err := in.Next()
	if err != nil {
		return err
	}
	var values, masks []string
	list := []string{word}
	if o.word == "geneve_opts" {
		list = strings.Split(word, ",")
	}
	for _, one := range list {
		value, mask, masked := strings.Cut(one, "/")
		if !masked {
			mask = o.wholeMask(value)
		}
		values, masks = append(values, value), append(masks, mask)
	}
	for i, texts := range [...][]string{values, masks} {
		typ := [...]uint16{uapi.TCA_FLOWER_KEY_ENC_OPTS, uapi.TCA_FLOWER_KEY_ENC_OPTS_MASK}[i]
		if o.nested {
			typ |= uapi.NLA_F_NESTED
		}
		e.Nest(typ)
		for _, text := range texts {
			if !o.put(e, text) {
				return desc.Illegal(what)
			}
		}
		e.End()
	}
	return nil
}

// wholeMask is the mask of options that were given without one.
func (o *flowerOption) wholeMask(value string) string {
	version, _, _ := strings.Cut(value, ":")
	switch o.word {
	case "geneve_opts":
		return "ffff:ff:" + strings.Repeat("f", len(value)-strings.LastIndexByte(value, ':')-1)
	case "erspan_opts":
		return version + ":0xffffffff:0xff:0xff"
	}
	return o.mask
}

// put appends the parts of options. Empty ones are left out.
func (o *flowerOption) put(e *wire.Encoder, text string) bool {
	parts := strings.Split(text, ":")
	if len(parts) > len(o.parts) || o.word == "geneve_opts" && len(parts) != len(o.parts) {
		return false
	}
	nest := o.nest
	if o.nested {
		nest |= uapi.NLA_F_NESTED
	}
	e.Nest(nest)
	defer e.End()
	for i, part := range parts {
		typ, how := uint16(i+1), o.parts[i]
		if part == "" {
			continue
		}
		if how.bits == 0 {
			b, err := hex.DecodeString(part[:len(part)&^1])
			if err != nil {
				return false
			}
			e.Data(typ, b)
			continue
		}
		v, err := desc.ParseBase(part, how.base, max(how.bits, -how.bits))
		if err != nil {
			return false
		}
		switch how.bits {
		case 8:
			e.Uint8(typ, uint8(v))
		case 16:
			e.BE16(typ, uint16(v))
		case 32:
			e.BE32(typ, uint32(v))
		case -32: // in the machine's byte order
			e.Uint32(typ, uint32(v))
		case 64:
			e.BE64(typ, v)
		}
	}
	return true
}

func showFlowerOptions(p *desc.Printer, _ *desc.Field, b []byte, attrs desc.Attrs) {
	if b == nil {
		return
	}
	mask := attrs[uapi.TCA_FLOWER_KEY_ENC_OPTS_MASK]
	options := desc.ParseAttrs(b)
	for i := range flowerOptions {
		o := &flowerOptions[i]
		if options[o.nest] == nil {
			continue
		}
		name := strings.TrimSuffix(o.word, "s")
		values, masks := o.show(p, name+"_key", b), o.show(p, name+"_mask", mask)
		if p.JSON {
			return
		}
		for i, v := range values {
			if i < len(masks) {
				values[i] = v + "/" + masks[i]
			}
		}
		p.NL()
		p.Text("  %s %s", o.word, strings.Join(values, ","))
		return
	}
}

// show prints options as JSON, and returns their texts.
func (o *flowerOption) show(p *desc.Printer, key string, b []byte) []string {
	var texts []string
	if desc.ParseAttrs(b)[o.nest] == nil {
		return nil
	}
	silent := o.word == "gtp_opts" // tc has no JSON for it
	if !silent {
		p.Array(key)
	}
	d := wire.NewDecoder(b)
	for d.Next() {
		switch {
		case d.Type() != o.nest:
		case o.nest == uapi.TCA_FLOWER_KEY_ENC_OPTS_GENEVE:
			eachGeneveOption(d.Nested(), func(class uint16, typ uint8, data []byte) {
				texts = append(texts, showGeneveOption(p, class, typ, data))
			})
		default:
			texts = append(texts, o.showOne(p, desc.ParseAttrs(d.Data()), silent))
		}
	}
	if !silent {
		p.EndArray()
	}
	return texts
}

// showOne shows the options in one attribute.
func (o *flowerOption) showOne(p *desc.Printer, parts desc.Attrs, silent bool) string {
	number := func(typ uint16) uint64 {
		var v uint64
		for _, b := range parts[typ] {
			v = v<<8 | uint64(b)
		}
		return v
	}
	member := func(name string, v uint64) {
		if p.JSON && !silent {
			p.Uint(name, "", v)
		}
	}
	if !silent {
		p.Object("")
		defer p.EndObject()
	}
	switch o.word {
	case "vxlan_opts":
		gbp := uint64(0)
		if b := parts[uapi.TCA_FLOWER_KEY_ENC_OPT_VXLAN_GBP]; len(b) >= 4 {
			gbp = uint64(native.Uint32(b))
		}
		member("gbp", gbp)
		return strconv.FormatUint(gbp, 10)
	case "erspan_opts":
		version := number(uapi.TCA_FLOWER_KEY_ENC_OPT_ERSPAN_VER)
		var index, dir, hwid uint64
		if version == 1 {
			index = number(uapi.TCA_FLOWER_KEY_ENC_OPT_ERSPAN_INDEX)
		} else {
			dir, hwid = number(uapi.TCA_FLOWER_KEY_ENC_OPT_ERSPAN_DIR), number(uapi.TCA_FLOWER_KEY_ENC_OPT_ERSPAN_HWID)
		}
		member("ver", version)
		member("index", index)
		member("dir", dir)
		member("hwid", hwid)
		return fmt.Sprintf("%d:%d:%d:%d", version, index, dir, hwid)
	case "gtp_opts":
		return fmt.Sprintf("%02x:%02x", number(uapi.TCA_FLOWER_KEY_ENC_OPT_GTP_PDU_TYPE),
			number(uapi.TCA_FLOWER_KEY_ENC_OPT_GTP_QFI))
	}
	typ, seid := number(uapi.TCA_FLOWER_KEY_ENC_OPT_PFCP_TYPE), number(uapi.TCA_FLOWER_KEY_ENC_OPT_PFCP_SEID)
	member("type", typ)
	member("seid", seid&math.MaxUint32) // as tc has it
	return fmt.Sprintf("%02x:%x", typ, seid)
}
