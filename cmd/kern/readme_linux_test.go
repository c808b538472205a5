package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/nstest"
)

// README.md lists the objects of each program: "- `kern` and `ip`: `address`, …".
func TestReadmeListsTheObjects(t *testing.T) {
	readme := nstest.ModuleFile(t, "../../README.md")
	listed := map[string][]string{} // by program
	lists := regexp.MustCompile("(?m)^- (`[a-z]+`(?: and `[a-z]+`)*): (`[a-z0-9]+`.*(?:\n  .*)*)$")
	for _, line := range lists.FindAllStringSubmatch(readme, -1) {
		for _, program := range quoted(line[1]) {
			listed[program] = quoted(line[2])
		}
	}
	for _, p := range programs {
		if p.Objects == nil {
			continue
		}
		want := objectNames(p)
		if got := listed[p.Name]; !slices.Equal(got, want) {
			t.Errorf("README.md has\n%q for %s, which is\n`%s`", got, p.Name, strings.Join(want, "`, `"))
		}
	}
}

// objectNames are the objects of a program, without further names for one and without help.
func objectNames(p cli.Program) []string {
	var names, grammars []string
	for _, o := range p.Objects() {
		if o.Usage == nil || slices.Contains(grammars, o.Usage()) {
			continue
		}
		names, grammars = append(names, o.Name), append(grammars, o.Usage())
	}
	slices.Sort(names)
	return names
}

func quoted(s string) []string {
	var out []string
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(s, -1) {
		out = append(out, m[1])
	}
	return out
}
