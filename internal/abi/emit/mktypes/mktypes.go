// Package mktypes makes the structures of package unix: unix/ztypes_linux.go has those that are the same on
// all architectures, unix/ztypes_linux_GOARCH.go the rest. A Go type has the memory layout of the C one.
package mktypes

import (
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// Generate returns the files. The list has lines "NAME TYPE[,TYPE...] [FIELD=GONAME...] [only=ARCH,...]": a Go
// type, the C type it is made from ("struct:nlmsghdr", "union:tag", or a typedef) and others of the same size
// that fields of it stand for. FIELD=_ hides a field, FIELD=GONAME:GOTYPE gives it a Go type of the same size.
// A NAME as "[4]byte" declares nothing: fields of those C types have that Go type.
func Generate(db *abi.DB, archs []abi.Arch, list []gen.Line) (map[string][]byte, error) {
	g := &generator{db: db, names: map[string]string{}}
	var ws []wanted
	for _, l := range list {
		w, err := parse(l)
		if err != nil {
			return nil, l.Errorf("%w", err)
		}
		if slices.ContainsFunc(ws, func(o wanted) bool { return o.name == w.name }) {
			return nil, l.Errorf("type %s is there twice", w.name)
		}
		for _, c := range w.ctypes {
			// The first Go type made from a C type is the one that fields of it have.
			if g.names[c] == "" {
				g.names[c] = w.name
			}
		}
		ws = append(ws, *w)
	}
	names := abi.ArchNames(archs)
	var decls []gen.Decl
	var errs []error
	for _, w := range ws {
		d := gen.Decl{Key: w.name, On: map[string]string{}}
		for _, a := range archs {
			if w.only != nil && !slices.Contains(w.only, a.Name) {
				continue
			}
			text, err := g.declare(a, w)
			if err != nil {
				errs = append(errs, w.line.Errorf("type %s on %s: %w", w.name, a.Name, err))
				break
			}
			d.On[a.Name] = text
		}
		if token.IsIdentifier(w.name) {
			decls = append(decls, d)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	common, rest := gen.Hoist(names, decls)
	files := map[string][]byte{}
	write := func(name, constraint, arch string, decls []gen.Decl) error {
		if len(decls) == 0 {
			return nil
		}
		var b strings.Builder
		for _, d := range decls {
			b.WriteString(d.On[arch])
		}
		file, err := gen.File(constraint, "unix", b.String())
		files[name] = file
		return err
	}
	if err := write("ztypes_linux.go", "linux", names[0], common); err != nil {
		return nil, err
	}
	for _, a := range names {
		if err := write("ztypes_linux_"+a+".go", a+" && linux", a, rest[a]); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// wanted is one line of the list.
type wanted struct {
	name   string
	ctypes []string // type expressions; the first has the fields
	fields map[string]rename
	only   []string
	line   gen.Line
}

type rename struct{ name, typ string }

func parse(l gen.Line) (*wanted, error) {
	if len(l.Words) < 2 {
		return nil, errors.New("want a Go type and a C type")
	}
	w := &wanted{name: l.Words[0], fields: map[string]rename{}, line: l}
	for c := range strings.SplitSeq(l.Words[1], ",") {
		w.ctypes = append(w.ctypes, strings.Replace(c, ":", " ", 1))
	}
	for _, o := range l.Words[2:] {
		k, v, ok := strings.Cut(o, "=")
		switch {
		case !ok || v == "":
			return nil, fmt.Errorf("want FIELD=GONAME, not %q", o)
		case k == "only":
			w.only = strings.Split(v, ",")
		default:
			name, typ, _ := strings.Cut(v, ":")
			w.fields[k] = rename{name, typ}
		}
	}
	return w, nil
}

type generator struct {
	db    *abi.DB
	names map[string]string // C type to Go type
}

// declare returns the declaration of a type and of the constant with its size.
func (g *generator) declare(a abi.Arch, w wanted) (string, error) {
	ctype := w.ctypes[0]
	l, header, err := g.layout(a, ctype)
	if err != nil {
		return "", err
	}
	for _, c := range w.ctypes[1:] {
		if o, _, err := g.layout(a, c); err != nil || o.Size != l.Size {
			return "", fmt.Errorf("%s is not of its size: %w", c, err)
		}
	}
	if n, elem, ok := strings.Cut(strings.TrimPrefix(w.name, "["), "]"); ok {
		if elem != "byte" || n != strconv.FormatInt(l.Size, 10) {
			return "", fmt.Errorf("%s has %d bytes", ctype, l.Size)
		}
		return "", nil
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// %s is %s of %s.\ntype %s struct {\n", w.name, ctype, header, w.name)
	fields := flatten(l.Fields, 0)
	strip := prefix(fields)
	used := map[string]bool{}
	p := &packer{out: &b}
	for _, f := range fields {
		if f.Bits > 0 {
			continue // the packer fills the bytes that bit fields are in
		}
		t, err := g.resolve(a, f.Type)
		if err != nil {
			return "", fmt.Errorf("field %s: %w", f.Name, err)
		}
		name := fieldName(strings.TrimPrefix(f.Name, strip))
		if r, ok := w.fields[f.Name]; ok {
			used[f.Name] = true
			name = r.name
			if r.typ != "" {
				if sizeof(r.typ) != t.size {
					return "", fmt.Errorf("%s is not a %s", f.Name, r.typ)
				}
				t.name = r.typ
			}
		}
		if t.size == 0 {
			continue // a flexible array
		}
		if err := p.field(name, f.Offset, t); err != nil {
			return "", err
		}
	}
	for name := range w.fields {
		if !used[name] {
			return "", fmt.Errorf("it has no field %q", name)
		}
	}
	if err := p.end(l.Size); err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "}\n\n// Sizeof%s is the size of %s in bytes.\nconst Sizeof%s = %#x\n\n", w.name, ctype, w.name, l.Size)
	return b.String(), nil
}

// flatten puts the members of structures without a name or a type in their place: C accesses them so.
func flatten(fields []abi.Field, base int64) []abi.Field {
	var out []abi.Field
	for _, f := range fields {
		if kind, _, ok := abi.Anonymous(f.Type); ok && kind == abi.Struct && f.Name == "" {
			out = append(out, flatten(f.Members, base+f.Offset)...)
			continue
		}
		if f.Bits > 0 {
			f.Offset += 8 * base
		} else {
			f.Offset += base
		}
		out = append(out, f)
	}
	return out
}

func (g *generator) layout(a abi.Arch, expr string) (*abi.Layout, string, error) {
	header := ""
	for range 10 {
		t, ok := g.db.Type(expr)
		if !ok || t.On[a.Name] == nil {
			return nil, "", fmt.Errorf("%s is not among the facts", expr)
		}
		if header == "" {
			header = t.Header
		}
		l := t.On[a.Name]
		if t.Kind != abi.Typedef {
			return l, header, nil
		}
		if _, size, ok := abi.Anonymous(l.Target); ok {
			return &abi.Layout{Size: size, Fields: l.Fields}, header, nil
		}
		expr = l.Target
	}
	return nil, "", fmt.Errorf("%s has no end", expr)
}

// goType is a type in Go: its name, and its size and alignment there.
type goType struct {
	name        string
	size, align int64
}

// resolve returns what a type expression is in Go; of size 0 for a flexible array.
func (g *generator) resolve(a abi.Arch, expr string) (goType, error) {
	word := int64(a.Word)
	if rest, ok := strings.CutPrefix(expr, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		if n == "" {
			return goType{}, nil
		}
		count, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return goType{}, err
		}
		t, err := g.resolve(a, elem)
		return goType{"[" + n + "]" + t.name, count * t.size, t.align}, err
	}
	if elem, ok := strings.CutPrefix(expr, "*"); ok {
		return goType{g.pointer(a, elem), word, word}, nil
	}
	if _, size, ok := abi.Anonymous(expr); ok {
		return bytes(size), nil
	}
	if name := g.names[expr]; strings.HasPrefix(name, "[") {
		l, _, err := g.layout(a, expr)
		if err != nil {
			return goType{}, err
		}
		return goType{name, l.Size, 1}, nil
	} else if name != "" {
		l, _, err := g.layout(a, expr)
		if err != nil {
			return goType{}, err
		}
		align, err := g.align(a, l.Fields)
		return goType{name, l.Size, align}, err
	}
	t, ok := g.db.Type(expr)
	if !ok || t.On[a.Name] == nil {
		return goType{}, fmt.Errorf("type %s is not among the facts", expr)
	}
	l := t.On[a.Name]
	switch t.Kind {
	case abi.Typedef:
		return g.resolve(a, l.Target)
	case abi.Union:
		return bytes(l.Size), nil
	case abi.Struct:
		return goType{}, fmt.Errorf("struct %s is not in the list", t.Name)
	case abi.Enum, abi.Base:
		name := map[string]string{"signed": "int", "unsigned": "uint"}[l.Encoding]
		if name == "" || l.Size > 8 {
			return goType{}, fmt.Errorf("type %s is not understood", expr)
		}
		// The widest alignment that Go has is that of a word.
		return goType{name + strconv.FormatInt(8*l.Size, 10), l.Size, min(l.Size, word)}, nil
	}
	return goType{}, fmt.Errorf("%s %s is not understood", t.Kind, t.Name)
}

// pointer returns what a pointer to a C type is in Go: *byte, if there is no Go type for what it points to.
func (g *generator) pointer(a abi.Arch, elem string) string {
	if elem == "func" {
		return "uintptr"
	}
	// The layout of a structure is of no interest, and may hold this very pointer.
	for {
		if name := g.names[elem]; name != "" {
			return "*" + name
		}
		t, ok := g.db.Type(elem)
		if !ok || t.Kind != abi.Typedef || t.On[a.Name] == nil {
			break
		}
		elem = t.On[a.Name].Target
	}
	if t, ok := g.db.Type(elem); ok && t.Kind == abi.Base {
		if number, err := g.resolve(a, elem); err == nil {
			return "*" + number.name
		}
	}
	return "*byte"
}

// sizeof returns the size of a number, or an array of numbers, in Go; -1 if it is no such type.
func sizeof(typ string) int64 {
	if n, elem, ok := strings.Cut(strings.TrimPrefix(typ, "["), "]"); ok {
		count, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			return -1
		}
		return count * sizeof(elem)
	}
	switch typ {
	case "byte", "int8", "uint8":
		return 1
	case "int16", "uint16":
		return 2
	case "int32", "uint32":
		return 4
	case "int64", "uint64":
		return 8
	}
	return -1
}

// bytes is what a union, or a structure without a name, is in Go. What is around it keeps it in its place.
func bytes(size int64) goType { return goType{fmt.Sprintf("[%d]byte", size), size, 1} }

func (g *generator) align(a abi.Arch, fields []abi.Field) (int64, error) {
	align := int64(1)
	for _, f := range flatten(fields, 0) {
		if f.Bits > 0 {
			continue
		}
		t, err := g.resolve(a, f.Type)
		if err != nil {
			return 0, err
		}
		align = max(align, t.align)
	}
	return align, nil
}

// packer writes fields with the padding that puts each where C has it.
type packer struct {
	out   *strings.Builder
	at    int64
	align int64
}

func (p *packer) field(name string, offset int64, t goType) error {
	p.pad(offset)
	if p.at != offset || offset%max(t.align, 1) != 0 {
		return fmt.Errorf("%s %s at offset %d is out of Go's alignment", name, t.name, offset)
	}
	fmt.Fprintf(p.out, "%s %s\n", name, t.name)
	p.at += t.size
	p.align = max(p.align, t.align)
	return nil
}

func (p *packer) pad(to int64) {
	if p.at < to {
		fmt.Fprintf(p.out, "_ [%d]byte\n", to-p.at)
		p.at = to
	}
}

func (p *packer) end(size int64) error {
	p.pad(size)
	if p.at != size || size%max(p.align, 1) != 0 {
		return fmt.Errorf("%d bytes in Go, %d in C", p.at, size)
	}
	return nil
}

// prefix is what all names that have an underscore have before it: what Go leaves out.
func prefix(fields []abi.Field) string {
	out := ""
	for _, f := range fields {
		p, _, ok := strings.Cut(f.Name, "_")
		if !ok || p == "" {
			continue
		}
		if out != "" && out != p+"_" {
			return ""
		}
		out = p + "_"
	}
	return out
}

// fieldName makes a C name one that is exported.
func fieldName(s string) string {
	if s == "" || s[0] == '_' {
		return "_"
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
