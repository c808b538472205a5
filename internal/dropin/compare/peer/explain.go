// Package peer has what the comparisons with golang.org/x/sys/unix share.
package peer

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync/atomic"
)

// explanation is a line of explained.txt: NAME PART THEIRS OURS WHERE REASON. The first four are patterns of
// path.Match, and WHERE is a list of such, or "all". A REASON that begins with "sometimes" is of what is not seen in
// every run.
type explanation struct {
	file, line string
	rare       bool
	patterns   [4]string
	where      []string
	used       atomic.Bool
}

// Explanations say why something differs on purpose.
type Explanations []*explanation

// ReadExplanations reads a file of them.
func ReadExplanations(file string) (Explanations, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var out Explanations
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSuffix(line, "\n")
		if line == "" || line[0] == '#' {
			continue
		}
		w := strings.Fields(line)
		if len(w) < 6 {
			return nil, fmt.Errorf("%s: %q lacks a function, a part, two values, a place or a reason", file, line)
		}
		e := &explanation{file: filepath.Base(file), line: line, patterns: [4]string(w[:4]), where: strings.Split(w[4], ","),
			rare: w[5] == "sometimes"}
		for _, p := range append(w[:4:4], e.where...) {
			if _, err := path.Match(p, ""); err != nil {
				return nil, fmt.Errorf("%s: %q: %w", file, line, err)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

// Cover reports whether a line explains a difference: a name, a part of it, theirs and ours.
func (es Explanations) Cover(where string, d [4]string) bool {
	covered := false
	for _, e := range es {
		all := e.where[0] == "all"
		for _, p := range e.where {
			match, _ := path.Match(p, where)
			all = all || match
		}
		for i, s := range d {
			// A "/" within a value is a letter like others.
			match, _ := path.Match(strings.ReplaceAll(e.patterns[i], "/", ":"), strings.ReplaceAll(s, "/", ":"))
			all = all && match
		}
		if all {
			e.used.Store(true)
			covered = true
		}
	}
	return covered
}

// Unused are lines that explained nothing, but for those of places only that were left out.
func (es Explanations) Unused(leftOut func(where string) bool) (out []string) {
	for _, e := range es {
		idle := true
		for _, w := range e.where {
			idle = idle && leftOut(w)
		}
		if !e.used.Load() && !e.rare && !idle {
			out = append(out, e.file+": nothing differs so: "+e.line)
		}
	}
	return out
}
