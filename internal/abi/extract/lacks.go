package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"kern.sys/internal/abi"
)

// undeclared matches what clang says of a name that a header should have included another for.
var undeclared = regexp.MustCompile(`use of undeclared identifier '(\w+)'|call to undeclared function '(\w+)'|incomplete type '((?:struct|union|enum) \w+)'`)

// lacking returns the names that macros lacked to be constants.
func lacking(probes []probe) map[string][]string {
	out := map[string][]string{}
	for _, p := range probes {
		if p.kind != noProbe {
			continue
		}
		for _, e := range p.errs {
			if m := undeclared.FindStringSubmatch(e); m != nil && !slices.Contains(out[p.expr], m[1]+m[2]+m[3]) {
				out[p.expr] = append(out[p.expr], m[1]+m[2]+m[3])
			}
		}
	}
	return out
}

// lacks finds macros that were dropped though they are constants: those that only missed an include. Most
// macros that do not compile as a constant are none, and nothing has to be said about them.
type lacks struct {
	funcs map[string]string // the header of each function-like macro
	found map[lack][]string // architectures
}

type lack struct{ header, macro, need, where string }

func newLacks() *lacks { return &lacks{map[string]string{}, map[lack][]string{}} }

// declare notes what a unit offers that is not in the database.
func (l *lacks) declare(u *unit, h *header) {
	for _, f := range u.Funcs {
		l.funcs[f] = h.name
	}
}

// check notes the macros of a unit that lack what some other header has.
func (l *lacks) check(db *abi.DB, u *unit, h *header, arch string) {
	for macro, needs := range u.Lacks {
		if slices.Contains(h.drop, macro) {
			continue
		}
		for _, need := range needs {
			if slices.Contains(h.drop, need) {
				continue
			}
			where := l.funcs[need]
			if t, ok := db.Type(need); ok && t.On[arch] != nil {
				where = t.Header
			}
			for _, v := range db.Const(need) {
				if v.On[arch] != "" {
					where = v.Header
				}
			}
			if where != "" {
				k := lack{h.name, macro, need, where}
				l.found[k] = append(l.found[k], arch)
			}
		}
	}
}

func (l *lacks) err() error {
	keys := slices.SortedFunc(maps.Keys(l.found), func(a, b lack) int {
		return cmp.Or(strings.Compare(a.header, b.header), strings.Compare(a.macro, b.macro),
			strings.Compare(a.need, b.need), strings.Compare(a.where, b.where))
	})
	var errs []error
	for _, k := range keys {
		errs = append(errs, fmt.Errorf("%s: %s needs %s of %s on %s (say after=%s, or drop=%s)",
			k.header, k.macro, k.need, k.where, strings.Join(l.found[k], ","), k.where, k.macro))
	}
	return errors.Join(errs...)
}
