// Package mkuapi makes the package kern.sys/internal/uapi: constants and wire structures that are the same on
// every architecture, so that code which only reads and writes messages builds everywhere.
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

// Generate returns the package's files. The list has these lines:
//
//	const HEADER [REGEXP] [!REGEXP]   constants
//	be16 HEADER [REGEXP] [!REGEXP]    constants in network byte order: they become plain numbers
//	struct NAME [tail]                a structure; tail accepts that some architectures pad its end
//	struct NAME not ARCH              the same, with the layout of all architectures but one
//	struct NAME head                  what a structure has before its first anonymous member
//	struct NAME flat                  a structure with the members of its anonymous ones as its own
//	bits NAME                         the numbers of a structure's bit fields
//	array TYPE                        a type that is kept as its bytes, such as a union of addresses
func Generate(db *abi.DB, archs []abi.Arch, list []gen.Line) (map[string][]byte, error) {
	consts := map[string][]gen.Line{}
	var structs []wanted
	var arrays []array
	var bits []gen.Line
	for _, l := range list {
		switch w := l.Words; {
		case (w[0] == "const" || w[0] == "be16") && len(w) > 1:
			consts[w[0]] = append(consts[w[0]], gen.Line{Words: w[1:], Where: l.Where})
		case w[0] == "struct" && len(w) > 1:
			s := wanted{name: w[1], line: l}
			switch {
			case len(w) == 3 && w[2] == "tail":
				s.tail = true
			case len(w) == 4 && w[2] == "not":
				s.not = w[3]
			case len(w) == 3 && w[2] == "head":
				s.head = true
			case len(w) == 3 && w[2] == "flat":
				s.flat = true
			case len(w) > 2:
				return nil, l.Errorf("unexpected %q", w[2:])
			}
			if slices.ContainsFunc(structs, func(o wanted) bool { return o.name == s.name }) {
				return nil, l.Errorf("struct %s is there twice", s.name)
			}
			structs = append(structs, s)
		case w[0] == "bits" && len(w) == 2:
			bits = append(bits, l)
		case w[0] == "array" && len(w) > 1:
			typ := strings.Join(w[1:], " ") // "struct iphdr" has two words
			size, ok := layout.Size(db, archs[0].Name, typ)
			if !ok {
				return nil, l.Errorf("%s: not among the facts", typ)
			}
			arrays = append(arrays, array{typ, size})
		default:
			return nil, l.Errorf(`want "const", "be16", "struct", "bits" or "array", not %q`, strings.Join(w, " "))
		}
	}
	zconst, errc := constants(db, archs, consts["const"], consts["be16"])
	zstruct, errs := structures(db, abi.ArchNames(archs), structs, arrays, bits)
	ztest, errt := allMessages(structs)
	if err := errors.Join(errc, errs, errt); err != nil {
		return nil, err
	}
	return map[string][]byte{"zconst.go": zconst, "zstruct.go": zstruct, "zstruct_test.go": ztest}, nil
}

// allMessages lists the structures for the package's tests.
func allMessages(structs []wanted) ([]byte, error) {
	var b strings.Builder
	b.WriteString("// messages has one of each structure, and its size.\nvar messages = []struct {\nmessage\nsize " +
		"int\n}{\n")
	for _, s := range structs {
		name := gen.Camel(s.name)
		fmt.Fprintf(&b, "{new(%s), Sizeof%s},\n", name, name)
	}
	b.WriteString("}\n")
	return gen.File("", "uapi", b.String())
}

func constants(db *abi.DB, archs []abi.Arch, plain, be16 []gen.Line) ([]byte, error) {
	var b strings.Builder
	seen := map[string]string{}
	errp := writeConsts(&b, "// Constants of the kernel's headers, by their names there.\nconst",
		db, archs, plain, seen, gen.AsIs)
	errb := writeConsts(&b, "// Constants that the kernel's headers have in network byte order: here they are plain "+
		"numbers,\n"+
		"// to be written big-endian.\nconst", db, archs, be16, seen, gen.FromNetwork16)
	if err := errors.Join(errp, errb); err != nil {
		return nil, err
	}
	return gen.File("", "uapi", b.String())
}

// writeConsts writes the selected constants, as see makes them, behind head. seen has where those are that were
// written before.
func writeConsts(b *strings.Builder, head string, db *abi.DB, archs []abi.Arch, lines []gen.Line,
	seen map[string]string, see func(abi.Arch, string) (string, error)) error {
	selected, err := gen.Select(db, lines)
	if err != nil {
		return err
	}
	var decls []gen.Decl
	var errs []error
	for _, c := range selected {
		if other, ok := seen[c.Name]; ok {
			errs = append(errs, fmt.Errorf("%s: constant %s is there in %s", c.Where, c.Name, other))
		}
		seen[c.Name] = c.Where
		first, err := gen.Portable(c.Name, archs, c.On, see)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.Where, err))
			continue
		}
		lit, err := gen.Literal(c.Kind, first)
		if err != nil {
			errs = append(errs, fmt.Errorf("constant %s: %w", c.Name, err))
		}
		decls = append(decls, gen.Decl{Key: c.Name, On: map[string]string{archs[0].Name: c.Name + " = " + lit}})
	}
	gen.Block(b, head, archs[0].Name, decls)
	return errors.Join(errs...)
}
