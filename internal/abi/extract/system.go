package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"kern.sys/internal/abi"
)

// systemFacts extracts the facts of a system other than Linux, whose headers need each other and so are one unit:
// those that the locked wheel has. With -try, it returns the facts of that header, which may also be one beside the
// list.
func systemFacts(o options, s abi.System) (*abi.DB, error) {
	hs, err := readHeaders(filepath.Join(o.dir, "extract/headers-"+s.Name+".txt"), s.Archs)
	if err != nil {
		return nil, err
	}
	lock := filepath.Join(o.dir, "extract/wheels.lock")
	w, err := readWheel(lock)
	if err != nil {
		return nil, err
	}
	if o.update {
		if w, err = w.newest(o.cache); err != nil {
			return nil, err
		}
		if err := w.write(lock); err != nil {
			return nil, err
		}
	}
	root, err := w.unpacked(o.cache, s)
	if err != nil {
		return nil, err
	}
	if o.try != "" && !slices.ContainsFunc(hs, func(h header) bool { return h.name == o.try }) {
		hs = append(hs, header{name: o.try, source: packaged})
	}
	db, err := extractSystem(s, hs, root, o.cache)
	if db != nil && o.try != "" {
		db = db.Of(func(header string) bool { return header == o.try })
	}
	return db, err
}

// extractSystem extracts headers from the folder that has the folders of them.
func extractSystem(s abi.System, hs []header, root, cache string) (*abi.DB, error) {
	unit, err := together(s.Name, hs)
	if err != nil {
		return nil, err
	}
	dirs := func(a abi.Arch) []string {
		if a.Triplet == "" {
			return []string{filepath.Join(root, s.Folder)}
		}
		return []string{filepath.Join(root, a.Triplet), filepath.Join(root, s.Folder)}
	}
	for _, h := range hs {
		if h.source != imported {
			continue
		}
		for _, a := range s.Archs {
			for _, dir := range dirs(a) {
				if _, err := os.Stat(filepath.Join(dir, h.name)); err == nil {
					return nil, fmt.Errorf("header %s: source=%s, but the package has it: the option goes, and the header's "+
						"facts from facts/%s/%s", h.name, imported, s.Name, abi.ImportedFolder)
				}
			}
		}
	}
	tmp, err := os.MkdirTemp("", "kern-abi-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	return extractAll([]header{unit}, s.Archs, cache, tmp, dirs)
}
