package main

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// preprocessed is what the preprocessor's output says of the files that a header owns.
type preprocessed struct {
	macros []macro  // object-like macros with a body, by name
	tags   []string // "struct x" and "union x" that may be defined there
	funcs  []string // function-like macros
}

type macro struct {
	name, file string
}

var (
	lineMarker = regexp.MustCompile(`^# \d+ "((?:[^"\\]|\\.)*)"`)
	tagPattern = regexp.MustCompile(`\b(struct|union)\s+(?:__attribute__\s*\(\([^{};]*\)\)\s*)?(\w+)\s*\{`)
)

// readPreprocessed reads the output of clang -E -dD. home maps a path to the name that the file is included
// by, "" for one outside of the headers; owns selects the files that count.
func readPreprocessed(text string, home func(string) string, owns func(string) bool) (*preprocessed, error) {
	p := &preprocessed{}
	live := map[string]macro{}
	var code strings.Builder
	file := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := lineMarker.FindStringSubmatch(line); m != nil {
			path, err := strconv.Unquote(`"` + m[1] + `"`)
			if err != nil {
				return nil, fmt.Errorf("line marker %q: %w", line, err)
			}
			file = home(path)
			continue
		}
		if rest, ok := strings.CutPrefix(line, "#define "); ok {
			name, body, _ := strings.Cut(rest, " ")
			switch {
			case strings.Contains(name, "("):
				name, _, _ = strings.Cut(name, "(")
				delete(live, name)
				if owns(file) {
					p.funcs = append(p.funcs, name)
				}
			case strings.TrimSpace(body) != "" && balanced(body):
				live[name] = macro{name, file}
			default:
				delete(live, name)
			}
			continue
		}
		if rest, ok := strings.CutPrefix(line, "#undef "); ok {
			delete(live, strings.TrimSpace(rest))
			continue
		}
		if owns(file) {
			code.WriteString(line)
			code.WriteByte('\n')
		}
	}
	for _, m := range live {
		if owns(m.file) {
			p.macros = append(p.macros, m)
		}
	}
	slices.SortFunc(p.macros, func(a, b macro) int { return strings.Compare(a.name, b.name) })
	for _, m := range tagPattern.FindAllStringSubmatch(code.String(), -1) {
		p.tags = append(p.tags, m[1]+" "+m[2])
	}
	slices.Sort(p.tags)
	p.tags = slices.Compact(p.tags)
	return p, nil
}

// balanced reports whether a macro's body is one that can stand in a line of its own without reaching into
// the next: no statement, and every bracket and quote closed.
func balanced(body string) bool {
	var open []byte
	for i := 0; i < len(body); i++ {
		switch c := body[i]; c {
		case '(', '[', '{':
			open = append(open, c)
		case ')', ']', '}':
			want := map[byte]byte{')': '(', ']': '[', '}': '{'}[c]
			if len(open) == 0 || open[len(open)-1] != want {
				return false
			}
			open = open[:len(open)-1]
		case ';':
			return false
		case '"', '\'':
			for i++; i < len(body) && body[i] != c; i++ {
				if body[i] == '\\' {
					i++
				}
			}
			if i >= len(body) {
				return false
			}
		}
	}
	return len(open) == 0
}
