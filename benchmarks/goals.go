package main

import (
	"fmt"
	"slices"
	"strings"
)

// reached compares a workload with its goals: name, what was measured, the same of
// CPU time, what was aimed at, and the verdict.
func (r *report) reached(o *outcome) (lines [][]string) {
	for _, g := range findWorkload(o.Workload).goals {
		row, of := o.row(g.row), o.row(g.of)
		if row == nil || of == nil && g.of != "" {
			continue // the contender did not take part
		}
		for _, l := range r.judge(o, &g, row, of) {
			lines = append(lines, append([]string{o.Workload + ": " + g.row + l[0]}, l[1:]...))
		}
	}
	return lines
}

// noise is the spread from which on a ratio of times says nothing. CPU times hold
// a little longer.
const noise = 0.30

// judge returns a line for each part of a goal. The name is what comes behind that
// of the workload and the contender.
func (r *report) judge(o *outcome, g *goal, row, of *row) (lines [][]string) {
	add := func(what, measured, cpu, goal string, ok bool) {
		verdict := "reached"
		if !ok {
			verdict = "missed"
		}
		lines = append(lines, []string{what, measured, cpu, goal, verdict})
	}
	if len(row.NS) == 0 || of != nil && len(of.NS) == 0 {
		return [][]string{{"", "", "", "", "not measured"}}
	}
	if g.times != 0 {
		times, cpu := row.median()/of.median(), ""
		if len(row.CPU) != 0 && len(of.CPU) != 0 {
			cpu = fmt.Sprintf("%.2f", row.cpu()/of.cpu())
		}
		add("", fmt.Sprintf("%.2f × %s", times, g.of), cpu, fmt.Sprintf("≤ %.2f", g.times), times <= g.times)
		if max(row.spread(), of.spread()) > noise {
			lines[len(lines)-1][4] = "undecided: too much else was running"
		}
	}
	if g.allocs != 0 {
		most := max(g.allocs, 0.005, 10/float64(o.Objects)) // a handful for all of them is none for each
		add(", allocations", few(row.Allocs), "", "≤ "+few(max(g.allocs, 0)), row.Allocs <= most)
	}
	if g.seen != 0 {
		seen := row.Seen / float64(len(row.NS))
		add(", seen", fmt.Sprintf("%.1f %%", 100*seen), "", fmt.Sprintf("≥ %.0f %%", 100*g.seen), seen >= g.seen)
	}
	if g.memory != 0 && row.Cold != nil {
		more := float64(row.Cold.Top-row.Cold.Base) / 1024
		add(", memory beyond the process's own", fmt.Sprintf("%.1f MiB", more), "", fmt.Sprintf("≤ %d MiB", g.memory),
			more <= float64(g.memory))
	}
	if g.peak != 0 && row.Cold != nil && of.Cold != nil {
		share := float64(row.Cold.Top) / float64(of.Cold.Top)
		add(", peak memory", fmt.Sprintf("%.2f × %s", share, g.of), "", fmt.Sprintf("≤ %.2f", g.peak), share <= g.peak)
	}
	if small := r.outcome(g.from); g.growth != 0 && small != nil {
		row0, of0 := small.row(g.row), small.row(g.of)
		if row0 != nil && of0 != nil && len(row0.NS) != 0 && len(of0.NS) != 0 {
			growth := row.median() / row0.median() / (of.median() / of0.median())
			add(fmt.Sprintf(", growth from %s %s", grouped(small.Objects), plural(o.Each)),
				fmt.Sprintf("%.2f × %s", growth, g.of), "", fmt.Sprintf("≤ %.2f", g.growth), growth <= g.growth)
		}
	}
	return lines
}

func (r *report) outcome(workload string) *outcome {
	i := slices.IndexFunc(r.Workloads, func(o outcome) bool { return o.Workload == workload })
	if i < 0 {
		return nil
	}
	return &r.Workloads[i]
}

// variant reports whether a contender is one more form of another.
func variant(contender string) bool { return strings.Contains(contender, ",") }
