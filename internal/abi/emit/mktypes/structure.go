package mktypes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
)

// place is a field of the Go type.
type place struct {
	name   string
	offset int64
	goType
}

func (p place) end() int64 { return p.offset + p.size }

// structure returns the text of a Go structure with a C layout, and its size.
func (g *generator) structure(w *wanted, l *abi.Layout) (string, int64, error) {
	changed, err := g.changes(w, l)
	if err != nil {
		return "", 0, err
	}
	places := slices.Clone(changed)
	strip := prefix(flatten(l.Fields, 0))
	for _, f := range flatten(l.Fields, 0) {
		if f.Bits > 0 {
			continue // the packer fills the bytes that bit fields are in
		}
		t, err := g.resolve(f.Type)
		if err != nil {
			return "", 0, fmt.Errorf("field %s: %w", f.Name, err)
		}
		p := place{fieldName(strings.TrimPrefix(f.Name, strip)), f.Offset, t}
		if t.size == 0 {
			continue // a flexible array
		}
		over := slices.ContainsFunc(changed, func(c place) bool { return c.offset < p.end() && c.end() > p.offset })
		if over && p.name != "_" && !covers(changed, p) {
			return "", 0, fmt.Errorf("field %s is only in part another one", f.Name)
		}
		if !over {
			places = append(places, p)
		}
	}
	slices.SortStableFunc(places, func(a, b place) int { return int(a.offset - b.offset) })
	p := &packer{}
	p.out.WriteString("struct {\n")
	names := map[string]bool{}
	for _, f := range places {
		if f.name != "_" && names[f.name] {
			return "", 0, fmt.Errorf("two fields are called %s", f.name)
		}
		names[f.name] = true
		if err := p.field(f); err != nil {
			return "", 0, err
		}
	}
	size := l.Size
	if p.at > size {
		size = (p.at + p.align - 1) / p.align * p.align
	}
	err = p.end(size)
	return p.out.String() + "}", size, err
}

// covers reports whether fields have all of the bytes of another one.
func covers(fields []place, p place) bool {
	covered := int64(0)
	for _, c := range fields {
		covered += max(0, min(c.end(), p.end())-max(c.offset, p.offset))
	}
	return covered == p.size
}

// changes returns the fields that the list gives to a type.
func (g *generator) changes(w *wanted, l *abi.Layout) ([]place, error) {
	var out []place
	for _, c := range w.fields {
		if c.on != nil && !slices.Contains(c.on, g.arch.Name) {
			continue
		}
		key := strings.Join(c.fields, "+")
		start, size, err := g.span(c.fields, l)
		if err != nil {
			return nil, err
		}
		at := start
		for _, p := range c.parts {
			typ := p.typ
			t := goType{}
			switch {
			case typ != "":
				t, err = g.goType(typ)
			case len(c.parts) == 1 && len(c.fields) == 1 && size > 0:
				f, _, _ := find(l.Fields, c.fields[0], 0)
				t, err = g.resolve(f.Type)
			default:
				err = fmt.Errorf("of what type is %s?", p.name)
			}
			if err != nil {
				return nil, fmt.Errorf("field %s: %w", key, err)
			}
			out = append(out, place{p.name, at, t})
			at += t.size
		}
		if size > 0 && at != start+size {
			return nil, fmt.Errorf("%s is not a %s", key, typesOf(c.parts))
		}
	}
	return out, nil
}

func typesOf(parts []part) string {
	var out []string
	for _, p := range parts {
		out = append(out, p.typ)
	}
	return strings.Join(out, ",")
}

// span returns where the named fields are, from the first one to the last one's end. What has no size in C, an
// offset or an array without length, may have any.
func (g *generator) span(names []string, l *abi.Layout) (start, size int64, err error) {
	if n, err := strconv.ParseInt(names[0], 0, 64); err == nil && len(names) == 1 {
		return n, 0, nil
	}
	end := int64(0)
	for i, name := range names {
		f, offset, ok := find(l.Fields, name, 0)
		if !ok {
			return 0, 0, fmt.Errorf("it has no field %q", name)
		}
		t, err := g.resolve(f.Type)
		if err != nil {
			return 0, 0, err
		}
		if i == 0 {
			start = offset
		}
		end = offset + t.size
	}
	return start, end - start, nil
}

// find returns the field of a name and its offset; as in C, also those of structures and unions without a name.
func find(fields []abi.Field, name string, base int64) (abi.Field, int64, bool) {
	for _, f := range fields {
		if f.Bits == 0 && f.Name == name {
			return f, base + f.Offset, true
		}
		if _, _, ok := abi.Anonymous(f.Type); ok && f.Name == "" {
			if found, offset, ok := find(f.Members, name, base+f.Offset); ok {
				return found, offset, ok
			}
		}
	}
	return abi.Field{}, 0, false
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

// packer writes fields with the padding that puts each where C has it.
type packer struct {
	out   strings.Builder
	at    int64
	align int64
}

func (p *packer) field(f place) error {
	p.pad(f.offset)
	if p.at != f.offset || f.offset%max(f.align, 1) != 0 {
		return fmt.Errorf("%s %s at offset %d is out of Go's alignment", f.name, f.goType.name, f.offset)
	}
	fmt.Fprintf(&p.out, "%s %s\n", f.name, f.goType.name)
	p.at += f.size
	p.align = max(p.align, f.align)
	return nil
}

func (p *packer) pad(to int64) {
	if p.at < to {
		fmt.Fprintf(&p.out, "_ [%d]byte\n", to-p.at)
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

// prefix is what all names that have an underscore have before it: what Go leaves out, unless two fields then have the
// same name.
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
	names := map[string]bool{}
	for _, f := range fields {
		name := strings.TrimPrefix(f.Name, out)
		if name != "" && names[name] {
			return ""
		}
		names[name] = true
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
