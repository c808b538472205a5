package unix_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// Tests of what is generated for other systems than Linux. They run here: nothing of it is executed.

func otherSystems() []abi.System {
	return slices.DeleteFunc(abi.Systems(), func(s abi.System) bool { return s.Name == "linux" || s.Extends != "" })
}

// explanations reads lines "SYSTEM[/ARCH] NAME REASON" of a file.
func explanations(t *testing.T, file string) map[string]string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		w := strings.SplitN(strings.TrimSpace(line), " ", 3)
		if len(w) != 3 {
			t.Fatalf("%s: %q lacks a system, a name or a reason", file, line)
		}
		out[w[0]+" "+w[1]] = w[2]
	}
	return out
}

// explained reports whether there is a reason for a name, and marks it as used.
func explained(reasons map[string]string, used map[string]bool, s abi.System, arch, name string) bool {
	for _, key := range []string{s.Name + "/" + arch + " " + name, s.Name + " " + name} {
		if reasons[key] != "" {
			used[key] = true
			return true
		}
	}
	return false
}

// TestLayoutsOfOtherSystems compares every generated structure with the facts, as TestStructuresHaveTheLayoutOfC
// does. What differs, and what has no C type, has its reason in layouts.txt.
func TestLayoutsOfOtherSystems(t *testing.T) {
	needSources(t)
	reasons, used := explanations(t, "layouts.txt"), map[string]bool{}
	for _, s := range otherSystems() {
		db, err := abi.Read(filepath.Join("../internal/abi/facts", s.Name), abi.ArchNames(s.Archs))
		if err != nil {
			t.Fatal(err)
		}
		compared := 0
		for _, a := range s.Archs {
			g := generatedTypesOf(t, s, a.Name)
			for _, name := range g.pkg.Scope().Names() {
				typ, ok := g.pkg.Scope().Lookup(name).(*types.TypeName)
				if !ok || !typ.Exported() {
					continue
				}
				err := errors.New("it has no C type")
				if from := g.from[name]; from != "" {
					err = fmt.Errorf("%s is not among the facts", from)
					if l := layoutOf(db, a.Name, from); l != nil {
						err = sameLayout(db, a.Name, g.sizes, typ.Type(), l)
						compared++
					}
				} else if _, isStruct := typ.Type().Underlying().(*types.Struct); !isStruct {
					continue
				}
				if err != nil && !explained(reasons, used, s, a.Name, name) {
					t.Errorf("%s/%s %s: %v", s.Name, a.Name, name, err)
				}
			}
		}
		if s.Name != "aix" && compared < 30*len(s.Archs) {
			t.Errorf("%s: only %d structures were compared", s.Name, compared)
		}
	}
	for key := range reasons {
		if !used[key] {
			t.Errorf("layouts.txt explains %s, which needs no reason", key)
		}
	}
}

// TestLayoutsAgreeWithRust compares the structures that package unix has with those of Rust's libc, which others
// wrote: size, and offset and size of members of the same name.
func TestLayoutsAgreeWithRust(t *testing.T) {
	needSources(t)
	reasons, used := explanations(t, "layouts_rust.txt"), map[string]bool{}
	for _, s := range otherSystems() {
		files, err := filepath.Glob(filepath.Join("../internal/abi/facts", s.Name, "rust_*.txt"))
		if err != nil {
			t.Fatal(err)
		}
		db, err := abi.Read(filepath.Join("../internal/abi/facts", s.Name), abi.ArchNames(s.Archs))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			arch := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "rust_"), ".txt")
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			rust := abi.NewDB()
			if err := abi.ReadFlat(rust, arch, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")); err != nil {
				t.Fatalf("%s:%v", file, err)
			}
			compared := 0
			for _, other := range rust.Types() {
				ours, ok := db.Type("struct " + other.Name)
				if !ok || ours.On[arch] == nil {
					continue
				}
				compared++
				if err := sameMembers(db, arch, ours.On[arch], rust, other.On[arch]); err != nil &&
					!explained(reasons, used, s, arch, other.Name) {
					t.Errorf("%s/%s struct %s: %v", s.Name, arch, other.Name, err)
				}
			}
			if compared < 15 {
				t.Errorf("%s: only %d structures were compared", file, compared)
			}
		}
	}
	for key := range reasons {
		if !used[key] {
			t.Errorf("layouts_rust.txt explains %s, which needs no reason", key)
		}
	}
}

func sameMembers(db *abi.DB, arch string, l *abi.Layout, other *abi.DB, m *abi.Layout) error {
	if l.Size != m.Size {
		return fmt.Errorf("%d bytes here, %d in Rust", l.Size, m.Size)
	}
	for _, f := range m.Fields {
		i := slices.IndexFunc(l.Fields, func(o abi.Field) bool { return o.Name == f.Name })
		if i < 0 {
			continue
		}
		a, err := sizeOf(db, arch, l.Fields[i].Type)
		if err != nil {
			return err
		}
		b, err := byteSize(f.Type)
		if err != nil {
			return err
		}
		if l.Fields[i].Offset != f.Offset || a != b {
			return fmt.Errorf("%s has %d bytes at %d here, %d at %d in Rust", f.Name, a, l.Fields[i].Offset, b, f.Offset)
		}
	}
	return nil
}

// byteSize returns the size of "[N]unsigned char", which all members are that Rust's facts have.
func byteSize(expr string) (n int64, err error) {
	_, err = fmt.Sscanf(expr, "[%d]", &n)
	return n, err
}

var dynamicImport = regexp.MustCompile(`(?m)^//go:cgo_import_dynamic libc_(\w+) (\w+) "(.*)"$`)

// TestImportsAreExported fails for a function that is called through the C library and that this does not export.
func TestImportsAreExported(t *testing.T) {
	needSources(t)
	for _, s := range abi.Systems() {
		if s.Form == abi.Number || s.Name == "aix" { // nobody says what that library exports
			continue
		}
		folder := s.Name
		if s.Extends != "" {
			folder = s.Extends
		}
		b, err := os.ReadFile(filepath.Join("../internal/abi/facts", folder, "symbols.txt"))
		if err != nil {
			t.Fatal(err)
		}
		exported := map[string]bool{}
		for name := range strings.FieldsSeq(string(b)) {
			exported[name] = true
		}
		files, err := filepath.Glob("zsyscall_" + s.Name + "*.go")
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, file := range files {
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range dynamicImport.FindAllStringSubmatch(string(src), -1) {
				if m[3] != s.Library { // such as libsocket
					continue
				}
				if n++; !exported[m[2]] {
					t.Errorf("%s: %s of %s, which does not export it", file, m[2], m[3])
				}
			}
		}
		if n < 4 {
			t.Errorf("%s imports only %d functions", s.Name, n)
		}
	}
}

// TestTypesAgreeWithGo compares structures with those of the same names in Go's package syscall: fields of the same
// names are where they are there, and as large.
func TestTypesAgreeWithGo(t *testing.T) {
	needSources(t)
	reasons, used := explanations(t, "layouts_go.txt"), map[string]bool{}
	for _, s := range otherSystems() {
		for _, a := range s.Archs {
			std := filepath.Join(build.Default.GOROOT, "src/syscall", "ztypes_"+s.Name+"_"+a.Name+".go")
			fset := token.NewFileSet()
			f, err := parser.ParseFile(fset, std, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			g := generatedTypesOf(t, s, a.Name)
			conf := types.Config{Sizes: g.sizes, Error: func(error) {}}
			pkg, _ := conf.Check("syscall", fset, []*ast.File{f}, nil)
			compared := 0
			for _, name := range pkg.Scope().Names() {
				theirs, ok := pkg.Scope().Lookup(name).Type().Underlying().(*types.Struct)
				typ := g.pkg.Scope().Lookup(name)
				if !ok || typ == nil || !typ.Exported() {
					continue
				}
				compared++
				ours, ok := typ.Type().Underlying().(*types.Struct)
				err := errors.New("it is no structure here")
				if ok {
					err = sameFields(g.sizes, ours, theirs)
				}
				if err != nil && !explained(reasons, used, s, a.Name, name) {
					t.Errorf("%s/%s %s: %v", s.Name, a.Name, name, err)
				}
			}
			if compared < 15 {
				t.Errorf("%s/%s: only %d structures were compared", s.Name, a.Name, compared)
			}
		}
	}
	for key := range reasons {
		if !used[key] {
			t.Errorf("layouts_go.txt explains %s, which needs no reason", key)
		}
	}
}

func sameFields(sizes types.Sizes, ours, theirs *types.Struct) error {
	if a, b := sizes.Sizeof(ours), sizes.Sizeof(theirs); a != b {
		return fmt.Errorf("%d bytes here, %d in Go", a, b)
	}
	places := func(s *types.Struct) map[string]extent {
		var fields []*types.Var
		for f := range s.Fields() {
			fields = append(fields, f)
		}
		out := map[string]extent{}
		for i, o := range sizes.Offsetsof(fields) {
			out[fields[i].Name()] = extent{fields[i].Name(), o, o + sizes.Sizeof(fields[i].Type())}
		}
		return out
	}
	mine := places(ours)
	for name, b := range places(theirs) {
		if a, ok := mine[name]; ok && name != "_" && a != b {
			return fmt.Errorf("%s is at %d to %d here, at %d to %d in Go", name, a.start, a.end, b.start, b.end)
		}
	}
	return nil
}
