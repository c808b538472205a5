// Extract writes the facts below internal/abi/facts: it compiles the headers of the locked kernel release for
// every architecture and reads values, layouts and numbers from the objects. Nothing that it compiles is run.
//
//	go run ./internal/abi/extract            write the facts
//	go run ./internal/abi/extract -check     fail if the committed facts differ
//	go run ./internal/abi/extract -update    lock the newest packages first, print how many facts are new
//	go run ./internal/abi/extract -try H     extract header H alone, write nothing, print its facts
//
// It needs Debian's apt-get and dpkg-deb, and clang 16 or newer, which it installs if it may.
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

func main() {
	dir := flag.String("dir", "internal/abi", "the folder of the package abi")
	cache := flag.String("cache", "", "the folder for packages (default: kern-abi in the user's cache folder)")
	check := flag.Bool("check", false, "write nothing, compare with the facts that are there")
	update := flag.Bool("update", false, "lock the newest version of each package first")
	try := flag.String("try", "", "a header of the list: write nothing, print its facts alone")
	flag.Parse()
	if err := run(*dir, *cache, *try, *check, *update); err != nil {
		fmt.Fprintln(os.Stderr, "extract:", err)
		os.Exit(1)
	}
}

func run(dir, cache, try string, check, update bool) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	hs, err := readHeaders(filepath.Join(dir, "extract/headers.txt"))
	if err != nil {
		return err
	}
	if try != "" {
		if hs = slices.DeleteFunc(hs, func(h header) bool { return h.name != try }); len(hs) == 0 {
			return fmt.Errorf("header %s is not in the list", try)
		}
	}
	lock := filepath.Join(dir, "extract/packages.lock")
	pkgs, err := readLock(lock)
	if err != nil {
		return err
	}
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		cache = filepath.Join(user, "kern-abi")
	}
	if cache, err = filepath.Abs(cache); err != nil {
		return err
	}
	if err := os.MkdirAll(cache, 0o777); err != nil {
		return err
	}
	if update {
		for i := range pkgs {
			// The first one is the kernel's release; others follow it.
			if pkgs[i], err = pkgs[i].newest(cache, pkgs[0].version); err != nil {
				return err
			}
		}
		if err := writeLock(lock, pkgs); err != nil {
			return err
		}
	}
	roots := map[string]string{}
	for _, p := range pkgs {
		if roots[p.source], err = p.unpacked(cache); err != nil {
			return err
		}
	}
	stubs, err := filepath.Abs(filepath.Join(dir, "extract/stubs"))
	if err != nil {
		return err
	}
	roots["stub"] = stubs
	db, err := extractAll(hs, roots, abi.Linux(), cache)
	switch {
	case db == nil, err != nil && try == "":
		return err
	case err != nil:
		// What one header alone lacks, others may have.
		fmt.Fprintln(os.Stderr, "extract:", err)
	}
	facts := filepath.Join(dir, "facts/linux")
	names := abi.ArchNames(abi.Linux())
	if try != "" {
		text := db.Text(names)
		for _, name := range slices.Sorted(maps.Keys(text)) {
			if _, err := os.Stdout.Write(text[name]); err != nil {
				return err
			}
		}
		return nil
	}
	if check {
		return compare(facts, db.Text(names))
	}
	if update {
		old, err := abi.Read(facts, names)
		if err != nil {
			return err
		}
		fmt.Print(changes(old, db))
	}
	return db.Write(facts, names)
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

// extractAll extracts every header for the architectures, one on each processor at a time.
func extractAll(hs []header, roots map[string]string, archs []abi.Arch, cache string) (*abi.DB, error) {
	clang, err := findClang()
	if err != nil {
		return nil, err
	}
	tmp, err := os.MkdirTemp("", "kern-abi-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	if err := overlay(tmp, hs, roots); err != nil {
		return nil, err
	}
	units, err := newUnitCache(cache, clang)
	if err != nil {
		return nil, err
	}
	c := &compiler{path: clang, units: units, uapi: filepath.Join(roots["uapi"], "usr/include"),
		dirs: []string{tmp, roots["stub"]}}

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
	lacking := newLacks()
	for i, r := range results {
		lacking.declare(r.unit, jobs[i].h)
	}
	for i, r := range results {
		lacking.check(db, r.unit, jobs[i].h, jobs[i].arch.Name)
	}
	return db, errors.Join(lacking.err(), db.Check())
}
