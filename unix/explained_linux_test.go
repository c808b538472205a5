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

// generatedNames returns the values of the generated constants of an architecture, and the types of fields ("Ustat_t.Tinode").
func generatedNames(t *testing.T, arch string) map[string]string {
	t.Helper()
	fset := token.NewFileSet()
	var files []*ast.File
	archFile := "_linux_" + arch + ".go"
	for _, name := range []string{"zerrors_linux.go", "zerrors" + archFile, "zsysnum" + archFile, "ztypes_linux.go", "ztypes" + archFile} {
		f, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
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
		archs := strings.Split(w[3], ",")
		if w[3] == "all" {
			archs = abi.ArchNames(abi.Linux())
		}
		for _, a := range archs {
			if values[a] == nil {
				values[a] = generatedNames(t, a)
			}
			if got := values[a][w[0]]; got != w[2] || w[1] == w[2] {
				t.Errorf("%s: %s is %q, explained is %s instead of %s", a, w[0], got, w[2], w[1])
			}
		}
	}
	if lines == 0 {
		t.Error("nothing is explained")
	}
}
