package mknl

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/layout"
)

// structure is one that the list asks for, and what came of it.
type structure struct {
	name, tag string
	line      gen.Line

	sizeof   string // a constant
	names    map[string]string
	embedded map[string]bool
	pads     []layout.Field
	more     []string // fields in Go only
	head     string
	unix     string
	keep     bool
	not      string
	without  []string
	wire     *layout.Struct
}

// methods are those that a structure has unless the list leaves them out.
var methods = []string{"Len", "Serialize", "Deserialize"}

func parse(l gen.Line) (*structure, error) {
	s := &structure{name: l.Words[1], tag: l.Words[2], line: l}
	s.names, s.embedded = map[string]string{}, map[string]bool{}
	for _, w := range l.Words[3:] {
		key, value, assigned := strings.Cut(w, "=")
		name, typ, typed := strings.Cut(w, ":")
		switch {
		case key == "sizeof" && assigned:
			s.sizeof = value
		case key == "sizeof":
			s.sizeof = "Sizeof" + s.name
		case key == "head" && assigned:
			s.head = value
		case key == "unix" && assigned:
			s.unix = value
		case key == "not" && assigned:
			s.not = value
		case w == "keep":
			s.keep = true
		case key == "without" && assigned:
			s.without = strings.Split(value, ",")
			for _, m := range s.without {
				if !slices.Contains(methods, m) {
					return nil, fmt.Errorf("%s is none of %s", m, strings.Join(methods, ", "))
				}
			}
		case assigned && value == "+":
			s.embedded[key] = true
		case assigned:
			s.names[key] = value
		case typed && strings.Contains(name, "@"):
			pad, err := padding(name, typ)
			if err != nil {
				return nil, err
			}
			s.pads = append(s.pads, pad)
		case typed:
			s.more = append(s.more, name+" "+typ)
		default:
			return nil, fmt.Errorf("%q is not understood", w)
		}
	}
	return s, nil
}

// padding returns a field of type byte, [N]byte or uint32.
func padding(nameAt, typ string) (layout.Field, error) {
	name, at, _ := strings.Cut(nameAt, "@")
	offset, err := strconv.ParseInt(at, 10, 64)
	f := layout.Field{CName: "__" + name, Name: name, Offset: offset, Size: 1, Type: typ}
	if n, elem, ok := strings.Cut(strings.TrimPrefix(typ, "["), "]"); ok {
		f.Type = elem
		f.Count, err = strconv.ParseInt(n, 10, 64)
	}
	switch {
	case f.Type == "uint32":
		f.Size = 4
	case f.Type != "byte" && f.Type != "uint8":
		err = fmt.Errorf("padding of type %s", typ)
	}
	return f, err
}

// layout finds out what s is on the wire.
func (g *generator) layout(s *structure) error {
	options := layout.Options{Tail: true, Not: s.not, Type: g.typeOf}
	wire, err := layout.Portable(g.db, abi.ArchNames(g.archs), s.tag, options)
	if err != nil {
		return err
	}
	if s.keep {
		for i := range wire.Fields {
			if f := &wire.Fields[i]; !layout.Padding(f.CName) {
				f.Name = gen.Camel(f.CName)
			}
		}
	} else {
		wire.Strip()
	}
	s.wire = wire
	if s.head != "" {
		if err := g.embedHead(s); err != nil {
			return err
		}
	}
	var errs []error
	for cname, name := range s.names {
		errs = append(errs, s.rename(cname, name))
	}
	for cname := range s.embedded {
		i := s.index(cname)
		if i < 0 || wire.Fields[i].Kind != layout.Nested {
			errs = append(errs, fmt.Errorf("field %s is no structure", cname))
			continue
		}
		wire.Fields[i].Name = wire.Fields[i].Type
	}
	for _, pad := range s.pads {
		errs = append(errs, s.pad(pad))
	}
	if s.sizeof != "" {
		errs = append(errs, g.declare(s.line, s.sizeof))
	}
	if s.unix != "" {
		for i := range wire.Fields { // a method may have the name of a field
			if f := &wire.Fields[i]; f.Name != "" {
				f.Name = s.unix + "." + f.Name
			}
		}
	}
	return errors.Join(errs...)
}

func (g *generator) typeOf(expr string) (string, layout.Kind, bool) {
	n, ok := g.types[expr]
	return n.name, n.kind, ok
}

func (s *structure) index(cname string) int {
	return slices.IndexFunc(s.wire.Fields, func(f layout.Field) bool { return f.CName == cname })
}

func (s *structure) rename(cname, name string) error {
	i := s.index(cname)
	if i < 0 {
		return fmt.Errorf("no field %s", cname)
	}
	f := &s.wire.Fields[i]
	name, typ, typed := strings.Cut(name, ":")
	switch {
	case typed && (typ != "byte" || f.Type != "uint8"):
		return fmt.Errorf("field %s is a %s, not a %s", cname, f.Type, typ)
	case typed:
		f.Type = typ
	case f.Name == name:
		return fmt.Errorf("field %s has the name %s already", cname, name)
	}
	f.Name = name
	return nil
}

// pad adds padding with a name, where nothing else is.
func (s *structure) pad(pad layout.Field) error {
	end := pad.Offset + pad.Size*max(pad.Count, 1)
	at := len(s.wire.Fields)
	for i, f := range slices.Backward(s.wire.Fields) {
		if f.Offset >= end {
			at = i
		}
		if f.Name != "" && f.Offset < end && f.Offset+f.Size*max(f.Count, 1) > pad.Offset {
			return fmt.Errorf("padding %s: field %s is there", pad.Name, f.CName)
		}
	}
	if end > s.wire.Size {
		return fmt.Errorf("padding %s: the structure has %d bytes", pad.Name, s.wire.Size)
	}
	s.wire.Fields = slices.Insert(s.wire.Fields, at, pad)
	return nil
}

// embedHead puts a structure in place of the first fields, which have to be its own.
func (g *generator) embedHead(s *structure) error {
	h := g.byName[s.head]
	if h == nil || h.wire == nil {
		return fmt.Errorf("%s is not in the list before it", s.head)
	}
	n := len(h.wire.Fields)
	if len(s.wire.Fields) < n {
		return fmt.Errorf("does not begin like %s", s.head)
	}
	for i, f := range h.wire.Fields {
		own := s.wire.Fields[i]
		if own.CName != f.CName || own.Offset != f.Offset || own.Size != f.Size || own.Count != f.Count {
			return fmt.Errorf("does not begin like %s", s.head)
		}
	}
	head := layout.Field{CName: h.tag, Name: h.name, Size: h.wire.Size, Type: h.name, Kind: layout.Nested}
	s.wire.Fields = slices.Insert(slices.Clone(s.wire.Fields[n:]), 0, head)
	s.embedded[h.tag] = true
	return nil
}
