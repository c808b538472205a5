// Emit generates the code that holds numbers and layouts of the kernel from the facts below
// internal/abi/facts, the lists in a folder for each system, and the //sys lines of package unix.
//
//	go run ./internal/abi/emit mkall         all generators, for every architecture; so does no name at all
//	go run ./internal/abi/emit mksysnum      one of them; or several
//	go run ./internal/abi/emit mkall -n      write nothing, print a command for each
//	go run ./internal/abi/emit mkall -check  write nothing, fail if the committed files differ
//
// All of them together also remove files that none of them makes any more. Where one of them does not understand what
// it works from, nothing is written.
package main

import (
	"bytes"
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/mkerrors"
	"kern.sys/internal/abi/emit/mknl"
	"kern.sys/internal/abi/emit/mksyscall"
	"kern.sys/internal/abi/emit/mksysctl"
	"kern.sys/internal/abi/emit/mksysnum"
	"kern.sys/internal/abi/emit/mktakers"
	"kern.sys/internal/abi/emit/mktypes"
	"kern.sys/internal/abi/emit/mkuapi"
)

func main() {
	if err := command(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "emit:", err)
		os.Exit(1)
	}
}

func command(args []string) error {
	var root string
	var check, dry bool
	set := flag.NewFlagSet("emit", flag.ExitOnError)
	set.StringVar(&root, "root", ".", "the folder of the module")
	set.BoolVar(&check, "check", false, "write nothing, compare with the files that are there")
	set.BoolVar(&dry, "n", false, "write nothing, print what would be run")
	var names []string
	for { // flags stand before or behind names
		if err := set.Parse(args); err != nil {
			return err
		}
		if set.NArg() == 0 {
			break
		}
		names, args = append(names, set.Arg(0)), set.Args()[1:]
	}
	if dry {
		return plan(os.Stdout, names)
	}
	return run(root, check, names)
}

// generator makes the files of one kind.
type generator struct {
	name   string
	folder string // of the files, in the module
	list   string // its list, a file for each system: "" if it has none
	run    func(in input) (map[string][]byte, error)
}

// input is what a generator works from: the facts of one system and its list.
type input struct {
	root   string
	system abi.System
	db     *abi.DB
	list   []gen.Line
}

// sysnum is a generator and what another one asks for numbers.
var sysnum = generator{"mksysnum", "unix", "sysnum.txt", func(in input) (map[string][]byte, error) {
	return mksysnum.Generate(in.db, in.system, in.list)
}}

var generators = []generator{
	{"mkuapi", "internal/uapi", "uapi.txt", func(in input) (map[string][]byte, error) {
		return mkuapi.Generate(in.db, in.system.Archs, in.list)
	}},
	{"mknl", "netlink/nl", "nl.txt", func(in input) (map[string][]byte, error) {
		return mknl.Generate(in.db, in.system.Archs, in.list)
	}},
	{"mkerrors", "unix", "errors.txt", func(in input) (map[string][]byte, error) {
		return mkerrors.Generate(in.db, in.system, in.list)
	}},
	{"mktypes", "unix", "types.txt", func(in input) (map[string][]byte, error) {
		return mktypes.Generate(in.db, in.system, in.list)
	}},
	sysnum,
	{"mksysctl", "unix", "sysctl.txt", func(in input) (map[string][]byte, error) {
		return mksysctl.Generate(in.db, in.system, in.list)
	}},
	syscalls,
	{name: "mktakers", folder: "unix"},
}

// syscalls are made of all systems' prototypes at once, and mktakers of what it makes.
var syscalls = generator{name: "mksyscall", folder: "unix"}

// facts are those of systems, by name.
type facts map[string]*abi.DB

// of reads the facts of a system once: those of the one that it extends, if any.
func (all facts) of(root string, s abi.System) (*abi.DB, error) {
	name := cmp.Or(s.Extends, s.Name)
	if all[name] == nil {
		db, err := abi.Read(filepath.Join(root, "internal/abi/facts", name), abi.ArchNames(s.Archs))
		if err != nil {
			return nil, err
		}
		all[name] = db
	}
	return all[name], nil
}

// generate returns the generator's files for all systems, by their paths in the module.
func (g generator) generate(root string, all facts) (map[string][]byte, error) {
	out := map[string][]byte{}
	add := func(files map[string][]byte, err error) error {
		for name, b := range files {
			out[g.folder+"/"+name] = b
		}
		if err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		return nil
	}
	if g.name == "mktakers" {
		functions, err := syscalls.generate(root, all)
		if err != nil {
			return nil, err
		}
		return out, add(mktakers.Generate(filepath.Join(root, "unix"), abi.Systems(), functions))
	}
	if g.run == nil {
		numbers, err := sysnum.generate(root, all)
		if err != nil {
			return nil, err
		}
		has := func(s abi.System, arch, number string) bool {
			name, _ := gen.FileName("zsysnum", s, arch)
			return bytes.Contains(numbers["unix/"+name], []byte("\t"+number+" "))
		}
		return out, add(mksyscall.Generate(filepath.Join(root, "unix"), abi.Systems(), has))
	}
	for _, s := range abi.Systems() {
		list, err := gen.ReadList(filepath.Join(root, "internal/abi/emit", s.Name, g.list))
		if errors.Is(err, fs.ErrNotExist) { // the system has nothing of that kind
			continue
		}
		if err != nil {
			return nil, err
		}
		db, err := all.of(root, s)
		if err != nil {
			return nil, err
		}
		if err := add(g.run(input{root, s, db, list})); err != nil {
			return nil, err
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%s: no system has a list %s", g.name, g.list)
	}
	return out, nil
}

// all is the name of all generators together.
const all = "mkall"

// selected returns the generators of those names, all of them for none or for mkall.
func selected(names []string) ([]generator, error) {
	if len(names) == 0 || len(names) == 1 && names[0] == all {
		return generators, nil
	}
	var out []generator
	seen := map[string]bool{}
	for _, name := range names {
		i := slices.IndexFunc(generators, func(g generator) bool { return g.name == name })
		switch {
		case name == all || seen[name]:
			return nil, fmt.Errorf("%s is named beside others, or twice", name)
		case i < 0:
			return nil, fmt.Errorf("no generator is called %q", name)
		}
		seen[name] = true
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
	all, out := facts{}, map[string][]byte{}
	for _, g := range gens {
		files, err := g.generate(root, all)
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
