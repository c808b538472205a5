package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"
)

// vmtest writes the text between lines of these forms in a Markdown file, separately for each architecture.
const (
	resultsBegin = "<!-- results of %s: written by vmtest -->\n"
	resultsEnd   = "<!-- end of results -->\n"
)

// writeMarkdown replaces the results of the architectures that columns have in a Markdown file.
func writeMarkdown(file, command string, now time.Time, columns []*column) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, done := string(b), map[string]bool{}
	for _, c := range columns {
		if done[c.Arch] {
			continue
		}
		done[c.Arch] = true
		begin := fmt.Sprintf(resultsBegin, c.Arch)
		before, rest, ok := strings.Cut(text, begin)
		_, after, ok2 := strings.Cut(rest, resultsEnd)
		if !ok || !ok2 {
			return fmt.Errorf("%s has no lines %q and %q", file, begin, resultsEnd)
		}
		others := func(o *column) bool { return o.Arch != c.Arch }
		own := slices.DeleteFunc(slices.Clone(columns), others)
		text = before + begin + markdown(command, now, own) + resultsEnd + after
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// markdown returns the results as Markdown.
func markdown(command string, now time.Time, columns []*column) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, by `%s`:\n\n", now.UTC().Format(time.DateOnly), command)
	for i, row := range grid(columns) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
	b.WriteString("\n")
	lines := details(columns)
	for _, line := range lines {
		fmt.Fprintf(&b, "- %s\n", line)
	}
	if len(lines) > 0 {
		b.WriteString("\n")
	}
	return b.String()
}
