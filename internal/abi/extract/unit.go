package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
)

// unit is what one header, or several that are compiled together, say on one architecture.
type unit struct {
	Consts []constant
	Decls  []decl
	Bases  map[string]*abi.Layout
	Funcs  []string // function-like macros
	// Lacks is what macros that are no constants would need to be some, by the macro.
	Lacks map[string][]string
}

type constant struct {
	Name, File string
	Kind       abi.Kind
	Value      string
}

// extract compiles the unit of one header for one architecture and reads what it defines. dir is for its object file.
func (c *compiler) extract(a abi.Arch, h *header, dir string) (u *unit, err error) {
	prologue := h.prologue(a.Name)
	text, err := c.preprocess(a, prologue)
	if err != nil {
		return nil, err
	}
	home := func(path string) string {
		for _, d := range c.dirs(a) {
			if rel, ok := strings.CutPrefix(path, d+"/"); ok {
				return rel
			}
		}
		return ""
	}
	if c.units != nil {
		key := c.units.key(c.args(a), h, prologue, text)
		if u := c.units.load(key); u != nil {
			return u, nil
		}
		defer func() {
			if err == nil {
				err = c.units.store(key, u)
			}
		}()
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
	u, err = readObject(object, probes, home, h.owns)
	if err != nil {
		return nil, err
	}
	u.Funcs, u.Lacks = pre.funcs, lacking(probes)
	return u, nil
}

// readObject reads the values of the probes and the declarations out of an object file.
func readObject(object string, probes []probe, home func(string) string, owns func(string) bool) (*unit, error) {
	o, err := openObject(object)
	if err != nil {
		return nil, err
	}
	values, err := probeValues(o, probes)
	if err != nil {
		return nil, err
	}
	u := &unit{}
	t := &types{data: o.dwarf, home: home, owns: owns, align: map[string]int64{}}
	for i, p := range probes {
		switch p.kind {
		case intProbe:
			u.Consts = append(u.Consts, constant{p.expr, p.file, abi.Int, values[i]})
		case stringProbe:
			u.Consts = append(u.Consts, constant{p.expr, p.file, abi.String, values[i]})
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
		u.Consts = append(u.Consts, constant{e.name, e.file, abi.Int, e.value})
	}
	u.Decls, u.Bases = t.decls, t.bases
	return u, nil
}

// add puts what a unit says into the database.
func (u *unit) add(db *abi.DB, arch string, h *header) error {
	for _, c := range u.Consts {
		header := h.of(c.File)
		if name, ok := abi.SyscallName(header, c.Name); ok {
			if err := db.AddSyscall(arch, name, c.Value); err != nil {
				return err
			}
			continue
		}
		if err := db.AddConst(arch, c.Name, header, c.Kind, c.Value); err != nil {
			return err
		}
	}
	for _, d := range u.Decls {
		if err := db.AddType(arch, d.Kind, d.Name, h.of(d.File), d.Layout); err != nil {
			return err
		}
	}
	for name, l := range u.Bases {
		if err := db.AddType(arch, abi.Base, name, "", l); err != nil {
			return err
		}
	}
	return nil
}
