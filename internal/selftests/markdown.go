package main

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"kern.sys/internal/selftests/guest"
)

var results = regexp.MustCompile(`(?s)(<!-- results: written by selftests -->\n).*(<!-- end of results -->)`)

// writeMarkdown puts the rows into the table in a file. Rows of other scripts stay as they are, with their dates.
func writeMarkdown(file string, when time.Time, rows []row) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if !results.Match(b) {
		return fmt.Errorf("%s has no place for results", file)
	}
	lines := map[string]string{}
	for line := range strings.Lines(string(results.Find(b))) {
		if cells := strings.Split(line, "|"); len(cells) == 8 {
			lines[strings.TrimSpace(cells[1])] = line
		}
	}
	for _, r := range rows {
		gone := strings.Join(r.Lost[:min(len(r.Lost), 6)], "; ")
		if len(r.Lost) > 6 {
			gone += "; …"
		}
		lines[r.Script] = fmt.Sprintf("| %s | %s | %s | %s | %s | %s |\n", r.Script, r.Iproute2, r.Kern, r.outcome(),
			strings.ReplaceAll(gone, "|", "/"), when.Format(time.DateOnly))
	}
	var t strings.Builder
	t.WriteString("\n| script | iproute2 | kern | sub-tests | lost | tried |\n|---|---|---|---|---|---|\n")
	for _, script := range guest.Scripts() {
		t.WriteString(lines[script])
	}
	t.WriteString("\n")
	loc := results.FindSubmatchIndex(b)
	return os.WriteFile(file, slices.Concat(b[:loc[3]], []byte(t.String()), b[loc[4]:]), 0o644)
}
