package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// platform is a package as it is on one system and architecture.
type platform struct {
	info      types.Info
	sizes     types.Sizes
	word      int64
	functions map[string]*ast.FuncDecl // those of generated files
	imports   map[string]string        // the name of a dynamic import, and its library and function
	procs     map[string]string        // what variables hold the addresses of, of illumos in x/sys
}

var std = importer.Default()

var (
	dynamicImport = regexp.MustCompile(`(?m)^//go:cgo_import_dynamic (\S+) (\S+) "(.*)"$`)
	procVariable  = regexp.MustCompile(`(?m)^//go:linkname (proc\S+) (\S+)$`)
)

// load reads a package for a platform. Only generated files keep what their functions do.
func load(dir, goos, goarch string) (*platform, error) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = goos, goarch, false
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	p := &platform{
		sizes: types.SizesFor("gc", goarch), functions: map[string]*ast.FuncDecl{}, imports: map[string]string{},
		procs: map[string]string{},
		info:  types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}},
	}
	p.word = p.sizes.Sizeof(types.Typ[types.Uintptr])
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		name := filepath.Base(path)
		if match, err := ctx.MatchFile(dir, name); err != nil {
			return nil, err
		} else if !match || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
		made := strings.HasPrefix(name, "zsyscall_")
		if !made {
			f.Comments = nil
		} else if err := p.readImports(path); err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok || d.Body == nil {
				continue
			}
			if made {
				p.functions[d.Name.Name] = d
			} else if d.Type.TypeParams == nil && d.Recv == nil && d.Name.Name != "init" {
				d.Body = nil
			}
		}
	}
	// Package syscall is that of the machine that this runs on, so some of its names are missing: nothing that generated
	// functions have.
	conf := types.Config{Importer: std, Sizes: p.sizes, FakeImportC: true, Error: func(error) {}}
	_, _ = conf.Check("unix", fset, files, &p.info)
	if len(p.functions) == 0 {
		return nil, fmt.Errorf("%s has no generated functions for %s/%s", dir, goos, goarch)
	}
	return p, nil
}

func (p *platform) readImports(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, m := range dynamicImport.FindAllStringSubmatch(string(b), -1) {
		p.imports[m[1]] = m[3] + " " + m[2]
	}
	for _, m := range procVariable.FindAllStringSubmatch(string(b), -1) {
		p.procs[m[1]] = p.imports[m[2]]
	}
	return nil
}

// width is how many bytes a number or a pointer has, and whether it has a sign.
func (p *platform) width(t types.Type) (int64, bool) {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		if u.Info()&types.IsInteger != 0 {
			if u.Info()&types.IsUntyped != 0 {
				return p.word, true
			}
			return p.sizes.Sizeof(u), u.Info()&types.IsUnsigned == 0
		}
		if u.Kind() == types.UnsafePointer {
			return p.word, false
		}
	case *types.Pointer:
		return p.word, false
	}
	return 0, false
}
