package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
)

// grid is the table: a row for each module, under a heading.
func grid(results []*result) [][]string {
	rows := [][]string{{"module", "version", "files changed", "built", "tests before", "tests after"}}
	for _, r := range results {
		if r.Err != nil {
			rows = append(rows, []string{r.Module.Path, r.Module.Version, "", "NOT TRIED", "", ""})
			continue
		}
		rows = append(rows, []string{r.Module.Path, r.Module.Version, r.files(), r.built(), r.Before.cell(), r.After.cell()})
	}
	return rows
}

// files says how many files were changed, of the module and of others.
func (r *result) files() string {
	s := fmt.Sprint(r.Files)
	n := 0
	for _, d := range r.Dependencies {
		n += d.Files
	}
	if n > 0 {
		s += fmt.Sprintf(", dependencies (%d): %d", len(r.Dependencies), n)
	}
	return s
}

// built reports whether the module is built: with its own imports changed only, or with all.
func (r *result) built() string {
	switch {
	case r.BuiltAlone == nil:
		return "yes"
	case r.BuiltAfter == nil:
		return "with dependencies"
	case r.BuiltBefore == nil:
		return "NO"
	}
	return "neither before nor after"
}

// cell counts tests.
func (o outcomes) cell() string {
	s := fmt.Sprint(o.tally("pass"))
	for _, k := range [][2]string{{"fail", "failed"}, {"skip", "skipped"}, {"unsteady", "unsteady"}} {
		if n := o.tally(k[0]); n > 0 {
			s += fmt.Sprintf(", %d %s", n, k[1])
		}
	}
	if passed, failed := o.specs(); passed+failed > 0 {
		s += fmt.Sprintf("; %d specs", passed)
		if failed > 0 {
			s += fmt.Sprintf(", %d failed", failed)
		}
	}
	return s
}

func printTable(w io.Writer, results []*result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range grid(results) {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		for _, line := range r.details() {
			fmt.Fprintln(w, line)
		}
	}
	return nil
}

// dropin writes the text between these lines of a Markdown file: that of tests, and that of other systems.
const (
	resultsBegin = "<!-- results: written by dropin -->\n"
	systemsBegin = "<!-- systems: written by dropin -->\n"
	resultsEnd   = "<!-- end of results -->\n"
)

// writeMarkdown replaces the results of these modules in a Markdown file; those of others stay while they are in the
// list of modules.
func writeMarkdown(file string, now time.Time, results []*result) error {
	return replaceBetween(file, resultsBegin, func(old string) string { return markdown(old, now, results) })
}

// replaceBetween replaces the text between a line and the end of the results below it.
func replaceBetween(file, begin string, text func(old string) string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(b), begin)
	old, after, ok2 := strings.Cut(rest, resultsEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q", file, begin, resultsEnd)
	}
	return os.WriteFile(file, []byte(before+begin+text(old)+resultsEnd+after), 0o644)
}

// markdown returns the results as Markdown, and of the old Markdown those of other modules.
func markdown(old string, now time.Time, results []*result) string {
	rows, details := map[string]string{}, map[string]string{} // by module
	for line := range strings.Lines(old) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "|" {
			rows[f[1]] = line
		} else if len(f) > 1 && f[0] == "-" {
			details[f[1]] += line
		}
	}
	table := grid(results)
	for i, r := range results {
		rows[r.Module.Path] = fmt.Sprintf("| %s | %s |\n", strings.Join(table[i+1], " | "), now.UTC().Format(time.DateOnly))
		details[r.Module.Path] = ""
		for _, line := range r.details() {
			details[r.Module.Path] += "- " + line + "\n"
		}
	}
	var b, below strings.Builder
	fmt.Fprintf(&b, "\n| %s | tried |\n|%s\n", strings.Join(table[0], " | "), strings.Repeat("---|", len(table[0])+1))
	for _, m := range modules {
		b.WriteString(rows[m.Path])
		if rows[m.Path] != "" {
			below.WriteString(details[m.Path])
		}
	}
	return b.String() + "\n" + below.String() + "\n"
}
