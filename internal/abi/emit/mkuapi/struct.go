package mkuapi

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/layout"
)

// wanted is a structure of the list.
type wanted struct {
	name string
	tail bool   // some architectures pad the end
	not  string // an architecture whose layout is another one
	head bool   // only what is before its first anonymous member
	flat bool   // with the members of its anonymous structures
	line gen.Line
}

// array is a type that is kept as its bytes.
type array struct {
	name string
	size int64
}

func (a array) goName() string {
	name := strings.TrimPrefix(strings.TrimPrefix(a.name, "struct "), "union ")
	return gen.Camel(strings.TrimSuffix(name, "_t"))
}

// bitNumbers writes the number of each bit field of a structure, counted as the compiler for little-endian machines
// does: from the lowest bit of the first byte on.
func bitNumbers(b *strings.Builder, db *abi.DB, archs []string, of gen.Line) error {
	name := of.Words[1]
	t, ok := db.Type("struct " + name)
	if !ok {
		return of.Errorf("struct %s: not among the facts", name)
	}
	fmt.Fprintf(b, "// The bits of struct %s of %s, from the first one that is allocated.\nconst (\n", name, t.Header)
	bits := 0
	for _, a := range archs {
		if t.On[a] == nil || !slices.EqualFunc(t.On[a].Fields, t.On[archs[0]].Fields, sameField) {
			return of.Errorf("struct %s: differs between %s and %s", name, archs[0], a)
		}
	}
	for _, f := range t.On[archs[0]].Fields {
		if f.Bits > 0 {
			bits++
			fmt.Fprintf(b, "%s = %d\n", gen.Camel(name+"_"+f.Name), f.Offset)
		}
	}
	if b.WriteString(")\n\n"); bits == 0 {
		return of.Errorf("struct %s has no bit fields", name)
	}
	return nil
}

func sameField(a, b abi.Field) bool {
	return a.Name == b.Name && a.Offset == b.Offset && a.Bits == b.Bits
}

func structures(db *abi.DB, archs []string, list []wanted, arrays []array, bits []gen.Line) ([]byte, error) {
	var b strings.Builder
	b.WriteString("import \"encoding/binary\"\n\n")
	var errs []error
	known := map[string]bool{}
	for _, w := range list {
		known[w.name] = true
	}
	for _, l := range bits {
		errs = append(errs, bitNumbers(&b, db, archs, l))
	}
	for _, a := range arrays {
		fmt.Fprintf(&b, "// %s is %s.\ntype %s [%d]byte\n\n", a.goName(), a.name, a.goName(), a.size)
	}
	named := func(expr string) (string, layout.Kind, bool) {
		for _, a := range arrays {
			if a.name == expr {
				return a.goName(), layout.Bytes, true
			}
		}
		tag, ok := strings.CutPrefix(expr, "struct ")
		return gen.Camel(tag), layout.Nested, ok && known[tag]
	}
	for _, w := range list {
		s, err := layout.Portable(db, archs, w.name, layout.Options{Tail: w.tail, Not: w.not, Head: w.head, Flat: w.flat,
			Type: named})
		if err != nil {
			errs = append(errs, w.line.Errorf("struct %s: %w", w.name, err))
			continue
		}
		s.Strip()
		write(&b, s, w.not)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return gen.File("", "uapi", b.String())
}

func write(b *strings.Builder, s *layout.Struct, not string) {
	name := gen.Camel(s.Name)
	fmt.Fprintf(b, "// %s is struct %s of %s.\n", name, s.Name, s.Header)
	if not != "" {
		fmt.Fprintf(b, "// A kernel built for %s has another layout, which this type does not have there either.\n", not)
	}
	fmt.Fprintf(b, "type %s struct {\n", name)
	for _, f := range s.Fields {
		if f.Name == "" {
			continue
		}
		comment := ""
		if f.Big {
			comment = " // big-endian on the wire"
		}
		fmt.Fprintf(b, "%s %s%s\n", f.Name, f.GoType(), comment)
	}
	fmt.Fprintf(b, "}\n\n// Sizeof%s is the size of struct %s in bytes.\nconst Sizeof%s = %d\n\n", name, s.Name, name,
		s.Size)

	codec := layout.Codec{DecodeName: "Decode", PutName: "Put"}
	fmt.Fprintf(b, "// Decode reads m from b. What a short b lacks is zero, what a long b has more is ignored.\n")
	fmt.Fprintf(b, "func (m *%s) Decode(b []byte) {\nif len(b) < %d {\nvar whole [%d]byte\ncopy(whole[:], b)\nb = "+
		"whole[:]\n}\n", name, s.Size, s.Size)
	for i := range s.Fields {
		codec.Decode(b, &s.Fields[i])
	}
	fmt.Fprintf(b, "}\n\n// Put writes m to the first %d bytes of b, padding zeroed. It panics if b is shorter.\n",
		s.Size)
	fmt.Fprintf(b, "func (m *%s) Put(b []byte) {\nclear(b[:%d])\n", name, s.Size)
	for i := range s.Fields {
		codec.Encode(b, &s.Fields[i])
	}
	b.WriteString("}\n\n")
}
