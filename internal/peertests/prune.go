package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// rewrite copies a test file with import paths and texts changed, as one of package peertests. A test inside the
// package sees it by a dot import.
func rewrite(from, to, tested string, paths, texts [][2]string) error {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, from, nil, parser.ParseComments)
	if err != nil {
		return err
	}
	inside := !strings.HasSuffix(f.Name.Name, "_test")
	f.Name.Name = "peertests"
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.Name == "TestMain" {
			fn.Name.Name = "peerMain" // which template/run.go.txt calls
		}
	}
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		for _, p := range paths {
			if path == p[0] || strings.HasPrefix(path, p[0]+"/") {
				spec.Path.Value = strconv.Quote(p[1] + path[len(p[0]):])
				break
			}
		}
	}
	var b bytes.Buffer
	if err := format.Node(&b, fset, f); err != nil {
		return err
	}
	text := b.String()
	if inside {
		text = strings.Replace(text, "package peertests\n", "package peertests\n\nimport . "+strconv.Quote(tested)+"\n", 1)
	}
	for _, t := range texts {
		text = strings.ReplaceAll(text, t[0], t[1])
	}
	return os.WriteFile(to, []byte(text), 0o644)
}

// prune takes out of the test files of dir what does not compile, until all does. It returns the tests that went, each
// with the compiler's reason.
func prune(dir string) (left []string, err error) {
	for {
		bad, err := compile(dir)
		if err != nil || len(bad) == 0 {
			slices.Sort(left)
			return left, err
		}
		went := 0
		for file, lines := range bad {
			names, n, err := cut(filepath.Join(dir, file), lines)
			if err != nil {
				return nil, err
			}
			left = append(left, names...)
			went += n
		}
		if went == 0 {
			return nil, fmt.Errorf("cannot be pruned: %v", bad)
		}
	}
}

var compilerError = regexp.MustCompile(`(?m)^(?:\./)?(?:\S*/)?([^/\s:]+_test\.go):(\d+):(?:\d+:)? (.*)$`)

// compile returns the errors of the tests in dir by file and line.
func compile(dir string) (map[string]map[int]string, error) {
	cmd := exec.Command("go", "test", "-c", "-o", os.DevNull, "-gcflags=-e", "./"+dir)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	if err == nil {
		return nil, nil
	}
	bad := map[string]map[int]string{}
	for _, m := range compilerError.FindAllSubmatch(out, -1) {
		line, err := strconv.Atoi(string(m[2]))
		if err != nil {
			return nil, err
		}
		file := string(m[1])
		if bad[file] == nil {
			bad[file] = map[int]string{}
		}
		if bad[file][line] == "" {
			bad[file][line] = string(m[3])
		}
	}
	if len(bad) == 0 {
		return nil, errors.New(strings.TrimSpace(string(out)))
	}
	return bad, nil
}

// cut removes each declaration of a file that has an error in one of its lines. It returns the tests among them, and
// how many it removed.
func cut(file string, lines map[int]string) (tests []string, went int, err error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
	if err != nil {
		return nil, 0, err
	}
	var gone []ast.Node
	wrong := func(n ast.Node) string {
		for l := fset.Position(n.Pos()).Line; l <= fset.Position(n.End()).Line; l++ {
			if lines[l] != "" {
				return lines[l]
			}
		}
		return ""
	}
	f.Decls = slices.DeleteFunc(f.Decls, func(d ast.Decl) bool {
		switch d := d.(type) {
		case *ast.FuncDecl:
			why := wrong(d)
			if why == "" {
				return false
			}
			if d.Recv == nil && strings.HasPrefix(d.Name.Name, "Test") {
				tests = append(tests, d.Name.Name+": "+why)
			}
			gone = append(gone, d)
			return true
		case *ast.GenDecl:
			d.Specs = slices.DeleteFunc(d.Specs, func(s ast.Spec) bool {
				if wrong(s) == "" {
					return false
				}
				gone = append(gone, s)
				return true
			})
			return len(d.Specs) == 0
		}
		return false
	})
	f.Comments = slices.DeleteFunc(f.Comments, func(c *ast.CommentGroup) bool {
		return slices.ContainsFunc(gone, func(n ast.Node) bool { return n.Pos() <= c.Pos() && c.End() <= n.End() })
	})
	var b bytes.Buffer
	if err := format.Node(&b, fset, f); err != nil {
		return nil, 0, err
	}
	return tests, len(gone), os.WriteFile(file, b.Bytes(), 0o644)
}
