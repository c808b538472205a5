// Fuzz runs every fuzz target of the module, one after the other, and prints
// how many inputs each tried. It exits 1 where one found something.
//
//	go run ./internal/fuzz -time 1h
package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// target is a fuzz target and the package it is in.
type target struct{ pkg, name string }

func main() {
	total := flag.Duration("time", time.Minute, "time for all targets together")
	parallel := flag.Int("parallel", runtime.NumCPU(), "workers of each target")
	only := flag.String("run", "", "regular expression for the targets, all if empty")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	found, err := run(ctx, *total, *only, *parallel)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
	}
	if err != nil || found != 0 {
		os.Exit(1)
	}
}

func run(ctx context.Context, total time.Duration, only string, parallel int) (found int, err error) {
	match, err := regexp.Compile(only)
	if err != nil {
		return 0, err
	}
	targets, err := targets(ctx, match)
	if err != nil {
		return 0, err
	}
	if len(targets) == 0 {
		return 0, fmt.Errorf("no target matches %q", only)
	}
	each := max(total/time.Duration(len(targets)), time.Second).Truncate(time.Second)
	fmt.Printf("%d targets, %v each\n", len(targets), each)
	for i, t := range targets {
		fmt.Printf("%3d/%d %s %s: ", i+1, len(targets), t.pkg, t.name)
		last, err := fuzz(ctx, t, each, parallel)
		if ctx.Err() != nil {
			return found, context.Cause(ctx)
		}
		if err != nil {
			found++
			fmt.Printf("FAILED\n%s\n", last)
			continue
		}
		fmt.Println(last)
	}
	fmt.Printf("%d targets, %d found something\n", len(targets), found)
	return found, nil
}

// targets lists the fuzz targets by what the packages' test binaries say.
func targets(ctx context.Context, match *regexp.Regexp) ([]target, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-list", "^Fuzz", "./...").Output()
	if err != nil {
		return nil, fmt.Errorf("go test -list: %w\n%s", err, out)
	}
	var all []target
	var names []string
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 1 && strings.HasPrefix(f[0], "Fuzz"):
			names = append(names, f[0])
		case len(f) > 1 && f[0] == "ok":
			for _, n := range names {
				if match.MatchString(n) {
					all = append(all, target{f[1], n})
				}
			}
			names = nil
		}
	}
	return all, nil
}

// fuzz runs one target and returns the last progress line, or all of the
// output with an error.
func fuzz(ctx context.Context, t target, d time.Duration, parallel int) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-fuzz", "^"+t.name+"$", "-fuzztime", d.String(),
		"-timeout", "0", "-parallel", strconv.Itoa(parallel), t.pkg)
	out, err := cmd.CombinedOutput()
	if err != nil && !onlyLate(string(out)) {
		return string(out), err
	}
	last := ""
	for s := bufio.NewScanner(strings.NewReader(string(out))); s.Scan(); {
		if strings.HasPrefix(s.Text(), "fuzz: elapsed") {
			last = strings.TrimPrefix(s.Text(), "fuzz: ")
		}
	}
	return last, nil
}

// onlyLate reports whether a run failed for no other reason than that its time
// was over while an input was tried (golang/go#75804): no input was written.
func onlyLate(out string) bool {
	return strings.Contains(out, "\n    context deadline exceeded\nFAIL\n") &&
		!strings.Contains(out, "Failing input written to")
}
