// Sizes builds small programs with this module and with vishvananda/netlink, and compares them. It fails where one
// here is larger than its bound allows, or where the start of a program takes time or memory of packages of this
// module.
//
//	go run ./internal/sizes
//
// It is run in the module's root. The peer is of the version that benchmarks/go.mod has.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"
)

// program is a folder beside this file. The same source is built with the peer.
type program struct {
	name  string
	times float64 // the bound: how many times as large as the peer's
}

var programs = []program{
	{"lookup", 1.03},
	{"routes", 1.03},
	{"watch", 1.135},  // contexts bring package time's texts
	{"qdiscs", 1.07},  // twice as many kinds as the peer's
	{"filters", 1.10}, // the same
	{"connections", 1.03},
	{"ipsec", 1.03},
	{"sockets", 1.03},
	{"sets", 1.03},
	{"families", 1.03},
	{"devices", 1.03},
}

// maxInit bounds what the packages of this module take together before main.
const maxInit = 20 * time.Microsecond

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "sizes:", err)
		os.Exit(1)
	}
}

func run() error {
	dir, err := os.MkdirTemp("", "sizes")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	empty, err := build(dir, "empty", ".", "./internal/sizes/empty")
	if err != nil {
		return err
	}
	fmt.Printf("bytes of programs of %s without symbols; an empty one with fmt has %d\n", runtime.Version(), empty)
	fmt.Printf("%-10s %10s %10s %7s %7s   %s\n", "", "kern", "peer", "ratio", "bound", "initialisation")
	var failed []error
	for _, p := range programs {
		if err := p.check(dir); err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", p.name, err))
		}
	}
	return errors.Join(failed...)
}

func (p program) check(dir string) error {
	ours, err := build(dir, p.name, ".", "./internal/sizes/"+p.name)
	if err != nil {
		return err
	}
	theirs, err := p.buildPeer(dir)
	if err != nil {
		return err
	}
	start, err := initialisation(filepath.Join(dir, p.name))
	if err != nil {
		return err
	}
	ratio := float64(ours) / float64(theirs)
	fmt.Printf("%-10s %10d %10d %7.3f %7.3f   %s\n", p.name, ours, theirs, ratio, p.times, start)
	switch {
	case ratio > p.times:
		return fmt.Errorf("%.3f times the peer's size, at most %.3f are allowed", ratio, p.times)
	case start.allocs != 0 || start.bytes != 0:
		return fmt.Errorf("initialisation allocates:\n%s", start.lines)
	case start.time >= maxInit:
		return fmt.Errorf("initialisation takes %v, it is to take less than %v:\n%s", start.time, maxInit, start.lines)
	}
	return nil
}

// build builds a program in a module and returns its size.
func build(dir, name, module, source string) (int64, error) {
	out := filepath.Join(dir, name)
	cmd := exec.Command("go", "build", "-C", module, "-ldflags", "-s -w", "-o", out, source)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if b, err := cmd.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%v: %w\n%s", cmd.Args, err, b)
	}
	info, err := os.Stat(out)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// buildPeer builds the program with its import changed.
func (p program) buildPeer(dir string) (int64, error) {
	source, err := os.ReadFile(filepath.Join("internal", "sizes", p.name, "main.go"))
	if err != nil {
		return 0, err
	}
	source = bytes.ReplaceAll(source, []byte(`"kern.sys/netlink"`), []byte(`"github.com/vishvananda/netlink"`))
	copied := filepath.Join(dir, p.name+".go")
	if err := os.WriteFile(copied, source, 0o644); err != nil {
		return 0, err
	}
	return build(dir, p.name+"-peer", "benchmarks", copied)
}

// start is what packages of this module take before main.
type start struct {
	time          time.Duration
	bytes, allocs int
	lines         string
}

func (s start) String() string { return fmt.Sprintf("%v, %d allocations", s.time, s.allocs) }

// traced is a line of GODEBUG=inittrace=1 about a package of this module.
var traced = regexp.MustCompile(`(?m)^init (kern\.sys/\S+) @\S+ ms, (\S+) ms clock, (\d+) bytes, (\d+) allocs$`)

// initialisation runs the program some times and returns the quickest start.
func initialisation(path string) (best start, err error) {
	best.time = time.Hour
	for range 20 {
		cmd := exec.Command(path)
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			return best, fmt.Errorf("%w\n%s", err, out)
		}
		if !bytes.Contains(out, []byte("init runtime @")) {
			return best, errors.New("the runtime does not say what initialisation takes")
		}
		var s start
		for _, m := range traced.FindAllSubmatch(out, -1) {
			ms, errTime := strconv.ParseFloat(string(m[2]), 64)
			size, errSize := strconv.Atoi(string(m[3]))
			allocs, errAllocs := strconv.Atoi(string(m[4]))
			if err := errors.Join(errTime, errSize, errAllocs); err != nil {
				return best, err
			}
			s.time += time.Duration(ms * float64(time.Millisecond))
			s.bytes, s.allocs, s.lines = s.bytes+size, s.allocs+allocs, s.lines+string(m[0])+"\n"
		}
		if s.time < best.time {
			best = s
		}
	}
	return best, nil
}
