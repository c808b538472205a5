package mkerrors

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi/emit/gen"
)

// namesOf returns the name of each number of a class. Of several names, it is the first one in the alphabet, which is
// the usual one.
func namesOf(arch string, consts []gen.Const) map[int]string {
	names := map[int]string{}
	for _, c := range gen.SortConsts(consts) {
		// A value that is no number was refused where it was written as a literal.
		if n, err := strconv.Atoi(c.On[arch]); err == nil && names[n] == "" {
			names[n] = c.Name
		}
	}
	return names
}

// tables writes two variables with the names of a class: in the common file those that every architecture has a number
// for, by their constants, and in that of an architecture the others.
func tables(bodies map[string]*strings.Builder, archs []string, name, typ string, consts []gen.Const) {
	if len(consts) == 0 {
		return
	}
	count := map[string]int{}
	for _, a := range archs {
		for _, n := range namesOf(a, consts) {
			count[n]++
		}
	}
	common := map[string]bool{}
	for _, a := range archs {
		var rest []string
		for _, n := range slices.Sorted(maps.Values(namesOf(a, consts))) {
			if count[n] == len(archs) {
				common[n] = true
			} else {
				rest = append(rest, n)
			}
		}
		table(bodies[a], "arch"+strings.ToUpper(name[:1])+name[1:], typ,
			"names that only some architectures have a number for", rest)
	}
	table(bodies[""], name, typ, "names that every architecture has a number for", slices.Sorted(maps.Keys(common)))
}

func table(b *strings.Builder, name, typ, what string, names []string) {
	fmt.Fprintf(b, "// %s has the %s.\nvar %s = [...]struct {\nnum %s\nname string\n}{\n", name, what, name, typ)
	for _, n := range names {
		fmt.Fprintf(b, "{%s, %q},\n", n, n)
	}
	b.WriteString("}\n\n")
}
