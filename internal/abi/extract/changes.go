package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"

	"kern.sys/internal/abi"
)

// changes says how many facts of each sort are in one database and not in another, and with which values, a line a
// sort; those that are gone or changed, which programs may depend on, also by name.
func changes(old, now *abi.DB) string {
	var b strings.Builder
	for _, sort := range []struct {
		name string
		of   func(*abi.DB) map[string]any
	}{
		{"constants", func(db *abi.DB) map[string]any {
			all := map[string]any{}
			for _, v := range db.Consts() {
				all[v.Name+" "+v.Header] = []any{v.Kind, v.On}
			}
			return all
		}},
		{"system calls", func(db *abi.DB) map[string]any {
			all := map[string]any{}
			for _, v := range db.Syscalls() {
				all[v.Name] = v.On
			}
			return all
		}},
		{"types", func(db *abi.DB) map[string]any {
			all := map[string]any{}
			for _, t := range db.Types() {
				all[string(t.Kind)+" "+t.Name] = []any{t.Header, t.On}
			}
			return all
		}},
	} {
		before, after := sort.of(old), sort.of(now)
		added := 0
		var gone, changed []string
		for name, v := range after {
			if was, ok := before[name]; !ok {
				added++
			} else if !reflect.DeepEqual(was, v) {
				changed = append(changed, name)
			}
		}
		for name := range before {
			if _, ok := after[name]; !ok {
				gone = append(gone, name)
			}
		}
		fmt.Fprintf(&b, "%s: %d new, %d gone, %d changed\n", sort.name, added, len(gone), len(changed))
		bounded(&b, "gone", gone)
		bounded(&b, "changed", changed)
	}
	return b.String()
}

// maxNames is how many facts of a sort have their names printed.
const maxNames = 20

// bounded prints names, sorted, a line each.
func bounded(b *strings.Builder, what string, names []string) {
	slices.Sort(names)
	for _, name := range names[:min(len(names), maxNames)] {
		fmt.Fprintf(b, "\t%s: %s\n", what, name)
	}
	if more := len(names) - maxNames; more > 0 {
		fmt.Fprintf(b, "\t%s: %d more\n", what, more)
	}
}
