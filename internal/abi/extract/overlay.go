package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// overlay puts the headers that come from other packages than linux-libc-dev below dir, under the names that the list of
// headers has for them. roots are the unpacked packages.
func overlay(dir string, hs []header, roots map[string]string) error {
	for _, h := range hs {
		root, ok := roots[h.source]
		if !ok {
			return fmt.Errorf("header %s: no source %q is locked", h.name, h.source)
		}
		var pattern string
		filter := func(s string) (string, error) { return s, nil }
		switch h.source {
		case "uapi", "stub":
			continue
		case "kernel":
			pattern, filter = filepath.Join(root, "usr/src/*", h.name), definitions
		default:
			pattern = filepath.Join(root, "usr/*/include", h.name)
		}
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) != 1 {
			return fmt.Errorf("header %s: %d files match %s: %v", h.name, len(found), pattern, err)
		}
		b, err := os.ReadFile(found[0])
		if err != nil {
			return err
		}
		text, err := filter(string(b))
		if err != nil {
			return fmt.Errorf("header %s: %w", h.name, err)
		}
		out := filepath.Join(dir, h.name)
		if err := os.MkdirAll(filepath.Dir(out), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(out, []byte(text), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// definitions returns what of a header of the kernel itself can be compiled without the rest of the kernel:
// conditions, macros, and enumerations.
func definitions(text string) (string, error) {
	text, err := stripComments(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	// There is no configuration to ask: what depends on one is as if it were off.
	out.WriteString("#define IS_ENABLED(option) 0\n")
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		word := strings.TrimLeft(lines[i], " \t")
		if directive, ok := strings.CutPrefix(word, "#"); ok {
			directive = strings.TrimLeft(directive, " \t")
			keep := !strings.HasPrefix(directive, "include") && !strings.HasPrefix(directive, "error")
			for ; ; i++ {
				if keep {
					out.WriteString(lines[i] + "\n")
				}
				if !strings.HasSuffix(lines[i], "\\") || i+1 == len(lines) {
					break
				}
			}
			continue
		}
		if !strings.HasPrefix(lines[i], "enum ") || !strings.Contains(lines[i], "{") {
			continue
		}
		for ; ; i++ {
			out.WriteString(lines[i] + "\n")
			if strings.Contains(lines[i], "}") {
				break
			}
			if i+1 == len(lines) {
				return "", fmt.Errorf("an enumeration does not end")
			}
		}
	}
	return out.String(), nil
}

// stripComments replaces comments by a space.
func stripComments(text string) (string, error) {
	var out strings.Builder
	for {
		before, rest, ok := strings.Cut(text, "/*")
		out.WriteString(before)
		if !ok {
			return out.String(), nil
		}
		if _, text, ok = strings.Cut(rest, "*/"); !ok {
			return "", fmt.Errorf("a comment does not end")
		}
		out.WriteByte(' ')
	}
}
