package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// overlay puts the headers that come from other packages than linux-libc-dev below dir, under the names that the list
// of headers has for them. roots are the unpacked packages.
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
			pattern = filepath.Join(root, "usr/src/*", h.name)
			filter = func(s string) (string, error) { return definitions(s, h.types) }
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
// conditions, macros, enumerations, and the structures that are asked for.
func definitions(text string, types []string) (string, error) {
	text, err := stripComments(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	found := map[string]bool{}
	// There is no configuration to ask: what depends on one is as if it were off.
	out.WriteString("#define IS_ENABLED(option) 0\n")
	if m := guard.FindStringSubmatch(text); m != nil && m[1] == m[2] {
		// The header of linux-libc-dev that has the rest may have been included before, with the same guard.
		out.WriteString("#undef " + m[1] + "\n")
	}
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
		if !strings.Contains(lines[i], "{") || !declares.MatchString(lines[i]) {
			continue
		}
		first := i
		for !strings.Contains(lines[i], "}") || strings.HasPrefix(lines[i], " ") || strings.HasPrefix(lines[i], "\t") {
			if i++; i == len(lines) {
				return "", fmt.Errorf("what line %q starts does not end", lines[first])
			}
		}
		block := strings.Join(lines[first:i+1], "\n") + "\n"
		if name := declaredType(block); name != "" {
			if !slices.Contains(types, name) {
				continue
			}
			found[name] = true
		}
		out.WriteString(block)
	}
	for _, name := range types {
		if !found[name] {
			return "", fmt.Errorf("no structure %s", name)
		}
	}
	return out.String(), nil
}

var (
	guard     = regexp.MustCompile(`^\s*#ifndef (\w+)\s*\n\s*#define (\w+)\s*\n`)
	declares  = regexp.MustCompile(`^(enum|struct|union|typedef struct|typedef union)\b`)
	structTag = regexp.MustCompile(`^(?:struct|union)\s+(\w+)\s*\{`)
	typedef   = regexp.MustCompile(`^typedef(?s:.*)\b(\w+);\s*$`)
)

// declaredType returns the name of the structure that a block of lines declares, "" for an enumeration.
func declaredType(block string) string {
	if strings.HasPrefix(block, "enum") {
		return ""
	}
	for _, re := range []*regexp.Regexp{structTag, typedef} {
		if m := re.FindStringSubmatch(block); m != nil {
			return m[1]
		}
	}
	return "?" // something with a brace, such as a function that returns a structure
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
