package netlink

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"

	"kern.sys/internal/attr"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netlink/wire"
)

// What routes give the headers of geneve, vxlan and erspan beside the tunnel's key: the options of [IPtnlEncap] and
// [IP6tnlEncap].

// tunnelOpts codes options, also those of actions and filters: the numbers are the same, only that routes have each
// nest marked as one by mark, NLA_F_NESTED.
func tunnelOpts(c *attr.Codec, t attr.Type, mark uint16, v *[]byte) {
	if c.Encoding() && len(*v) != 0 {
		b, err := sentOpts(*v, mark)
		c.Fail(err)
		v = &b
	}
	attr.Bytes(c, t|uapi.NLA_F_NESTED|attr.IfSet, v)
}

// equalOpts reports whether options are the same when they are sent.
func equalOpts(a, b []byte) bool {
	x, errX := sentOpts(a, 0)
	y, errY := sentOpts(b, 0)
	return bytes.Equal(a, b) || errX == nil && errY == nil && bytes.Equal(x, y)
}

// sentOpts are options in the form that the kernel takes, which is not the one that it reports: each option of geneve
// has a nest of its own, where a dump has one nest for all.
func sentOpts(b []byte, mark uint16) ([]byte, error) {
	var to wire.Encoder
	d := wire.NewDecoder(b)
	for d.Next() {
		nested, data := d.Type()|mark, d.Data()
		if d.Type() == uapi.LWTUNNEL_IP_OPTS_GENEVE {
			options := wire.NewDecoder(data)
			from := 0
			for options.Next() {
				if options.Type() != uapi.LWTUNNEL_IP_OPT_GENEVE_DATA { // the last part of an option
					continue
				}
				size := (len(options.Data()) + uapi.NLA_ALIGNTO - 1) &^ (uapi.NLA_ALIGNTO - 1)
				end := min(options.Offset()+size, len(data))
				to.Data(nested, data[from:end])
				from = end
			}
			if from == len(data) {
				continue
			}
			data = data[from:]
		}
		to.Data(nested, data)
	}
	if err := d.Err(); err != nil {
		return nil, fmt.Errorf("options of a tunnel: %w", err)
	}
	return to.Bytes(), to.Err()
}

func showEncapOpts(p *desc.Printer, _ *desc.Field, b []byte, _ desc.Attrs) {
	d := wire.NewDecoder(b)
	var geneve []geneveOption
	for d.Next() {
		switch attrs := desc.ParseAttrs(d.Data()); d.Type() {
		case uapi.LWTUNNEL_IP_OPTS_GENEVE:
			eachGeneveOption(d.Nested(), func(class uint16, typ uint8, data []byte) {
				geneve = append(geneve, geneveOption{class, typ, data})
			})
		case uapi.LWTUNNEL_IP_OPTS_VXLAN:
			showEncapOptsAs(p, "vxlan_opts", func() {
				p.Uint("gbp", "%d ", uint64(number32(attrs[uapi.LWTUNNEL_IP_OPT_VXLAN_GBP])))
			})
		case uapi.LWTUNNEL_IP_OPTS_ERSPAN:
			showEncapOptsAs(p, "erspan_opts", func() {
				index := uint64(0)
				if b := attrs[uapi.LWTUNNEL_IP_OPT_ERSPAN_INDEX]; len(b) >= 4 {
					index = uint64(binary.BigEndian.Uint32(b))
				}
				p.Uint("ver", "%d", uint64(number8(attrs[uapi.LWTUNNEL_IP_OPT_ERSPAN_VER])))
				p.Uint("index", ":%d", index)
				p.Uint("dir", ":%d", uint64(number8(attrs[uapi.LWTUNNEL_IP_OPT_ERSPAN_DIR])))
				p.Uint("hwid", ":%d ", uint64(number8(attrs[uapi.LWTUNNEL_IP_OPT_ERSPAN_HWID])))
			})
		default:
			p.Str("opts", "opts 0x%s ", hex.EncodeToString(b))
			return
		}
	}
	showGeneveOpts(p, geneve)
}

// geneveOption is an option in a header of geneve.
type geneveOption struct {
	class uint16
	typ   uint8
	data  []byte
}

func showGeneveOpts(p *desc.Printer, options []geneveOption) {
	if len(options) == 0 {
		return
	}
	p.NL()
	p.Text("\tgeneve_opts ")
	p.Array("geneve_opts")
	for i, o := range options {
		after := ":%s,"
		if i == len(options)-1 {
			after = ":%s "
		}
		p.Object("")
		p.Uint("class", "%d", uint64(o.class))
		p.Uint("type", ":%d", uint64(o.typ))
		p.Str("data", after, hex.EncodeToString(o.data))
		p.EndObject()
	}
	p.EndArray()
}

// showEncapOptsAs prints the only options of a kind.
func showEncapOptsAs(p *desc.Printer, key string, values func()) {
	p.NL()
	p.Text("\t%s ", key)
	p.Array(key)
	p.Object("")
	values()
	p.EndObject()
	p.EndArray()
}

func readEncapOpts(in *desc.Args, f *desc.Field, e *wire.Encoder) error {
	what := in.Last()
	word, err := in.Next()
	if err != nil {
		return err
	}
	e.Nest(f.Type | uapi.NLA_F_NESTED)
	defer e.End()
	ok := true
	switch what {
	case "geneve_opts":
		for option := range strings.SplitSeq(word, ",") {
			ok = ok && readEncapOpt(e, option, uapi.LWTUNNEL_IP_OPTS_GENEVE, geneveOptParts)
		}
	case "vxlan_opts":
		ok = readEncapOpt(e, word, uapi.LWTUNNEL_IP_OPTS_VXLAN, vxlanOptParts)
	default:
		ok = readEncapOpt(e, word, uapi.LWTUNNEL_IP_OPTS_ERSPAN, erspanOptParts)
	}
	if !ok {
		return desc.Wrong(word, fmt.Sprintf("%q value is invalid\n", what))
	}
	return nil
}

// optPart is the form of a part of an option.
type optPart uint8

const (
	optData optPart = iota // bytes in hexadecimal digits, of which a single last one does not count
	optU8
	optBE16
	optBE32
	optU32
)

// The parts of options, in the order of their attributes from 1 on.
var (
	geneveOptParts = []optPart{optBE16, optU8, optData}
	vxlanOptParts  = []optPart{optU32}
	erspanOptParts = []optPart{optU8, optBE32, optU8, optU8}
)

// readEncapOpt reads an option, whose parts have ":" between them, into a nest. An empty part is left out.
func readEncapOpt(e *wire.Encoder, option string, nest uint16, forms []optPart) (ok bool) {
	e.Nest(nest | uapi.NLA_F_NESTED)
	defer e.End()
	parts := strings.Split(option, ":")
	if len(parts) > len(forms) {
		return false
	}
	for i, part := range parts {
		if part == "" && forms[i] != optU32 {
			continue
		}
		if readOptPart(e, uint16(i+1), part, forms[i]) != nil {
			return false
		}
	}
	return true
}

func readOptPart(e *wire.Encoder, typ uint16, part string, form optPart) error {
	if form == optData {
		b, err := hex.DecodeString(part[:len(part)&^1])
		e.Data(typ, b)
		return err
	}
	n, err := desc.ParseUint(part, form.bits())
	switch form {
	case optU8:
		e.Uint8(typ, uint8(n))
	case optBE16:
		e.BE16(typ, uint16(n))
	case optBE32:
		e.BE32(typ, uint32(n))
	case optU32:
		e.Uint32(typ, uint32(n))
	}
	return err
}

// bits is the size of a number.
func (form optPart) bits() int {
	switch form {
	case optU8:
		return 8
	case optBE16:
		return 16
	}
	return 32
}

// number32 is a number of four bytes in the machine's order, 0 where it is missing.
func number32(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return native.Uint32(b)
}
