// Package mksysctl makes the table of the names of sysctl(8), for a system whose kernel does not know them:
// unix/zsysctl_SYSTEM.go.
package mksysctl

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// Generate returns the file. The list has lines "NAME NUMBER.NUMBER...", each number one or the name of a constant,
// that is the same on all architectures.
func Generate(db *abi.DB, s abi.System, list []gen.Line) (map[string][]byte, error) {
	type entry struct{ name, mib string }
	var all []entry
	for _, l := range list {
		if len(l.Words) != 2 {
			return nil, l.Errorf("want a name and its numbers")
		}
		var mib []string
		for word := range strings.SplitSeq(l.Words[1], ".") {
			n, err := number(db, s, word)
			if err != nil {
				return nil, l.Errorf("%w", err)
			}
			mib = append(mib, n)
		}
		all = append(all, entry{l.Words[0], strings.Join(mib, ", ")})
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	var b strings.Builder
	b.WriteString("// sysctlNames are the names of sysctl(8), sorted, and their numbers.\nvar sysctlNames = " +
		"[...]struct {\nname string\nmib []int32\n}{\n")
	for i, e := range all {
		if i > 0 && all[i-1].name == e.name {
			return nil, fmt.Errorf("%s is there twice", e.name)
		}
		fmt.Fprintf(&b, "{%q, []int32{%s}},\n", e.name, e.mib)
	}
	b.WriteString("}\n")
	file, err := gen.File(s.Name, "unix", b.String())
	return map[string][]byte{"zsysctl_" + s.Name + ".go": file}, err
}

// number returns what a word stands for.
func number(db *abi.DB, s abi.System, word string) (string, error) {
	if _, err := strconv.ParseUint(word, 10, 31); err == nil {
		return word, nil
	}
	value := ""
	for _, c := range db.Const(word) {
		for _, a := range s.Archs {
			if v := c.On[a.Name]; v == "" || value != "" && v != value {
				return "", fmt.Errorf("constant %s is not the same everywhere", word)
			} else {
				value = v
			}
		}
	}
	if value == "" {
		return "", fmt.Errorf("%q is no number and no constant", word)
	}
	return value, nil
}
