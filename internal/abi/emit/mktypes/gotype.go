package mktypes

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
)

// goType is a type in Go: its name, and its size and alignment there.
type goType struct {
	name        string
	size, align int64
}

// numbers are Go's types of a fixed size; the widest alignment that Go has is that of a word.
var numbers = map[string]int64{
	"byte": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "float32": 4, "int64": 8,
	"uint64": 8, "float64": 8,
}

// signedChar are the architectures of Linux whose char, unsigned in C, Go programs know as an int8. On other systems
// they know it so everywhere.
var signedChar = []string{"arm64", "s390x"}

// widest returns the alignment of the widest numbers in Go, on the architecture that is built for.
func (g *generator) widest() int64 {
	if g.host != 0 {
		return int64(g.host)
	}
	return int64(g.arch.Word)
}

// goType returns a type that the list names.
func (g *generator) goType(text string) (goType, error) {
	word := int64(g.arch.Word)
	if rest, ok := strings.CutPrefix(text, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		t, err := g.goType(elem)
		if err != nil {
			return goType{}, err
		}
		return array(n, t)
	}
	if elem, ok := strings.CutPrefix(text, "*"); ok {
		t, err := g.goType(elem)
		return goType{"*" + t.name, word, word}, err
	}
	if size := numbers[text]; size > 0 {
		return goType{text, size, min(size, g.widest())}, nil
	}
	switch text {
	case "int", "uint", "uintptr":
		return goType{text, word, word}, nil
	case "char", "long", "ulong":
		return g.number(strings.Replace(text, "ulong", "unsigned long", 1))
	}
	if w := g.wanted[text]; w != nil {
		return g.declared(w, w.from(g.arch.Name)[0])
	}
	return goType{}, fmt.Errorf("%s is no type", text)
}

func array(n string, elem goType) (goType, error) {
	count, err := strconv.ParseUint(n, 10, 31)
	return goType{"[" + n + "]" + elem.name, int64(count) * elem.size, elem.align}, err
}

// declared returns a type of the list where fields have it, for the C type that they are in C.
func (g *generator) declared(w *wanted, expr string) (goType, error) {
	l, _, err := g.layout(expr)
	if err != nil {
		if t, err := g.number(expr); err == nil {
			return goType{w.name, t.size, t.align}, nil
		}
		return goType{}, err
	}
	if w.bytes {
		return goType{w.name, l.Size, 1}, nil
	}
	align, err := g.align(w, l)
	return goType{w.name, l.Size, align}, err
}

// align returns the alignment that Go gives to a structure.
func (g *generator) align(w *wanted, l *abi.Layout) (int64, error) {
	changed, err := g.changes(w, l)
	if err != nil {
		return 0, err
	}
	align := int64(1)
	for _, c := range changed {
		align = max(align, c.align)
	}
	for _, f := range flatten(l.Fields, 0) {
		if f.Bits > 0 {
			continue
		}
		t, err := g.resolve(f.Type)
		if err != nil {
			return 0, err
		}
		end := f.Offset + t.size
		replaced := false
		for _, c := range changed {
			replaced = replaced || c.offset < end && c.end() > f.Offset
		}
		if !replaced {
			align = max(align, t.align)
		}
	}
	return align, nil
}

// opaque starts a C type of a size alone, for what is not among the facts.
const opaque = "opaque "

// layout returns the layout of a structure or union, and the header it is of.
func (g *generator) layout(expr string) (*abi.Layout, string, error) {
	if text, ok := strings.CutPrefix(expr, opaque); ok {
		size, err := strconv.ParseUint(text, 10, 31)
		return &abi.Layout{Size: int64(size)}, "golang.org/x/sys/unix, where the headers have it no more or another one", err
	}
	header := ""
	for range 10 {
		t, ok := g.db.Type(expr)
		if !ok || t.On[g.arch.Name] == nil {
			return nil, "", fmt.Errorf("%s is not among the facts", expr)
		}
		if header == "" {
			header = t.Header
		}
		l := t.On[g.arch.Name]
		switch t.Kind {
		case abi.Struct, abi.Union:
			return l, header, nil
		case abi.Typedef:
		default:
			return nil, "", fmt.Errorf("%s is no structure", expr)
		}
		if _, size, ok := abi.Anonymous(l.Target); ok {
			return &abi.Layout{Size: size, Fields: l.Fields}, header, nil
		}
		expr = l.Target
	}
	return nil, "", fmt.Errorf("%s has no end", expr)
}

// number returns what a C number is in Go.
func (g *generator) number(expr string) (goType, error) {
	for range 10 {
		t, ok := g.db.Type(expr)
		if !ok || t.On[g.arch.Name] == nil {
			return goType{}, fmt.Errorf("%s is not among the facts", expr)
		}
		l := t.On[g.arch.Name]
		switch t.Kind {
		case abi.Typedef:
			expr = l.Target
			continue
		case abi.Enum, abi.Base:
			if expr == "char" && (g.system.Name != "linux" || slices.Contains(signedChar, g.arch.Name)) {
				return goType{"int8", 1, 1}, nil
			}
			name := map[string]string{"signed": "int", "unsigned": "uint", "float": "float"}[l.Encoding] +
				strconv.FormatInt(8*l.Size, 10)
			if numbers[name] == l.Size {
				return goType{name, l.Size, min(l.Size, g.widest())}, nil
			}
		}
		break
	}
	return goType{}, fmt.Errorf("%s is no number that Go has", expr)
}

// resolve returns what a type expression is in Go; of size 0 for a flexible array.
func (g *generator) resolve(expr string) (goType, error) {
	word := int64(g.arch.Word)
	if rest, ok := strings.CutPrefix(expr, "["); ok {
		n, elem, _ := strings.Cut(rest, "]")
		if n == "" {
			return goType{}, nil
		}
		t, err := g.resolve(elem)
		if err != nil {
			return goType{}, err
		}
		return array(n, t)
	}
	if elem, ok := strings.CutPrefix(expr, "*"); ok {
		return goType{g.pointer(elem), word, word}, nil
	}
	if _, size, ok := abi.Anonymous(expr); ok {
		return bytes(size), nil
	}
	if name := g.names[expr]; strings.HasPrefix(name, "[") {
		return g.goType(name)
	} else if name != "" {
		return g.declared(g.wanted[name], expr)
	}
	t, ok := g.db.Type(expr)
	if !ok || t.On[g.arch.Name] == nil {
		return goType{}, fmt.Errorf("type %s is not among the facts", expr)
	}
	l := t.On[g.arch.Name]
	switch t.Kind {
	case abi.Typedef:
		if _, _, ok := abi.Anonymous(l.Target); ok && abi.Kind(l.Target[:6]) == abi.Struct {
			return goType{}, fmt.Errorf("%s is not in the list", t.Name)
		}
		return g.resolve(l.Target)
	case abi.Union:
		return bytes(l.Size), nil
	case abi.Struct:
		return goType{}, fmt.Errorf("struct %s is not in the list", t.Name)
	}
	return g.number(expr)
}

// pointer returns what a pointer to a C type is in Go: *byte, if there is no Go type for what it points to.
func (g *generator) pointer(elem string) string {
	if elem == "func" {
		return "uintptr"
	}
	// The layout of a structure is of no interest, and may hold this very pointer.
	for range 10 {
		if name := g.names[elem]; name != "" {
			return "*" + name
		}
		t, ok := g.db.Type(elem)
		if !ok || t.Kind != abi.Typedef || t.On[g.arch.Name] == nil {
			break
		}
		elem = t.On[g.arch.Name].Target
	}
	if t, ok := g.db.Type(elem); ok && t.Kind == abi.Base {
		if number, err := g.number(elem); err == nil {
			return "*" + number.name
		}
	}
	return "*byte"
}

// bytes is what a union, or a structure without a name, is in Go. What is around it keeps it in its place.
func bytes(size int64) goType { return goType{fmt.Sprintf("[%d]byte", size), size, 1} }
