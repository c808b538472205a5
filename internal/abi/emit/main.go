// Emit generates the code that holds numbers and layouts of the kernel from the facts below
// internal/abi/facts, the lists beside this file, and the //sys lines of package unix.
//
//	go run ./internal/abi/emit [-check | -n] [GENERATOR...]
//
// Without a generator's name, or by that of mkall, it runs all of them, and removes files that none of them makes any more.
//
//	-check   write nothing, fail if the committed files differ
//	-n       write nothing, print a command for each generator
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/mkerrors"
	"kern.sys/internal/abi/emit/mksyscall"
	"kern.sys/internal/abi/emit/mksysnum"
	"kern.sys/internal/abi/emit/mktypes"
	"kern.sys/internal/abi/emit/mkuapi"
)

func main() {
	root := flag.String("root", ".", "the folder of the module")
	check := flag.Bool("check", false, "write nothing, compare with the files that are there")
	dry := flag.Bool("n", false, "write nothing, print what would be run")
	flag.Parse()
	err := error(nil)
	if *dry {
		err = plan(os.Stdout, flag.Args())
	} else {
		err = run(*root, *check, flag.Args())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "emit:", err)
		os.Exit(1)
	}
}

// generator makes the files of one kind.
type generator struct {
	name   string
	folder string // of the files, in the module
	list   string // what it is told by; "" if by nothing
	run    func(in input) (map[string][]byte, error)
}

// input is what a generator works from.
type input struct {
	root string
	db   *abi.DB
	list []gen.Line
}

// sysnum is a generator and what another one asks for numbers.
var sysnum = generator{"mksysnum", "unix", "sysnum.txt", func(in input) (map[string][]byte, error) {
	return mksysnum.Generate(in.db, abi.Linux(), in.list)
}}

var generators = []generator{
	{"mkuapi", "internal/uapi", "uapi.txt", func(in input) (map[string][]byte, error) {
		return mkuapi.Generate(in.db, abi.Linux(), in.list)
	}},
	{"mkerrors", "unix", "errors.txt", func(in input) (map[string][]byte, error) {
		return mkerrors.Generate(in.db, abi.Linux(), in.list)
	}},
	{"mktypes", "unix", "types.txt", func(in input) (map[string][]byte, error) {
		return mktypes.Generate(in.db, abi.Linux(), in.list)
	}},
	sysnum,
	{"mksyscall", "unix", "", func(in input) (map[string][]byte, error) {
		numbers, err := sysnum.generate(in.root, in.db)
		if err != nil {
			return nil, err
		}
		return mksyscall.Generate(filepath.Join(in.root, "unix"), abi.Linux(), func(arch, number string) bool {
			return bytes.Contains(numbers["unix/zsysnum_linux_"+arch+".go"], []byte("\t"+number+" "))
		})
	}},
}

// generate returns the generator's files, by their paths in the module.
func (g generator) generate(root string, db *abi.DB) (map[string][]byte, error) {
	in := input{root: root, db: db}
	if g.list != "" {
		var err error
		if in.list, err = gen.ReadList(filepath.Join(root, "internal/abi/emit", g.list)); err != nil {
			return nil, err
		}
	}
	files, err := g.run(in)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", g.name, err)
	}
	out := map[string][]byte{}
	for name, b := range files {
		out[g.folder+"/"+name] = b
	}
	return out, nil
}

// selected returns the generators of those names, all of them for none or for mkall.
func selected(names []string) ([]generator, error) {
	if len(names) == 0 || len(names) == 1 && names[0] == "mkall" {
		return generators, nil
	}
	var out []generator
	for _, name := range names {
		i := slices.IndexFunc(generators, func(g generator) bool { return g.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no generator is called %q", name)
		}
		out = append(out, generators[i])
	}
	return out, nil
}

// plan prints a command for each generator.
func plan(w io.Writer, names []string) error {
	gens, err := selected(names)
	if err != nil {
		return err
	}
	for _, g := range gens {
		if _, err := fmt.Fprintln(w, "go run ./internal/abi/emit", g.name); err != nil {
			return err
		}
	}
	return nil
}

// generate returns the files of generators, by their paths in the module.
func generate(root string, gens []generator) (map[string][]byte, error) {
	db, err := abi.Read(filepath.Join(root, "internal/abi/facts/linux"), abi.ArchNames(abi.Linux()))
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, g := range gens {
		files, err := g.generate(root, db)
		if err != nil {
			return nil, err
		}
		for name, b := range files {
			if _, twice := out[name]; twice {
				return nil, fmt.Errorf("two generators make %s", name)
			}
			out[name] = b
		}
	}
	return out, nil
}

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
