package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// result is what became of a module.
type result struct {
	Module                              module
	Files                               int // of the module that were changed
	Dependencies                        []dependency
	BuiltBefore, BuiltAlone, BuiltAfter error
	Before, After                       outcomes
	Err                                 error // that ended the attempt
}

// dependency is another module with changed files.
type dependency struct {
	Path  string
	Files int
}

// end is how a test ended in all rounds: "pass", "fail", "skip", "unsteady", or "" if it was not there.
func (o outcomes) end(t test) string {
	ends := slices.Compact(slices.Clone(o[t]))
	switch len(ends) {
	case 0:
		return ""
	case 1:
		return ends[0]
	}
	return "unsteady"
}

// tally counts the tests, without subtests, that ended so.
func (o outcomes) tally(end string) (n int) {
	for t := range o {
		if t.Test != "" && !strings.Contains(t.Test, "/") && o.end(t) == end {
			n++
		}
	}
	return n
}

func compareTests(a, b test) int {
	return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Test, b.Test))
}

// change is a test that did not end alike before and after.
type change struct {
	test
	before, after string
}

// worse: a test passed, and now fails, is skipped or is not there, or fewer of its specs pass.
func (c change) worse() bool {
	if strings.HasSuffix(c.Test, specs+"passed") {
		before, _ := strconv.Atoi(c.before)
		after, err := strconv.Atoi(c.after)
		return err == nil && after < before
	}
	return c.before == "pass" && (c.after == "fail" || c.after == "skip" || c.after == "")
}

// name is the test's name in the lines about the module.
func (r *result) name(t test) string {
	return strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(t.Package, r.Module.Path), "/") + " " +
		cmp.Or(t.Test, "(package)"))
}

func (r *result) describe(c change) string {
	say := func(end string) string { return cmp.Or(end, "not run") }
	return fmt.Sprintf("%s (%s, then %s)", r.name(c.test), say(c.before), say(c.after))
}

// changes compares. Subtests need not be there on both sides, for some are named after the moment. A package is named
// where none of its tests says why it ended otherwise, and its tests are not where it did not run to its end.
func changes(before, after outcomes) (list []change) {
	all := maps.Clone(before)
	maps.Copy(all, after)
	// packages with a changed test
	told := map[string]bool{}
	// packages after their tests
	for _, t := range slices.SortedFunc(maps.Keys(all), func(a, b test) int { return -compareTests(a, b) }) {
		c := change{t, before.end(t), after.end(t)}
		whole := change{test{Package: t.Package}, before.end(test{Package: t.Package}), after.end(test{Package: t.Package})}
		missing := c.before == "" || c.after == ""
		switch {
		case c.before == c.after,
			missing && strings.Contains(t.Test, "/"),
			missing && t.Test != "" && whole.before != whole.after,
			t.Test == "" && told[t.Package]:
			continue
		}
		told[t.Package] = true
		list = append(list, c)
	}
	slices.Reverse(list)
	return list
}

// differing are the packages with changes.
func differing(before, after outcomes) (packages []string) {
	for _, c := range changes(before, after) {
		packages = append(packages, c.Package)
	}
	return slices.Compact(packages)
}

// worse reports whether something was lost.
func (r *result) worse() bool {
	return r.Err != nil || r.BuiltBefore == nil && r.BuiltAfter != nil ||
		slices.ContainsFunc(changes(r.Before, r.After), change.worse)
}

// details are the lines that follow the table.
func (r *result) details() (lines []string) {
	line := func(format string, args ...any) {
		lines = append(lines, r.Module.Path+" "+fmt.Sprintf(format, args...))
	}
	if r.Err != nil {
		line("could not be tried: %s", gist(r.Err))
		return lines
	}
	if r.BuiltBefore != nil {
		line("is not built as it is: %s", gist(r.BuiltBefore))
	}
	if r.BuiltAfter != nil {
		line("is not built: %s", gist(r.BuiltAfter))
	} else if r.BuiltAlone != nil {
		line("is not built with its own imports changed only: %s", gist(r.BuiltAlone))
	}
	var worse, others []string
	for _, c := range changes(r.Before, r.After) {
		if c.worse() {
			worse = append(worse, r.describe(c))
		} else {
			others = append(others, r.describe(c))
		}
	}
	if len(worse) > 0 {
		line("WORSE: %s", strings.Join(worse, ", "))
	}
	if len(others) > 0 {
		line("other than before: %s", some(others))
	}
	var failed []string
	for _, t := range slices.SortedFunc(maps.Keys(r.After), compareTests) {
		if r.After.end(t) == "fail" && r.Before.end(t) == "fail" && !strings.Contains(t.Test, "/") &&
			(t.Test != "" || !r.After.anyFailed(t.Package)) {
			failed = append(failed, r.name(t))
		}
	}
	if len(failed) > 0 {
		line("fails before and after: %s", some(failed))
	}
	for _, l := range r.Module.Left {
		line("left out: %s: %s", cmp.Or(l.Tests, l.File), l.Reason)
	}
	return lines
}

// anyFailed reports whether a test of the package failed.
func (o outcomes) anyFailed(pkg string) bool {
	for t := range o {
		if t.Package == pkg && t.Test != "" && o.end(t) == "fail" {
			return true
		}
	}
	return false
}

// steps begin what a build says it does, and where.
var steps = []string{"go build ", "go list ", "go test ", "go: downloading ", "# "}

// gist is the first line of what hindered a build.
func gist(err error) string {
	for line := range strings.Lines(err.Error()) {
		line = strings.TrimSpace(line)
		if line != "" && !slices.ContainsFunc(steps, func(step string) bool { return strings.HasPrefix(line, step) }) {
			what, _, missing := strings.Cut(line, ": reading http")
			if missing {
				return what + " is not to be had" // and from where is not what matters
			}
			return line
		}
	}
	return "it is not said why"
}

// some names five of many.
func some(names []string) string {
	if len(names) <= 6 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:5], ", "), len(names)-5)
}
