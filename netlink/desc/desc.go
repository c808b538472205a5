// Package desc describes netlink attributes as ip(8) shows and reads them: the
// JSON key, the keyword, and how the bytes on the wire become text, JSON and
// back. A link kind has one table of [Field]s beside its Go type, and that is all
// that a command needs to show it, to parse it and to print its help.
package desc

import (
	"kern.sys/netlink/wire"
)

// Field describes one attribute, or a few that are shown as one.
type Field struct {
	Type uint16 // the attribute, IFLA_VLAN_ID
	Key  string // JSON key; "" where the attribute is not shown
	Word string // keyword in text and on the command line; "": as Key
	Form Form   // how its bytes are shown and read

	// Show, if set, prints instead of Form: what is irregular or needs more
	// than one attribute. It is called where any attribute of attrs is there;
	// it finds b nil if its own is not.
	Show func(p *Printer, b []byte, attrs Attrs)
	// Read, if set, parses instead of Form what follows the keyword; that, in
	// full, is in.Last.
	Read func(in *Args, e *wire.Encoder) error
	// Words are further keywords that Read serves ("nolearning").
	Words []string

	ReadOnly bool   // the kernel tells it but takes none
	Usage    string // grammar of its value, "VLANID"; "": that of Form
}

// Form is a way for bytes to be shown and read.
type Form struct {
	Usage string // grammar of the value: "{ on | off }"
	Show  func(p *Printer, f *Field, b []byte)
	Read  func(in *Args, f *Field, e *wire.Encoder) error
}

// Attrs are the attributes of one nest by type; of a repeated one the last.
type Attrs map[uint16][]byte

// ParseAttrs reads the attributes in b. What is malformed ends the run.
func ParseAttrs(b []byte) Attrs {
	attrs := Attrs{}
	d := wire.NewDecoder(b)
	for d.Next() {
		attrs[d.Type()] = d.Data()
	}
	return attrs
}

// word is the field's keyword.
func (f *Field) word() string {
	if f.Word != "" {
		return f.Word
	}
	return f.Key
}

// Show prints what fields describe of the attributes in b, in the fields'
// order.
func Show(p *Printer, fields []Field, b []byte) {
	attrs := ParseAttrs(b)
	for i := range fields {
		f := &fields[i]
		v, ok := attrs[f.Type]
		switch {
		case f.Show != nil:
			f.Show(p, v, attrs)
		case ok && f.Form.Show != nil && f.Key != "":
			f.Form.Show(p, f, v)
		}
	}
}
