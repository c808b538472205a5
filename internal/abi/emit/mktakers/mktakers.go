// Package mktakers makes the tables of functions that tests of package unix call with wrong arguments on systems other
// than Linux, unix/ztakers_SYSTEM_test.go: every exported function that all architectures of the system have and that
// takes a text, a slice, an address or a descriptor, with the names of its parameters.
package mktakers

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// Generate returns a file for each system that has one of its own. Functions are read from dir, those of generated
// files from generated, by their paths in the module.
func Generate(dir string, systems []abi.System, generated map[string][]byte) (map[string][]byte, error) {
	files, err := read(dir, generated)
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, s := range systems {
		if s.Name == "linux" || s.Extends != "" { // Linux has its list in a test; what extends another has that one's file
			continue
		}
		count, takers := map[string]int{}, map[string]string{}
		for _, a := range s.Archs {
			for _, f := range files {
				ok, err := f.holdsOn(s.Name, a.Name)
				if err != nil {
					return nil, err
				}
				if !ok {
					continue
				}
				for name, params := range f.takers {
					count[name]++
					takers[name] = params
				}
			}
		}
		maps.DeleteFunc(count, func(_ string, n int) bool { return n != len(s.Archs) })
		if len(count) == 0 {
			continue
		}
		var b strings.Builder
		b.WriteString("import \"kern.sys/unix\"\n\nvar takers = map[string]taker{\n")
		for _, name := range slices.Sorted(maps.Keys(count)) {
			fmt.Fprintf(&b, "%q: {unix.%[1]s, %q},\n", name, takers[name])
		}
		b.WriteString("}\n")
		text, err := gen.File("", "unix_test", b.String())
		if err != nil {
			return nil, err
		}
		out["ztakers_"+s.Name+"_test.go"] = text
	}
	return out, nil
}

// file is a file of the package: its functions, with the names of their parameters between spaces.
type file struct {
	path   string
	text   []byte
	takers map[string]string
}

func read(dir string, generated map[string][]byte) ([]file, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var out []file
	add := func(path string, text []byte) error {
		takers, err := exported(path, text)
		if len(takers) > 0 {
			out = append(out, file{path, text, takers})
		}
		return err
	}
	for _, path := range paths {
		if name := filepath.Base(path); name[0] == 'z' || strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		if err == nil {
			err = add(path, text)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(generated)) {
		if filepath.Ext(name) != ".go" {
			continue
		}
		if err := add(filepath.Join(dir, filepath.Base(name)), generated[name]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// holdsOn reports whether an architecture of a system has the file.
func (f file) holdsOn(system, arch string) (bool, error) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.BuildTags, ctx.CgoEnabled = system, arch, nil, false
	ctx.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(f.text)), nil }
	ok, err := ctx.MatchFile(filepath.Split(f.path))
	if err != nil {
		return false, fmt.Errorf("%s: %w", f.path, err)
	}
	return ok, nil
}

// exported returns the functions of a file that are in a table.
func exported(path string, text []byte) (map[string]string, error) {
	f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, d := range f.Decls {
		fn, ok := d.(*ast.FuncDecl)
		if !ok || !fn.Name.IsExported() || fn.Recv != nil || fn.Type.TypeParams != nil {
			continue
		}
		var names []string
		taken := false
		for _, p := range fn.Type.Params.List {
			for _, n := range p.Names {
				names = append(names, n.Name)
				taken = taken || takes(n.Name, p.Type)
			}
		}
		if taken {
			out[fn.Name.Name] = strings.Join(names, " ")
		}
	}
	return out, nil
}

// descriptor matches what parameters are called that are descriptors.
var descriptor = regexp.MustCompile(`(?i)(^|[^n])fd$|^s$|^kq$|^port$`)

// takes reports whether a parameter is one that can be wrong in a way that all of its kind can.
func takes(name string, typ ast.Expr) bool {
	switch typ := typ.(type) {
	case *ast.Ident:
		return typ.Name == "string" || typ.Name == "Sockaddr" || strings.Contains(typ.Name, "int") && descriptor.MatchString(
			name)
	case *ast.ArrayType:
		return typ.Len == nil
	case *ast.Ellipsis:
		return true
	}
	return false
}
