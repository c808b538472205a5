package mktypes

import (
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strings"

	"kern.sys/internal/abi/emit/gen"
)

// wanted is one line of the list.
type wanted struct {
	name   string
	ctypes []ctype
	as     string // the architecture whose layout it has everywhere
	bytes  bool   // it is an array of bytes in Go
	only   []string
	fields []change
	line   gen.Line
}

// ctype is a C type that a Go one is made from: a type expression.
type ctype struct {
	expr string
	on   []string // architectures; nil for all that no other one names
}

// change is what fields are in Go, if that does not follow from their names and types in C.
type change struct {
	fields []string // C names, or one offset
	parts  []part
	on     []string // architectures; nil for all
}

type part struct{ name, typ string }

func parse(l gen.Line) (*wanted, error) {
	if len(l.Words) < 2 {
		return nil, errors.New("want a Go type and a C type")
	}
	w := &wanted{name: l.Words[0], line: l}
	if !token.IsIdentifier(w.name) && !strings.HasPrefix(w.name, "[") {
		return nil, fmt.Errorf("%q is no name of a Go type", w.name)
	}
	seen := map[string]bool{}
	for i, word := range l.Words[1:] {
		key, value, ok := strings.Cut(word, "=")
		if seen[key] {
			return nil, fmt.Errorf("%s is there twice", key)
		}
		seen[key] = true
		switch {
		case !ok && word == "bytes":
			w.bytes = true
		case !ok && (i == 0 || strings.Contains(word, "@")):
			types, on := at(word)
			for c := range strings.SplitSeq(types, ",") {
				w.ctypes = append(w.ctypes, ctype{strings.ReplaceAll(c, ":", " "), on})
			}
		case !ok || value == "":
			return nil, fmt.Errorf("want FIELD=GONAME, not %q", word)
		case key == "only":
			w.only = strings.Split(value, ",")
		case key == "as":
			w.as = value
		default:
			c := change{}
			key, c.on = at(key)
			c.fields = strings.Split(key, "+")
			for p := range strings.SplitSeq(value, ",") {
				name, typ, _ := strings.Cut(p, ":")
				if !token.IsIdentifier(name) {
					return nil, fmt.Errorf("%q is no name of a field", name)
				}
				c.parts = append(c.parts, part{name, typ})
			}
			w.fields = append(w.fields, c)
		}
	}
	if w.bytes && w.fields != nil {
		return nil, errors.New("an array of bytes has no fields")
	}
	return w, nil
}

// at splits "WORD@ARCH,ARCH".
func at(word string) (string, []string) {
	word, archs, ok := strings.Cut(word, "@")
	if !ok {
		return word, nil
	}
	return word, strings.Split(archs, ",")
}

// has reports whether an architecture has the Go type.
func (w *wanted) has(arch string) bool { return w.only == nil || slices.Contains(w.only, arch) }

// from returns the C types that it is made from on an architecture: those that name it, else those for all.
func (w *wanted) from(arch string) []string {
	var own, general []string
	for _, c := range w.ctypes {
		if c.on == nil {
			general = append(general, c.expr)
		} else if slices.Contains(c.on, arch) {
			own = append(own, c.expr)
		}
	}
	if own != nil {
		return own
	}
	return general
}

// archs returns every architecture that the line names.
func (w *wanted) archs() []string {
	all := slices.Clone(w.only)
	if w.as != "" {
		all = append(all, w.as)
	}
	for _, c := range w.ctypes {
		all = append(all, c.on...)
	}
	for _, c := range w.fields {
		all = append(all, c.on...)
	}
	return all
}
