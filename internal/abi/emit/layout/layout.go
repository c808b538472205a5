// Package layout finds out what structures look like on the wire, and writes the statements that read and write their
// fields.
package layout

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// Struct is a structure as it is on the wire.
type Struct struct {
	Name   string // in C
	Header string
	Size   int64
	Fields []Field
}

// Field is what a field holds: Count values (0: one, not an array) of a number, of bytes or of a structure.
type Field struct {
	CName  string
	Name   string // in Go; "" for what holds nothing
	Offset int64
	Count  int64
	Size   int64  // of one value
	Type   string // of one value, in Go
	Big    bool   // network byte order
	Kind   Kind
}

// Kind says how a value is coded.
type Kind int

// Kinds of values.
const (
	Number Kind = iota
	Nested      // a structure with codecs of its own
	Bytes       // an array of bytes with a name
)

// Options say what is accepted, and what other types are called.
type Options struct {
	Tail bool   // some architectures pad the end
	Not  string // an architecture whose layout is another one
	Head bool   // only what is before the first anonymous member
	Flat bool   // members of its anonymous structures, and of unions with a single form, are its own
	// Type returns the Go type of a structure ("struct NAME"), or of a typedef that is not to be looked into, and
	// how it is coded.
	Type func(expr string) (string, Kind, bool)
}

// Portable returns a structure, if all architectures agree on it.
func Portable(db *abi.DB, archs []string, name string, o Options) (*Struct, error) {
	t, ok := db.Type("struct " + name)
	if !ok {
		return nil, errors.New("not among the facts")
	}
	var first *Struct
	for _, a := range archs {
		if a == o.Not {
			continue
		}
		l := t.On[a]
		if l == nil {
			return nil, fmt.Errorf("%s lacks it", a)
		}
		s := &Struct{Name: name, Header: t.Header, Size: l.Size}
		fields := l.Fields
		if o.Flat {
			fields = flatten(fields, 0)
		}
		for _, f := range fields {
			if o.Head && f.Members != nil {
				s.Size = f.Offset
				break
			}
			g, err := newField(db, a, f, o.Type)
			if err != nil {
				return nil, fmt.Errorf("field %s on %s: %w", f.Name, a, err)
			}
			if g != nil {
				s.Fields = append(s.Fields, *g)
			}
		}
		if first == nil {
			first = s
		}
		if o.Tail {
			first.Size = max(first.Size, s.Size)
			s.Size = first.Size
		}
		if !reflect.DeepEqual(s, first) {
			return nil, fmt.Errorf("differs between %s (%+v) and %s (%+v)", archs[0], *first, a, *s)
		}
	}
	return first, nil
}

// flatten puts members of anonymous structures in the place of these. A union of several forms stays.
func flatten(fields []abi.Field, at int64) (flat []abi.Field) {
	for _, f := range fields {
		if f.Bits > 0 {
			f.Offset += 8 * at
		} else {
			f.Offset += at
		}
		if f.Members == nil || strings.HasPrefix(f.Type, "union") && len(f.Members) > 1 {
			flat = append(flat, f)
		} else {
			flat = append(flat, flatten(f.Members, f.Offset)...)
		}
	}
	return flat
}

// Size returns the size of a type, whatever it stands for.
func Size(db *abi.DB, arch, expr string) (int64, bool) {
	for {
		if _, n, ok := strings.Cut(strings.TrimSuffix(expr, ")"), "("); ok { // an anonymous one says it itself
			size, err := strconv.ParseInt(n, 10, 64)
			return size, err == nil
		}
		t, ok := db.Type(expr)
		if !ok || t.On[arch] == nil {
			return 0, false
		}
		if t.Kind != abi.Typedef {
			return t.On[arch].Size, true
		}
		expr = t.On[arch].Target
	}
}

// Padding reports whether a field holds nothing.
func Padding(name string) bool {
	return strings.HasPrefix(name, "__") || strings.Contains(name, "pad") ||
		strings.Contains(name, "reserved") || strings.Contains(name, "resvd")
}

// newField returns nil for a field that takes no room, as a flexible array at the end, or that is left out.
func newField(db *abi.DB, arch string, f abi.Field, named func(string) (string, Kind, bool)) (*Field, error) {
	if f.Bits > 0 {
		return nil, nil // which bits they are depends on the byte order
	}
	if f.Members != nil {
		return nil, errors.New("anonymous structures are not understood")
	}
	g := &Field{CName: f.Name, Offset: f.Offset}
	expr := f.Type
	if rest, ok := strings.CutPrefix(expr, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		if n == "" || n == "0" {
			return nil, nil
		}
		var err error
		if g.Count, err = strconv.ParseInt(n, 10, 64); err != nil {
			return nil, err
		}
		expr = elem
	}
	for {
		t, ok := db.Type(expr)
		if !ok || t.On[arch] == nil {
			return nil, fmt.Errorf("type %s is not understood", expr)
		}
		l := t.On[arch]
		if typ, kind, ok := named(expr); ok {
			g.Type, g.Kind = typ, kind
			g.Size, ok = Size(db, arch, expr)
			if !ok {
				return nil, fmt.Errorf("type %s is not understood", expr)
			}
			return g, nil
		}
		switch t.Kind {
		case abi.Typedef:
			switch expr {
			case "__be16", "__be32", "__be64":
				g.Big = true
			}
			expr = l.Target
			continue
		case abi.Struct:
			return nil, fmt.Errorf("struct %s is not in the list", t.Name)
		case abi.Enum:
			g.Type, g.Size = "uint32", l.Size
			if l.Size != 4 || l.Encoding != "unsigned" {
				return nil, fmt.Errorf("enumeration %s is not understood", t.Name)
			}
			return g, nil
		case abi.Base:
			sign := map[string]string{"signed": "", "unsigned": "u"}
			u, ok := sign[l.Encoding]
			// Whether char has a sign depends on the architecture; on the wire it is a byte.
			if expr == "char" {
				u = "u"
			}
			if !ok || l.Size > 8 {
				return nil, fmt.Errorf("base type %s is not understood", expr)
			}
			g.Type, g.Size = fmt.Sprintf("%sint%d", u, 8*l.Size), l.Size
			return g, nil
		}
		return nil, fmt.Errorf("%s %s is not understood", t.Kind, t.Name)
	}
}

// Strip names the fields in Go: without the prefix, if all that hold something share one.
func (s *Struct) Strip() {
	prefix := ""
	for _, f := range s.Fields {
		if Padding(f.CName) {
			continue
		}
		p, _, ok := strings.Cut(f.CName, "_")
		if !ok || prefix != "" && p != prefix {
			prefix = ""
			break
		}
		prefix = p
	}
	for i := range s.Fields {
		f := &s.Fields[i]
		if Padding(f.CName) {
			continue
		}
		name := f.CName
		if prefix != "" {
			name = strings.TrimPrefix(name, prefix+"_")
		}
		f.Name = gen.Camel(name)
	}
}

// GoType returns the field's type in Go.
func (f *Field) GoType() string {
	if f.Count > 0 {
		return fmt.Sprintf("[%d]%s", f.Count, f.Type)
	}
	return f.Type
}

// Codec writes statements that read a structure m from the bytes b, and write it there.
type Codec struct {
	DecodeName, PutName string // the methods of structures within it
	Native              bool   // numbers in network byte order are kept as they are
}

// Decode writes a statement for each value of the field.
func (c Codec) Decode(b *strings.Builder, f *Field) { f.each(b, c.decode) }

// Encode is Decode the other way round.
func (c Codec) Encode(b *strings.Builder, f *Field) { f.each(b, c.put) }

func (f *Field) each(b *strings.Builder, one func(f *Field, ref string, at int64) string) {
	switch {
	case f.Name == "":
	case f.Count == 0 || f.Type == "uint8" || f.Type == "byte":
		b.WriteString(one(f, "m."+f.Name, f.Offset) + "\n")
	default:
		for i := range f.Count {
			b.WriteString(one(f, fmt.Sprintf("m.%s[%d]", f.Name, i), f.Offset+i*f.Size) + "\n")
		}
	}
}

func (c Codec) order(f *Field) string {
	if f.Big && !c.Native {
		return "binary.BigEndian"
	}
	return "binary.NativeEndian"
}

func (c Codec) decode(f *Field, ref string, at int64) string {
	single := f.Type == "uint8" || f.Type == "byte"
	switch {
	case f.Kind == Nested:
		return fmt.Sprintf("%s.%s(b[%d:%d])", ref, c.DecodeName, at, at+f.Size)
	case f.Kind == Bytes || f.Count > 0 && single:
		return fmt.Sprintf("copy(%s[:], b[%d:])", ref, at)
	case single:
		return fmt.Sprintf("%s = b[%d]", ref, at)
	case f.Size == 1:
		return fmt.Sprintf("%s = %s(b[%d])", ref, f.Type, at)
	case strings.HasPrefix(f.Type, "u"):
		return fmt.Sprintf("%s = %s.Uint%d(b[%d:])", ref, c.order(f), 8*f.Size, at)
	}
	return fmt.Sprintf("%s = %s(%s.Uint%d(b[%d:]))", ref, f.Type, c.order(f), 8*f.Size, at)
}

func (c Codec) put(f *Field, ref string, at int64) string {
	single := f.Type == "uint8" || f.Type == "byte"
	switch {
	case f.Kind == Nested:
		return fmt.Sprintf("%s.%s(b[%d:%d])", ref, c.PutName, at, at+f.Size)
	case f.Kind == Bytes || f.Count > 0 && single:
		return fmt.Sprintf("copy(b[%d:], %s[:])", at, ref)
	case single:
		return fmt.Sprintf("b[%d] = %s", at, ref)
	case f.Size == 1:
		return fmt.Sprintf("b[%d] = uint8(%s)", at, ref)
	case strings.HasPrefix(f.Type, "u"):
		return fmt.Sprintf("%s.PutUint%d(b[%d:], %s)", c.order(f), 8*f.Size, at, ref)
	}
	return fmt.Sprintf("%s.PutUint%d(b[%d:], uint%d(%s))", c.order(f), 8*f.Size, at, 8*f.Size, ref)
}
