package gen

import (
	"slices"
	"strings"
)

// Decl is one declaration of a package that is generated for several architectures: its text on each.
type Decl struct {
	Key string            // sorts and tells declarations apart
	On  map[string]string // architecture to text
}

// Hoist puts the declarations that are the same on all architectures first and apart, as one file then holds
// them, and the rest by architecture. The order stays.
func Hoist(archs []string, decls []Decl) (common []Decl, rest map[string][]Decl) {
	rest = map[string][]Decl{}
	for _, d := range decls {
		text, ok := d.On[archs[0]]
		same := ok && !slices.ContainsFunc(archs, func(a string) bool { t, ok := d.On[a]; return !ok || t != text })
		if same {
			common = append(common, d)
			continue
		}
		for _, a := range archs {
			if _, ok := d.On[a]; ok {
				rest[a] = append(rest[a], d)
			}
		}
	}
	return common, rest
}

// Block writes the text of decls on arch, one a line, between head and ")"; nothing if there are none.
func Block(b *strings.Builder, head, arch string, decls []Decl) {
	if len(decls) == 0 {
		return
	}
	b.WriteString(head + " (\n")
	for _, d := range decls {
		b.WriteString(d.On[arch] + "\n")
	}
	b.WriteString(")\n\n")
}
