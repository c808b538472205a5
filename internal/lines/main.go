package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// limit is the first column that no line reaches.
const limit = 120

func main() {
	files := os.Args[1:]
	if len(files) == 0 {
		var err error
		if files, err = sources("."); err != nil {
			fmt.Fprintln(os.Stderr, "lines:", err)
			os.Exit(1)
		}
	}
	failed := false
	for _, file := range files {
		left, err := fix(file)
		if err != nil {
			left = append(left, err.Error())
		}
		for _, line := range left {
			failed = true
			fmt.Fprintf(os.Stderr, "%s: %s\n", file, line)
		}
	}
	if failed {
		os.Exit(1)
	}
}

// sources are the files below a directory that the rule is about. Folders called generated hold what
// internal/peertests makes of the tests of others; they are not in the repository.
func sources(root string) (files []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if name == "testdata" || name == "generated" || path != root && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
		case filepath.Ext(name) == ".go" && name[0] != 'z', filepath.Ext(name) == ".md":
			files = append(files, path)
		}
		return nil
	})
	return files, err
}

// fix breaks the long lines of a file and returns those that are left.
func fix(file string) (left []string, err error) {
	old, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	breakLines := breakMarkdown
	if filepath.Ext(file) == ".go" {
		breakLines = breakGo
	}
	text, err := breakLines(old)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(text, old) {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			return nil, err
		}
	}
	return long(file, text), nil
}

// long are the lines of a file that are too long.
func long(file string, text []byte) (found []string) {
	lines := strings.Split(string(text), "\n")
	exempt := literalLines(lines)
	if filepath.Ext(file) == ".go" {
		exempt = quotedLines(text)
	}
	for i, line := range lines {
		if wide(line) && !exempt[i] {
			found = append(found, fmt.Sprintf("line %d has %d columns", i+1, utf8.RuneCountInString(line)))
		}
	}
	return found
}

func wide(line string) bool { return len(line) >= limit && utf8.RuneCountInString(line) >= limit }

// prose breaks the long lines of text that stand behind a prefix, such as "// ", and carries the rest over to the
// next line where that goes on with the paragraph.
func prose(lines []string, at int, prefix string) []string {
	for ; wide(lines[at]); at++ {
		cut := blank(lines[at], len(prefix))
		if cut < 0 {
			return lines
		}
		rest := lines[at][cut+1:]
		lines[at] = strings.TrimRight(lines[at][:cut], " ")
		if at+1 < len(lines) && goesOn(lines[at+1], prefix) {
			lines[at+1] = prefix + rest + " " + lines[at+1][len(prefix):]
			continue
		}
		lines = append(lines[:at+1], append([]string{prefix + rest}, lines[at+1:]...)...)
	}
	return lines
}

// goesOn reports whether a line is in the same paragraph as a line above it with the prefix.
func goesOn(line, prefix string) bool {
	text, ok := strings.CutPrefix(line, prefix)
	return ok && text != "" && !strings.ContainsRune(" \t|#", rune(text[0])) && !mark(text)
}

// mark reports whether text would begin a list, a heading or another block.
func mark(text string) bool {
	word, _, _ := strings.Cut(text, " ")
	switch {
	case word == "":
		return true
	case strings.ContainsRune("-*+#>=|`", rune(word[0])) &&
		(len(word) == 1 || word[0] == '#' || strings.HasPrefix(word, "```")):
		return true
	case word[len(word)-1] == '.' || word[len(word)-1] == ')':
		return strings.Trim(word[:len(word)-1], "0123456789") == ""
	}
	return false
}

// blank is the last blank before the limit where a line may be broken, -1 where there is none.
func blank(line string, from int) int {
	columns, last := 0, -1
	code := false
	for i, r := range line {
		columns++
		if columns > limit-1 {
			break
		}
		switch {
		case r == '`':
			code = !code
		case r == ' ' && i > from && !code && !mark(line[i+1:]) && line[i-1] != ' ':
			last = i
		}
	}
	return last
}
