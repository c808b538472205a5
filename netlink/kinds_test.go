package netlink

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/attr"
	"kern.sys/netlink/desc"
)

// tableOfKinds is a table as the tests below go through it.
type tableOfKinds struct {
	prefix   string // of the files: prefix_KIND.go
	lines    []kindLine
	describe func(name string) *desc.Kind
	// missing says which captured bytes and examples of a kind the tests beside the table lack.
	missing func(t *testing.T, name string) []string
}

var tablesOfKinds = []tableOfKinds{
	{"link", linkKinds, DescribeLink, missingOfLinks(false)},
	{"port", portKinds, DescribeLinkPort, missingOfLinks(true)},
	{"encap", encapKinds, DescribeEncap, missingOfEncaps},
}

// TestTables says what of a kind was forgotten.
func TestTables(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range tablesOfKinds {
		var names []string
		for _, line := range table.lines {
			names = append(names, line.name)
			t.Run(table.prefix+" "+line.name, func(t *testing.T) { table.check(t, line, files) })
		}
		if !slices.IsSorted(names) {
			t.Errorf("%s: the kinds are not in the order of their names: %q", table.prefix, names)
		}
		for _, f := range files {
			rest, ours := strings.CutPrefix(f, table.prefix+"_")
			rest = strings.TrimSuffix(rest, ".go") + "_"
			if ours && !slices.ContainsFunc(names, func(kind string) bool { return strings.HasPrefix(rest, kind+"_") }) {
				t.Errorf("%s: no line of the table is called so", f)
			}
		}
	}
}

func (table *tableOfKinds) check(t *testing.T, line kindLine, files []string) {
	if line.kind == nil { // nothing but a name
		return
	}
	// Kinds of one Go type share a file.
	if !slices.ContainsFunc(table.lines, func(l kindLine) bool {
		return reflect.TypeOf(l.none()) == reflect.TypeOf(line.none()) &&
			slices.Contains(files, table.prefix+"_"+l.name+".go")
	}) {
		t.Errorf("there is no file %s_%s.go", table.prefix, line.name)
	}
	k := table.describe(line.name)
	if k == nil || k.Name != line.name {
		t.Fatalf("is described as %+v", k)
	}
	for _, what := range table.missing(t, line.name) {
		t.Errorf("is missing: %s", what)
	}
	var one [1]any
	a, ok := line.fill(one[:])[0].(attributed)
	if !ok {
		if len(k.Fields) != 0 {
			t.Error("is described, but has no attrs")
		}
		return
	}
	if len(k.Fields) == 0 {
		t.Error("has attributes, and no fields describe them")
	}
	_, sendsMore := a.(restEncoder)
	coded, shown := map[uint16]attr.Recorded{}, map[uint16]bool{}
	for _, r := range attr.Record(a.attrs) {
		if len(r.Path) == 1 {
			c := coded[r.Path[0]]
			coded[r.Path[0]] = attr.Recorded{Set: c.Set || r.Set, Read: c.Read || r.Read}
		}
	}
	for _, f := range k.Fields {
		shown[f.Type] = true
		if _, ok := coded[f.Type]; !ok && f.Type != desc.Header && !sendsMore && !f.ReadOnly {
			t.Errorf("attribute %d (%s%s) is described, but attrs does not name it", f.Type, f.Key, f.Word)
		}
	}
}

func TestTablesFind(t *testing.T) {
	for i := range linkKinds {
		if line := linkKinds.find(linkKinds[i].name); line != &linkKinds[i] {
			t.Errorf("%s is found as %v", linkKinds[i].name, line)
		}
	}
	for _, name := range []string{"", "a", "bridges", "bridg", "vxlan2", "zzz"} {
		if linkKinds.find(name) != nil || linkKinds.describe(name) != nil || linkKinds.silent([]byte(name)) != nil {
			t.Errorf("%q is found", name)
		}
		if _, ok := linkKinds.new(name); ok {
			t.Errorf("%q is made", name)
		}
	}
	name := []byte("macvtap")
	if n := testing.AllocsPerRun(100, func() { linkKinds.find(string(name)) }); n != 0 {
		t.Errorf("%v allocations to find a kind", n)
	}
}
