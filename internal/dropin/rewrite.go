package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// parseImports reads OLD=NEW,…. Both packages have one name, so that nothing but the path changes.
func parseImports(s string) (map[string]string, error) {
	imports := map[string]string{}
	for pair := range strings.SplitSeq(s, ",") {
		old, new, ok := strings.Cut(pair, "=")
		if !ok || old == "" || path.Base(old) != path.Base(new) {
			return nil, fmt.Errorf("-imports: %q is not OLD=NEW with packages of one name", pair)
		}
		imports[old] = new
	}
	return imports, nil
}

// rewriteTree changes the imports of the Go files below dir, for all systems, and returns how many files it changed.
func rewriteTree(dir string, imports map[string]string) (files int, err error) {
	err = filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || filepath.Ext(name) != ".go" {
			return err
		}
		old, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		new, err := rewriteFile(name, old, imports)
		if err != nil || bytes.Equal(old, new) {
			return err
		}
		files++
		return os.WriteFile(name, new, 0o644)
	})
	return files, err
}

// rewriteFile returns the source of a Go file with other import paths. Not a byte besides changes.
func rewriteFile(name string, src []byte, imports map[string]string) ([]byte, error) {
	mentioned := false
	for old := range imports {
		mentioned = mentioned || bytes.Contains(src, []byte(old))
	}
	if !mentioned { // what other tests keep as broken files needs no parsing
		return src, nil
	}
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, name, src, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	var out []byte
	done := 0
	for _, spec := range f.Imports {
		old, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		if new, ok := imports[old]; ok {
			out = append(out, src[done:set.Position(spec.Path.Pos()).Offset]...)
			out = strconv.AppendQuote(out, new)
			done = set.Position(spec.Path.End()).Offset
		}
	}
	return append(out, src[done:]...), nil
}
