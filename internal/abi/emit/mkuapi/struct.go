package mkuapi

import (
	"errors"
	"fmt"
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
	line gen.Line
}

// array is a type that is kept as its bytes.
type array struct {
	name string
	size int64
}

func (a array) goName() string {
	return gen.Camel(strings.TrimSuffix(strings.TrimPrefix(a.name, "struct "), "_t"))
}

func structures(db *abi.DB, archs []string, list []wanted, arrays []array) ([]byte, error) {
	var b strings.Builder
	b.WriteString("import \"encoding/binary\"\n\n")
	var errs []error
	known := map[string]bool{}
	for _, w := range list {
		known[w.name] = true
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
		s, err := layout.Portable(db, archs, w.name, layout.Options{Tail: w.tail, Not: w.not, Head: w.head, Type: named})
		if err != nil {
			errs = append(errs, w.line.Errorf("struct %s: %w", w.name, err))
			continue
		}
		s.Strip()
		write(&b, s, w.not)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
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
