// Qemutest runs tests on every architecture that Go has for Linux: natively what the processor can, the others under
// the emulators of Debian's package qemu-user, on this machine's kernel.
//
//	go run ./internal/qemutest [-arch arm,s390x] [-run REGEX] [-v] [packages]
//
// Without packages it runs those of package unix. What an emulator lacks is skipped by name, as on a kernel. Root is
// spared the installation of the emulators: the command makes it. It ends with a table, and with status 1 where
// anything failed.
//
// Tests have no namespaces of their own under an emulator, which does not start copies of itself in new ones.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// options are what the command line says.
type options struct {
	archs    []string
	packages []string
	run      string
	verbose  bool
	timeout  time.Duration
	jobs     int
}

func main() {
	var o options
	archs := flag.String("arch", strings.Join(archNames(), ","), "architectures")
	flag.StringVar(&o.run, "run", "", "regular expression for the tests, as of go test")
	flag.BoolVar(&o.verbose, "v", false, "print what passing tests print, too")
	flag.DurationVar(&o.timeout, "timeout", 5*time.Minute, "time for a package's tests on an architecture")
	flag.IntVar(&o.jobs, "j", runtime.NumCPU(), "architectures at a time")
	flag.Parse()
	o.archs, o.packages = strings.Split(*archs, ","), flag.Args()
	if len(o.packages) == 0 {
		o.packages = []string{"kern.sys/unix"}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	results, err := runAll(ctx, o)
	stop()
	if err == nil {
		fmt.Println()
		err = printTable(os.Stdout, results)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "qemutest:", err)
		os.Exit(1)
	}
	if slices.ContainsFunc(results, result.failed) {
		os.Exit(1)
	}
}

// runAll returns what came of each package on each architecture, in the order of the command line.
func runAll(ctx context.Context, o options) ([]result, error) {
	runners := make([]runner, len(o.archs))
	for i, arch := range o.archs {
		r, err := runnerFor(arch)
		if err != nil {
			return nil, err
		}
		runners[i] = r
	}
	if err := install(ctx, runners); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "qemutest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)

	var print sync.Mutex
	perArch, errs := make([][]result, len(runners)), make([]error, len(runners))
	var wg sync.WaitGroup
	places := make(chan struct{}, max(1, o.jobs))
	for i, r := range runners {
		wg.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			perArch[i], errs[i] = runArch(ctx, o, r, dir, func(text string) {
				print.Lock()
				defer print.Unlock()
				fmt.Print(text)
			})
		})
	}
	wg.Wait()
	return slices.Concat(perArch...), errors.Join(errs...)
}

// runArch builds and runs the packages on an architecture, showing the output of each in one piece.
func runArch(ctx context.Context, o options, r runner, dir string, show func(string)) ([]result, error) {
	pkgs, err := testPackages(ctx, r.arch, o.packages)
	if err != nil {
		return nil, err
	}
	var out []result
	for _, p := range pkgs {
		began := time.Now()
		res, output := result{arch: r.arch, pkg: p.ImportPath}, ""
		binary, err := build(ctx, r.arch, p, dir)
		if err != nil {
			res.note, output = "build failed", err.Error()+"\n"
		} else {
			res, output = r.test(ctx, p, binary, o)
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		res.time = time.Since(began)
		out = append(out, res)
		text := fmt.Sprintf("%s\t%s\t%s\t%.1fs\n", res.word(), p.ImportPath, r.arch, res.time.Seconds())
		if res.failed() || o.verbose {
			text = output + text
		}
		show(text)
	}
	return out, nil
}
