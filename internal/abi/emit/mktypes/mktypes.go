// Package mktypes makes the structures of package unix: unix/ztypes_SYSTEM.go has those that are the same on
// all architectures, unix/ztypes_SYSTEM_GOARCH.go the rest. A Go type has the memory layout of the C one.
package mktypes

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// Generate returns the files. The list has lines "NAME TYPE[,TYPE...] [TYPE@ARCH,...] [OPTION...]": a Go type, the C
// type it is made from ("struct:nlmsghdr", "union:tag", a typedef or a base type) and others of the same size that
// fields of it stand for; TYPE@ARCH is what these architectures have instead. Options are
//
//	only=ARCH,...                 the architectures that have it
//	as=ARCH                       it has the layout of that architecture everywhere
//	bytes                         it is an array of bytes in Go
//	FIELD=GONAME                  another name for a field; _ hides it
//	FIELD=GONAME:GOTYPE           and another type of the same size
//	FIELD+FIELD=GONAME:GOTYPE,... other fields for adjacent ones
//	OFFSET=GONAME:GOTYPE          a field for padding, bit fields or what an array without length holds
//	KEY@ARCH,...=...              the same, on these architectures only
//
// TYPE "opaque:N" is a structure of N bytes that is not among the facts: all of its fields are given by their offsets.
// A GOTYPE may be a number, a type of the list, "char" or "long" (as they are in C), or an array or pointer of these.
// A NAME as "[4]byte" declares nothing: fields of those C types have that Go type. A NAME that starts with
// Sizeof declares that size alone. A structure has its size in a constant too.
func Generate(db *abi.DB, s abi.System, list []gen.Line) (map[string][]byte, error) {
	archs := s.Archs
	ws, err := parseAll(archs, list)
	if err != nil {
		return nil, err
	}
	decls := make([]gen.Decl, len(ws))
	var errs []error
	failed := map[string]bool{}
	for _, a := range archs {
		g := &generator{db: db, system: s, arch: a, wanted: map[string]*wanted{}, names: map[string]string{}}
		for _, w := range ws {
			if w.has(a.Name) {
				g.add(w)
			}
		}
		for i, w := range ws {
			if decls[i].On == nil {
				decls[i] = gen.Decl{Key: w.name, On: map[string]string{}}
			}
			if !w.has(a.Name) || failed[w.name] {
				continue
			}
			text, err := g.declare(w)
			if err != nil {
				failed[w.name] = true
				errs = append(errs, w.line.Errorf("type %s on %s: %w", w.name, a.Name, err))
			}
			decls[i].On[a.Name] = text
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	decls = slices.DeleteFunc(decls, func(d gen.Decl) bool { return strings.HasPrefix(d.Key, "[") })
	return write(s, decls)
}

func parseAll(archs []abi.Arch, list []gen.Line) ([]*wanted, error) {
	var ws []*wanted
	for _, l := range list {
		w, err := parse(l)
		if err != nil {
			return nil, l.Errorf("%w", err)
		}
		if slices.ContainsFunc(ws, func(o *wanted) bool { return o.name == w.name }) {
			return nil, l.Errorf("type %s is there twice", w.name)
		}
		for _, a := range w.archs() {
			if !slices.Contains(abi.ArchNames(archs), a) {
				return nil, l.Errorf("unknown architecture %q", a)
			}
		}
		ws = append(ws, w)
	}
	return ws, nil
}

func write(s abi.System, decls []gen.Decl) (map[string][]byte, error) {
	archs := abi.ArchNames(s.Archs)
	common, rest := gen.Hoist(archs, decls)
	files := map[string][]byte{}
	write := func(fileOf, arch string, decls []gen.Decl) error {
		if len(decls) == 0 {
			return nil
		}
		var b strings.Builder
		for _, d := range decls {
			b.WriteString(d.On[arch])
		}
		name, constraint := gen.FileName("ztypes", s, fileOf)
		file, err := gen.File(constraint, "unix", b.String())
		files[name] = file
		return err
	}
	if err := write("", archs[0], common); err != nil {
		return nil, err
	}
	for _, a := range archs {
		if err := write(a, a, rest[a]); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// generator declares types for one architecture.
type generator struct {
	db     *abi.DB
	system abi.System
	arch   abi.Arch
	wanted map[string]*wanted // by Go type
	names  map[string]string  // C type to Go type
	host   int                // the word of the architecture that is built for, where arch is another one's layout
}

func (g *generator) add(w *wanted) {
	g.wanted[w.name] = w
	if w.as != "" || strings.HasPrefix(w.name, sizeofPrefix) {
		return
	}
	for _, c := range w.from(g.arch.Name) {
		if _, err := g.number(c); err == nil {
			continue // fields are plain numbers
		}
		// The first Go type made from a C type is the one that fields of it have.
		if g.names[c] == "" {
			g.names[c] = w.name
		}
	}
}

const sizeofPrefix = "Sizeof"

// declare returns the declaration of a type and of the constant with its size.
func (g *generator) declare(w *wanted) (string, error) {
	if w.as != "" {
		other := *g
		other.names, other.host = map[string]string{}, g.arch.Word
		for _, a := range g.system.Archs {
			if a.Name == w.as {
				other.arch = a
			}
		}
		copied := *w
		copied.as = ""
		return other.declare(&copied)
	}
	exprs := w.from(g.arch.Name)
	if len(exprs) == 0 {
		return "", errors.New("it has no C type there")
	}
	expr := exprs[0]
	if strings.HasPrefix(w.name, sizeofPrefix) {
		t, err := g.resolve(expr)
		return fmt.Sprintf("// %s is the size of %s in bytes.\nconst %s = %#x\n\n", w.name, expr, w.name, t.size), err
	}
	if base, err := g.number(expr); err == nil {
		return fmt.Sprintf("// %s is %s.\ntype %s %s\n\n", w.name, expr, w.name, base.name), nil
	}
	l, header, err := g.layout(expr)
	if err != nil {
		return "", err
	}
	for _, c := range exprs[1:] {
		o, _, err := g.layout(c)
		if err != nil {
			return "", err
		}
		if o.Size != l.Size {
			return "", fmt.Errorf("%s is not of its size", c)
		}
	}
	if strings.HasPrefix(w.name, "[") {
		if t, err := g.goType(w.name); err != nil || t.size != l.Size {
			return "", fmt.Errorf("%s has %d bytes", expr, l.Size)
		}
		return "", nil
	}
	size, body := l.Size, fmt.Sprintf("[%d]byte", l.Size)
	if !w.bytes {
		if body, size, err = g.structure(w, l); err != nil {
			return "", err
		}
	}
	sizeof := sizeofPrefix + w.name
	if strings.HasPrefix(w.name, "RawSockaddr") {
		sizeof = sizeofPrefix + strings.TrimPrefix(w.name, "Raw")
	}
	return fmt.Sprintf("// %s is %s of %s.\ntype %s %s\n\n// %s is its size in bytes.\nconst %s = %#x\n\n",
		w.name, expr, header, w.name, body, sizeof, sizeof, size), nil
}
