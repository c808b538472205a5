package abi

import (
	"fmt"
	"regexp"
	"strings"
)

// ReadFlat adds to db the facts of one architecture, one a line, as the command importfacts describes them.
func ReadFlat(db *DB, arch string, lines []string) error {
	for i := 0; i < len(lines); {
		start := i
		for i++; i < len(lines) && strings.HasPrefix(lines[i], "\t"); i++ {
		}
		if err := readFlat(db, arch, lines[start], lines[start+1:i]); err != nil {
			return lineError(start, "%w", err)
		}
	}
	return nil
}

// readFlat adds one fact: its line, and those of the fields.
func readFlat(db *DB, arch, head string, fields []string) error {
	w, err := words(head)
	if err != nil {
		return err
	}
	switch {
	case w[0] == "no":
		return nil
	case w[0] == "const" && len(w) == 5:
		if name, ok := SyscallName(w[3], w[1]); ok {
			return db.AddSyscall(arch, name, w[4])
		}
		if err := checkValue(Kind(w[2]), w[4]); err != nil {
			return fmt.Errorf("constant %s: %w", w[1], err)
		}
		return db.AddConst(arch, w[1], w[3], Kind(w[2]), w[4])
	case w[0] == "base":
		name, size, _ := strings.Cut(strings.TrimPrefix(head, "base "), " | ")
		if sizeOnly.MatchString(name) {
			return nil
		}
		if name == "int" || name == "long" || name == "long long" || name == "short" { // also in bindings of other languages
			size = strings.Replace(size, "unsigned", "signed", 1)
		}
		return addFlat(db, arch, Base, name, "", "\t"+sizeTag+size, fields)
	case w[0] == "enum" && len(w) == 8:
		return addFlat(db, arch, Enum, w[1], w[2], "\t"+sizeTag+w[4]+" "+w[7], fields)
	case (w[0] == "struct" || w[0] == "union") && len(w) == 7:
		return addFlat(db, arch, Kind(w[0]), w[1], w[2], "\t"+strings.Join(w[3:], " "), fields)
	case w[0] == "typedef" && len(w) > 4 && w[3] == "=":
		return addFlat(db, arch, Typedef, w[1], w[2], "\t"+typeTag+arrays(strings.Join(w[4:], " ")), fields)
	}
	return fmt.Errorf("want a fact, not %q", head)
}

// sizeOnly is a type of which bindings of another language say its size alone.
var sizeOnly = regexp.MustCompile(`\bbytes([0-9]+)$`)

// arrays makes such a type at the end of a line an array of bytes.
func arrays(line string) string { return sizeOnly.ReplaceAllString(line, "[$1]unsigned char") }

func addFlat(db *DB, arch string, kind Kind, name, header, head string, fields []string) error {
	lines := []string{head}
	for _, f := range braced(fields) {
		lines = append(lines, arrays(f))
	}
	l, err := parseLayout(kind, lines)
	if err != nil {
		return fmt.Errorf("type %s: %w", name, err)
	}
	return db.AddType(arch, kind, name, header, l)
}

// braced puts braces around members, which flat facts show by their indentation alone.
func braced(fields []string) []string {
	depth := func(i int) int {
		if i >= len(fields) {
			return 1
		}
		return len(fields[i]) - len(strings.TrimLeft(fields[i], "\t"))
	}
	var out []string
	for i, f := range fields {
		here, next := depth(i), depth(i+1)
		if next > here {
			f += " " + fieldTag
		}
		out = append(out, f)
		for d := here; d > next; d-- {
			out = append(out, strings.Repeat("\t", d-1)+fieldEnd)
		}
	}
	return out
}
