package main

import (
	"fmt"
	"go/types"
	"maps"
	"os"
	"slices"
	"strings"
)

// difference is between what x/sys has and what is here.
type difference struct {
	name, what   string // a function and a part of what it does; a constant; a field
	theirs, ours string
	arch         string
	example      string
	more         int // calls with the same difference, beside the example
}

// key is what a line of explained.txt is looked up by, beside the architecture.
func (d difference) key() [4]string { return [4]string{d.name, d.what, d.theirs, d.ours} }

func (d difference) String() string {
	s := fmt.Sprintf("%s %s %s %s %s", d.name, d.what, d.theirs, d.ours, d.arch)
	if d.example != "" {
		s += fmt.Sprintf("   (%s, calls %d)", d.example, d.more+1)
	}
	return s
}

// compareLayouts compares structures and constants of an architecture.
func compareLayouts(theirs, ours *api, arch string, count *counts) []difference {
	var out []difference
	for _, name := range slices.Sorted(maps.Keys(theirs.constants)) {
		count.constants++
		got, has := ours.constants[name]
		if !has {
			got = "none"
		}
		if want := theirs.constants[name]; got != want {
			out = append(out, difference{name: name, what: "value", theirs: want, ours: got, arch: arch})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(theirs.structs)) {
		want, got := layout(theirs, theirs.structs[name]), map[string]string{}
		if len(want) == 3 {
			continue // of a structure that hides all, the size says nothing
		}
		count.structs++
		if s := ours.structs[name]; s != nil {
			got = layout(ours, s)
		}
		for _, field := range slices.Sorted(maps.Keys(want)) {
			if got[field] != want[field] {
				out = append(out, difference{name: name, what: field, theirs: dense(want[field]), ours: dense(got[field]),
					arch: arch})
			}
		}
	}
	return out
}

// layout is the size of a structure, and of each exported field its offset and type. What x/sys hides, another package
// cannot see.
func layout(a *api, s *types.Struct) map[string]string {
	out := map[string]string{}
	var fields []*types.Var
	for f := range s.Fields() {
		fields = append(fields, f)
	}
	qualifier := func(p *types.Package) string {
		if p == a.pkg {
			return ""
		}
		return p.Name()
	}
	for i, offset := range a.sizes.Offsetsof(fields) {
		if f := fields[i]; f.Exported() {
			out[f.Name()] = fmt.Sprintf("%d:%s", offset, types.TypeString(f.Type(), qualifier))
		}
	}
	out["size"] = fmt.Sprintf("%d:%d", a.sizes.Sizeof(s), a.sizes.Alignof(s))
	out["binary"] = fmt.Sprint(fixed(s)) // what encoding/binary takes
	out["comparable"] = fmt.Sprint(types.Comparable(s))
	return out
}

// fixed reports whether encoding/binary can read and write values of a type: blank fields count, fields that are not
// exported make it panic.
func fixed(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()&(types.IsBoolean|types.IsNumeric) != 0 && t.Kind() != types.Int && t.Kind() != types.Uint &&
			t.Kind() != types.Uintptr
	case *types.Array:
		return fixed(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if !fixed(f.Type()) || !f.Exported() && f.Name() != "_" {
				return false
			}
		}
		return true
	}
	return false
}

// dense is text as one word.
func dense(s string) string {
	if s == "" {
		return "none"
	}
	return strings.ReplaceAll(s, " ", "_")
}

// knownConstants reads unix/explained.txt, which says what newer headers changed: NAME WAS NOW ARCHS REASON, of a
// constant or of TYPE.FIELD. Lines of it are checked by a test of package unix, so this only looks differences up.
func knownConstants(path string) (map[string]bool, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if w := strings.Fields(line); len(w) >= 5 && w[0] != "#" {
			known[w[0]] = true
		}
	}
	return known, nil
}
