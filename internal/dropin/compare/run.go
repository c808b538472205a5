package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"kern.sys/internal/dropin/compare/peer"
)

// compareCalls calls the functions on an architecture.
func compareCalls(theirs, ours *api, arch string, only *regexp.Regexp, verbose bool, explained peer.Explanations,
	n *counts) (diffs []difference, problems []string, err error) {
	uncalled, err := readUncalled("uncalled.txt")
	if err != nil {
		return nil, nil, err
	}
	dir, err := os.MkdirTemp("", "compare")
	if err != nil {
		return nil, nil, err
	}
	defer os.RemoveAll(dir)
	world := filepath.Join(dir, "world")
	if err := os.Mkdir(world, 0o755); err != nil {
		return nil, nil, err
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, nil, err
	}
	p := pair{world: world, arch: arch, explained: explained}
	if p.theirs, p.ours, err = programs(dir, arch, theirs, ours); err != nil {
		return nil, nil, err
	}
	scenarios, err := peer.Output(p.theirs)
	if err != nil {
		return nil, nil, err
	}
	names := append(theirs.names(), theirs.variables...)
	for name, reason := range uncalled {
		if !slices.Contains(names, name) {
			problems = append(problems, fmt.Sprintf("uncalled.txt: no function %s %s", name, reason))
		}
	}
	names = append(names, strings.Fields(scenarios)...)
	names = slices.DeleteFunc(names, func(name string) bool {
		if !only.MatchString(name) {
			return true
		}
		if uncalled[name] != "" {
			n.uncalled++
			return true
		}
		if theirs.functions[name] != nil && ours.functions[name] == nil {
			diffs = append(diffs, difference{name: name, what: "function", theirs: "there", ours: "missing", arch: arch})
			return true
		}
		return false
	})
	n.scenarios += len(strings.Fields(scenarios))
	for name := range ours.functions {
		if theirs.functions[name] == nil {
			n.only++
		}
	}

	results := make([]result, len(names))
	var wg sync.WaitGroup
	work := make(chan int)
	for range 4 * runtime.NumCPU() { // some wait for calls that block
		wg.Go(func() {
			for i := range work {
				results[i] = p.compare(names[i])
			}
		})
	}
	for i := range names {
		work <- i
	}
	close(work)
	wg.Wait()
	for i, r := range results {
		if r.err != nil {
			problems = append(problems, fmt.Sprintf("%s: %v", arch, r.err))
			continue
		}
		n.calls += r.calls
		if theirs.functions[names[i]] != nil {
			n.functions++
			switch {
			case r.calls == 0:
				problems = append(problems, fmt.Sprintf("%s %s: no call of it returns", arch, names[i]))
			case r.succeeded:
				n.succeeded++
			case verbose:
				fmt.Printf("%s %s: no call succeeds\n", arch, names[i])
			}
		}
		diffs = append(diffs, r.diffs...)
	}
	return diffs, problems, nil
}

// readUncalled reads uncalled.txt: NAME REASON.
func readUncalled(path string) (map[string]string, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for line := range strings.Lines(string(b)) {
		name, reason, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case name == "" || name[0] == '#':
		case reason == "":
			return nil, fmt.Errorf("%s: %s lacks a reason", path, name)
		default:
			out[name] = reason
		}
	}
	return out, nil
}

// pair is the program of calls, of both packages.
type pair struct {
	theirs, ours, world, arch string
	explained                 peer.Explanations
}

type result struct {
	calls     int
	succeeded bool
	diffs     []difference
	err       error
}

// part is a part of what came of a call.
type part struct {
	index int
	path  string
}

// rounds is how often both are run, at most, to see what differs by itself.
const rounds = 5

// compare calls a function in both. If anything differs it does so again: what differs between runs of x/sys is no
// difference, nor is what is the same in a later round. So times and other things that change do not count, whenever
// they change.
func (p pair) compare(name string) (r result) {
	theirs, ours := map[part]map[string]bool{}, map[part]map[string]bool{}
	var first []*record
	last := math.MaxInt // of the calls that all runs made
	for round := range rounds {
		for i, run := range []struct {
			program string
			into    map[part]map[string]bool
		}{{p.theirs, theirs}, {p.ours, ours}} {
			rs, err := records(run.program, p.world, name)
			if err != nil {
				r.err = err
				return r
			}
			if round == 0 && i == 0 {
				first = rs
				r.calls = len(rs)
				r.succeeded = slices.ContainsFunc(rs, succeeded)
			}
			if len(rs) > 0 {
				last = min(last, rs[len(rs)-1].index)
			}
			note(run.into, rs)
		}
		r.diffs = differences(name, p.arch, last, first, theirs, ours)
		if !slices.ContainsFunc(r.diffs, func(d difference) bool { return !p.explained.Cover(d.arch, d.key()) }) {
			return r
		}
	}
	return r
}

// note adds what a run recorded to what earlier runs did. A part that only some of them have is "none" in the others.
func note(into map[part]map[string]bool, rs []*record) {
	earlier := len(into) > 0
	have := map[part]bool{}
	for _, rec := range rs {
		for path, value := range rec.leaves {
			p := part{rec.index, path}
			have[p] = true
			if into[p] == nil {
				into[p] = map[string]bool{}
				if earlier {
					into[p]["none"] = true
				}
			}
			into[p][value] = true
		}
	}
	for p := range into {
		if !have[p] {
			into[p]["none"] = true
		}
	}
}

// succeeded reports whether no result is an error and nothing else went wrong.
func succeeded(r *record) bool {
	for path, value := range r.leaves {
		if path == "panic" || path == "outcome" || strings.HasPrefix(path, "result") && strings.HasPrefix(value, "error ") {
			return false
		}
	}
	return true
}

// differences are the parts that x/sys always has the same, and that never are so here. Alike ones of several calls
// are one.
func differences(name, arch string, last int, rs []*record, theirs, ours map[part]map[string]bool) (out []difference) {
	args := map[int]string{}
	for _, r := range rs {
		args[r.index] = r.args
	}
	seen := map[difference]int{}
	parts := map[part]bool{}
	for p := range theirs {
		parts[p] = true
	}
	for p := range ours {
		parts[p] = true
	}
	var sorted []part
	for p := range parts {
		sorted = append(sorted, p)
	}
	slices.SortFunc(sorted, func(a, b part) int {
		if a.index != b.index {
			return a.index - b.index
		}
		return strings.Compare(a.path, b.path)
	})
	for _, p := range sorted {
		if len(theirs[p]) > 1 || p.index > last {
			continue
		}
		want, got := only(theirs[p]), only(ours[p])
		if ours[p][want] || want == got {
			continue
		}
		d := difference{name: name, what: dense(p.path), theirs: word(want), ours: word(got), arch: arch}
		if failed(theirs, p.index) && failed(ours, p.index) {
			d.what += ",failed"
		}
		if i, has := seen[d]; has {
			out[i].more++
			continue
		}
		seen[d] = len(out)
		d.example = fmt.Sprintf("%s(%s)", name, args[p.index])
		out = append(out, d)
	}
	return out
}

// failed reports whether a call always returned an error.
func failed(parts map[part]map[string]bool, index int) bool {
	for i := range 8 {
		if strings.HasPrefix(only(parts[part{index, fmt.Sprint("result", i)}]), "error ") {
			return true
		}
	}
	return false
}

// only is the one value, "none" without any and "varies" with several.
func only(values map[string]bool) string {
	switch len(values) {
	case 0:
		return "none"
	case 1:
		for v := range values {
			return v
		}
	}
	return "varies"
}

// word is a value as it stands in explained.txt: errors by number, and without spaces.
func word(value string) string {
	if number, _, isError := strings.Cut(value, ": "); isError && strings.HasPrefix(number, "error ") {
		value = number
	}
	if len(value) > 60 {
		value = value[:60] + "…"
	}
	return dense(value)
}
