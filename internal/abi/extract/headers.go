package main

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"

	"kern.sys/internal/abi"
)

// header is one line of the list of headers: a translation unit.
type header struct {
	name   string
	parts  []string
	after  []string
	source string
	only   []string
	define []define
	drop   []string // macros that need what the header does not declare
	types  []string // structures to read of a header of the kernel itself
}

type define struct {
	macro string
	archs []string // nil for all
}

// readHeaders reads a list of headers.
func readHeaders(file string) ([]header, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	hs, err := parseHeaders(string(b))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	return hs, nil
}

func parseHeaders(text string) ([]header, error) {
	var hs []header
	owner := map[string]string{}
	known := abi.ArchNames(abi.Linux())
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
		h := header{name: w[0], source: "uapi"}
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
func (h *header) owns(file string) bool { return file == h.name || slices.Contains(h.parts, file) }

// prologue is the start of the translation unit.
func (h *header) prologue(arch string) string {
	var b strings.Builder
	for _, d := range h.define {
		if d.archs == nil || slices.Contains(d.archs, arch) {
			fmt.Fprintf(&b, "#define %s\n", d.macro)
		}
	}
	// Some headers ask for the size of a long without including the header that says it.
	b.WriteString("#include <asm/bitsperlong.h>\n")
	for _, a := range h.after {
		fmt.Fprintf(&b, "#include <%s>\n", a)
	}
	fmt.Fprintf(&b, "#include <%s>\n", h.name)
	return b.String()
}
