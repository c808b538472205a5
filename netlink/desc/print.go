package desc

import (
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"unicode/utf8"
)

// Printer writes objects as ip's text or as JSON, from the same calls. A call's
// key is the member of the JSON object, "" for an element of an array; its
// format is the text, "" for none. A Printer is for one goroutine. Reset it
// before its first use.
type Printer struct {
	JSON     bool
	Pretty   bool // JSON with line ends and indents
	Details  bool // -details
	Stats    bool // -statistics
	Oneline  bool // lines of one object are joined by a backslash, see NL
	Palette  Palette
	LinkName func(index int) string  // the name of a link, for attributes that hold an index
	Host     func(netip.Addr) string // the name of an address's host, "" for none; nil: addresses are shown
	Names    *Names                  // of numbers

	IEC       bool                       // rates in powers of 1024
	Handles   bool                       // -raw: handles and ticks as they are
	Terse     bool                       // -brief
	ClassName func(handle uint32) string // the name of a class, "" for none; nil: none has one
	Tc        *Tc                        // the object of traffic control whose options are shown
	SetName   func(index uint16) string  // the name of a set of ipset(8), "" for none; nil: none has one
	Action    func(kind string) *Kind    // describes a kind of action; nil: none is known

	Program func(p *Printer, id uint32) (known bool) // prints a BPF program; nil: none is known

	buf   []byte
	depth int
	first bool // nothing stands in the innermost object or array yet
}

// Bytes returns the output since the last Reset or Drain.
func (p *Printer) Bytes() []byte { return p.buf }

// Reset forgets what was printed.
func (p *Printer) Reset() { p.buf, p.depth, p.first = p.buf[:0], 0, true }

// Drain writes what was printed to w. It may be called between any two calls
// that print.
func (p *Printer) Drain(w io.Writer) error {
	if len(p.buf) == 0 {
		return nil
	}
	_, err := w.Write(p.buf)
	p.buf = p.buf[:0]
	return err
}

// NL ends a line of text; with Oneline the next one follows behind a backslash.
func (p *Printer) NL() {
	switch {
	case p.JSON:
	case p.Oneline:
		p.buf = append(p.buf, '\\')
	default:
		p.buf = append(p.buf, '\n')
	}
}

// Text prints to text only.
func (p *Printer) Text(format string, args ...any) {
	if !p.JSON {
		p.buf = fmt.Appendf(p.buf, format, args...)
	}
}

// Raw prints s as it is, to text and JSON alike: what stands between documents.
func (p *Printer) Raw(s string) { p.buf = append(p.buf, s...) }

// Rawf is Raw with a format.
func (p *Printer) Rawf(format string, args ...any) { p.buf = fmt.Appendf(p.buf, format, args...) }

// member begins a JSON value.
func (p *Printer) member(key string) {
	if !p.first && p.depth > 0 {
		p.buf = append(p.buf, ',')
	}
	if key != "" {
		if p.Pretty {
			p.newline()
		}
		p.buf = appendString(p.buf, key)
		p.buf = append(p.buf, ':')
		if p.Pretty {
			p.buf = append(p.buf, ' ')
		}
	} else if p.first && p.Pretty && p.depth > 0 {
		p.buf = append(p.buf, ' ')
	}
	p.first = false
}

func (p *Printer) newline() {
	p.buf = append(p.buf, '\n')
	for range p.depth {
		p.buf = append(p.buf, "    "...)
	}
}

func (p *Printer) open(key string, c byte) {
	if p.JSON {
		p.member(key)
		p.buf = append(p.buf, c)
		p.depth++
		p.first = true
	}
}

// Object begins a JSON object; text shows nothing.
func (p *Printer) Object(key string) { p.open(key, '{') }

// EndObject ends it.
func (p *Printer) EndObject() {
	if p.JSON {
		p.depth--
		if p.Pretty && !p.first {
			p.newline()
		}
		p.buf = append(p.buf, '}')
		p.first = false
	}
}

// Array begins a JSON array; text shows nothing.
func (p *Printer) Array(key string) { p.open(key, '[') }

// EndArray ends it.
func (p *Printer) EndArray() {
	if p.JSON {
		p.depth--
		if p.Pretty {
			p.buf = append(p.buf, ' ')
		}
		p.buf = append(p.buf, ']')
		p.first = false
	}
}

func (p *Printer) value(key, format string, v any, appendJSON func([]byte) []byte) {
	if p.JSON {
		p.member(key)
		p.buf = appendJSON(p.buf)
	} else if format != "" {
		p.buf = fmt.Appendf(p.buf, format, v)
	}
}

// Uint prints a number. format has one verb for a uint64.
func (p *Printer) Uint(key, format string, v uint64) {
	p.value(key, format, v, func(b []byte) []byte { return strconv.AppendUint(b, v, 10) })
}

// Int prints a number. format has one verb for an int64.
func (p *Printer) Int(key, format string, v int64) {
	p.value(key, format, v, func(b []byte) []byte { return strconv.AppendInt(b, v, 10) })
}

// Hex prints a number that is a string such as "0x1f" in JSON. format has one
// verb for a uint64.
func (p *Printer) Hex(key, format string, v uint64) {
	p.value(key, format, v, func(b []byte) []byte { return fmt.Appendf(b, "\"%#x\"", v) })
}

// Rest prints the bits of flags that have no name, where there are any.
func (p *Printer) Rest(key string, bits uint64) {
	if bits != 0 {
		p.Hex(key, key+" %#x ", bits)
	}
}

// Float prints a number, in JSON as C's %g does. format has one verb for a float64.
func (p *Printer) Float(key, format string, v float64) {
	p.value(key, format, v, func(b []byte) []byte { return strconv.AppendFloat(b, v, 'g', 6, 64) })
}

// Str prints a string.
func (p *Printer) Str(key, format string, v string) {
	p.value(key, format, v, func(b []byte) []byte { return appendString(b, v) })
}

// Bool prints a truth value. format, if any, is text as it stands, printed
// where v is true.
func (p *Printer) Bool(key, format string, v bool) {
	if p.JSON {
		p.member(key)
		p.buf = strconv.AppendBool(p.buf, v)
	} else if v {
		p.buf = append(p.buf, format...)
	}
}

// OnOff prints a truth value that is true or false in JSON and on or off in
// text. format has one verb for a string.
func (p *Printer) OnOff(key, format string, v bool) {
	s := "off"
	if v {
		s = "on"
	}
	p.value(key, format, s, func(b []byte) []byte { return strconv.AppendBool(b, v) })
}

// Null prints a member whose value is null; format is text as it stands.
func (p *Printer) Null(key, format string) {
	if p.JSON {
		p.member(key)
		p.buf = append(p.buf, "null"...)
	} else {
		p.buf = append(p.buf, format...)
	}
}

// appendString appends s as a JSON string; bytes that are no UTF-8 become
// U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r < ' ':
			b = append(b, `\u00`...)
			b = append(b, hex[r>>4], hex[r&15])
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}
