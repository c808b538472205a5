package gen

import (
	"slices"
	"strings"
)

// Decl is one declaration of a package that is generated for several architectures: its text on each.
type Decl struct {
	Key string            // sorts and distinguishes declarations
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

// Block writes the text of decls on arch, one a line, between head and ")"; nothing if there are none. Families of
// names, as those with IFLA_, stand apart: gofmt aligns what has no empty line between it.
func Block(b *strings.Builder, head, arch string, decls []Decl) {
	if len(decls) == 0 {
		return
	}
	b.WriteString(head + " (\n")
	before := 0 // size of the family before
	for len(decls) > 0 {
		n := 1
		for n < len(decls) && family(decls[n]) == family(decls[0]) {
			n++
		}
		if before >= smallFamily || before > 0 && n >= smallFamily {
			b.WriteString("\n")
		}
		for _, d := range decls[:n] {
			b.WriteString(d.On[arch] + "\n")
		}
		decls, before = decls[n:], n
	}
	b.WriteString(")\n\n")
}

// smallFamily is how many names of a family stand apart.
const smallFamily = 4

func family(d Decl) string {
	word, _, _ := strings.Cut(d.Key, "_")
	return word
}
