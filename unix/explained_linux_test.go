package unix_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// generatedNames returns the values of the generated constants of an architecture of a system, and the types of
// fields ("Ustat_t.Tinode").
func generatedNames(t *testing.T, s abi.System, arch string) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	for _, kind := range []string{"zerrors", "zsysnum", "ztypes"} {
		files = append(files, generatedFiles(t, fset, kind, s, arch)...)
	}
	conf := types.Config{Importer: importer.Default()}
	pkg, err := conf.Check("unix", fset, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, name := range pkg.Scope().Names() {
		switch o := pkg.Scope().Lookup(name).(type) {
		case *types.Const:
			out[name] = o.Val().ExactString()
		case *types.TypeName:
			if s, isStruct := o.Type().Underlying().(*types.Struct); isStruct {
				for f := range s.Fields() {
					out[name+"."+f.Name()] = types.TypeString(f.Type(), types.RelativeTo(pkg))
				}
			}
		}
	}
	return out
}

// TestExplanationsAreTrue fails for a line of explained.txt that is true no more.
func TestExplanationsAreTrue(t *testing.T) {
	needSources(t)
	b, err := os.ReadFile("explained.txt")
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]map[string]string{}
	lines := 0
	for line := range strings.Lines(string(b)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		lines++
		w := strings.Fields(line)
		if len(w) < 5 {
			t.Errorf("%q lacks a name, two values, architectures or a reason", line)
			continue
		}
		for on := range strings.SplitSeq(w[3], ",") {
			s, archs := platforms(t, on)
			for _, a := range archs {
				key := s.Name + "/" + a
				if values[key] == nil {
					values[key] = generatedNames(t, s, a)
				}
				if got := values[key][w[0]]; got != w[2] || w[1] == w[2] {
					t.Errorf("%s: %s is %q, explained is %s instead of %s", key, w[0], got, w[2], w[1])
				}
			}
		}
	}
	if lines == 0 {
		t.Error("nothing is explained")
	}
}

// platforms returns what a word of explained.txt stands for: an architecture of Linux, "all" of them, a system, or
// one architecture of it.
func platforms(t *testing.T, word string) (abi.System, []string) {
	t.Helper()
	linux, _ := abi.FindSystem("linux")
	if word == "all" {
		return linux, abi.ArchNames(linux.Archs)
	}
	name, arch, one := strings.Cut(word, "/")
	s, ok := abi.FindSystem(name)
	switch {
	case ok && one:
		return s, []string{arch}
	case ok:
		return s, abi.ArchNames(s.Archs)
	}
	return linux, []string{word}
}

// generatedFiles parses the files of a kind that an architecture of a system has: one that all share, and its own.
func generatedFiles(t *testing.T, fset *token.FileSet, kind string, s abi.System, arch string) []*ast.File {
	t.Helper()
	var files []*ast.File
	for _, name := range []string{kind + "_" + s.Name + ".go", kind + "_" + s.Name + "_" + arch + ".go"} {
		if _, err := os.Stat(name); err != nil {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	return files
}
