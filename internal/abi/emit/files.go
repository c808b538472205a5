package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"kern.sys/internal/abi/emit/gen"
)

// run writes what the generators of those names make, or compares it with the files that are there.
func run(root string, check bool, names []string) error {
	gens, err := selected(names)
	if err != nil {
		return err
	}
	files, err := generate(root, gens)
	if err != nil {
		return err
	}
	var stale []string
	if len(gens) == len(generators) {
		if stale, err = staleFiles(root, files); err != nil {
			return err
		}
	}
	if check {
		return compare(root, files, stale)
	}
	if err := write(root, files); err != nil {
		return err
	}
	var errs []error
	for _, path := range stale {
		errs = append(errs, os.Remove(path))
	}
	return errors.Join(errs...)
}

// compare returns an error for each file that is not what is generated.
func compare(root string, files map[string][]byte, stale []string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(root, name)
		old, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, err)
		} else if !bytes.Equal(old, files[name]) {
			errs = append(errs, fmt.Errorf("%s differs from what is generated", path))
		}
	}
	for _, path := range stale {
		errs = append(errs, fmt.Errorf("%s is generated no more", path))
	}
	return errors.Join(errs...)
}

// write writes all files beside their places before it moves the first one there: no file is ever half of one, and
// where one cannot be written the others stay as they were.
func write(root string, files map[string][]byte) (err error) {
	const beside = ".new"
	names := slices.Sorted(maps.Keys(files))
	defer func() {
		for _, name := range names {
			if err2 := os.Remove(filepath.Join(root, name+beside)); !errors.Is(err2, fs.ErrNotExist) {
				err = errors.Join(err, err2)
			}
		}
	}()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(root, name+beside), files[name], 0o666); err != nil {
			return err
		}
	}
	for _, name := range names {
		path := filepath.Join(root, name)
		if err := os.Rename(path+beside, path); err != nil {
			return err
		}
	}
	return nil
}

// staleFiles returns the files that this command made once and makes no more.
func staleFiles(root string, files map[string][]byte) ([]string, error) {
	var stale []string
	for _, folder := range []string{"internal/uapi", "netlink/nl", "unix"} {
		found, err := filepath.Glob(filepath.Join(root, folder, "z*.[gs]*"))
		if err != nil {
			return nil, err
		}
		for _, path := range found {
			if _, ok := files[folder+"/"+filepath.Base(path)]; ok {
				continue
			}
			b, err := os.ReadFile(path)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, err
			}
			if bytes.HasPrefix(b, []byte(gen.Header)) {
				stale = append(stale, path)
			}
		}
	}
	return stale, nil
}
