package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// What is between these lines of a Markdown file is written by vmtest.
const (
	resultsBegin = "<!-- results: written by vmtest -->\n"
	resultsEnd   = "<!-- end of results -->\n"
)

// writeMarkdown replaces the results in a Markdown file.
func writeMarkdown(file, command string, now time.Time, columns []*column) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(b), resultsBegin)
	_, after, ok2 := strings.Cut(rest, resultsEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q", file, resultsBegin, resultsEnd)
	}
	return os.WriteFile(file, []byte(before+resultsBegin+markdown(command, now, columns)+resultsEnd+after), 0o644)
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
