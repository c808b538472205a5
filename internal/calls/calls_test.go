package calls

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// library are the packages whose exported functions are each to be named by a test. The command's packages are not
// among them: its tests call it by words, as its users do. That none of its functions is dead is
// TestNoFunctionIsDead's.
var library = []string{"netns", "netlink", "netlink/wire"}

// byInterface are functions that only an interface of another module's or the standard library's names.
var byInterface = map[string]bool{"internal/gccgotest.sourceImporter.Import": true} // go/types.Importer

// source is what the files of the module say of functions, which are known by their names alone: a name that two
// functions share counts for both.
type source struct {
	functions map[string][]string // names, "Open" and "File.Close", by package
	inTests   map[string]bool     // the names that test files use
	used      map[string]bool     // the names that any file uses
}

// read reads the module's files; what a function says in its own body does not count as a use of it.
func read(t *testing.T) source {
	t.Helper()
	s := source{map[string][]string{}, map[string]bool{}, map[string]bool{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
		if d.IsDir() {
			if path != root && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
				return filepath.SkipDir
			}
			return nil
		}
		test := strings.HasSuffix(path, "_test.go")
		if !strings.HasSuffix(path, ".go") || strings.HasPrefix(rel, "unix/") && !test {
			return nil // package unix has a test of its own, which knows architectures
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s.file(filepath.ToSlash(filepath.Dir(rel)), f, test)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s source) file(pkg string, f *ast.File, test bool) {
	for _, d := range f.Decls {
		fn, isFunc := d.(*ast.FuncDecl)
		own := ""
		if isFunc {
			own = fn.Name.Name
			if !test {
				s.functions[pkg] = append(s.functions[pkg], qualified(fn))
			}
		}
		ast.Inspect(d, func(n ast.Node) bool {
			if id, isIdent := n.(*ast.Ident); isIdent && id.Name != own {
				s.used[id.Name] = true
				s.inTests[id.Name] = s.inTests[id.Name] || test
			}
			return true
		})
	}
}

// qualified is the name of a function, with its receiver's type if it is a method.
func qualified(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	recv := fn.Recv.List[0].Type
	for {
		switch t := recv.(type) {
		case *ast.StarExpr:
			recv = t.X
		case *ast.IndexExpr:
			recv = t.X
		case *ast.IndexListExpr:
			recv = t.X
		case *ast.Ident:
			return t.Name + "." + fn.Name.Name
		default:
			return fn.Name.Name
		}
	}
}

// bare is the name of a function without its receiver's type.
func bare(fn string) string { return fn[strings.LastIndexByte(fn, '.')+1:] }

// exported reports whether users of the package can call the function.
func exported(fn string) bool {
	for part := range strings.SplitSeq(fn, ".") {
		if !ast.IsExported(part) {
			return false
		}
	}
	return true
}

// TestEveryFunctionIsTested fails for an exported function or method of a library package that no test names, unless
// untested.txt says what tests it, and for a line of that file that is true no more.
func TestEveryFunctionIsTested(t *testing.T) {
	s := read(t)
	b, err := os.ReadFile("untested.txt")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		name, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		if strings.TrimSpace(reason) == "" || explained[name] {
			t.Errorf("untested.txt: %s has no reason, or stands there twice", name)
		}
		explained[name] = true
	}
	missing := map[string]bool{}
	for _, pkg := range library {
		if len(s.functions[pkg]) < 20 {
			t.Errorf("%s has only %d functions: these are not all", pkg, len(s.functions[pkg]))
		}
		for _, fn := range s.functions[pkg] {
			if exported(fn) && !s.inTests[bare(fn)] {
				missing[pkg+"."+fn] = true
			}
		}
	}
	for _, fn := range slices.Sorted(maps.Keys(missing)) {
		if !explained[fn] {
			t.Errorf("no test calls %s", fn)
		}
	}
	for _, fn := range slices.Sorted(maps.Keys(explained)) {
		if !missing[fn] {
			t.Errorf("untested.txt: a test calls %s, or it is gone", fn)
		}
	}
}

// palettes are packages that are whole sets, of which others take what they need.
var palettes = []string{"internal/attr", "netlink/desc", "netlink/nl"}

// TestNoFunctionIsDead fails for a function or method that nothing names, be it exported or not.
func TestNoFunctionIsDead(t *testing.T) {
	s := read(t)
	for _, pkg := range slices.Sorted(maps.Keys(s.functions)) {
		if slices.Contains(library, pkg) || slices.Contains(palettes, pkg) {
			continue // the test above
		}
		for _, fn := range s.functions[pkg] {
			name := bare(fn)
			if !s.used[name] && name != "main" && name != "init" && !byInterface[pkg+"."+fn] {
				t.Errorf("nothing calls %s.%s", pkg, fn)
			}
		}
	}
}
