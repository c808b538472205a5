package devlink

import (
	"math"
	"strings"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/cmd/kern/internal/ip"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
)

// out prints objects as devlink does: in text, what belongs to a device or port is indented below it, and parts of it
// are again; in JSON, handles are keys.
type out struct {
	*desc.Printer
	c      *cli.Command
	indent int
	fresh  bool              // a line has begun, and its indent is due
	ended  bool              // nothing was printed since the last line end
	open   string            // the handle whose objects are being printed, "" none
	links  map[handle]string // names of the links of ports
}

// section prints what is shown below one key of JSON.
func section(c *cli.Command, name string, show func(o *out) error) error {
	o := newOut(c)
	o.Object("")
	o.Object(name)
	err := show(o)
	o.closeArray()
	o.EndObject()
	o.EndObject()
	o.end()
	return err
}

func newOut(c *cli.Command) *out {
	c.Out.Reset()
	return &out{Printer: c.Out, c: c}
}

// end ends a document of JSON.
func (o *out) end() {
	if o.JSON {
		o.Raw("\n")
	}
}

// put prints text.
func (o *out) put(format string, args ...any) {
	if o.fresh && !o.JSON {
		o.Text("%s", strings.Repeat(" ", o.indent))
	}
	o.fresh, o.ended = false, false
	o.Text(format, args...)
}

// newline ends a line, unless one has just ended.
func (o *out) newline() {
	if !o.ended {
		o.put("\n")
		o.fresh, o.ended = true, true
	}
}

// space separates what follows from what is before it on the line.
func (o *out) space() {
	if o.fresh {
		o.put("")
	} else {
		o.put(" ")
	}
}

// handle begins an object by its name; content says that something follows.
func (o *out) handle(name string, content bool) {
	if content {
		o.put("%s:", name)
	} else {
		o.put("%s", name)
	}
	o.Object(name)
}

// endHandle ends it, after the attributes of a newer kernel, if it is all that m has.
func (o *out) endHandle(m *message) {
	if m != nil {
		before := len(o.Bytes())
		ip.ShowUnknown(o.Printer, " %s", m.attrs, uapi.DEVLINK_ATTR_MAX)
		o.ended = o.ended && len(o.Bytes()) == before
	}
	o.EndObject()
	o.newline()
}

// member begins an object that is one of several of a device or port.
func (o *out) member(of string) {
	if o.open != of {
		o.closeArray()
		o.put("%s:", of)
		o.newline()
		o.indent += step
		o.Array(of)
		o.open = of
	}
	o.Object("")
}

func (o *out) closeArray() {
	if o.open != "" {
		o.EndArray()
		o.indent -= step
		o.open = ""
	}
}

// step is how far parts are indented.
const step = 2

// heading begins the lines of a part.
func (o *out) heading(name string) {
	o.indent += step
	o.newline()
	o.put("%s:", name)
	o.indent += step
	o.newline()
}

// part begins an object within an object.
func (o *out) part(name string) {
	o.heading(name)
	o.Object(name)
}

func (o *out) endPart() {
	o.EndObject()
	o.indent -= 2 * step
}

// list begins an array within an object.
func (o *out) list(name string) {
	o.heading(name)
	o.Array(name)
}

func (o *out) endList() {
	o.EndArray()
	o.indent -= 2 * step
}

// entry prints one object of a list.
func (o *out) entry(show func()) {
	o.Object("")
	show()
	o.EndObject()
	o.newline()
}

// key prints what a value is of.
func (o *out) key(key string) {
	o.space()
	o.Text("%s ", key)
}

// str prints a key and a text.
func (o *out) str(key, v string) {
	o.key(key)
	o.Str(key, "%s", v)
}

// num prints a key and a number.
func (o *out) num(key string, v uint64) {
	o.key(key)
	o.Uint(key, "%d", v)
}

// size prints a key and a number whose largest value is none.
func (o *out) size(key string, v uint64) {
	if v == math.MaxUint64 {
		o.str(key, "unlimited")
	} else {
		o.num(key, v)
	}
}

// truth prints a key and a truth value.
func (o *out) truth(key string, v bool) {
	o.key(key)
	o.Text("%t", v)
	o.Bool(key, "", v)
}

// field is an attribute that is shown by its key, where there is one.
type field struct {
	typ   uint16
	key   string
	form  func(o *out, f *field, b []byte)
	names []string // of numbers
	what  string   // a word for those without a name
}

// fields prints those of them that m has.
func (o *out) fields(m *message, fields []field) {
	for i := range fields {
		f := &fields[i]
		if b, ok := m.attrs[f.typ]; ok {
			f.form(o, f, b)
		}
	}
}

func asNumber(o *out, f *field, b []byte) { o.num(f.key, cli.Number(b)) }

func asSize(o *out, f *field, b []byte) { o.size(f.key, cli.Number(b)) }

func asText(o *out, f *field, b []byte) { o.str(f.key, cli.Text(b)) }

func asTruth(o *out, f *field, b []byte) { o.truth(f.key, cli.Number(b) != 0) }

func asName(o *out, f *field, b []byte) { o.str(f.key, nameOf(f.names, cli.Number(b), f.what)) }

// asRate is a rate in bytes a second, which is left out where there is none.
func asRate(o *out, f *field, b []byte) {
	if v := cli.Number(b); v != 0 {
		o.key(f.key)
		o.Rate(f.key, "%s", v)
	}
}

// asPositive is a number that is left out where it is 0.
func asPositive(o *out, f *field, b []byte) {
	if v := cli.Number(b); v != 0 {
		o.num(f.key, v)
	}
}
