// Package mknl makes the generated files of kern.sys/netlink/nl: constants and wire structures of the kernel, by the
// names of the library that the package stands in for.
package mknl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/layout"
)

// Generate returns the package's files. The list has these lines:
//
//	const HEADER NAME…       constants; GONAME=NAME is one that has another name in Go
//	typed TYPE HEADER NAME…  the same, of a type
//	be16 HEADER NAME…        constants in network byte order: they become plain numbers
//	sizeof NAME TYPE         the size of a C type, "struct:TAG" or that of a typedef
//	array NAME TYPE          an array of bytes with the size of a C type, and its size
//	struct NAME TAG WORD…    a structure
//
// The words of a structure are:
//
//	sizeof, sizeof=NAME   a constant has its size
//	FIELD=NAME            a field of C that has another name in Go
//	FIELD=NAME:byte       the same, of type byte and not uint8
//	FIELD=+               a field of C that is embedded in Go
//	NAME@OFFSET:TYPE      padding that has a name in Go
//	NAME:TYPE             a field that is not on the wire, or for which there is code written by hand
//	head=NAME             a structure of the list, whose fields are the first ones, is embedded
//	unix=NAME             a structure of package unix, which has all fields, is embedded
//	keep                  the names in C keep their prefix
//	not=ARCH              the layout is that of all architectures but one
//	without=NAME,…        there is code written by hand for Len, Serialize or Deserialize, or none
func Generate(db *abi.DB, archs []abi.Arch, list []gen.Line) (map[string][]byte, error) {
	g := generator{db: db, archs: archs}
	g.seen, g.types, g.byName = map[string]string{}, map[string]named{}, map[string]*structure{}
	var errs []error
	for _, l := range list {
		if err := g.line(l); err != nil {
			errs = append(errs, l.Errorf("%w", err))
		}
	}
	for _, s := range g.structs {
		if err := g.layout(s); err != nil {
			errs = append(errs, s.line.Errorf("struct %s: %w", s.name, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	files := map[string]string{
		"zconst.go":            g.constants(),
		"ztypes.go":            g.structures(false),
		"ztypes_linux.go":      g.structures(true),
		"ztypes_linux_test.go": g.tests(),
	}
	out := map[string][]byte{}
	for name, body := range files {
		var err error
		if out[name], err = gen.File("", "nl", body); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return out, nil
}

type generator struct {
	db      *abi.DB
	archs   []abi.Arch
	seen    map[string]string // where each name in Go stands
	types   map[string]named  // by their names in C
	byName  map[string]*structure
	blocks  []block
	arrays  []array
	structs []*structure
}

// named is a type of the list.
type named struct {
	name string
	kind layout.Kind
}

// block is the constants of one line.
type block struct {
	head  string
	decls []string
}

type array struct {
	name, ctype string
	size        int64
}

func (g *generator) line(l gen.Line) error {
	switch w := l.Words; {
	case w[0] == "const" && len(w) > 2:
		return g.consts(l, "", w[1], w[2:], gen.AsIs)
	case w[0] == "typed" && len(w) > 3:
		return g.consts(l, w[1]+" ", w[2], w[3:], gen.AsIs)
	case w[0] == "be16" && len(w) > 2:
		return g.consts(l, "", w[1], w[2:], gen.FromNetwork16)
	case w[0] == "sizeof" && len(w) == 3:
		size, err := g.size(w[2])
		if err == nil {
			err = g.declare(l, w[1])
		}
		head := "// " + w[1] + " is the size of " + strings.ReplaceAll(w[2], ":", " ") + " in bytes."
		g.blocks = append(g.blocks, block{head, []string{fmt.Sprintf("%s = %#x", w[1], size)}})
		return err
	case w[0] == "array" && len(w) == 3:
		size, err := g.size(w[2])
		g.arrays = append(g.arrays, array{w[1], w[2], size})
		g.types[w[2]] = named{w[1], layout.Bytes}
		return errors.Join(err, g.declare(l, w[1]))
	case w[0] == "struct" && len(w) > 2:
		s, err := parse(l)
		if err != nil {
			return err
		}
		g.structs = append(g.structs, s)
		g.byName[s.name] = s
		if _, ok := g.types["struct "+s.tag]; !ok {
			g.types["struct "+s.tag] = named{s.name, layout.Nested}
		}
		return g.declare(l, s.name)
	}
	const words = `"const", "typed", "be16", "sizeof", "array" or "struct"`
	return fmt.Errorf("want %s, not %q", words, strings.Join(l.Words, " "))
}

// declare takes note of a name in Go.
func (g *generator) declare(l gen.Line, name string) error {
	if !gen.Exported(name) {
		return fmt.Errorf("%s is no exported name", name)
	}
	if where, ok := g.seen[name]; ok {
		return fmt.Errorf("%s is there in %s", name, where)
	}
	g.seen[name] = l.Where
	return nil
}

// size returns the size of a C type, which has to be the same everywhere.
func (g *generator) size(ctype string) (int64, error) {
	var size int64
	for i, a := range g.archs {
		n, ok := layout.Size(g.db, a.Name, strings.ReplaceAll(ctype, ":", " "))
		switch {
		case !ok:
			return 0, fmt.Errorf("%s: not among the facts on %s", ctype, a.Name)
		case i == 0:
			size = n
		case n != size:
			return 0, fmt.Errorf("%s has %d bytes on %s and %d on %s", ctype, size, g.archs[0].Name, n, a.Name)
		}
	}
	return size, nil
}

// sight makes the number that Go has of one in C.
type sight = func(abi.Arch, string) (string, error)

// consts adds the constants of one line.
func (g *generator) consts(l gen.Line, typ, header string, names []string, see sight) error {
	b := block{head: "// Constants of " + header + "."}
	var errs []error
	for _, name := range names {
		goName, cname, renamed := strings.Cut(name, "=")
		if !renamed {
			cname = goName
		}
		value, err := g.value(cname, header, see)
		if err == nil {
			err = g.declare(l, goName)
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		decl := fmt.Sprintf("%s %s= %s", goName, typ, value)
		if renamed {
			decl += " // " + cname
		}
		b.decls = append(b.decls, decl)
	}
	if n := len(g.blocks); n > 0 && g.blocks[n-1].head == b.head {
		g.blocks[n-1].decls = append(g.blocks[n-1].decls, b.decls...)
	} else {
		g.blocks = append(g.blocks, b)
	}
	return errors.Join(errs...)
}

// value returns what a constant of a header is on every architecture.
func (g *generator) value(name, header string, see sight) (string, error) {
	all := g.db.Const(name)
	i := slices.IndexFunc(all, func(v *abi.Value) bool { return v.Header == header })
	if i < 0 {
		return "", fmt.Errorf("%s has no %s", header, name)
	}
	v := all[i]
	first, err := gen.Portable(name, g.archs, v.On, see)
	if err != nil {
		return "", err
	}
	return gen.Literal(v.Kind, first)
}

func (g *generator) constants() string {
	var b strings.Builder
	for _, c := range g.blocks {
		if len(c.decls) == 1 {
			fmt.Fprintf(&b, "%s\nconst %s\n\n", c.head, c.decls[0])
			continue
		}
		fmt.Fprintf(&b, "%s\nconst (\n", c.head)
		for _, d := range c.decls {
			b.WriteString("\t" + d + "\n")
		}
		b.WriteString(")\n\n")
	}
	return b.String()
}
