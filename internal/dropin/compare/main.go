// Compare holds package unix against golang.org/x/sys/unix, of which it is to be a drop-in replacement.
//
//	go run -C internal/dropin/compare . [-run REGEX] [-arch ARCH,…] [-v]
//
// Each exported function of x/sys is called with arguments at their bounds in both packages, in namespaces of its own
// where it can do no harm: the program in the directory calls does it, built once with each. Results, errors, the
// memory of the arguments and what changed in the world around are compared, as are structures and constants of all
// architectures. What differs from run to run of x/sys itself does not count. explained.txt says why something differs
// on purpose and uncalled.txt which functions cannot be called; it fails for a difference that is not explained, for
// an explanation of none, and for a function that nothing calls.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"kern.sys/internal/abi"
	"kern.sys/internal/dropin/compare/peer"
)

// counts are for the last line, all architectures together.
type counts struct {
	functions, calls, succeeded, scenarios, uncalled, structs, constants, explained, only int
}

func main() {
	run := flag.String("run", "", "regular expression for the functions, all and the structures if empty")
	archs := flag.String("arch", nativeArchs(), "architectures to call functions on, which this machine must run")
	verbose := flag.Bool("v", false, "print differences that are explained, and functions that never succeed")
	flag.Parse()
	began := time.Now()
	var n counts
	problems, err := compare(*run, strings.Split(*archs, ","), *verbose, &n)
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(2)
	}
	for _, p := range problems {
		fmt.Println(p)
	}
	fmt.Printf("compared with golang.org/x/sys/unix %s on %s: functions %d, that succeeded %d, not called %d, only "+
		"here %d, scenarios %d, calls %d; "+
		"on all architectures: structures %d, constants %d; differences explained %d, problems %d; %.0f s\n",
		n.version(), *archs, n.functions, n.succeeded, n.uncalled, n.only, n.scenarios, n.calls, n.structs, n.constants,
		n.explained, len(problems),
		time.Since(began).Seconds())
	if len(problems) > 0 {
		os.Exit(1)
	}
}

func nativeArchs() string {
	if runtime.GOARCH == "amd64" {
		return "amd64,386"
	}
	return runtime.GOARCH
}

// notCalled reports whether functions of an architecture could have been called, and were not.
func notCalled(arch string, called []string) bool {
	return slices.Contains(strings.Split(nativeArchs(), ","), arch) && !slices.Contains(called, arch)
}

func compare(run string, archs []string, verbose bool, n *counts) (problems []string, err error) {
	only, err := regexp.Compile(run)
	if err != nil {
		return nil, err
	}
	dirs, err := peer.ModuleDirs("golang.org/x/sys", "kern.sys")
	if err != nil {
		return nil, err
	}
	theirDir, ourDir := filepath.Join(dirs[0], "unix"), filepath.Join(dirs[1], "unix")
	known, err := knownConstants(filepath.Join(ourDir, "explained.txt"))
	if err != nil {
		return nil, err
	}
	explained, err := peer.ReadExplanations("explained.txt")
	if err != nil {
		return nil, err
	}
	var found []difference
	if run == "" {
		for _, a := range abi.GoLinux() {
			theirs, ours, err := both(theirDir, ourDir, a.Name)
			if err != nil {
				return nil, err
			}
			for _, d := range compareLayouts(theirs, ours, a.Name, n) {
				if known[d.name] || known[d.name+"."+d.what] {
					n.explained++
				} else {
					found = append(found, d)
				}
			}
		}
	}
	for _, arch := range archs {
		theirs, ours, err := both(theirDir, ourDir, arch)
		if err != nil {
			return nil, err
		}
		diffs, trouble, err := compareCalls(theirs, ours, arch, only, verbose, explained, n)
		if err != nil {
			return nil, err
		}
		found = append(found, diffs...)
		problems = append(problems, trouble...)
	}
	for _, d := range found {
		if explained.Cover(d.arch, d.key()) {
			n.explained++
			if verbose {
				fmt.Println("explained:", d)
			}
		} else {
			problems = append(problems, d.String())
		}
	}
	if run == "" {
		problems = append(problems, explained.Unused(func(arch string) bool { return notCalled(arch, archs) })...)
	}
	return problems, nil
}

func both(theirDir, ourDir, arch string) (theirs, ours *api, err error) {
	if theirs, err = loadAPI(theirDir, arch); err != nil {
		return nil, nil, err
	}
	ours, err = loadAPI(ourDir, arch)
	return theirs, ours, err
}
