package abi

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ImportedFolder is the folder beside extracted facts with those of headers that the package lacks.
const ImportedFolder = "imported"

// Read reads the DB that Write left in dir, and adds what is in its ImportedFolder. archs are the architectures it has
// facts for.
func Read(dir string, archs []string) (*DB, error) {
	db, err := readFolder(dir, archs)
	if err != nil {
		return nil, err
	}
	imported, err := ReadImported(dir, archs)
	if err != nil {
		return nil, err
	}
	if err := db.Add(imported); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, ImportedFolder), err)
	}
	return db, nil
}

// ReadImported reads what is in dir's ImportedFolder alone: nothing if there is none.
func ReadImported(dir string, archs []string) (*DB, error) {
	dir = filepath.Join(dir, ImportedFolder)
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return NewDB(), nil
	}
	return readFolder(dir, archs)
}

func readFolder(dir string, archs []string) (*DB, error) {
	db := NewDB()
	for _, f := range []struct {
		name string
		read func(*DB, []string, []string) error
	}{
		{constFile, readConsts},
		{syscallFile, readSyscalls},
		{typeFile, readTypes},
	} {
		path := filepath.Join(dir, f.name)
		b, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if err := f.read(db, archs, strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")); err != nil {
			return nil, fmt.Errorf("%s:%w", path, err)
		}
	}
	return db, nil
}

func comment(line string) bool { return strings.HasPrefix(line, "#") }

func lineError(i int, format string, args ...any) error {
	return fmt.Errorf("%d: %w", i+1, fmt.Errorf(format, args...))
}

func readConsts(db *DB, archs, lines []string) error {
	for i, line := range lines {
		if comment(line) {
			continue
		}
		w, err := words(line)
		if err != nil {
			return lineError(i, "%w", err)
		}
		if len(w) < 4 {
			return lineError(i, "want name, kind, header and value, not %q", line)
		}
		kind := Kind(w[1])
		if kind != Int && kind != String {
			return lineError(i, "constant %s is of unknown kind %q", w[0], w[1])
		}
		if db.consts[w[0]][w[2]] != nil {
			return lineError(i, "constant %s of %s is there twice", w[0], w[2])
		}
		if err := readValues(archs, kind, w[3:], func(arch, value string) error {
			return db.AddConst(arch, w[0], w[2], kind, value)
		}); err != nil {
			return lineError(i, "constant %s: %w", w[0], err)
		}
	}
	return nil
}

func readSyscalls(db *DB, archs, lines []string) error {
	for i, line := range lines {
		if comment(line) {
			continue
		}
		w := strings.Fields(line)
		if len(w) < 2 {
			return lineError(i, "want name and number, not %q", line)
		}
		if db.syscalls[w[0]] != nil {
			return lineError(i, "system call %s is there twice", w[0])
		}
		if err := readValues(archs, Int, w[1:], func(arch, value string) error {
			return db.AddSyscall(arch, w[0], value)
		}); err != nil {
			return lineError(i, "system call %s: %w", w[0], err)
		}
	}
	return nil
}

// readValues calls add for the value of each architecture.
func readValues(archs []string, kind Kind, w []string, add func(arch, value string) error) error {
	on := map[string]string{}
	for _, a := range archs {
		on[a] = w[0]
	}
	seen := map[string]bool{}
	for _, d := range w[1:] {
		list, value, ok := strings.Cut(d, "=")
		if !ok {
			return fmt.Errorf("want architectures=value, not %q", d)
		}
		for a := range strings.SplitSeq(list, ",") {
			if !slices.Contains(archs, a) {
				return fmt.Errorf("unknown architecture %q", a)
			}
			if seen[a] {
				return fmt.Errorf("architecture %s is there twice", a)
			}
			seen[a], on[a] = true, value
		}
	}
	for _, a := range archs {
		if on[a] == absent {
			continue
		}
		if err := checkValue(kind, on[a]); err != nil {
			return err
		}
		if err := add(a, on[a]); err != nil {
			return err
		}
	}
	return nil
}

func checkValue(kind Kind, s string) error {
	if kind == String {
		_, err := strconv.Unquote(s)
		return err
	}
	if _, err := strconv.ParseInt(s, 10, 64); err == nil {
		return nil
	}
	_, err := strconv.ParseUint(s, 10, 64)
	return err
}

// words splits at spaces outside of quotes.
func words(line string) ([]string, error) {
	var w []string
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		end := strings.IndexByte(line, ' ')
		if q := strings.IndexByte(line, '"'); q >= 0 && (end < 0 || q < end) {
			quoted, err := strconv.QuotedPrefix(line[q:])
			if err != nil {
				return nil, fmt.Errorf("quotes in %q: %w", line, err)
			}
			end = q + len(quoted)
		}
		if end < 0 {
			end = len(line)
		}
		w = append(w, line[:end])
		line = line[end:]
	}
	return w, nil
}

func readTypes(db *DB, archs, lines []string) error {
	for i := 0; i < len(lines); {
		if comment(lines[i]) {
			i++
			continue
		}
		w := strings.Fields(lines[i])
		if len(w) < 2 {
			return lineError(i, "want kind and name, not %q", lines[i])
		}
		kind, name, header := Kind(w[0]), w[1], ""
		switch {
		case kind == Base:
			name = strings.Join(w[1:], " ")
		case (kind == Struct || kind == Union || kind == Enum || kind == Typedef) && len(w) == 3:
			header = w[2]
		default:
			return lineError(i, "want kind, name and header, not %q", lines[i])
		}
		if db.types[typeKey(kind, name)] != nil {
			return lineError(i, "type %s is there twice", typeKey(kind, name))
		}
		n, err := readLayouts(db, archs, kind, name, header, lines, i+1)
		if err != nil {
			return err
		}
		i = n
	}
	return nil
}

// readLayouts reads the layouts of one type, which start at line i, and returns the line after them.
func readLayouts(db *DB, archs []string, kind Kind, name, header string, lines []string, i int) (int, error) {
	on := map[string]*Layout{}
	seen := map[string]bool{}
	for first := true; i < len(lines) && (first || strings.HasPrefix(lines[i], blockTag)); first = false {
		of := archs
		if !first {
			of = strings.Split(lines[i][len(blockTag):], ",")
			i++
		}
		start := i
		for i < len(lines) && strings.HasPrefix(lines[i], "\t") {
			i++
		}
		l, err := parseLayout(kind, lines[start:i])
		if err != nil {
			return 0, lineError(start, "type %s: %w", name, err)
		}
		for _, a := range of {
			if !slices.Contains(archs, a) || !first && seen[a] {
				return 0, lineError(start, "type %s: architecture %q is unknown or there twice", name, a)
			}
			seen[a] = !first
			on[a] = l
		}
	}
	if len(on) == 0 {
		return 0, lineError(i-1, "type %s has no layout", name)
	}
	for _, a := range archs {
		if on[a] == nil {
			continue
		}
		if err := db.AddType(a, kind, name, header, on[a]); err != nil {
			return 0, err
		}
	}
	return i, nil
}

// parseLayout returns nil for the layout of a type that is absent.
func parseLayout(kind Kind, lines []string) (*Layout, error) {
	if len(lines) == 0 {
		return nil, fmt.Errorf("no layout")
	}
	l := &Layout{}
	head := strings.TrimPrefix(lines[0], "\t")
	if head == absent && len(lines) == 1 {
		return nil, nil
	}
	var rest []string
	switch kind {
	case Typedef:
		target, ok := strings.CutPrefix(head, typeTag)
		if !ok {
			return nil, fmt.Errorf("want what it stands for, not %q", head)
		}
		fields, more, err := parseFields("\t", lines[1:])
		if err != nil {
			return nil, err
		}
		l.Target, l.Fields, rest = target, fields, more
	case Base, Enum:
		if n, err := fmt.Sscanf(head, sizeTag+"%d %s", &l.Size, &l.Encoding); n != 2 {
			return nil, fmt.Errorf("want size and encoding, not %q: %w", head, err)
		}
		if !slices.Contains(strings.Fields(encodings), l.Encoding) {
			return nil, fmt.Errorf("unknown encoding %q", l.Encoding)
		}
		rest = lines[1:]
	default:
		if n, err := fmt.Sscanf(head, sizeTag+"%d align %d", &l.Size, &l.Align); n != 2 {
			return nil, fmt.Errorf("want size and align, not %q: %w", head, err)
		}
		fields, more, err := parseFields("\t", lines[1:])
		if err != nil {
			return nil, err
		}
		l.Fields, rest = fields, more
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("unexpected %q", rest[0])
	}
	return l, nil
}

// parseFields reads fields as long as lines are indented so, and returns the lines that are left.
func parseFields(indent string, lines []string) ([]Field, []string, error) {
	var fields []Field
	for len(lines) > 0 {
		text, ok := strings.CutPrefix(lines[0], indent)
		if !ok || text == fieldEnd {
			return fields, lines, nil
		}
		lines = lines[1:]
		offset, text, _ := strings.Cut(text, " ")
		name, expr, ok := strings.Cut(text, " ")
		if !ok {
			return nil, nil, fmt.Errorf("want offset, name and type of a field, not %q %q", offset, text)
		}
		var f Field
		var err error
		offset, bits, isBits := strings.Cut(offset, ":")
		if f.Offset, err = strconv.ParseInt(offset, 10, 64); err != nil {
			return nil, nil, fmt.Errorf("offset of field %s: %w", name, err)
		}
		if isBits {
			if f.Bits, err = strconv.ParseInt(bits, 10, 64); err != nil || f.Bits <= 0 {
				return nil, nil, fmt.Errorf("width of bit field %s: %q", name, bits)
			}
		}
		if name != absent {
			f.Name = name
		}
		if expr, ok = strings.CutSuffix(expr, " "+fieldTag); ok {
			if f.Members, lines, err = parseFields(indent+"\t", lines); err != nil {
				return nil, nil, err
			}
			if len(lines) == 0 || lines[0] != indent+fieldEnd {
				return nil, nil, fmt.Errorf("members of field %q do not end", name)
			}
			lines = lines[1:]
			if f.Members == nil {
				f.Members = []Field{}
			}
		}
		f.Type = expr
		fields = append(fields, f)
	}
	return fields, nil, nil
}
