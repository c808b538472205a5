// Symbols links a program that refers to every exported function of package unix, for the systems whose calls go
// through a C library, and fails for a dynamic import that the library does not export.
//
//	go run ./internal/symbols [-system darwin,openbsd,…]
//
// It is run in the module's root. What libraries export is in internal/abi/facts/SYSTEM/symbols.txt. No source says
// it of aix: there it has to be what Go itself imports, or is named in aix.txt, whose functions have
// golang.org/x/sys/unix as their only witness. Libraries beside the C library have their functions in others.txt.
package main

import (
	"debug/elf"
	"debug/macho"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"kern.sys/internal/abi"
)

func main() {
	only := flag.String("system", "", "systems, separated by commas: all if empty")
	flag.Parse()
	began := time.Now()
	if err := run(*only); err != nil {
		fmt.Fprintln(os.Stderr, "symbols:", err)
		os.Exit(1)
	}
	fmt.Printf("every import is exported; %.0f s\n", time.Since(began).Seconds())
}

func run(only string) error {
	dir, err := os.MkdirTemp("", "symbols")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var failed []error
	for _, s := range abi.Systems() {
		if s.Form == abi.Number || only != "" && !slices.Contains(strings.Split(only, ","), s.Name) {
			continue
		}
		exported, err := exports(s)
		if err != nil {
			return err
		}
		for _, a := range s.Archs {
			names, functions, err := link(dir, s.Name, a.Name)
			if err != nil {
				return fmt.Errorf("%s/%s: %w", s.Name, a.Name, err)
			}
			fmt.Printf("%s/%s: %d functions, %d imports\n", s.Name, a.Name, functions, len(names))
			if len(names) < 100 || functions < 150 {
				failed = append(failed, fmt.Errorf("%s/%s: that is too few", s.Name, a.Name))
			}
			for _, name := range names {
				if !exported[name] {
					failed = append(failed, fmt.Errorf("%s/%s: no library exports %s", s.Name, a.Name, name))
				}
			}
		}
	}
	return errors.Join(failed...)
}

// link builds the program, and returns what it imports and how many functions it refers to.
func link(dir, goos, goarch string) (imports []string, functions int, err error) {
	names, err := exportedFunctions("unix", goos, goarch)
	if err != nil {
		return nil, 0, err
	}
	var text strings.Builder
	text.WriteString("package main\n\nimport \"kern.sys/unix\"\n\nvar functions = []any{\n")
	for _, n := range names {
		fmt.Fprintf(&text, "\tunix.%s,\n", n)
	}
	text.WriteString("}\n\nfunc main() {\n\tfor _, f := range functions {\n\t\tprintln(f)\n\t}\n}\n")
	source, out := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte(text.String()), 0o600); err != nil {
		return nil, 0, err
	}
	root, err := filepath.Abs("internal/symbols/program/main.go")
	if err != nil {
		return nil, 0, err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {root: source}})
	if err != nil {
		return nil, 0, err
	}
	overlay := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(overlay, b, 0o600); err != nil {
		return nil, 0, err
	}
	cmd := exec.Command("go", "build", "-overlay", overlay, "-o", out, "./internal/symbols/program")
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	if b, err := cmd.CombinedOutput(); err != nil {
		return nil, 0, fmt.Errorf("%s: %w\n%s", cmd, err, b)
	}
	imports, err = dynamicImports(out, goos)
	return imports, len(names), err
}

// exportedFunctions are those of a package for a platform, without methods and without those that have type
// parameters.
func exportedFunctions(dir, goos, goarch string) ([]string, error) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH, ctx.CgoEnabled = goos, goarch, false
	pkg, err := ctx.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, file := range pkg.GoFiles {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok && d.Recv == nil && d.Name.IsExported() && d.Type.TypeParams == nil {
				names = append(names, d.Name.Name)
			}
		}
	}
	slices.Sort(names)
	return names, nil
}

// dynamicImports are the functions that a program takes from libraries, as C names them.
func dynamicImports(path, goos string) ([]string, error) {
	switch goos {
	case "aix":
		return xcoffImports(path)
	case "darwin":
		f, err := macho.Open(path)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }()
		names, err := f.ImportedSymbols()
		for i, n := range names {
			names[i] = strings.TrimPrefix(n, "_")
		}
		return names, err
	}
	f, err := elf.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	symbols, err := f.ImportedSymbols()
	var names []string
	for _, s := range symbols {
		names = append(names, s.Name)
	}
	return names, err
}

//go:embed aix.txt
var onlyPeer string

//go:embed others.txt
var others string

// exports are the functions that the libraries of a system export.
func exports(s abi.System) (map[string]bool, error) {
	out := map[string]bool{}
	add := func(text string) {
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				out[line] = true
			}
		}
	}
	if s.Name == "aix" {
		add(onlyPeer)
		return out, goImports(out)
	}
	folder := s.Name
	if s.Extends != "" {
		folder = s.Extends
	}
	b, err := os.ReadFile(filepath.Join("internal/abi/facts", folder, "symbols.txt"))
	if err != nil {
		return nil, err
	}
	add(string(b))
	for line := range strings.Lines(others) {
		w := strings.Fields(line)
		if len(w) > 2 && w[0] == folder {
			for _, name := range w[2:] {
				out[name] = true
			}
		}
	}
	return out, nil
}

var aixImport = regexp.MustCompile(`(?m)^//go:cgo_import_dynamic \w+ (\w+) "lib[\w.]+/\w+.o"$`)

// goImports adds what Go's own packages import from AIX's libraries.
func goImports(out map[string]bool) error {
	for _, dir := range []string{"runtime", "syscall", "internal/syscall/unix", "net", "os"} {
		files, err := filepath.Glob(filepath.Join(build.Default.GOROOT, "src", dir, "*aix*.go"))
		if err != nil {
			return err
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			for _, m := range aixImport.FindAllStringSubmatch(string(b), -1) {
				out[m[1]] = true
			}
		}
	}
	return nil
}
