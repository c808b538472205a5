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

// files tells how many files were changed, of the module and of others.
func (r *result) files() string {
	s := fmt.Sprint(r.Files)
	n := 0
	for _, d := range r.Dependencies {
		n += d.Files
	}
	if n > 0 {
		s += fmt.Sprintf(", and %d of %d dependencies", n, len(r.Dependencies))
	}
	return s
}

// built tells whether the module is built: with its own imports changed only, or with all.
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

// What is between these lines of a Markdown file is written by dropin.
const (
	resultsBegin = "<!-- results: written by dropin -->\n"
	resultsEnd   = "<!-- end of results -->\n"
)

// writeMarkdown replaces the results in a Markdown file.
func writeMarkdown(file, command string, now time.Time, results []*result) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(b), resultsBegin)
	_, after, ok2 := strings.Cut(rest, resultsEnd)
	if !ok || !ok2 {
		return fmt.Errorf("%s has no lines %q and %q", file, resultsBegin, resultsEnd)
	}
	return os.WriteFile(file, []byte(before+resultsBegin+markdown(command, now, results)+resultsEnd+after), 0o644)
}

// markdown returns the results as Markdown.
func markdown(command string, now time.Time, results []*result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s, by `%s`:\n\n", now.UTC().Format(time.DateOnly), command)
	for i, row := range grid(results) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			b.WriteString("|" + strings.Repeat("---|", len(row)) + "\n")
		}
	}
	b.WriteString("\n")
	for _, r := range results {
		for _, line := range r.details() {
			fmt.Fprintf(&b, "- %s\n", line)
		}
	}
	b.WriteString("\n")
	return b.String()
}
