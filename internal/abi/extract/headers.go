package main

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"kern.sys/internal/abi"
)

// header is one line of the list of headers: a translation unit, or a part of one.
type header struct {
	name   string
	parts  []string
	after  []string
	source string
	only   []string
	define []define
	drop   []string // macros that need what the header does not declare
	types  []string // structures to read of a header of the kernel itself
	all    []header // of a unit that is made of several, these: each file that they include counts by its own name
}

type define struct {
	macro string   // as in C, or with "=" before its value
	archs []string // nil for all
}

// together returns the unit that a system's headers make in the order of their list. Headers that the package lacks
// are no part of it.
func together(system string, hs []header) (header, error) {
	unit := header{name: system}
	for _, h := range hs {
		switch {
		case h.source == imported:
			continue
		case h.source != packaged || h.parts != nil || h.after != nil || h.drop != nil || h.types != nil:
			return header{}, fmt.Errorf("header %s: what is compiled together has define, only and source=%s", h.name, imported)
		}
		unit.all = append(unit.all, h)
	}
	if unit.all == nil {
		return header{}, fmt.Errorf("no headers of %s", system)
	}
	return unit, nil
}

// Sources of headers that the program knows.
const (
	packaged = "uapi"     // the package that has most of a system's headers
	imported = "imported" // none: the facts are in abi.ImportedFolder
)

// readHeaders reads a list of headers of a system with such architectures.
func readHeaders(file string, archs []abi.Arch) ([]header, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	hs, err := parseHeaders(string(b), archs)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	return hs, nil
}

func parseHeaders(text string, archs []abi.Arch) ([]header, error) {
	var hs []header
	owner := map[string]string{}
	known := abi.ArchNames(archs)
	checkArchs := func(names []string) error {
		for _, a := range names {
			if !slices.Contains(known, a) {
				return fmt.Errorf("unknown architecture %q", a)
			}
		}
		return nil
	}
	for i, line := range strings.Split(text, "\n") {
		line, _, _ = strings.Cut(line, "#")
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		h := header{name: w[0], source: packaged}
		for _, opt := range w[1:] {
			k, v, ok := strings.Cut(opt, "=")
			list := strings.Split(v, ",")
			k, at, _ := strings.Cut(k, "@")
			var err error
			switch {
			case !ok || v == "" || at != "" && k != "define":
				err = fmt.Errorf("want key=value, not %q", opt)
			case k == "parts":
				h.parts = list
			case k == "after":
				h.after = list
			case k == "drop":
				h.drop = list
			case k == "types":
				h.types = list
			case k == "source":
				h.source = v
			case k == "only":
				h.only = list
				err = checkArchs(list)
			case k == "define":
				var archs []string
				if at != "" {
					archs = strings.Split(at, ",")
					err = checkArchs(archs)
				}
				for _, m := range list {
					h.define = append(h.define, define{m, archs})
				}
			default:
				err = fmt.Errorf("unknown key %q", k)
			}
			if err != nil {
				return nil, fmt.Errorf("%d: header %s: %w", i+1, h.name, err)
			}
		}
		if strings.HasPrefix(h.name, "asm/") {
			h.parts = append(h.parts, "asm-generic/"+path.Base(h.name))
		}
		for _, p := range append([]string{h.name}, h.parts...) {
			if o, ok := owner[p]; ok {
				return nil, fmt.Errorf("%d: header %s: %s belongs to %s already", i+1, h.name, p, o)
			}
			owner[p] = h.name
		}
		hs = append(hs, h)
	}
	return hs, nil
}

// on reports whether an architecture has the header.
func (h *header) on(arch string) bool { return h.only == nil || slices.Contains(h.only, arch) }

// owns reports whether facts that file defines count as the header's.
func (h *header) owns(file string) bool {
	return file == h.name || slices.Contains(h.parts, file) || h.all != nil && file != ""
}

// of returns the header that facts of one of the files it owns are said to be of.
func (h *header) of(file string) string {
	if h.all != nil {
		return file
	}
	return h.name
}

// prologue is the start of the translation unit.
func (h *header) prologue(arch string) string {
	var b strings.Builder
	for _, part := range h.all {
		if part.on(arch) {
			part.include(&b, arch, "")
		}
	}
	if h.all == nil {
		// Some headers ask for the size of a long without including the header that says it.
		h.include(&b, arch, "#include <asm/bitsperlong.h>\n")
	}
	return b.String()
}

// include writes what includes the header, with first after the macros.
func (h *header) include(b *strings.Builder, arch, first string) {
	for _, d := range h.define {
		if d.archs == nil || slices.Contains(d.archs, arch) {
			fmt.Fprintf(b, "#define %s\n", strings.Replace(d.macro, "=", " ", 1))
		}
	}
	b.WriteString(first)
	for _, a := range h.after {
		fmt.Fprintf(b, "#include <%s>\n", a)
	}
	fmt.Fprintf(b, "#include <%s>\n", h.name)
}
