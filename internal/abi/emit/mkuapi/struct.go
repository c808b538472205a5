package mkuapi

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// wanted is a structure of the list.
type wanted struct {
	name string
	tail bool   // some architectures pad the end
	not  string // an architecture whose layout is another one
	line gen.Line
}

// wire is a structure as it is on the wire.
type wire struct {
	name   string // in C
	header string
	size   int64
	fields []field
	not    string // the architecture that has another layout
}

// field is what a field holds: count values (0: one, not an array) of a number or of a structure.
type field struct {
	cname  string
	name   string
	offset int64
	count  int64
	size   int64  // of one value
	typ    string // of one value, in Go
	big    bool   // network byte order
	nested bool
}

func structures(db *abi.DB, archs []string, list []wanted) ([]byte, error) {
	var b strings.Builder
	b.WriteString("import \"encoding/binary\"\n\n")
	var errs []error
	known := map[string]bool{}
	for _, w := range list {
		known[w.name] = true
	}
	for _, w := range list {
		s, err := portable(db, archs, w, known)
		if err != nil {
			errs = append(errs, w.line.Errorf("struct %s: %w", w.name, err))
			continue
		}
		s.write(&b)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return gen.File("", "uapi", b.String())
}

// portable returns the structure, if all architectures agree on it.
func portable(db *abi.DB, archs []string, w wanted, known map[string]bool) (*wire, error) {
	t, ok := db.Type("struct " + w.name)
	if !ok {
		return nil, errors.New("not among the facts")
	}
	var first *wire
	for _, a := range archs {
		if a == w.not {
			continue
		}
		l := t.On[a]
		if l == nil {
			return nil, fmt.Errorf("%s lacks it", a)
		}
		s := &wire{name: w.name, header: t.Header, size: l.Size}
		for _, f := range l.Fields {
			g, err := wireField(db, a, f, known)
			if err != nil {
				return nil, fmt.Errorf("field %s on %s: %w", f.Name, a, err)
			}
			if g != nil {
				s.fields = append(s.fields, *g)
			}
		}
		if first == nil {
			first = s
		}
		if w.tail {
			first.size = max(first.size, s.size)
			s.size = first.size
		}
		if !reflect.DeepEqual(s, first) {
			return nil, fmt.Errorf("differs between %s (%+v) and %s (%+v)", archs[0], *first, a, *s)
		}
	}
	strip(first)
	first.not = w.not
	return first, nil
}

// padding reports whether a field holds nothing.
func padding(name string) bool {
	return strings.HasPrefix(name, "__") || strings.Contains(name, "pad") ||
		strings.Contains(name, "reserved") || strings.Contains(name, "resvd")
}

// wireField returns nil for a field that takes no room, as a flexible array at the end, or that is left out.
func wireField(db *abi.DB, arch string, f abi.Field, known map[string]bool) (*field, error) {
	if f.Bits > 0 {
		return nil, nil // which bits they are depends on the byte order
	}
	if f.Members != nil {
		return nil, errors.New("anonymous structures are not understood")
	}
	g := &field{cname: f.Name, offset: f.Offset}
	expr := f.Type
	if rest, ok := strings.CutPrefix(expr, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		if n == "" || n == "0" {
			return nil, nil
		}
		var err error
		if g.count, err = strconv.ParseInt(n, 10, 64); err != nil {
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
		switch t.Kind {
		case abi.Typedef:
			switch expr {
			case "__be16", "__be32", "__be64":
				g.big = true
			}
			expr = l.Target
			continue
		case abi.Struct:
			if !known[t.Name] {
				return nil, fmt.Errorf("struct %s is not in the list", t.Name)
			}
			g.typ, g.size, g.nested = gen.Camel(t.Name), l.Size, true
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
			g.typ, g.size = fmt.Sprintf("%sint%d", u, 8*l.Size), l.Size
			return g, nil
		}
		return nil, fmt.Errorf("%s %s is not understood", t.Kind, t.Name)
	}
}

// strip names the fields in Go: without the prefix, if all that hold something share one.
func strip(s *wire) {
	prefix := ""
	for _, f := range s.fields {
		if padding(f.cname) {
			continue
		}
		p, _, ok := strings.Cut(f.cname, "_")
		if !ok || prefix != "" && p != prefix {
			prefix = ""
			break
		}
		prefix = p
	}
	for i := range s.fields {
		f := &s.fields[i]
		if padding(f.cname) {
			continue
		}
		name := f.cname
		if prefix != "" {
			name = strings.TrimPrefix(name, prefix+"_")
		}
		f.name = gen.Camel(name)
	}
}

func (s *wire) write(b *strings.Builder) {
	name := gen.Camel(s.name)
	fmt.Fprintf(b, "// %s is struct %s of %s.\n", name, s.name, s.header)
	if s.not != "" {
		fmt.Fprintf(b, "// A kernel built for %s has another layout, which this type does not have there either.\n", s.not)
	}
	fmt.Fprintf(b, "type %s struct {\n", name)
	for _, f := range s.fields {
		if f.name == "" {
			continue
		}
		array := ""
		if f.count > 0 {
			array = fmt.Sprintf("[%d]", f.count)
		}
		comment := ""
		if f.big {
			comment = " // big-endian on the wire"
		}
		fmt.Fprintf(b, "%s %s%s%s\n", f.name, array, f.typ, comment)
	}
	fmt.Fprintf(b, "}\n\n// Sizeof%s is the size of struct %s in bytes.\nconst Sizeof%s = %d\n\n", name, s.name, name, s.size)

	fmt.Fprintf(b, "// Decode reads m from b. What a short b lacks is zero, what a long b has more is ignored.\n")
	fmt.Fprintf(b, "func (m *%s) Decode(b []byte) {\nif len(b) < %d {\nvar whole [%d]byte\ncopy(whole[:], b)\nb = whole[:]\n}\n", name, s.size, s.size)
	for _, f := range s.fields {
		f.each(b, (*field).decode)
	}
	fmt.Fprintf(b, "}\n\n// Put writes m to the first %d bytes of b, padding zeroed. It panics if b is shorter.\n", s.size)
	fmt.Fprintf(b, "func (m *%s) Put(b []byte) {\nclear(b[:%d])\n", name, s.size)
	for _, f := range s.fields {
		f.each(b, (*field).put)
	}
	b.WriteString("}\n\n")
}

// each writes a statement for each value of the field.
func (f *field) each(b *strings.Builder, one func(f *field, ref string, at int64) string) {
	switch {
	case f.name == "":
	case f.count == 0:
		b.WriteString(one(f, "m."+f.name, f.offset) + "\n")
	case f.typ == "uint8":
		b.WriteString(one(f, "m."+f.name, f.offset) + "\n")
	default:
		for i := range f.count {
			b.WriteString(one(f, fmt.Sprintf("m.%s[%d]", f.name, i), f.offset+i*f.size) + "\n")
		}
	}
}

func (f *field) order() string {
	if f.big {
		return "binary.BigEndian"
	}
	return "binary.NativeEndian"
}

func (f *field) decode(ref string, at int64) string {
	switch {
	case f.nested:
		return fmt.Sprintf("%s.Decode(b[%d:%d])", ref, at, at+f.size)
	case f.size == 1 && f.count > 0 && f.typ == "uint8":
		return fmt.Sprintf("copy(%s[:], b[%d:])", ref, at)
	case f.typ == "uint8":
		return fmt.Sprintf("%s = b[%d]", ref, at)
	case f.size == 1:
		return fmt.Sprintf("%s = %s(b[%d])", ref, f.typ, at)
	case strings.HasPrefix(f.typ, "u"):
		return fmt.Sprintf("%s = %s.Uint%d(b[%d:])", ref, f.order(), 8*f.size, at)
	}
	return fmt.Sprintf("%s = %s(%s.Uint%d(b[%d:]))", ref, f.typ, f.order(), 8*f.size, at)
}

func (f *field) put(ref string, at int64) string {
	switch {
	case f.nested:
		return fmt.Sprintf("%s.Put(b[%d:%d])", ref, at, at+f.size)
	case f.size == 1 && f.count > 0 && f.typ == "uint8":
		return fmt.Sprintf("copy(b[%d:], %s[:])", at, ref)
	case f.typ == "uint8":
		return fmt.Sprintf("b[%d] = %s", at, ref)
	case f.size == 1:
		return fmt.Sprintf("b[%d] = uint8(%s)", at, ref)
	case strings.HasPrefix(f.typ, "u"):
		return fmt.Sprintf("%s.PutUint%d(b[%d:], %s)", f.order(), 8*f.size, at, ref)
	}
	return fmt.Sprintf("%s.PutUint%d(b[%d:], uint%d(%s))", f.order(), 8*f.size, at, 8*f.size, ref)
}
