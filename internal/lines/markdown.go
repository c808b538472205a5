package main

import "strings"

func breakMarkdown(text []byte) ([]byte, error) {
	lines := strings.Split(string(text), "\n")
	for i := 0; i < len(lines); i++ {
		if wide(lines[i]) && !literalLines(lines)[i] && lines[i][0] != '#' {
			lines = prose(lines, i, inside(lines[i]))
		}
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// inside is what the lines of a list's entry begin with behind its first, nothing outside of a list.
func inside(line string) string {
	text := strings.TrimLeft(line, " ")
	if _, rest, ok := strings.Cut(text, " "); ok && mark(text) {
		text = strings.TrimLeft(rest, " ")
	}
	return strings.Repeat(" ", len(line)-len(text))
}

// literalLines are those of tables and literal blocks, and what programs wrote between two comments.
func literalLines(lines []string) map[int]bool {
	found := map[int]bool{}
	fenced, list, written := false, false, false
	for i, line := range lines {
		text := strings.TrimLeft(line, " \t")
		switch {
		case strings.HasPrefix(text, "<!--"):
			written = !strings.HasPrefix(text, "<!-- end")
		case written:
			found[i] = true
		case strings.HasPrefix(text, "```"):
			fenced = !fenced
			found[i] = true
		case fenced, strings.HasPrefix(text, "|"):
			found[i] = true
		case text == "":
		case line == text:
			list = mark(text)
		case !list && (strings.HasPrefix(line, "    ") || line[0] == '\t'):
			found[i] = true
		}
	}
	return found
}
