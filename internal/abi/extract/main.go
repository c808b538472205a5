// Extract writes the facts below internal/abi/facts: it compiles the headers of a locked release for every
// architecture and reads values, layouts and numbers from the objects. Nothing that it compiles is run.
//
//	go run ./internal/abi/extract                  write the facts of Linux
//	go run ./internal/abi/extract -system freebsd  write those of another system
//	go run ./internal/abi/extract -check           fail if the committed facts differ
//	go run ./internal/abi/extract -update          lock the newest packages first, print how many facts are new
//	go run ./internal/abi/extract -try H           extract header H alone, write nothing, print its facts
//
// It needs clang 19 or newer, which it installs if it may; for Linux, Debian's apt-get and dpkg-deb; for other
// systems, pip.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"kern.sys/internal/abi"
)

// options are what the command line says.
type options struct {
	dir, cache, system, try string
	check, update           bool
}

func main() {
	var o options
	flag.StringVar(&o.dir, "dir", "internal/abi", "the folder of the package abi")
	flag.StringVar(&o.cache, "cache", "", "the folder for packages (default: kern-abi in the user's cache folder)")
	flag.StringVar(&o.system, "system", "linux", "the GOOS")
	flag.BoolVar(&o.check, "check", false, "write nothing, compare with the facts that are there")
	flag.BoolVar(&o.update, "update", false, "lock the newest version of each package first")
	flag.StringVar(&o.try, "try", "", "a header: write nothing, print its facts alone")
	flag.Parse()
	err := fmt.Errorf("unexpected argument %q", flag.Arg(0))
	if flag.NArg() == 0 {
		err = run(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	s, ok := abi.FindSystem(o.system)
	if !ok {
		return fmt.Errorf("no system is called %q", o.system)
	}
	if o.cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		o.cache = filepath.Join(user, "kern-abi")
	}
	var err error
	if o.cache, err = filepath.Abs(o.cache); err != nil {
		return err
	}
	if err := os.MkdirAll(o.cache, 0o777); err != nil {
		return err
	}
	extract := linuxFacts
	switch {
	case s.Folder != "":
		extract = systemFacts
	case s.Name != "linux":
		return fmt.Errorf("the facts of %s are imported whole: see internal/abi/importfacts", s.Name)
	}
	db, err := extract(o, s)
	switch {
	case db == nil, err != nil && o.try == "":
		return err
	case err != nil:
		// What one header alone lacks, others may have.
		fmt.Fprintln(os.Stderr, "extract:", err)
	}
	facts := filepath.Join(o.dir, "facts", s.Name)
	names := abi.ArchNames(s.Archs)
	if o.try != "" {
		text := db.Text(names)
		if len(db.Consts())+len(db.Types())+len(db.Syscalls()) == 0 {
			return fmt.Errorf("header %s defines nothing that programs see", o.try)
		}
		for _, name := range slices.Sorted(maps.Keys(text)) {
			if _, err := os.Stdout.Write(text[name]); err != nil {
				return err
			}
		}
		return nil
	}
	all, err := abi.ReadImported(facts, names)
	if err != nil {
		return err
	}
	if err := all.Add(db); err != nil {
		return fmt.Errorf("facts that are extracted and imported: %w", err)
	}
	if o.check {
		return compare(facts, db.Text(names))
	}
	if o.update {
		old, err := abi.Read(facts, names)
		if err != nil {
			return err
		}
		fmt.Print(changes(old, all))
	}
	if err := db.Write(facts, names); err != nil || s.Name == "linux" {
		return err
	}
	return os.WriteFile(filepath.Join(facts, "source.txt"), []byte(s.Facts+"\n"), 0o666)
}

// linuxFacts extracts the facts of Linux, each header by itself.
func linuxFacts(o options, s abi.System) (*abi.DB, error) {
	hs, err := readHeaders(filepath.Join(o.dir, "extract/headers.txt"), s.Archs)
	if err != nil {
		return nil, err
	}
	if o.try != "" {
		if hs = slices.DeleteFunc(hs, func(h header) bool { return h.name != o.try }); len(hs) == 0 {
			return nil, fmt.Errorf("header %s is not in the list", o.try)
		}
	}
	lock := filepath.Join(o.dir, "extract/packages.lock")
	pkgs, err := readLock(lock)
	if err != nil {
		return nil, err
	}
	if o.update {
		for i := range pkgs {
			// The first one is the kernel's release; others follow it.
			if pkgs[i], err = pkgs[i].newest(o.cache, pkgs[0].version); err != nil {
				return nil, err
			}
		}
		if err := writeLock(lock, pkgs); err != nil {
			return nil, err
		}
	}
	roots := map[string]string{}
	for _, p := range pkgs {
		if roots[p.source], err = p.unpacked(o.cache); err != nil {
			return nil, err
		}
	}
	if roots["stub"], err = filepath.Abs(filepath.Join(o.dir, "extract/stubs")); err != nil {
		return nil, err
	}
	return extractLinux(hs, roots, s.Archs, o.cache)
}

// compare reports the files of dir that differ from text.
func compare(dir string, text map[string][]byte) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(text)) {
		old, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			errs = append(errs, err)
		} else if !bytes.Equal(old, text[name]) {
			errs = append(errs, fmt.Errorf("%s differs from what the headers say: %s", filepath.Join(dir, name),
				firstDifference(old, text[name])))
		}
	}
	return errors.Join(errs...)
}

func firstDifference(old, now []byte) string {
	a, b := strings.Split(string(old), "\n"), strings.Split(string(now), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is %q, should be %q", i+1, a[i], b[i])
		}
	}
	return fmt.Sprintf("%d lines, should be %d", len(a), len(b))
}

// extractLinux extracts headers from the folders that packages were unpacked to.
func extractLinux(hs []header, roots map[string]string, archs []abi.Arch, cache string) (*abi.DB, error) {
	tmp, err := os.MkdirTemp("", "kern-abi-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	if err := overlay(tmp, hs, roots); err != nil {
		return nil, err
	}
	uapi := filepath.Join(roots[packaged], "usr/include")
	return extractAll(hs, archs, cache, tmp, func(a abi.Arch) []string {
		return []string{uapi + "/" + a.Triplet, uapi, tmp, roots["stub"]}
	})
}

// extractAll extracts every header for the architectures, one on each processor at a time. Objects are in tmp while
// they are needed.
func extractAll(hs []header, archs []abi.Arch, cache, tmp string, dirs func(abi.Arch) []string) (*abi.DB, error) {
	clang, err := findClang()
	if err != nil {
		return nil, err
	}
	units, err := newUnitCache(cache, clang)
	if err != nil {
		return nil, err
	}
	c := &compiler{path: clang, units: units, dirs: dirs}

	type job struct {
		arch abi.Arch
		h    *header
	}
	type result struct {
		unit *unit
		err  error
	}
	var jobs []job
	for i := range hs {
		for _, a := range archs {
			if hs[i].on(a.Name) {
				jobs = append(jobs, job{a, &hs[i]})
			}
		}
	}
	results := make([]result, len(jobs))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			for i := range next {
				results[i].unit, results[i].err = c.extract(jobs[i].arch, jobs[i].h, tmp)
			}
		})
	}
	for i := range jobs {
		next <- i
	}
	close(next)
	workers.Wait()

	db := abi.NewDB()
	var errs []error
	for i, r := range results {
		err := r.err
		if err == nil {
			err = r.unit.add(db, jobs[i].arch.Name, jobs[i].h)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s for %s: %w", jobs[i].h.name, jobs[i].arch.Name, err))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if hs[0].all != nil {
		return db, nil // what is missing is nowhere: types that programs see pointers to alone, and the compiler's
	}
	lacking := newLacks()
	for i, r := range results {
		lacking.declare(r.unit, jobs[i].h)
	}
	for i, r := range results {
		lacking.check(db, r.unit, jobs[i].h, jobs[i].arch.Name)
	}
	return db, errors.Join(lacking.err(), db.Check())
}
