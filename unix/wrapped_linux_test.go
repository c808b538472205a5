package unix_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// source is a parsed file of this package.
type source struct {
	name string
	file *ast.File
}

func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

// builtFor reports whether the file is among those of an architecture.
func (s source) builtFor(t *testing.T, arch string) bool {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH = "linux", arch
	match, err := ctx.MatchFile(".", s.name)
	ok(t, err)
	return match
}

// ofLinux reports whether the file is one of Linux's, on any architecture and with either compiler.
func (s source) ofLinux(t *testing.T) bool {
	for _, compiler := range []string{"gc", "gccgo"} {
		for _, arch := range abi.Linux() {
			ctx := build.Default
			ctx.GOOS, ctx.GOARCH, ctx.Compiler = "linux", arch.Name, compiler
			match, err := ctx.MatchFile(".", s.name)
			ok(t, err)
			if match {
				return true
			}
		}
	}
	return false
}

// sources parses this package's files for Linux and its tests, without the tables of constants and types, which have
// no functions.
func sources(t *testing.T) []source {
	t.Helper()
	needSources(t)
	names, err := filepath.Glob("*.go")
	ok(t, err)
	var out []source
	for _, name := range names {
		if strings.HasPrefix(name, "zerrors_") || strings.HasPrefix(name, "ztypes_") || !(source{name: name}).ofLinux(t) {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		ok(t, err)
		out = append(out, source{name, f})
	}
	return out
}

// exportedFunctions returns the exported functions of a file, "Open", and methods, "Iovec.SetLen".
func exportedFunctions(f *ast.File) []string {
	var out []string
	for _, d := range f.Decls {
		fn, isFunc := d.(*ast.FuncDecl)
		if !isFunc || !fn.Name.IsExported() {
			continue
		}
		if fn.Recv == nil {
			out = append(out, fn.Name.Name)
			continue
		}
		recv := fn.Recv.List[0].Type
		if star, isStar := recv.(*ast.StarExpr); isStar {
			recv = star.X
		}
		if id, isIdent := recv.(*ast.Ident); isIdent && id.IsExported() {
			out = append(out, id.Name+"."+fn.Name.Name)
		}
	}
	return out
}

// selected adds the names that a file selects to the functions of package unix ("Open") and to methods (".SetLen").
func selected(f *ast.File, into map[string]bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, isSel := n.(*ast.SelectorExpr); isSel {
			if x, isIdent := sel.X.(*ast.Ident); isIdent && x.Name == "unix" {
				into[sel.Sel.Name] = true
			} else {
				into["."+sel.Sel.Name] = true
			}
		}
		return true
	})
}

// TestEveryFunctionIsTested fails for an exported function or method, of any architecture, that no test which is built
// for that architecture uses.
func TestEveryFunctionIsTested(t *testing.T) {
	all := sources(t)
	missing := map[string][]string{} // architectures, by function
	for _, arch := range abi.GoLinux() {
		used := map[string]bool{}
		var functions []string
		for _, s := range all {
			switch {
			case !s.builtFor(t, arch.Name):
			case s.isTest():
				selected(s.file, used)
			default:
				functions = append(functions, exportedFunctions(s.file)...)
			}
		}
		if len(functions) < 300 {
			t.Errorf("%s has only %d functions: these are not all", arch.Name, len(functions))
		}
		for _, fn := range functions {
			if _, method, is := strings.Cut(fn, "."); !used[fn] && !(is && used["."+method]) {
				missing[fn] = append(missing[fn], arch.Name)
			}
		}
	}
	for _, fn := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("no test calls %s (%s)", fn, strings.Join(missing[fn], ","))
	}
}

// systemCalls returns the SYS_ names of any architecture, and those that functions of this package use.
func systemCalls(all []source) (names, used map[string]bool) {
	names, used = map[string]bool{}, map[string]bool{}
	for _, s := range all {
		if s.isTest() {
			continue
		}
		numbers := strings.HasPrefix(s.name, "zsysnum_")
		ast.Inspect(s.file, func(n ast.Node) bool {
			if id, isIdent := n.(*ast.Ident); isIdent && strings.HasPrefix(id.Name, "SYS_") {
				if numbers {
					names[id.Name] = true
				} else {
					used[id.Name] = true
				}
			}
			return true
		})
	}
	return names, used
}

// TestEverySystemCallIsWrappedOrExplained fails for a system call of any architecture that no function makes, unless
// unwrapped.txt says why, and for a line of that file that is true no more.
func TestEverySystemCallIsWrappedOrExplained(t *testing.T) {
	names, used := systemCalls(sources(t))
	b, err := os.ReadFile("unwrapped.txt")
	ok(t, err)
	explained := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		name, reason, _ := strings.Cut(strings.TrimSpace(line), " ")
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		name = "SYS_" + strings.ToUpper(strings.TrimPrefix(name, "SYS_"))
		switch {
		case strings.TrimSpace(reason) == "":
			t.Errorf("unwrapped.txt: %s has no reason", name)
		case !names[name]:
			t.Errorf("unwrapped.txt: %s is no system call", name)
		case used[name]:
			t.Errorf("unwrapped.txt: %s has a function", name)
		case explained[name]:
			t.Errorf("unwrapped.txt: %s twice", name)
		}
		explained[name] = true
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !used[name] && !explained[name] {
			t.Errorf("no function calls %s, and unwrapped.txt does not say why", name)
		}
	}
}
