package mknl

import (
	"fmt"
	"slices"
	"strings"

	"kern.sys/internal/abi/emit/layout"
)

var codec = layout.Codec{DecodeName: "decode", PutName: "put", Native: true}

// structures returns the types that have one of package unix, or the others.
func (g *generator) structures(unix bool) string {
	var b strings.Builder
	imports := []string{"encoding/binary"}
	if unix {
		imports = append(imports, "", "kern.sys/unix")
	}
	b.WriteString("import (\n")
	for _, path := range imports {
		if path != "" {
			path = fmt.Sprintf("%q", path)
		}
		b.WriteString(path + "\n")
	}
	b.WriteString(")\n\n")
	if !unix {
		for _, a := range g.arrays {
			fmt.Fprintf(&b, "// Sizeof%[1]s is the size of %[2]s in bytes.\nconst Sizeof%[1]s = %#[3]x\n\n"+
				"// %[1]s is %[2]s, as it is on the wire.\ntype %[1]s [Sizeof%[1]s]byte\n\n", a.name, a.ctype, a.size)
		}
	}
	for _, s := range g.structs {
		if unix == (s.unix != "") {
			s.write(&b)
		}
	}
	return b.String()
}

func (s *structure) write(b *strings.Builder) {
	if s.sizeof != "" {
		fmt.Fprintf(b, "// %[1]s is the size of struct %[2]s in bytes.\nconst %[1]s = %#[3]x\n\n",
			s.sizeof, s.tag, s.wire.Size)
	}
	fmt.Fprintf(b, "// %s is struct %s of %s.\n", s.name, s.tag, s.wire.Header)
	if s.not != "" {
		fmt.Fprintf(b, "// A kernel built for %s has another layout, which this type does not have there either.\n",
			s.not)
	}
	fmt.Fprintf(b, "type %s struct {\n", s.name)
	if s.unix != "" {
		fmt.Fprintf(b, "unix.%s\n", s.unix)
	} else {
		for i := range s.wire.Fields {
			s.field(b, &s.wire.Fields[i])
		}
	}
	for _, f := range s.more {
		b.WriteString(f + "\n")
	}
	b.WriteString("}\n\n")
	s.methods(b)
}

func (s *structure) field(b *strings.Builder, f *layout.Field) {
	switch {
	case f.Name == "":
	case s.embedded[f.CName]:
		b.WriteString(f.Type + "\n")
	case f.Big:
		fmt.Fprintf(b, "%s %s // in network byte order\n", f.Name, f.GoType())
	default:
		fmt.Fprintf(b, "%s %s\n", f.Name, f.GoType())
	}
}

func (s *structure) methods(b *strings.Builder) {
	has := func(method string) bool { return !slices.Contains(s.without, method) }
	size := s.wire.Size
	if has("Len") {
		fmt.Fprintf(b, "// Len returns the structure's length in bytes.\n"+
			"func (m *%s) Len() int { return %d }\n\n", s.name, size)
	}
	if has("Serialize") {
		fmt.Fprintf(b, "// Serialize returns the structure as the kernel takes it.\n"+
			"func (m *%s) Serialize() []byte {\nb := make([]byte, %d)\nm.put(b)\nreturn b\n}\n\n", s.name, size)
	}
	if has("Deserialize") {
		fmt.Fprintf(b, "// Deserialize%[1]s reads the structure that b begins with; what a short b lacks is zero.\n"+
			"func Deserialize%[1]s(b []byte) *%[1]s {\nm := new(%[1]s)\nm.decode(b)\nreturn m\n}\n\n", s.name)
	}
	fmt.Fprintf(b, "func (m *%s) decode(b []byte) {\n"+
		"if len(b) < %[2]d {\nvar whole [%[2]d]byte\ncopy(whole[:], b)\nb = whole[:]\n}\n", s.name, size)
	for i := range s.wire.Fields {
		codec.Decode(b, &s.wire.Fields[i])
	}
	fmt.Fprintf(b, "}\n\nfunc (m *%s) put(b []byte) {\n_ = b[%d]\n", s.name, size-1)
	for i := range s.wire.Fields {
		codec.Encode(b, &s.wire.Fields[i])
	}
	b.WriteString("}\n\n")
}

// tests lists what the package's tests go through.
func (g *generator) tests() string {
	var b strings.Builder
	b.WriteString("// structures has one of each structure, and its size on the wire.\n" +
		"var structures = []struct {\nname string\nsize int\nstructure\n}{\n")
	for _, s := range g.structs {
		fmt.Fprintf(&b, "{%q, %d, new(%s)},\n", s.name, s.wire.Size, s.name)
	}
	b.WriteString("}\n\n// deserializers has the functions that are generated.\n" +
		"var deserializers = map[string]func([]byte) any{\n")
	for _, s := range g.structs {
		if !slices.Contains(s.without, "Deserialize") {
			fmt.Fprintf(&b, "\"Deserialize%[1]s\": func(b []byte) any { return Deserialize%[1]s(b) },\n", s.name)
		}
	}
	b.WriteString("}\n")
	return b.String()
}
