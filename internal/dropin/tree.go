package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// goModule is a module as the go command describes it.
type goModule struct {
	Path, Version string
	Dir, GoMod    string
	Main          bool
	Error         string // of go mod download
}

// tree is a copy of a module's source, and of those of its dependencies that were changed.
type tree struct {
	dir string
	opt options
}

func (t *tree) root() string { return filepath.Join(t.dir, "main") }

// goCommand is the go command in dir, on its module alone. It may complete go.mod and go.sum.
func goCommand(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=mod -buildvcs=false")
	if goos, goarch, ok := strings.Cut(platformOf(ctx), "/"); ok {
		cmd.Env = append(cmd.Env, "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	}
	return cmd
}

// output runs the go command; what it says becomes part of an error.
func output(ctx context.Context, dir string, args ...string) ([]byte, error) {
	var out, said bytes.Buffer
	cmd := goCommand(ctx, dir, args...)
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return out.Bytes(), fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, bytes.TrimSpace(said.Bytes()))
	}
	return out.Bytes(), nil
}

// checkout is the directory of this module.
func checkout(ctx context.Context) (string, error) {
	out, err := output(ctx, "", "list", "-m", "-f", "{{.Path}} {{.Dir}}")
	if err != nil {
		return "", err
	}
	dir, ok := strings.CutPrefix(strings.TrimSpace(string(out)), "kern.sys ")
	if !ok {
		return "", errors.New("this is not a checkout of kern.sys")
	}
	return dir, nil
}

// fetch finds a module among the sources, or has the go command fetch it.
func fetch(ctx context.Context, o options, m module) (got goModule, err error) {
	if dir := filepath.Join(o.sources, filepath.FromSlash(m.Path)); o.sources != "" {
		file := filepath.Join(dir, "go.mod")
		if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
			return goModule{Path: m.Path, Version: m.Version, Dir: dir, GoMod: file}, err
		}
	}
	out, err := output(ctx, os.TempDir(), "mod", "download", "-json", m.Path+"@"+m.Version)
	if e := json.Unmarshal(out, &got); e == nil && got.Error != "" {
		return got, errors.New(got.Error)
	} else if err == nil {
		err = e
	}
	return got, err
}

// copyModule copies a module's source to where it may be changed.
func copyModule(dir string, m goModule) error {
	if err := os.CopyFS(dir, os.DirFS(m.Dir)); err != nil {
		return err
	}
	file := filepath.Join(dir, "go.mod")
	if _, err := os.Stat(file); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	b, err := os.ReadFile(m.GoMod) // the go command has made one up
	if err != nil {
		return err
	}
	return os.WriteFile(file, b, 0o644)
}

func (t *tree) copy(ctx context.Context, m module, got goModule) error {
	if err := copyModule(t.root(), got); err != nil {
		return err
	}
	for _, l := range m.Left {
		if l.File == "" {
			continue
		}
		file := filepath.Join(t.root(), l.File)
		if _, err := os.Stat(file); err != nil {
			return err
		}
		if err := os.RemoveAll(file); err != nil {
			return err
		}
	}
	if m.Prepare == nil {
		return nil
	}
	cmd := exec.CommandContext(ctx, m.Prepare[0], m.Prepare[1:]...)
	cmd.Dir = t.root()
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(m.Prepare, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

// rewrite changes the imports of the module itself, and has it require this one.
func (t *tree) rewrite(ctx context.Context) (files int, err error) {
	if files, err = rewriteTree(t.root(), t.opt.imports); err != nil {
		return 0, err
	}
	_, err = output(ctx, t.root(), "mod", "edit", "-require", "kern.sys@v0.0.0", "-replace", "kern.sys="+t.opt.checkout)
	return files, err
}

// rewriteDependencies changes the imports of all other modules that the packages and their tests are built of.
func (t *tree) rewriteDependencies(ctx context.Context, m module) (dependencies []dependency, err error) {
	for {
		importers, err := t.importers(ctx, m)
		if err != nil || len(importers) == 0 {
			return dependencies, err
		}
		for _, path := range slices.Sorted(maps.Keys(importers)) {
			copied := filepath.Join(t.dir, fmt.Sprintf("dep%d", len(dependencies)))
			if err := copyModule(copied, importers[path]); err != nil {
				return nil, err // as it is when it was there and is still an importer
			}
			files, err := rewriteTree(copied, t.opt.imports)
			if err != nil {
				return nil, err
			}
			if files == 0 {
				return nil, fmt.Errorf("no import of %s was changed", path)
			}
			if _, err := output(ctx, t.root(), "mod", "edit", "-replace", path+"="+copied); err != nil {
				return nil, err
			}
			dependencies = append(dependencies, dependency{path, files})
		}
	}
}

// importers are the modules with packages that import one by its old path. Those that the old paths are of are not,
// for nothing is built of them in the end.
func (t *tree) importers(ctx context.Context, m module) (map[string]goModule, error) {
	const fields = "-json=ImportPath,Imports,Module,ForTest"
	tests, err := output(ctx, t.root(), append([]string{"list", "-e", "-deps", "-test", fields}, m.Packages...)...)
	if err != nil {
		return nil, err
	}
	built, err := output(ctx, t.root(), append([]string{"list", "-e", "-deps", fields}, m.build()...)...)
	if err != nil {
		return nil, err
	}
	found := map[string]goModule{}
	for d := json.NewDecoder(bytes.NewReader(append(tests, built...))); ; {
		var p struct {
			ImportPath, ForTest string
			Imports             []string
			Module              *goModule
		}
		if err := d.Decode(&p); err == io.EOF {
			return found, nil
		} else if err != nil {
			return nil, err
		}
		if p.Module != nil && !p.Module.Main && !provides(p.Module.Path, t.opt.imports) &&
			slices.ContainsFunc(p.Imports, func(i string) bool { return t.opt.imports[i] != "" }) {
			found[p.Module.Path] = *p.Module
		}
	}
}

// users are the packages of the module that import one of netlink's, themselves or in their tests. Those that are
// nothing but tests are not built.
func (t *tree) users(ctx context.Context) (packages, built []string, err error) {
	out, err := output(ctx, t.root(), "list", "-e", "-json=ImportPath,GoFiles,CgoFiles,Imports,TestImports,XTestImports",
		"./...")
	if err != nil {
		return nil, nil, err
	}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath                                            string
			GoFiles, CgoFiles, Imports, TestImports, XTestImports []string
		}
		if err := d.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			return nil, nil, err
		}
		if slices.ContainsFunc(slices.Concat(p.Imports, p.TestImports, p.XTestImports), func(i string) bool {
			return t.opt.imports[i] != "" && strings.Contains(i, "/netlink")
		}) {
			packages = append(packages, p.ImportPath)
			if len(p.GoFiles)+len(p.CgoFiles) > 0 {
				built = append(built, p.ImportPath)
			}
		}
	}
	if packages == nil {
		return nil, nil, errors.New("no package imports netlink")
	}
	return packages, built, nil
}

// provides reports whether one of the old packages is in the module.
func provides(module string, imports map[string]string) bool {
	for old := range imports {
		if old == module || strings.HasPrefix(old, module+"/") {
			return true
		}
	}
	return false
}
