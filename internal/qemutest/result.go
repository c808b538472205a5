package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// result is what came of a package on an architecture.
type result struct {
	arch, pkg       string
	passed, skipped int      // tests, without those within tests
	failures        []string // tests that failed
	skips           []string // "COUNT: FEATURE", as internal/nstest prints them
	note            string   // what else failed: the build, the end of the program; "" if nothing
	time            time.Duration
}

func (r result) failed() bool { return r.note != "" || len(r.failures) > 0 }

func (r result) word() string {
	if r.failed() {
		return "FAIL"
	}
	return "ok  "
}

// count reads the output of a test binary that was run with -test.v.
func count(output string) (r result) {
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\n")
		if skip, is := strings.CutPrefix(line, "nstest: skipped "); is {
			r.skips = append(r.skips, skip)
		}
		word, test, _ := strings.Cut(strings.TrimPrefix(line, "--- "), ": ")
		if !strings.HasPrefix(line, "--- ") {
			continue
		}
		switch name, _, _ := strings.Cut(test, " "); word {
		case "PASS":
			r.passed++
		case "SKIP":
			r.skipped++
		case "FAIL":
			r.failures = append(r.failures, name)
		}
	}
	return r
}

// printTable prints a line for each package on each architecture, then the failures and what was skipped where.
func printTable(w io.Writer, results []result) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "arch\tpackage\tpassed\tfailed\tskipped\ttime\t")
	for _, r := range results {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%.1fs\t%s\n", r.arch, strings.TrimPrefix(r.pkg, "kern.sys/"), r.passed,
			len(r.failures), r.skipped, r.time.Seconds(), r.note)
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, r := range results {
		if len(r.failures) > 0 {
			fmt.Fprintf(w, "%s %s failed: %s\n", r.arch, r.pkg, strings.Join(r.failures, ", "))
		}
	}
	var features []string
	archs := map[string][]string{}
	for _, r := range results {
		for _, skip := range r.skips {
			_, feature, _ := strings.Cut(skip, ": ")
			if archs[feature] == nil {
				features = append(features, feature)
			}
			archs[feature] = append(archs[feature], r.arch)
		}
	}
	for _, f := range features {
		if _, err := fmt.Fprintf(w, "skipped: %s (%s)\n", f, strings.Join(archs[f], ", ")); err != nil {
			return err
		}
	}
	return nil
}
