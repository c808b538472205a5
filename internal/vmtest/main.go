// Vmtest runs the module's tests on complete kernels of Debian, in virtual machines:
//
//	go run ./internal/vmtest [-kernel 6.1,6.12,latest] [-arch amd64,arm64,s390x] [-system SUITE] [-with PACKAGE,...] [-run REGEX] [-count N] [-icount] [-json] [-markdown FILE] [packages]
//
// The kernel "um" is the newest one built as a program (User-Mode Linux): its guests are not emulated, and have
// netdevsim and all else of the network that needs no hardware. The first build takes ten minutes or more.
//
// It fetches kernels, modules and a minimal system with iproute2 of the same suite, or of -system, through apt, and
// keeps them in the user's cache directory. Guests have nothing of the host. Tests run there as root, with modules
// that load on demand and KERN_FULL_KERNEL=1. It ends with a table, and with status 1 where anything failed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are what the command line says.
type options struct {
	kernels, archs []string
	packages       []string
	run            string
	system         string // suite
	further        string // packages of Debian
	verbose, json  bool
	timeout        time.Duration
	update         bool
	count          int // of runs of each test
	jobs           int
	markdown       string
	guest          guestOptions
}

func main() {
	var o options
	kernels := flag.String("kernel", "6.1,6.12,latest", "kernels: versions that Debian has, latest, or um")
	archs := flag.String("arch", "amd64", "architectures: amd64, arm64, s390x")
	flag.StringVar(&o.system, "system", "",
		"suite of Debian that iproute2 and other programs come from (default that of the kernel)")
	flag.StringVar(&o.further, "with", "", "further packages of Debian that tests need, PACKAGE,...")
	flag.StringVar(&o.run, "run", "", "regular expression for the tests, as of go test")
	flag.IntVar(&o.count, "count", 1, "run each test so many times")
	flag.BoolVar(&o.verbose, "v", false, "print what passing tests print, too")
	flag.BoolVar(&o.json, "json", false, "print events as go test -json does, with the kernel and architecture of each")
	flag.DurationVar(&o.timeout, "timeout", 30*time.Minute, "time for a package in a guest")
	flag.BoolVar(&o.update, "update", false, "fetch package lists again, which happens once a day by itself")
	flag.IntVar(&o.jobs, "j", max(1, runtime.NumCPU()/2), "guests at a time")
	flag.IntVar(&o.guest.memory, "memory", 2048, "memory of a guest in MiB")
	flag.IntVar(&o.guest.cpus, "cpus", 0, "processors of a guest; 0: its share of this machine's, 2 at most")
	flag.BoolVar(&o.guest.icount, "icount", false, "emulate, by a clock that counts instructions, one a nanosecond: "+
		"what is measured there does not depend on what else this machine does")
	flag.StringVar(&o.markdown, "markdown", "", "file to write the results into, such as docs/kernels.md")
	flag.Parse()
	if o.guest.cpus == 0 {
		o.guest.cpus = min(2, max(1, runtime.NumCPU()/max(1, o.jobs)))
	}
	o.guest.boot, o.guest.silence, o.guest.timeout = 5*time.Minute, 2*time.Minute, o.timeout+time.Minute
	if o.guest.icount { // its clock may be much slower than this machine's
		o.guest.cpus, o.guest.boot, o.guest.silence = 1, 20*time.Minute, 20*time.Minute
	}
	o.kernels, o.archs, o.packages = strings.Split(*kernels, ","), strings.Split(*archs, ","), flag.Args()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	columns, err := matrix(ctx, o)
	stop()
	if err == nil {
		err = report(o, columns)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "vmtest:", err)
		os.Exit(1)
	}
	if slices.ContainsFunc(columns, (*column).failed) {
		os.Exit(1)
	}
}

// report prints the table, and writes it where it was asked for.
func report(o options, columns []*column) error {
	table := os.Stdout
	if o.json {
		table = os.Stderr
	}
	fmt.Fprintln(table)
	err := printTable(table, columns)
	if o.markdown != "" {
		command := strings.Join(append([]string{"go run ./internal/vmtest"}, os.Args[1:]...), " ")
		err = errors.Join(err, writeMarkdown(o.markdown, command, time.Now(), columns))
	}
	return err
}

func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "kern-vmtest"), nil
}
