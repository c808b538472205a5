package guest

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Tally counts the results of a script's sub-tests.
type Tally struct {
	Pass, Fail, Skip int
	Seconds          float64
	Note             string // [noTime]
}

func (t Tally) String() string {
	s := fmt.Sprintf("%d/%d/%d %.0fs", t.Pass, t.Fail, t.Skip, t.Seconds)
	if t.Note != "" {
		s += " " + t.Note
	}
	return s
}

// form is a way in which scripts print the end of a sub-test: the rest of the line, or what the first group has, is
// its name.
type form struct {
	outcome string
	re      *regexp.Regexp
}

// forms returns the ways to print outcomes; the first that matches holds.
func forms() []form {
	var fs []form
	add := func(outcome, re string) { fs = append(fs, form{outcome, regexp.MustCompile(re)}) }
	add("skip", `^ *(?:# )?ok \d+ *-? *(.*)# *(?:SKIP|skipped)`)
	add("pass", `^ *(?:# )?ok \d+ *-? *(.*)`)
	add("fail", `^ *(?:# )?not ok \d+ *-? *(.*)`)
	add("pass", `^(.*)\[ *(?:OK|PASS|PASSED|SUCCESS|ok) *\]`)
	add("fail", `^(.*)\[ *(?:FAIL|FAILED|NOK|FAILURE) *\]`)
	add("skip", `^(.*)\[ *(?:SKIP|XFAIL|SKIPPED) *\]`)
	add("pass", `^ *#? *PASS(?:ED)?: *(.*)`)
	add("fail", `^ *#? *FAIL(?:ED)?: *(.*)`)
	add("skip", `^ *#? *SKIP(?:PED)?: *(.*)`)
	add("pass", `^(.*)(?:: *|\.\.\. *)(?:ok|OK|PASS|pass|passed)$`)
	add("fail", `^(.*)(?:: *|\.\.\. *)(?:FAIL|fail|failed|FAILED)$`)
	add("pass", `^(.*: .*) succeeded(?: with output:)?$`)
	return fs
}

var (
	colours = regexp.MustCompile(`\x1b\[[0-9;]*[A-Za-z]`)
	// Ends of names of namespaces, how long it took, and what was measured.
	random = regexp.MustCompile(`-[A-Za-z0-9]{6}\b|# time=\d+ms| *\d+ max \d+ *| \(duration: \d+s\)| in \d+ ms`)
)

// subtests returns how often each sub-test that a script printed ended in each way, as "pass NAME". A script that
// prints none is one sub-test, by its exit status.
func subtests(log string, status int) map[string]int {
	counts := map[string]int{}
	fs := forms()
	for line := range strings.Lines(colours.ReplaceAllString(log, "")) {
		line = strings.TrimRight(line, "\r\n")
		for _, f := range fs {
			if m := f.re.FindStringSubmatch(line); m != nil {
				name := strings.Join(strings.Fields(random.ReplaceAllString(m[1], "")), " ")
				counts[f.outcome+" "+name]++
				break
			}
		}
	}
	if len(counts) == 0 {
		outcome := map[int]string{0: "pass", 4: "skip"}[status]
		if outcome == "" {
			outcome = "fail"
		}
		counts[outcome+" (exit status)"] = 1
	}
	return counts
}

// notRun is how tdc.py names the cases that it did not come to: it gives up where a case cannot be set up or torn
// down.
var notRun = regexp.MustCompile(`^ok \d+ (\S+) - .*# skipped - skipped - previous`)

// tapOf returns the results at the end of what tdc.py printed, all of it where there are none, and the cases that are
// left for another run.
func tapOf(log []byte) (results []byte, left []string) {
	if _, tap, ok := bytes.Cut(log, []byte("All test results:")); ok {
		log = tap
	}
	for line := range bytes.Lines(log) {
		if m := notRun.FindSubmatch(line); m != nil {
			left = append(left, string(m[1]))
			continue
		}
		results = append(results, line...)
	}
	return results, left
}

func tally(counts map[string]int) Tally {
	var t Tally
	for k, n := range counts {
		switch outcome, _, _ := strings.Cut(k, " "); outcome {
		case "pass":
			t.Pass += n
		case "fail":
			t.Fail += n
		case "skip":
			t.Skip += n
		}
	}
	return t
}

// noTime is the note at a run that was ended before it had run all.
const noTime = "no time"

// lost lists the sub-tests that pass more often in one run than in another. Of a run that was cut off, those are lost
// that did not pass when it came to them.
func lost(before, after map[string]int, cut bool) []string {
	var names []string
	for k, n := range before {
		name, ok := strings.CutPrefix(k, "pass ")
		if ok && after[k] < n && (!cut || after["fail "+name]+after["skip "+name] > 0) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
