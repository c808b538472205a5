package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
)

// api is what a package exports on an architecture.
type api struct {
	pkg       *types.Package
	functions map[string]*types.Signature // methods as "Type.Method", their receivers among the parameters
	variables []string
	sockaddrs []string
	constants map[string]string
	structs   map[string]*types.Struct
	sizes     types.Sizes
}

// std imports packages of Go as they are on this machine: what package unix takes of them is the same on all.
var std = importer.Default()

// loadAPI reads the package of a directory as it is on linux and an architecture, without the bodies of functions.
func loadAPI(dir, arch string) (*api, error) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = "linux", arch, false
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	var files []*ast.File
	for _, path := range paths {
		if match, err := ctx.MatchFile(dir, filepath.Base(path)); err != nil {
			return nil, err
		} else if !match || len(path) > 8 && path[len(path)-8:] == "_test.go" {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	sizes := types.SizesFor("gc", arch)
	conf := types.Config{Importer: std, Sizes: sizes, IgnoreFuncBodies: true, FakeImportC: true}
	pkg, err := conf.Check("unix", fset, files, nil)
	if err != nil {
		return nil, fmt.Errorf("%s for %s: %w", dir, arch, err)
	}
	a := &api{pkg: pkg, sizes: sizes, functions: map[string]*types.Signature{}, constants: map[string]string{},
		structs: map[string]*types.Struct{}}
	address, _ := pkg.Scope().Lookup("Sockaddr").Type().Underlying().(*types.Interface)
	for _, name := range pkg.Scope().Names() {
		o := pkg.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		switch o := o.(type) {
		case *types.Const:
			a.constants[name] = value(o)
		case *types.Var:
			a.variables = append(a.variables, name)
		case *types.Func:
			a.functions[name] = o.Signature()
		case *types.TypeName:
			if o.IsAlias() {
				continue // of package syscall, which both have
			}
			if s, isStruct := o.Type().Underlying().(*types.Struct); isStruct {
				a.structs[name] = s
			}
			p := types.NewPointer(o.Type())
			if types.IsInterface(o.Type()) {
				continue
			}
			if address != nil && types.Implements(p, address) {
				a.sockaddrs = append(a.sockaddrs, name)
			}
			set := types.NewMethodSet(p)
			for i := range set.Len() {
				if m := set.At(i).Obj().(*types.Func); m.Exported() {
					a.functions[name+"."+m.Name()] = m.Signature()
				}
			}
		}
	}
	return a, nil
}

// value is the text of a constant, by which values of typed and untyped numbers compare.
func value(c *types.Const) string {
	if c.Val().Kind() == constant.Float {
		return constant.ToInt(c.Val()).ExactString()
	}
	return c.Val().ExactString()
}

// names are the functions, sorted.
func (a *api) names() []string { return slices.Sorted(maps.Keys(a.functions)) }
