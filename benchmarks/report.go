package main

import (
	"fmt"
	"io"
	"math"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// report is all that one run measured.
type report struct {
	Kernel, Go string
	CPUs       int
	Rounds     int
	Workloads  []outcome
}

func newReport(rounds int) *report {
	var u unix.Utsname
	_ = unix.Uname(&u)
	return &report{Kernel: unix.ByteSliceToString(u.Release[:]), Go: runtime.Version(), CPUs: runtime.NumCPU(),
		Rounds: rounds}
}

// print writes a workload's table, as Markdown that also reads well as it is.
func (o *outcome) print(out io.Writer) {
	fmt.Fprintf(out, "\n### %s: %s\n\n%s %s; times and memory for each.\n\n", o.Workload, o.Title, grouped(o.Objects),
		plural(o.Each))
	if why := o.Rows[0].Failed; why != "" && !slices.ContainsFunc(o.Rows, func(r row) bool { return r.Failed != why }) {
		fmt.Fprintf(out, "Not measured: %s.\n", why)
		return
	}
	table := [][]string{{"", "median", "spread", "× floor", "CPU time", "× floor", "allocations", "bytes",
		"cold process", "peak memory"}}
	for i := range o.Rows {
		table = append(table, o.cells(&o.Rows[i]))
	}
	printTable(out, table)
	for _, r := range o.Rows {
		if r.Failed != "" {
			fmt.Fprintf(out, "\n%s: %s\n", r.Contender, r.Failed)
		}
	}
}

// plural is a word for several objects.
func plural(word string) string {
	if stem, ok := strings.CutSuffix(word, "y"); ok {
		return stem + "ies"
	}
	if strings.HasSuffix(word, "s") {
		word += "e"
	}
	return word + "s"
}

func (o *outcome) cells(r *row) []string {
	c := make([]string, 10)
	if c[0], c[1] = r.Contender, "–"; len(r.NS) == 0 {
		return c
	}
	c[1], c[2] = duration(r.median()), fmt.Sprintf("± %.0f %%", 100*r.spread())
	if o.Lossy {
		c[1] += fmt.Sprintf(", %.1f %% seen", 100*r.Seen/float64(len(r.NS)))
	}
	f := o.row(floor)
	if f != nil && len(f.NS) != 0 {
		c[3] = fmt.Sprintf("%.2f", r.median()/f.median())
	}
	if len(r.CPU) != 0 {
		c[4] = duration(r.cpu())
		if f != nil && len(f.CPU) != 0 {
			c[5] = fmt.Sprintf("%.2f", r.cpu()/f.cpu())
		}
	}
	if r.Allocs >= 0 {
		c[6], c[7] = few(r.Allocs), few(r.Bytes)
	}
	if r.Cold != nil {
		c[8], c[9] = duration(r.Cold.NS), fmt.Sprintf("%.1f MiB", float64(r.Cold.Top)/1024)
		if r.Cold.Base != 0 {
			c[9] += fmt.Sprintf(" (%.1f before)", float64(r.Cold.Base)/1024)
		}
	}
	return c
}

func (o *outcome) row(name string) *row {
	i := slices.IndexFunc(o.Rows, func(r row) bool { return r.Contender == name })
	if i < 0 {
		return nil
	}
	return &o.Rows[i]
}

// printTable leaves out columns that have nothing but a head.
func printTable(out io.Writer, table [][]string) {
	width := make([]int, len(table[0]))
	for col := range width {
		for _, line := range table[1:] {
			width[col] = max(width[col], utf8.RuneCountInString(line[col]))
		}
		if width[col] != 0 || col == 0 {
			width[col] = max(width[col], utf8.RuneCountInString(table[0][col]))
		}
	}
	for i, line := range table {
		text, rule := "|", "|"
		for col, cell := range line {
			if width[col] == 0 {
				continue
			}
			fill := width[col] - utf8.RuneCountInString(cell)
			if col == 0 { // the names stand to the left, numbers to the right
				text += " " + cell + strings.Repeat(" ", fill) + " |"
				rule += strings.Repeat("-", width[col]+2) + "|"
			} else {
				text += strings.Repeat(" ", fill+1) + cell + " |"
				rule += strings.Repeat("-", width[col]+1) + ":|"
			}
		}
		fmt.Fprintln(out, text)
		if i == 0 {
			fmt.Fprintln(out, rule)
		}
	}
}

// few is a number that is mostly small.
func few(v float64) string {
	switch {
	case v < 0.005:
		return "0"
	case v < 10:
		return fmt.Sprintf("%.2f", v)
	}
	return grouped(int(math.Round(v)))
}

func duration(ns float64) string {
	switch {
	case ns < 10e3:
		return grouped(int(math.Round(ns))) + " ns"
	case ns < 10e6:
		return fmt.Sprintf("%.1f µs", ns/1e3)
	case ns < 10e9:
		return fmt.Sprintf("%.1f ms", ns/1e6)
	}
	return fmt.Sprintf("%.1f s", ns/1e9)
}

// grouped writes 1234567 as 1,234,567.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// print writes what was aimed at and reached, and what was measured with.
func (r *report) print(out io.Writer, t *tools) {
	fmt.Fprint(out, "\n### What was aimed at\n\n")
	table := [][]string{{"", "measured", "CPU time", "goal", ""}}
	for i := range r.Workloads {
		table = append(table, r.reached(&r.Workloads[i])...)
	}
	printTable(out, table)
	fmt.Fprintf(out, "\n%s, Linux %s, %d CPUs, %d rounds", r.Go, r.Kernel, r.CPUs, r.Rounds)
	if t.IP != "" {
		version, _ := exec.Command(t.IP, "-V").Output()
		fmt.Fprintf(out, ", %s", strings.TrimSpace(string(version)))
	}
	if t.NoMnl != "" {
		fmt.Fprintf(out, "; without libmnl: %s", t.NoMnl)
	}
	fmt.Fprintln(out, ".")
}
