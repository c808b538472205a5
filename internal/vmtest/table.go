package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// column is what became of a kernel's guest.
type column struct {
	Kernel, Arch string // version and architecture
	Results      []result
	Doubts       []string // why it is not the kernel or system that it should be
	Err          string   // what went wrong with the guest itself
	Elapsed      time.Duration
}

func (c *column) title() string { return c.Kernel + " " + c.Arch }

// failed reports whether anything was not as it should be.
func (c *column) failed() bool {
	return c.Err != "" || slices.ContainsFunc(c.Results, func(r result) bool { return r.Outcome == "fail" })
}

// cell says what became of a package: "38", "37, 1 FAILED", "36, 2 skipped".
func (c *column) cell(pkg string) string {
	i := slices.IndexFunc(c.Results, func(r result) bool { return r.Package == pkg })
	if i < 0 {
		return "not run"
	}
	r := c.Results[i]
	parts := []string{fmt.Sprint(r.Passed)}
	switch {
	case len(r.Failed) > 0:
		parts = append(parts, fmt.Sprintf("%d FAILED", len(r.Failed)))
	case r.Outcome == "fail":
		parts = append(parts, "FAILED")
	}
	if len(r.Skipped) > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", len(r.Skipped)))
	}
	return strings.Join(parts, ", ")
}

// grid is the table package × kernel: how many tests passed, failed and were skipped, and the time with the boot.
func grid(columns []*column) [][]string {
	head, last := []string{"tests passed"}, []string{"time"}
	var pkgs []string
	for _, c := range columns {
		head = append(head, c.title())
		last = append(last, c.Elapsed.Round(time.Second).String())
		for _, r := range c.Results {
			if !slices.Contains(pkgs, r.Package) {
				pkgs = append(pkgs, r.Package)
			}
		}
	}
	rows := [][]string{head}
	for _, pkg := range pkgs {
		row := []string{strings.TrimPrefix(pkg, "kern.sys/")}
		for _, c := range columns {
			row = append(row, c.cell(pkg))
		}
		rows = append(rows, row)
	}
	return append(rows, last)
}

// details says what failed, and what was skipped for which reason.
func details(columns []*column) []string {
	var lines []string
	for _, c := range columns {
		for _, doubt := range c.Doubts {
			lines = append(lines, fmt.Sprintf("%s as found: %s", c.title(), gist(doubt)))
		}
		if c.Err != "" {
			lines = append(lines, fmt.Sprintf("%s failed: %s", c.title(), gist(c.Err)))
		}
		for _, r := range c.Results {
			if r.Note != "" {
				lines = append(lines, fmt.Sprintf("%s failed: %s: %s", c.title(), r.Package, r.Note))
			}
			for _, test := range r.Failed {
				lines = append(lines, fmt.Sprintf("%s failed: %s %s", c.title(), r.Package, test))
			}
		}
	}
	return append(lines, skips(columns)...)
}

// mirrorNames matches what names the machine's own mirror in what apt says.
var mirrorNames = regexp.MustCompile(`https?://[^/ ]+/| \[IP: [^\]]*\]`)

// gist returns what an error says on its first line, and of one of apt's what that says is wrong.
func gist(s string) string {
	line, rest, _ := strings.Cut(s, "\n")
	if before, _, ok := strings.Cut(line, "apt-get: exit status"); ok {
		if _, wrong, ok := strings.Cut("\n"+rest, "\nE: "); ok {
			wrong, _, _ = strings.Cut(wrong, "\n")
			return before + mirrorNames.ReplaceAllString(wrong, "")
		}
	}
	return line
}

// skips says for each reason what was skipped for it, and where.
func skips(columns []*column) []string {
	type key struct{ kernel, pkg, reason string }
	tests := map[key][]string{}
	var order []key
	for _, c := range columns {
		for _, r := range c.Results {
			for _, s := range r.Skipped {
				k := key{c.title(), r.Package, s.Reason}
				if tests[k] == nil {
					order = append(order, k)
				}
				tests[k] = append(tests[k], s.Test)
			}
		}
	}
	var lines []string
	for _, k := range order {
		names, more := tests[k], ""
		if len(names) > 5 {
			names, more = names[:5], fmt.Sprintf(" and %d more", len(names)-5)
		}
		lines = append(lines, fmt.Sprintf("%s skipped: %s %s%s: %s", k.kernel, k.pkg, strings.Join(names, ", "), more,
			k.reason))
	}
	return lines
}

// printTable prints the results as text.
func printTable(w io.Writer, columns []*column) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range grid(columns) {
		fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, line := range details(columns) {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	return nil
}
