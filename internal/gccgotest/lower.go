package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// lowering writes a package without what gccgo's Go 1.18 lacks, of which it knows what package unix uses: the compiler
// is about the rest.
type lowering struct {
	*unit
	generic map[types.Object]*ast.FuncDecl
	names   map[string]string // of functions that are added, by what they are for
	added   []string
}

// prelude begins the file of what is added. The collector of gccgo moves nothing: what is to be pinned need but be
// held.
const prelude = `package unix

import (
	"syscall"
	"unsafe"
)

var _ syscall.Errno
var _ unsafe.Pointer

type loweredPinner struct{ held []interface{} }

func (p *loweredPinner) Pin(x interface{}) { p.held = append(p.held, x) }
func (p *loweredPinner) Unpin()            { p.held = nil }
`

// writeLowered writes the package's files to a folder, and returns their names.
func writeLowered(u *unit, dir string) ([]string, error) {
	l := &lowering{unit: u, generic: map[types.Object]*ast.FuncDecl{}, names: map[string]string{}}
	for _, f := range u.files {
		replaceNodes(f, l.node)
	}
	for _, f := range u.files {
		l.takeGenerics(f)
	}
	var names []string
	write := func(name, text string) error {
		names = append(names, filepath.Join(dir, name))
		return os.WriteFile(names[len(names)-1], []byte(text), 0o666)
	}
	for i, f := range u.files {
		l.instantiate(f)
		dropImports(f)
		if err := write(u.from.GoFiles[i], l.print(f)); err != nil {
			return nil, err
		}
	}
	return names, write("lowered.go", prelude+"\n"+strings.Join(l.added, "\n\n")+"\n")
}

// node returns what stands in for a node of which all below has been replaced.
func (l *lowering) node(n ast.Node) ast.Node {
	switch n := n.(type) {
	case *ast.CallExpr:
		return l.call(n)
	case *ast.RangeStmt:
		return l.count(n)
	case *ast.SelectorExpr:
		switch obj := l.info.Uses[n.Sel]; {
		case obj == nil || obj.Pkg() == nil:
		case obj.Pkg().Path() == "runtime" && obj.Name() == "Pinner":
			return &ast.Ident{Name: "loweredPinner", NamePos: n.Pos()}
		case obj.Pkg().Path() == "encoding/binary" && obj.Name() == "NativeEndian":
			n.Sel.Name = "BigEndian" // as both architectures are
		}
	case *ast.IndexExpr:
		if id, isIdent := n.X.(*ast.Ident); isIdent && l.info.Instances[id].TypeArgs != nil {
			return id
		}
	case *ast.IndexListExpr:
		if l.info.Types[n].IsType() { // iter.Seq2
			return expr(l.typ(l.info.TypeOf(n).Underlying()))
		}
	}
	return n
}

// call replaces functions of the language, and conversions of slices to arrays.
func (l *lowering) call(call *ast.CallExpr) ast.Node {
	if tv := l.info.Types[call.Fun]; tv.IsType() && len(call.Args) == 1 {
		_, toArray := tv.Type.Underlying().(*types.Array)
		if _, fromSlice := l.info.TypeOf(call.Args[0]).Underlying().(*types.Slice); toArray && fromSlice {
			call.Fun = &ast.ParenExpr{X: &ast.StarExpr{X: call.Fun}}
			return &ast.StarExpr{Star: call.Pos(), X: call}
		}
		return call
	}
	var id *ast.Ident
	switch f := call.Fun.(type) {
	case *ast.Ident:
		id = f
	case *ast.SelectorExpr:
		id = f.Sel
	}
	if b, isBuiltin := l.info.Uses[id].(*types.Builtin); isBuiltin && l.info.Types[call].Value == nil {
		if name := l.builtin(call, b.Name()); name != "" {
			call.Fun = &ast.Ident{Name: name, NamePos: call.Pos()}
		}
	}
	return call
}

// builtin returns the name of a function that does what one of the language does for the types of a call, "" for
// those of old.
func (l *lowering) builtin(call *ast.CallExpr, name string) string {
	if !slices.Contains([]string{"min", "max", "clear", "SliceData", "StringData"}, name) {
		return ""
	}
	t := l.info.TypeOf(call.Args[0])
	elem := ""
	if s, isSlice := t.Underlying().(*types.Slice); isSlice {
		elem = l.typ(s.Elem())
	}
	var text string
	switch {
	case name == "min" && len(call.Args) == 2:
		elem = l.typ(l.info.TypeOf(call))
		text = "func NAME(a, b ELEM) ELEM { if b < a { return b }; return a }"
	case name == "max" && len(call.Args) == 2:
		elem = l.typ(l.info.TypeOf(call))
		text = "func NAME(a, b ELEM) ELEM { if b > a { return b }; return a }"
	case name == "clear" && elem != "":
		text = "func NAME(s []ELEM) { var zero ELEM; for i := range s { s[i] = zero } }"
	case name == "SliceData":
		text = "func NAME(s []ELEM) *ELEM { if cap(s) == 0 { return nil }; return &s[:1][0] }"
	case name == "StringData":
		text = "func NAME(s string) *byte { return *(**byte)(unsafe.Pointer(&s)) }"
	default:
		return ""
	}
	added, isNew := l.nameFor(name, elem)
	if isNew {
		l.added = append(l.added, strings.NewReplacer("NAME", added, "ELEM", elem).Replace(text))
	}
	return added
}

// count replaces a loop over a number by one that counts.
func (l *lowering) count(n *ast.RangeStmt) ast.Node {
	t := l.info.TypeOf(n.X)
	if b, isBasic := t.Underlying().(*types.Basic); !isBasic || b.Info()&types.IsInteger == 0 {
		return n
	}
	i, end := expr("loweredI"), expr("loweredEnd")
	number := expr(l.typ(types.Default(t)))
	if n.Key != nil {
		own := &ast.AssignStmt{Lhs: []ast.Expr{n.Key}, Tok: n.Tok, Rhs: []ast.Expr{i}}
		n.Body.List = slices.Insert(n.Body.List, 0, ast.Stmt(own))
	}
	return &ast.ForStmt{
		For: n.For, Body: n.Body,
		Init: &ast.AssignStmt{Lhs: []ast.Expr{i, end}, Tok: token.DEFINE, Rhs: []ast.Expr{
			&ast.CallExpr{Fun: number, Args: []ast.Expr{expr("0")}}, &ast.CallExpr{Fun: number, Args: []ast.Expr{n.X}},
		}},
		Cond: &ast.BinaryExpr{X: i, Op: token.LSS, Y: end},
		Post: &ast.IncDecStmt{X: i, Tok: token.INC},
	}
}

// nameFor returns the name of the function that is added for something, and whether it is to be added now.
func (l *lowering) nameFor(what string, types ...string) (name string, isNew bool) {
	key := what + "[" + strings.Join(types, ",") + "]"
	if name = l.names[key]; name != "" {
		return name, false
	}
	name = fmt.Sprintf("lowered%d_%s", len(l.names), what)
	l.names[key] = name
	return name, true
}

// typ is a type as the package writes it.
func (l *lowering) typ(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p == l.pkg {
			return ""
		}
		return p.Name()
	})
}

func (l *lowering) print(n ast.Node) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, l.fset, n); err != nil {
		panic(err)
	}
	return b.String()
}

func expr(text string) ast.Expr {
	e, err := parser.ParseExpr(text)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", text, err))
	}
	return e
}

// dropImports drops imports that nothing refers to any more.
func dropImports(f *ast.File) {
	used := map[string]bool{"_": true}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, isSel := n.(*ast.SelectorExpr); isSel {
			if x, isIdent := sel.X.(*ast.Ident); isIdent {
				used[x.Name] = true
			}
		}
		return true
	})
	for _, d := range f.Decls {
		g, isGen := d.(*ast.GenDecl)
		if !isGen || g.Tok != token.IMPORT {
			continue
		}
		g.Specs = slices.DeleteFunc(g.Specs, func(s ast.Spec) bool {
			spec := s.(*ast.ImportSpec)
			name := path.Base(strings.Trim(spec.Path.Value, `"`))
			if spec.Name != nil {
				name = spec.Name.Name
			}
			return !used[name]
		})
	}
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		g, isGen := d.(*ast.GenDecl)
		return isGen && g.Tok == token.IMPORT && len(g.Specs) == 0
	})
}
