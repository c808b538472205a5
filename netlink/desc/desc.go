// Package desc describes netlink attributes as ip(8) shows and reads them: the
// JSON key, the keyword, and how the bytes on the wire become text, JSON and
// back. A kind of link has a [Kind] beside its Go type, and that is all that a
// command needs to show it, to parse it and to print its help.
package desc

import (
	"kern.sys/netlink/wire"
)

// Kind describes the attributes of one kind of object: of a kind of link, of the ports of one, of a
// queueing discipline. Kinds that the netlink package knows have one beside their Go type.
type Kind struct {
	Name   string  // as the kernel has it, "vlan"
	Fields []Field // in the order that ip shows them in
	// Header is how many bytes of a structure stand before the attributes, or in their
	// place: fields of the type [Header] show and read it.
	Header int
	// Exact says that keywords are not abbreviated.
	Exact bool
	// First, if set, reads the words before the first keyword, of which FirstUsage is the grammar.
	First      func(in *Args, e *wire.Encoder) error
	FirstUsage string
	// Complete, if set, is called after the words of a command were read by Fields,
	// inside the same nest; create says whether the object is made or changed. It adds
	// what ip adds of itself, and finds what is missing or does not go together.
	Complete func(in *Args, e *wire.Encoder, create bool) error
	// Statistics, if set, shows the counters of the kind: TCA_STATS_APP, or IFLA_INFO_XSTATS.
	Statistics func(p *Printer, b []byte)
	// Raw, if set, shows the options in place of Fields: those that are a structure which has grown.
	Raw func(p *Printer, b []byte)
	// Sparse says that the options are left out of a message where no word gave one.
	Sparse bool
	// Nested says that the attribute with the options is marked as a nest (NLA_F_NESTED).
	Nested bool
	// Once says that a keyword which is given twice is refused; in other kinds Read functions see to it.
	Once bool
	// Help has keywords and what each is for, with the unit of its value.
	Help [][2]string
}

// Header is the type that fields have that belong to the structure before the attributes. No
// attribute has it.
const Header = 0xffff

// Field describes one attribute, or a few that are shown as one. Tables of fields are variables
// that the compiler lays out: they hold constants and functions, and nothing that is called.
type Field struct {
	Type uint16 // the attribute, IFLA_VLAN_ID
	Key  string // JSON key; "" where the attribute is not shown
	Word string // keyword in text and on the command line; "": as Key
	Form Form   // how its bytes are shown and read

	// Show, if set, prints instead of Form: for output that is irregular or needs more
	// than one attribute. It is called where any attribute of attrs is there;
	// it finds b nil if its own is not.
	Show ShowFunc
	// Read, if set, parses instead of Form what follows the keyword; that, in
	// full, is in.Last.
	Read ReadFunc
	// Words are further keywords that Read serves ("nolearning").
	Words []string

	ReadOnly bool   // the kernel reports it but accepts none
	Exact    bool   // its keywords are not abbreviated
	Usage    string // grammar of its value, "VLANID"; "": that of Form

	Names []string // for Form: the names of the numbers from 0
	Arg   int      // for Form, Show or Read: a bit, a limit
}

// ShowFunc prints the field f, whose payload is b, with attrs around it.
type ShowFunc func(p *Printer, f *Field, b []byte, attrs Attrs)

// ReadFunc reads what follows the keyword of f into an attribute.
type ReadFunc func(in *Args, f *Field, e *wire.Encoder) error

// Form returns a way for bytes to be shown and read. It is a function and not its result, so
// that tables of fields need no code to be initialised.
type Form func() Notation

// Notation is a way for bytes to be shown and read.
type Notation struct {
	Usage string   // grammar of the value: "{ on | off }"
	No    bool     // the keyword also stands with "no" before it, which Read finds in in.Last
	Show  ShowFunc // nil: nothing is shown
	Read  ReadFunc // nil: nothing can be read
}

// notation is that of the field's form.
func (f *Field) notation() Notation {
	if f.Form == nil {
		return Notation{}
	}
	return f.Form()
}

// Attrs are the attributes of one nest by type; of a repeated one the last.
type Attrs map[uint16][]byte

// ParseAttrs reads the attributes in b. The first malformed one ends the run.
func ParseAttrs(b []byte) Attrs {
	attrs := Attrs{}
	d := wire.NewDecoder(b)
	for d.Next() {
		attrs[d.Type()] = d.Data()
	}
	return attrs
}

// parse is ParseAttrs with the structure before them, if it is whole.
func (k *Kind) parse(b []byte) Attrs {
	if k.Header == 0 {
		return ParseAttrs(b)
	}
	if len(b) < k.Header {
		return Attrs{}
	}
	attrs := ParseAttrs(b[min((k.Header+3)&^3, len(b)):])
	attrs[Header] = b[:k.Header]
	return attrs
}

// word is the field's keyword.
func (f *Field) word() string {
	if f.Word != "" {
		return f.Word
	}
	return f.Key
}

// Show prints what k describes of the attributes in b, in the order of its fields.
func Show(p *Printer, k *Kind, b []byte) {
	if k.Raw != nil {
		k.Raw(p, b)
		return
	}
	attrs := k.parse(b)
	for i := range k.Fields {
		f := &k.Fields[i]
		v, ok := attrs[f.Type]
		if f.Show != nil {
			f.Show(p, f, v, attrs)
		} else if ok && f.Key != "" {
			if show := f.notation().Show; show != nil {
				show(p, f, v, attrs)
			}
		}
	}
	if p.Unknown != nil {
		delete(attrs, Header)
		p.Unknown(p, attrs, k.last())
	}
}

// last is the highest type that the kind describes.
func (k *Kind) last() (last uint16) {
	for i := range k.Fields {
		if t := k.Fields[i].Type; t != Header {
			last = max(last, t)
		}
	}
	return last
}
