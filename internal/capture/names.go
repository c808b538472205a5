package capture

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"kern.sys/internal/uapi"
)

// Names are the names of attributes, by which captures are annotated. They are read from the source of this package's
// tables, where each layout stands behind the name of its attribute.
type Names struct {
	vars         map[string]ast.Expr
	numbers      map[string]uint16 // constants of uapi
	kinds, ports map[string]*node
	link         *node
}

// node has the names of the attributes of a nest, and of those below.
type node struct {
	header string // the structure before the attributes
	names  map[uint16]string
	below  map[uint16]*node
}

// ReadNames reads the names from the source tree of the module.
func ReadNames(root string) (*Names, error) {
	n := &Names{vars: map[string]ast.Expr{}, numbers: map[string]uint16{}, kinds: map[string]*node{},
		ports: map[string]*node{}}
	if err := n.readConstants(filepath.Join(root, "internal", "uapi")); err != nil {
		return nil, err
	}
	if err := n.readVariables(filepath.Join(root, "internal", "capture")); err != nil {
		return nil, err
	}
	n.link = n.node(&ast.Ident{Name: "link"})
	for table, into := range map[string]map[string]*node{"kinds": n.kinds, "ports": n.ports} {
		lit, ok := n.vars[table].(*ast.CompositeLit)
		if !ok {
			return nil, fmt.Errorf("no table %q in internal/capture", table)
		}
		for _, e := range lit.Elts {
			kv := e.(*ast.KeyValueExpr)
			kind, err := strconv.Unquote(kv.Key.(*ast.BasicLit).Value)
			if err != nil {
				return nil, err
			}
			into[kind] = n.node(kv.Value)
		}
	}
	return n, nil
}

var constant = regexp.MustCompile(`(?m)^\s+([A-Z]\w+)\s*=\s*(0x[0-9a-f]+|[0-9]+)\s`)

func (n *Names) readConstants(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "z*.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, m := range constant.FindAllSubmatch(b, -1) {
			// Numbers of more bits are no attributes.
			if v, err := strconv.ParseUint(string(m[2]), 0, 16); err == nil {
				n.numbers[string(m[1])] = uint16(v)
			}
		}
	}
	return nil
}

func (n *Names) readVariables(dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		for _, d := range f.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				if s := spec.(*ast.ValueSpec); len(s.Names) == 1 && len(s.Values) == 1 {
					n.vars[s.Names[0].Name] = s.Values[0]
				}
			}
		}
	}
	return nil
}

// node reads the names of a layout from an expression, nil where that has none.
func (n *Names) node(e ast.Expr) *node {
	switch e := e.(type) {
	case *ast.Ident:
		if v := n.vars[e.Name]; v != nil {
			return n.node(v)
		}
	case *ast.CallExpr: // with(a, b)
		if f, ok := e.Fun.(*ast.Ident); ok && f.Name == "with" {
			return n.node(e.Args[0]).with(n.node(e.Args[1]))
		}
	case *ast.CompositeLit:
		switch typ, _ := e.Type.(*ast.Ident); {
		case typ == nil:
		case typ.Name == "attrs":
			return n.attrs(e)
		case typ.Name == "headed":
			below := n.node(e.Elts[1])
			if below == nil {
				return nil
			}
			header := ""
			if id, ok := e.Elts[0].(*ast.Ident); ok && id.Name == "linkHeader" {
				header = "struct ifinfomsg"
			}
			return &node{header, below.names, below.below}
		}
	}
	return nil
}

func (n *Names) attrs(lit *ast.CompositeLit) *node {
	at := &node{names: map[uint16]string{}, below: map[uint16]*node{}}
	for _, e := range lit.Elts {
		kv := e.(*ast.KeyValueExpr)
		sel, ok := kv.Key.(*ast.SelectorExpr)
		if !ok {
			continue
		}
		typ := n.numbers[sel.Sel.Name]
		at.names[typ], at.below[typ] = sel.Sel.Name, n.node(kv.Value)
	}
	return at
}

func (at *node) with(other *node) *node {
	both := &node{at.header, map[uint16]string{}, map[uint16]*node{}}
	for _, from := range []*node{at, other} {
		for typ, name := range from.names {
			both.names[typ], both.below[typ] = name, from.below[typ]
		}
	}
	return both
}

// name is that of an attribute, or its number.
func (at *node) name(typ uint16) string {
	if at != nil && at.names[typ] != "" {
		return at.names[typ]
	}
	return strconv.Itoa(int(typ))
}

func (at *node) inside(typ uint16) *node {
	if at == nil {
		return nil
	}
	return at.below[typ]
}

// Annotate writes captured bytes, in hexadecimal, as lines that begin with a tab: one for each attribute, with its
// name.
func (n *Names) Annotate(l layout, at *node, digits string) (string, error) {
	b, err := bytesOf(digits)
	if err != nil {
		return "", err
	}
	if _, err := turn(l, b, bigEndian); err != nil {
		return "", err
	}
	var out strings.Builder
	n.write(&out, l, at, b, "\t", nil)
	return out.String(), nil
}

// AnnotateLink does so with a message about a link.
func (n *Names) AnnotateLink(digits string) (string, error) {
	at := &node{"struct ifinfomsg", n.link.names, n.link.below}
	return n.Annotate(headed{linkHeader, link}, at, digits)
}

func (n *Names) write(out *strings.Builder, l layout, at *node, b []byte, indent string, beside []byte) {
	switch l := l.(type) {
	case attrs:
		n.writeAttrs(out, l, at, b, indent)
	case headed:
		size := min(l.header.size(), len(b))
		header := ""
		if at != nil {
			header = at.header
		}
		writeValue(out, indent, l.header, b[:size], header)
		n.write(out, l.rest, at, b[size:], indent, beside)
	case linkData:
		kind := kindBeside(beside, l.nameIn)
		at := n.kinds[kind]
		if l.port {
			at = n.ports[kind]
		}
		n.write(out, dataOf(kind, l.port), at, b, indent, nil)
	}
}

func (n *Names) writeAttrs(out *strings.Builder, l attrs, at *node, b []byte, indent string) {
	for rest := b; len(rest) >= uapi.SizeofNlattr; {
		size := int(binary.LittleEndian.Uint16(rest))
		typ := binary.LittleEndian.Uint16(rest[2:]) &^ (uapi.NLA_F_NESTED | uapi.NLA_F_NET_BYTEORDER)
		end := min((size+3)&^3, len(rest))
		header := hex.EncodeToString(rest[:uapi.SizeofNlattr])
		switch inner := l[typ].(type) {
		case numbers:
			writeValue(out, indent+header+" ", inner, rest[uapi.SizeofNlattr:end], at.name(typ))
		default:
			fmt.Fprintf(out, "%s%s // %s\n", indent, header, at.name(typ))
			n.write(out, inner, at.inside(typ), rest[uapi.SizeofNlattr:end], indent+"\t", b)
		}
		rest = rest[end:]
	}
}

func kindBeside(beside []byte, typ uint16) string {
	return strings.TrimRight(string(piece{beside: beside}.attrBeside(typ)), "\x00")
}

// writeValue writes a value with spaces between its numbers; padding stands with the last of them. Long ones take
// several lines.
func writeValue(out *strings.Builder, begin string, l numbers, b []byte, name string) {
	indent := begin[:len(begin)-len(strings.TrimLeft(begin, "\t"))]
	line, comment := begin, ""
	if name != "" {
		comment = " // " + name
	}
	for i, part := range parts(l, b) {
		text := hex.EncodeToString(part)
		for len(line)+len(text) > width {
			cut := max(width-len(line), 0) &^ 1
			if i > 0 && len(text) <= width {
				cut = 0
			}
			out.WriteString(strings.TrimRight(line+text[:cut], " ") + comment + "\n")
			line, text, comment = indent, text[cut:], ""
		}
		line += text + " "
	}
	out.WriteString(strings.TrimRight(line, " ") + comment + "\n")
}

// parts are the numbers of a value.
func parts(l numbers, b []byte) (all [][]byte) {
	text, repeated := strings.CutSuffix(string(l), "...")
	words := strings.Fields(text)
	for len(b) > 0 {
		for _, word := range words {
			size, _ := sizeOf(word)
			if size == rest || size > len(b) {
				size = len(b)
			}
			if size > 0 {
				all = append(all, b[:size])
			}
			b = b[size:]
		}
		if !repeated {
			break
		}
	}
	if len(b) == 0 {
		return all
	}
	if len(all) == 0 {
		return [][]byte{b}
	}
	last := all[len(all)-1]
	all[len(all)-1] = append(append([]byte{}, last...), b...)
	return all
}
