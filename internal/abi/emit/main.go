// Emit generates the code that holds numbers and layouts of the kernel from the facts below
// internal/abi/facts and the lists beside this file.
//
//	go run ./internal/abi/emit           write the files
//	go run ./internal/abi/emit -check    fail if the committed files differ
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/mkerrors"
	"kern.sys/internal/abi/emit/mksysnum"
	"kern.sys/internal/abi/emit/mktypes"
	"kern.sys/internal/abi/emit/mkuapi"
)

func main() {
	root := flag.String("root", ".", "the folder of the module")
	check := flag.Bool("check", false, "write nothing, compare with the files that are there")
	flag.Parse()
	if err := run(*root, *check); err != nil {
		fmt.Fprintln(os.Stderr, "emit:", err)
		os.Exit(1)
	}
}

func run(root string, check bool) error {
	if flag.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	files, err := generate(filepath.Join(root, "internal/abi"))
	if err != nil {
		return err
	}
	stale, err := staleFiles(root, files)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		path := filepath.Join(root, name)
		if !check {
			errs = append(errs, os.WriteFile(path, files[name], 0o666))
			continue
		}
		old, err := os.ReadFile(path)
		if err != nil {
			errs = append(errs, err)
		} else if !bytes.Equal(old, files[name]) {
			errs = append(errs, fmt.Errorf("%s differs from what is generated", path))
		}
	}
	for _, path := range stale {
		if check {
			errs = append(errs, fmt.Errorf("%s is generated no more", path))
		} else {
			errs = append(errs, os.Remove(path))
		}
	}
	return errors.Join(errs...)
}

// generate returns every generated file, by its path in the module.
func generate(dir string) (map[string][]byte, error) {
	db, err := abi.Read(filepath.Join(dir, "facts/linux"), abi.ArchNames(abi.Linux()))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, g := range []struct {
		folder, list string
		run          func(*abi.DB, []gen.Line) (map[string][]byte, error)
	}{
		{"internal/uapi", "uapi.txt", func(db *abi.DB, l []gen.Line) (map[string][]byte, error) {
			return mkuapi.Generate(db, abi.Linux(), l)
		}},
		{"unix", "errors.txt", func(db *abi.DB, l []gen.Line) (map[string][]byte, error) {
			return mkerrors.Generate(db, abi.GoLinux(), l)
		}},
		{"unix", "types.txt", func(db *abi.DB, l []gen.Line) (map[string][]byte, error) {
			return mktypes.Generate(db, abi.GoLinux(), l)
		}},
		{"unix", "sysnum.txt", func(db *abi.DB, l []gen.Line) (map[string][]byte, error) {
			return mksysnum.Generate(db, abi.GoLinux(), l)
		}},
	} {
		lines, err := gen.ReadList(filepath.Join(dir, "emit", g.list))
		if err != nil {
			return nil, err
		}
		files, err := g.run(db, lines)
		if err != nil {
			return nil, err
		}
		for name, b := range files {
			out[g.folder+"/"+name] = b
		}
	}
	return out, nil
}

// staleFiles returns the files that this command made once and makes no more.
func staleFiles(root string, files map[string][]byte) ([]string, error) {
	var stale []string
	for _, folder := range []string{"internal/uapi", "unix"} {
		found, err := filepath.Glob(filepath.Join(root, folder, "z*.go"))
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
