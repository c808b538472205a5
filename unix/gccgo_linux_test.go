package unix_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"testing"

	"kern.sys/internal/abi"
)

// standIn has an architecture for those that only gccgo builds for, with words of the same size and order: the standard
// library of gc lacks theirs.
var standIn = map[string]string{"ppc": "mips", "sparc64": "ppc64"}

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
	files, err := parseAll(imp.fset, from)
	if err != nil {
		return nil, err
	}
	conf := types.Config{Importer: imp, IgnoreFuncBodies: true, Sizes: types.SizesFor("gc", imp.ctx.GOARCH)}
	p, err := conf.Check(path, imp.fset, files, nil)
	imp.done[path] = p
	return p, err
}

func parseAll(fset *token.FileSet, p *build.Package) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range p.GoFiles {
		f, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// TestGccgoTypes checks this package as gccgo would build it. Other than gc, it may have neither assembly nor C beside it.
func TestGccgoTypes(t *testing.T) {
	needSources(t)
	for _, arch := range []string{"386", "mips", "ppc", "sparc64"} {
		t.Run(arch, func(t *testing.T) {
			ctx := build.Default
			ctx.GOOS, ctx.GOARCH, ctx.Compiler, ctx.CgoEnabled = "linux", arch, "gccgo", false
			from, err := ctx.ImportDir(".", 0)
			ok(t, err)
			if len(from.SFiles)+len(from.CFiles) > 0 {
				t.Errorf("files in other languages: %q", append(from.SFiles, from.CFiles...))
			}
			fset := token.NewFileSet()
			files, err := parseAll(fset, from)
			ok(t, err)
			library := ctx
			library.Compiler, library.ToolTags = "gc", nil // those of the machine that runs the test
			if a := standIn[arch]; a != "" {
				library.GOARCH = a
			}
			conf := types.Config{
				Importer: &sourceImporter{library, fset, map[string]*types.Package{}},
				Sizes:    types.SizesFor("gccgo", arch),
				Error:    func(err error) { t.Error(err) },
			}
			_, _ = conf.Check("kern.sys/unix", fset, files, nil) // Error has them all
		})
	}
}

// TestStandIns fails for an architecture that has none, or one that is unlike it.
func TestStandIns(t *testing.T) {
	archs := map[string]abi.Arch{}
	for _, a := range abi.Linux() {
		archs[a.Name] = a
	}
	for _, name := range abi.ForeignToGo() {
		a, b := archs[name], archs[standIn[name]]
		if b.Name == "" || a.Word != b.Word || a.Big != b.Big {
			t.Errorf("%q stands in for %s", b.Name, name)
		}
	}
}
