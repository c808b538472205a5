// Package gentest helps to test generators: small facts in, checked Go out.
package gentest

import (
	"go/ast"
	"go/build/constraint"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// Archs returns one architecture of each sort: 32 bits where 64-bit numbers may be anywhere, 64 bits, and
// 32 bits, big-endian, where 64-bit numbers are aligned.
func Archs() []abi.Arch {
	return slices.DeleteFunc(abi.Linux(), func(a abi.Arch) bool {
		return !slices.Contains([]string{"386", "amd64",
			"mips"}, a.Name)
	})
}

// System returns Linux with these architectures.
func System() abi.System { return abi.System{Name: "linux", Archs: Archs(), Form: abi.Number} }

// Facts returns a database of what the three files say.
func Facts(t testing.TB, consts, types, syscalls string) *abi.DB {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"const.txt": consts, "type.txt": types, "syscall.txt": syscalls} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#\n"+strings.TrimLeft(text, "\n")), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	db, err := abi.Read(dir, abi.ArchNames(Archs()))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// Check type-checks those of the files that are built for Linux on an architecture.
func Check(t testing.TB, files map[string][]byte, arch string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, files[name], parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if built(t, f, arch) {
			parsed = append(parsed, f)
		}
	}
	conf := types.Config{Sizes: Sizes(arch), Importer: importer.Default()}
	pkg, err := conf.Check("generated", fset, parsed, nil)
	if err != nil {
		t.Fatalf("generated for %s: %v", arch, err)
	}
	return pkg
}

// Sizes returns what Go's compiler makes of types on an architecture; gccgo, where there is no other.
func Sizes(arch string) types.Sizes {
	if s := types.SizesFor("gc", arch); s != nil {
		return s
	}
	return types.SizesFor("gccgo", arch)
}

func built(t testing.TB, f *ast.File, arch string) bool {
	for _, g := range f.Comments {
		for _, c := range g.List {
			if !constraint.IsGoBuild(c.Text) {
				continue
			}
			x, err := constraint.Parse(c.Text)
			if err != nil {
				t.Fatal(err)
			}
			return x.Eval(func(tag string) bool { return tag == arch || tag == "linux" })
		}
	}
	return true
}
