// Marshal compares what the generated functions of package unix make of their arguments with what those of
// golang.org/x/sys/unix make of them, for every system but Linux and every architecture.
//
//	go run -C internal/dropin/compare ./marshal [-platform REGEX] [-v]
//
// Both sides' generated files are read as syntax trees with types, and each function is reduced to what it does:
// which call it makes, by which entry point; what is in each of the call's arguments, in the function's parameters,
// how wide and how extended; what its results are. Functions of one name are compared, or those that make the same
// call. explained.txt says why one differs on purpose, and which have no other side. It fails for a difference that
// is not explained, and for an explanation of none. Nothing of it is run.
package main

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"kern.sys/internal/abi"
	"kern.sys/internal/dropin/compare/peer"
)

func main() {
	only := flag.String("platform", "", "regular expression for the platforms, as freebsd/amd64: all if empty")
	verbose := flag.Bool("v", false, "print differences that are explained, too")
	flag.Parse()
	began := time.Now()
	n, problems, err := compare(*only, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "marshal:", err)
		os.Exit(2)
	}
	for _, p := range problems {
		fmt.Println(p)
	}
	fmt.Printf("platforms %d, functions of x/sys %d, that are alike %d, differences explained %d, problems %d; %.0f s\n",
		n.platforms, n.functions, n.alike, n.explained, len(problems), time.Since(began).Seconds())
	if len(problems) > 0 {
		os.Exit(1)
	}
}

type counts struct{ platforms, functions, alike, explained int }

func compare(only string, verbose bool) (n counts, problems []string, err error) {
	which, err := regexp.Compile(only)
	if err != nil {
		return n, nil, err
	}
	dirs, err := peer.ModuleDirs("golang.org/x/sys", "kern.sys")
	if err != nil {
		return n, nil, err
	}
	explained, err := peer.ReadExplanations(filepath.Join(dirs[1], "internal/dropin/compare/marshal/explained.txt"))
	if err != nil {
		return n, nil, err
	}
	for _, s := range abi.Systems() {
		if s.Name == "linux" { // its functions are called, beside those of x/sys
			continue
		}
		for _, a := range s.Archs {
			where := s.Name + "/" + a.Name
			if !which.MatchString(where) {
				continue
			}
			n.platforms++
			diffs, err := comparePlatform(filepath.Join(dirs[0], "unix"), filepath.Join(dirs[1], "unix"), s, a.Name, &n)
			if err != nil {
				return n, nil, fmt.Errorf("%s: %w", where, err)
			}
			for _, d := range diffs {
				if !explained.Cover(where, d) {
					problems = append(problems, fmt.Sprintf("%s %s %s %s %s", d[0], d[1], d[2], d[3], where))
					continue
				}
				n.explained++
				if verbose {
					fmt.Println("explained:", where, d)
				}
			}
		}
	}
	if only == "" {
		problems = append(problems, explained.Unused(func(string) bool { return false })...)
	}
	return n, problems, nil
}

// comparePlatform returns what differs: function, part, theirs, ours.
func comparePlatform(theirDir, ourDir string, s abi.System, goarch string, n *counts) (out [][4]string, err error) {
	theirs, err := read(theirDir, s.Name, goarch)
	if err != nil {
		return nil, fmt.Errorf("x/sys: %w", err)
	}
	ours, err := read(ourDir, s.Name, goarch)
	if err != nil {
		return nil, err
	}
	byTarget := map[string][]*marshalled{}
	for _, name := range slices.Sorted(maps.Keys(ours)) {
		if m := ours[name]; len(m.calls) == 1 {
			byTarget[m.calls[0].target] = append(byTarget[m.calls[0].target], m)
		}
	}
	// How many arguments an entry point takes matters where variadic functions of C are called by it.
	slots := s.Form == abi.Trampoline
	for _, name := range slices.Sorted(maps.Keys(theirs)) {
		want := theirs[name]
		if len(want.calls) == 0 {
			return nil, fmt.Errorf("%s of x/sys makes no call", name)
		}
		n.functions++
		candidates := byTarget[want.calls[0].target]
		if got := ours[name]; got != nil {
			candidates = []*marshalled{got}
		}
		if len(candidates) == 0 {
			out = append(out, [4]string{name, "function", "is_there", "none"})
			continue
		}
		var best [][4]string
		for i, got := range candidates {
			if d := differences(name, want.parts(slots), got.parts(slots)); i == 0 || len(d) < len(best) {
				best = d
			}
		}
		if len(best) == 0 {
			n.alike++
		}
		out = append(out, best...)
	}
	return out, nil
}

func differences(name string, want, got map[string]string) (out [][4]string) {
	parts := maps.Clone(want)
	maps.Copy(parts, got)
	word := func(s string) string {
		if s == "" {
			return "none"
		}
		return s
	}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		if want[part] != got[part] {
			out = append(out, [4]string{name, part, word(want[part]), word(got[part])})
		}
	}
	return out
}

// read reduces the generated functions of a package.
func read(dir, goos, goarch string) (map[string]*marshalled, error) {
	p, err := load(dir, goos, goarch)
	if err != nil {
		return nil, err
	}
	out := map[string]*marshalled{}
	for _, name := range slices.Sorted(maps.Keys(p.functions)) {
		if goos == "aix" && len(name) > 4 && name[:4] == "call" { // a part of another function
			continue
		}
		if out[name], err = p.marshal(p.functions[name]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
