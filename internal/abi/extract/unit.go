package main

import (
	"debug/elf"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
)

// unit is what one header says on one architecture.
type unit struct {
	consts []constant
	decls  []decl
	bases  map[string]*abi.Layout
	funcs  []string // function-like macros
	// lacks is what macros that are no constants would need to be some, by the macro.
	lacks map[string][]string
}

type constant struct {
	name, file string
	kind       abi.Kind
	value      string
}

// extract compiles one header for one architecture and reads what it defines. dir is for its object file.
func (c *compiler) extract(a abi.Arch, h *header, dir string) (*unit, error) {
	prologue := h.prologue(a.Name)
	text, err := c.preprocess(a, prologue)
	if err != nil {
		return nil, err
	}
	home := func(path string) string {
		for _, d := range c.includes(a) {
			if rel, ok := strings.CutPrefix(path, d+"/"); ok {
				return rel
			}
		}
		return ""
	}
	pre, err := readPreprocessed(text, home, h.owns)
	if err != nil {
		return nil, err
	}
	var probes []probe
	for _, m := range pre.macros {
		probes = append(probes, probe{expr: m.name, file: m.file})
	}
	for _, tag := range pre.tags {
		probes = append(probes, probe{expr: tag, kind: alignProbe})
	}
	object := filepath.Join(dir, a.Name+"-"+strings.ReplaceAll(h.name, "/", "-")+".o")
	if err := c.compileProbes(a, prologue, probes, object); err != nil {
		return nil, err
	}
	defer os.Remove(object)
	u, err := readObject(object, probes, home, h.owns)
	if err != nil {
		return nil, err
	}
	u.funcs, u.lacks = pre.funcs, lacking(probes)
	return u, nil
}

// readObject reads the values of the probes and the declarations out of an object file.
func readObject(object string, probes []probe, home func(string) string, owns func(string) bool) (*unit, error) {
	f, err := elf.Open(object)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	values, err := probeValues(f, probes)
	if err != nil {
		return nil, err
	}
	data, err := f.DWARF()
	if err != nil {
		return nil, err
	}
	u := &unit{}
	t := &types{data: data, home: home, owns: owns, align: map[string]int64{}}
	for i, p := range probes {
		switch p.kind {
		case intProbe:
			u.consts = append(u.consts, constant{p.expr, p.file, abi.Int, values[i]})
		case stringProbe:
			u.consts = append(u.consts, constant{p.expr, p.file, abi.String, values[i]})
		case alignProbe:
			if t.align[p.expr], err = strconv.ParseInt(values[i], 10, 64); err != nil {
				return nil, fmt.Errorf("alignment of %s: %w", p.expr, err)
			}
		}
	}
	if err := t.read(); err != nil {
		return nil, err
	}
	for _, e := range t.consts {
		// Whoever writes the name of both a macro and an enumerator gets the macro.
		if slices.ContainsFunc(probes, func(p probe) bool { return p.kind != alignProbe && p.expr == e.name }) {
			continue
		}
		u.consts = append(u.consts, constant{e.name, e.file, abi.Int, e.value})
	}
	u.decls, u.bases = t.decls, t.bases
	return u, nil
}

// syscallPrefix is what macros start with whose value is the number of a system call.
const syscallPrefix = "__NR_"

// add puts what a unit says into the database.
func (u *unit) add(db *abi.DB, arch string, h *header) error {
	for _, c := range u.consts {
		if name, ok := strings.CutPrefix(c.name, syscallPrefix); ok && h.name == "asm/unistd.h" {
			if err := db.AddSyscall(arch, name, c.value); err != nil {
				return err
			}
			continue
		}
		if err := db.AddConst(arch, c.name, h.name, c.kind, c.value); err != nil {
			return err
		}
	}
	for _, d := range u.decls {
		if err := db.AddType(arch, d.kind, d.name, h.name, d.layout); err != nil {
			return err
		}
	}
	for name, l := range u.bases {
		if err := db.AddType(arch, abi.Base, name, "", l); err != nil {
			return err
		}
	}
	return nil
}
