package main

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync/atomic"
)

// explanation is a line of explained.txt: FUNCTION PART THEIRS OURS ARCHS REASON. The first four are patterns of
// path.Match, and ARCHS is a list or "all". A REASON that begins with "sometimes" is of what is not seen in every run.
type explanation struct {
	line     string
	rare     bool
	patterns [4]string
	archs    []string
	used     atomic.Bool
}

type explanations []*explanation

func readExplanations(file string) (explanations, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out explanations
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		w := strings.Fields(line)
		if len(w) < 6 {
			return nil, fmt.Errorf("%s: %q lacks a function, a part, two values, architectures or a reason", file, line)
		}
		for _, p := range w[:4] {
			if _, err := path.Match(p, ""); err != nil {
				return nil, fmt.Errorf("%s: %q: %w", file, line, err)
			}
		}
		out = append(out, &explanation{line: line, patterns: [4]string(w[:4]), archs: strings.Split(w[4], ","), rare: w[5] == "sometimes"})
	}
	return out, nil
}

// covers tells whether a line explains the difference.
func (es explanations) covers(d difference) bool {
	covered := false
	for _, e := range es {
		if e.archs[0] != "all" && !slices.Contains(e.archs, d.arch) {
			continue
		}
		all := true
		for i, s := range [4]string{d.name, d.what, d.theirs, d.ours} {
			match, _ := path.Match(e.patterns[i], s)
			all = all && match
		}
		if all {
			e.used.Store(true)
			covered = true
		}
	}
	return covered
}

// unused are lines that explained nothing, but for those of architectures only on which no functions were called.
func (es explanations) unused(called []string) (out []string) {
	for _, e := range es {
		idle := func(arch string) bool {
			return slices.Contains(strings.Split(nativeArchs(), ","), arch) && !slices.Contains(called, arch)
		}
		if !e.used.Load() && !e.rare && slices.ContainsFunc(e.archs, func(a string) bool { return !idle(a) }) {
			out = append(out, "explained.txt: nothing differs so: "+e.line)
		}
	}
	return out
}
