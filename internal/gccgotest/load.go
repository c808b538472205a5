package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
)

// standIn has an architecture for those that only gccgo builds for, with words of the same size and order: the
// standard library of gc lacks theirs.
var standIn = map[string]string{"ppc": "mips", "sparc64": "ppc64"}

// unit is a package as gccgo would build it, with its types.
type unit struct {
	from  *build.Package
	fset  *token.FileSet
	files []*ast.File // in the order of from.GoFiles
	pkg   *types.Package
	info  *types.Info
}

// load reads the package in a folder and checks its types, against a standard library's declarations. The error is of
// all mistakes.
func load(dir, arch string) (*unit, error) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.Compiler, ctx.CgoEnabled = "linux", arch, "gccgo", false
	from, err := ctx.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	if other := append(from.SFiles, from.CFiles...); len(other) > 0 {
		return nil, fmt.Errorf("%s has files in other languages for gccgo: %q", dir, other)
	}
	u := &unit{from: from, fset: token.NewFileSet(), info: &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{},
		Defs: map[*ast.Ident]types.Object{}, Instances: map[*ast.Ident]types.Instance{},
	}}
	if u.files, err = parse(u.fset, from); err != nil {
		return nil, err
	}
	library := ctx
	library.Compiler, library.ToolTags = "gc", nil // the tags are of the machine that runs this
	if a := standIn[arch]; a != "" {
		library.GOARCH = a
	}
	var errs mistakes
	conf := types.Config{
		Importer: &sourceImporter{library, u.fset, map[string]*types.Package{}},
		Sizes:    types.SizesFor("gccgo", arch),
		Error:    func(err error) { errs = append(errs, err) },
	}
	u.pkg, _ = conf.Check("kern.sys/unix", u.fset, u.files, u.info) // Error has them all
	if len(errs) > 0 {
		return nil, errs
	}
	return u, nil
}

// mistakes are errors, one a line.
type mistakes []error

func (m mistakes) Error() string {
	text := fmt.Sprintf("%d mistakes", len(m))
	for _, err := range m {
		text += "\n" + err.Error()
	}
	return text
}

// sourceImporter checks the declarations of imported packages, and of what those import.
type sourceImporter struct {
	ctx  build.Context
	fset *token.FileSet
	done map[string]*types.Package
}

func (imp *sourceImporter) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p := imp.done[path]; p != nil {
		return p, nil
	}
	from, err := imp.ctx.Import(path, "", 0)
	if err != nil {
		return nil, err
	}
	files, err := parse(imp.fset, from)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: imp, IgnoreFuncBodies: true, Sizes: types.SizesFor("gc", imp.ctx.GOARCH)}
	p, err := conf.Check(path, imp.fset, files, nil)
	if err != nil {
		return nil, err
	}
	imp.done[path] = p
	return p, nil
}

func parse(fset *token.FileSet, p *build.Package) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}
