package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
)

// Figures stand between these lines in a document.
const (
	figuresBegin = "<!-- figures: go run -C benchmarks . -write -->\n"
	figuresEnd   = "<!-- end of figures -->\n"
)

// replaceFigures puts text into a document, in the place of the figures there.
func replaceFigures(file, text string) error {
	doc, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, rest, ok := bytes.Cut(doc, []byte(figuresBegin))
	_, after, ok2 := bytes.Cut(rest, []byte(figuresEnd))
	if !ok || !ok2 {
		return fmt.Errorf("%s has no place for figures", file)
	}
	doc = append([]byte(nil), before...)
	doc = append(doc, figuresBegin+text+figuresEnd...)
	return os.WriteFile(file, append(doc, after...), 0o666)
}

// writeDocs writes what was measured into the module's documents.
func (r *report) writeDocs(t *tools, command string) error {
	var short, long strings.Builder
	fmt.Fprintf(&short, "\n    %s\n\n", command)
	r.summary(&short)
	fmt.Fprintf(&long, "\n    %s\n", command)
	for i := range r.Workloads {
		r.Workloads[i].print(&long)
	}
	r.print(&long, t)
	long.WriteString("\n")
	if err := r.writeSVG("../docs/benchmarks.svg"); err != nil {
		return err
	}
	if err := replaceFigures("../README.md", short.String()); err != nil {
		return err
	}
	return replaceFigures("../docs/benchmarks.md", long.String())
}

// summary is a line for each workload of the chart: how long an object takes, and
// how many times the floor that is.
func (r *report) summary(out io.Writer) {
	contenders := []string{floor, kern, vishvananda, rtnetlink2, libmnl, iproute2}
	table := [][]string{append([]string{"for each"}, contenders...)}
	for i := range r.Workloads {
		o := &r.Workloads[i]
		if o.Chart == "" {
			continue
		}
		line := []string{strings.ReplaceAll(o.Chart, "#", grouped(o.Objects))}
		for _, c := range contenders {
			line = append(line, o.short(o.row(c), o.row(floor)))
		}
		table = append(table, line)
	}
	printTable(out, table)
	fmt.Fprintf(out, "\nMedians (rounds: %d) of one run, and multiples of the floor, which is bare system calls; "+
		"Linux %s, %d CPUs, %s.\n\n",
		r.Rounds, r.Kernel, r.CPUs, r.Go)
}

func (o *outcome) short(r, floor *row) string {
	if r == nil || len(r.NS) == 0 {
		return ""
	}
	if seen := r.Seen / float64(len(r.NS)); o.Lossy && seen < 0.9995 {
		return fmt.Sprintf("%.0f %% seen", 100*seen) // its time is of less work
	}
	text := duration(r.median())
	if r != floor && floor != nil && len(floor.NS) != 0 {
		text += fmt.Sprintf(", %.2f ×", r.median()/floor.median())
	}
	return text
}
