package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kern.sys/internal/debian"
	"kern.sys/internal/vmtest/wire"
)

// goPackage is a package to test in guests.
type goPackage struct {
	ImportPath, Dir           string
	TestGoFiles, XTestGoFiles []string
	Module                    struct{ Dir string }

	args     []string // further ones of its test binary
	binary   string   // its test binary; "" if it could not be built
	buildErr string
}

// readElsewhere are the directories of the module that tests read beside their packages'.
var readElsewhere = map[string][]string{"kern.sys/unix": {"internal/abi/facts"}}

// goTool returns a command of Go for programs that run on an architecture's guests.
func goTool(ctx context.Context, arch string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0")
	return cmd
}

// listPackages returns the packages with tests that match patterns.
func listPackages(ctx context.Context, arch string, patterns []string) ([]*goPackage, error) {
	out, err := debian.Run(goTool(ctx, arch,
		append([]string{"list", "-json=ImportPath,Dir,TestGoFiles,XTestGoFiles,Module"}, patterns...)...))
	if err != nil {
		return nil, err
	}
	var pkgs []*goPackage
	for d := json.NewDecoder(strings.NewReader(out)); d.More(); {
		p := &goPackage{}
		if err := d.Decode(p); err != nil {
			return nil, err
		}
		if len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 {
			pkgs = append(pkgs, p)
		}
	}
	if len(pkgs) == 0 {
		return nil, fmt.Errorf("no tests in %s", strings.Join(patterns, " "))
	}
	return pkgs, nil
}

// buildTests compiles the packages' tests into dir. A package that does not build keeps the compiler's words.
func buildTests(ctx context.Context, arch, dir string, pkgs []*goPackage) error {
	for i, p := range pkgs {
		file := filepath.Join(dir, fmt.Sprintf("%d-%s.test", i, path.Base(p.ImportPath)))
		_, err := debian.Run(goTool(ctx, arch, "test", "-c", "-ldflags=-s -w", "-o", file, p.ImportPath))
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			p.buildErr = err.Error()
		default:
			p.binary = file
		}
	}
	return nil
}

// buildInit compiles the guest's first process.
func buildInit(ctx context.Context, arch, dir string) (string, error) {
	file := filepath.Join(dir, "init")
	_, err := debian.Run(goTool(ctx, arch, "build", "-ldflags=-s -w", "-o", file, "kern.sys/internal/vmtest/init"))
	return file, err
}

// writeJob writes the initramfs archive with init, the test binaries, what tests read beside them, and the job.
func writeJob(file, init string, pkgs []*goPackage, args []string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	a := newArchive(f)
	errs := []error{addFile(a, "init", init)}
	job := wire.Job{Modules: drivers}
	for _, p := range pkgs {
		rel, err := filepath.Rel(p.Module.Dir, p.Dir)
		dir, binary := path.Join(wire.Source, rel), path.Join(wire.Binaries, filepath.Base(p.binary))
		job.Packages = append(job.Packages, wire.Package{Path: p.ImportPath, Dir: dir, Binary: binary,
			Args: slices.Concat(args, p.args)})
		errs = append(errs, err, addFile(a, binary, p.binary), addFiles(a, dir, p.Dir, "testdata"))
		for _, d := range readElsewhere[p.ImportPath] {
			errs = append(errs, addFiles(a, path.Join(wire.Source, d), filepath.Join(p.Module.Dir, filepath.FromSlash(d)), ""))
		}
	}
	b, err := json.Marshal(job)
	a.file(wire.JobFile, 0o644, b)
	return errors.Join(errors.Join(errs...), err, a.close(), f.Close())
}

func addFile(a *archive, name, file string) error {
	b, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	a.file(name, info.Mode(), b)
	return nil
}

// addFiles adds the files of a directory, and those below it in directories that begin with a prefix.
func addFiles(a *archive, name, dir, below string) error {
	a.dir(name, 0o755)
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && rel != "." && !strings.HasPrefix(rel, below):
			return filepath.SkipDir
		case d.Type().IsRegular() && filepath.Ext(file) != ".test":
			return addFile(a, path.Join(name, filepath.ToSlash(rel)), file)
		}
		return nil
	})
}
