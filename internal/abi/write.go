package abi

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Files of a DB in its folder.
const (
	constFile   = "const.txt"
	typeFile    = "type.txt"
	syscallFile = "syscall.txt"
)

// Words of the files.
const (
	absent    = "-"     // stands for a fact that an architecture lacks, and for a field without a name
	blockTag  = "@"     // starts the architectures that a layout is of
	typeTag   = "= "    // starts what a typedef stands for
	sizeTag   = "size " // starts the size of a type
	fieldTag  = "{"     // starts the members of an anonymous structure or union
	fieldEnd  = "}"     // ends them
	encodings = "signed unsigned boolean float"
)

// Text returns the files that hold db, by name: sorted, so that the same facts make the same bytes.
func (db *DB) Text(archs []string) map[string][]byte {
	var c, s, t bytes.Buffer
	c.WriteString("# name kind header value [architectures=value]...  (-: absent)\n")
	for _, v := range db.Consts() {
		fmt.Fprintf(&c, "%s %s %s%s\n", v.Name, v.Kind, v.Header, valuesText(archs, v.On))
	}
	s.WriteString("# name number [architectures=number]...  (-: absent)\n")
	for _, v := range db.Syscalls() {
		fmt.Fprintf(&s, "%s%s\n", v.Name, valuesText(archs, v.On))
	}
	t.WriteString("# kind name [header], then the layout most architectures have, then @architectures and theirs (-: " +
		"absent)\n")
	for _, v := range db.Types() {
		fmt.Fprintf(&t, "%s %s", v.Kind, v.Name)
		if v.Header != "" {
			fmt.Fprintf(&t, " %s", v.Header)
		}
		t.WriteByte('\n')
		texts := map[string]string{}
		for arch, l := range v.On {
			texts[arch] = layoutText(v.Kind, l)
		}
		for i, g := range group(archs, texts) {
			if i > 0 {
				fmt.Fprintf(&t, "%s%s\n", blockTag, strings.Join(g.archs, ","))
			}
			if g.value == "" {
				g.value = "\t" + absent + "\n"
			}
			t.WriteString(g.value)
		}
	}
	return map[string][]byte{constFile: c.Bytes(), typeFile: t.Bytes(), syscallFile: s.Bytes()}
}

// Write writes db's files to dir.
func (db *DB) Write(dir string, archs []string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	text := db.Text(archs)
	for _, name := range slices.Sorted(maps.Keys(text)) {
		if err := os.WriteFile(filepath.Join(dir, name), text[name], 0o666); err != nil {
			return err
		}
	}
	return nil
}

type valueGroup struct {
	value string // "" is absent
	archs []string
}

// group sorts architectures by what they have. The value of the most comes first; of equals, and then on,
// the one of the earliest architecture.
func group(archs []string, on map[string]string) []valueGroup {
	var groups []valueGroup
	for _, a := range archs {
		i := slices.IndexFunc(groups, func(g valueGroup) bool { return g.value == on[a] })
		if i < 0 {
			i = len(groups)
			groups = append(groups, valueGroup{value: on[a]})
		}
		groups[i].archs = append(groups[i].archs, a)
	}
	best := 0
	for i, g := range groups {
		if len(g.archs) > len(groups[best].archs) {
			best = i
		}
	}
	first := groups[best]
	return append([]valueGroup{first}, slices.Delete(groups, best, best+1)...)
}

func valuesText(archs []string, on map[string]string) string {
	var b strings.Builder
	for i, g := range group(archs, on) {
		b.WriteByte(' ')
		if i > 0 {
			b.WriteString(strings.Join(g.archs, ",") + "=")
		}
		if g.value == "" {
			g.value = absent
		}
		b.WriteString(g.value)
	}
	return b.String()
}

func layoutText(kind Kind, l *Layout) string {
	var b strings.Builder
	switch kind {
	case Typedef:
		fmt.Fprintf(&b, "\t%s%s\n", typeTag, l.Target)
		fieldsText(&b, "\t", l.Fields)
	case Base, Enum:
		fmt.Fprintf(&b, "\t%s%d %s\n", sizeTag, l.Size, l.Encoding)
	default:
		fmt.Fprintf(&b, "\t%s%d align %d\n", sizeTag, l.Size, l.Align)
		fieldsText(&b, "\t", l.Fields)
	}
	return b.String()
}

func fieldsText(b *strings.Builder, indent string, fields []Field) {
	for _, f := range fields {
		b.WriteString(indent)
		fmt.Fprint(b, f.Offset)
		if f.Bits > 0 {
			fmt.Fprintf(b, ":%d", f.Bits)
		}
		name := f.Name
		if name == "" {
			name = absent
		}
		fmt.Fprintf(b, " %s %s", name, f.Type)
		if len(f.Members) > 0 {
			b.WriteString(" " + fieldTag + "\n")
			fieldsText(b, indent+"\t", f.Members)
			b.WriteString(indent + fieldEnd)
		}
		b.WriteByte('\n')
	}
}
