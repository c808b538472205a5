// Package mksyscall makes the functions that do no more than make a system call, unix/zsyscall_linux*.go, from
// prototypes in the comments of unix/syscall_linux*.go:
//
//	//sys   Fsync(fd int) (err error)
//	//sysnb Getpid() (pid int)
//	//sys   fadvise(fd int, offset int64, length int64, advice int) (err error) = SYS_FADVISE64
//
// sysnb is for calls that never block, which the scheduler need not hear of. Without "= SYS_..." the number is that of
// the function's name: EpollCreate1 is SYS_EPOLL_CREATE1. Comment lines right above a prototype become the function's.
//
// A string is passed as a pointer to its bytes and a NUL, and fails with EINVAL if it holds one; a slice as pointer and
// length; a bool as 0 or 1; an int64 or uint64 of a 32-bit architecture as two words, in an even pair where that is the
// architecture's way. Results are none, a word, an error, or a word and an error. A file's build constraint says on which
// architectures its prototypes hold, and every number must exist there. Prototypes elsewhere are an error.
package mksyscall

import (
	"fmt"
	"go/build"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// Generate returns the file for what all architectures share, and one an architecture. Prototypes are read from
// dir; has tells whether an architecture has a number, "SYS_...".
func Generate(dir string, archs []abi.Arch, has func(arch, number string) bool) (map[string][]byte, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	decls := map[string]*gen.Decl{}
	var order []string
	for _, path := range paths {
		src, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		protos, err := parse(filepath.Base(path), string(src))
		if err != nil {
			return nil, err
		}
		if len(protos) > 0 && !mayHold(filepath.Base(path)) {
			return nil, protos[0].errorf("a prototype in a file that is not called syscall_linux*.go, or is a test")
		}
		used := len(protos) == 0
		for _, a := range archs {
			ok, err := holdsOn(path, a.Name)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			used = true
			for _, p := range protos {
				if !has(a.Name, p.number) {
					return nil, p.errorf("%s has no %s", a.Name, p.number)
				}
				text, err := p.write(a)
				if err != nil {
					return nil, err
				}
				d := decls[p.name]
				if d == nil {
					d = &gen.Decl{Key: p.name, On: map[string]string{}}
					decls[p.name] = d
					order = append(order, p.name)
				}
				if d.On[a.Name] != "" {
					return nil, p.errorf("%s has two prototypes on %s", p.name, a.Name)
				}
				d.On[a.Name] = text
			}
		}
		if !used {
			return nil, protos[0].errorf("no architecture has this file")
		}
	}
	slices.Sort(order)
	sorted := make([]gen.Decl, len(order))
	for i, name := range order {
		sorted[i] = *decls[name]
	}
	return files(archs, sorted)
}

// mayHold tells whether a file is one that prototypes belong into.
func mayHold(file string) bool {
	return strings.HasPrefix(file, "syscall_linux") && !strings.HasSuffix(file, "_test.go")
}

func holdsOn(path, arch string) (bool, error) {
	ctx := build.Default
	ctx.GOOS, ctx.GOARCH = "linux", arch
	ok, err := ctx.MatchFile(filepath.Dir(path), filepath.Base(path))
	if err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return ok, nil
}

func files(archs []abi.Arch, decls []gen.Decl) (map[string][]byte, error) {
	names := abi.ArchNames(archs)
	common, rest := gen.Hoist(names, decls)
	out := map[string][]byte{}
	add := func(file, constraint, arch string, decls []gen.Decl) error {
		var body strings.Builder
		for _, d := range decls {
			body.WriteString(d.On[arch] + "\n")
		}
		b, err := gen.File(constraint, "unix", imports(body.String())+body.String())
		if err != nil {
			return err
		}
		out[file] = b
		return nil
	}
	if len(common) > 0 {
		if err := add("zsyscall_linux.go", "linux", names[0], common); err != nil {
			return nil, err
		}
	}
	for _, arch := range names {
		if len(rest[arch]) == 0 {
			continue
		}
		if err := add("zsyscall_linux_"+arch+".go", arch+" && linux", arch, rest[arch]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func imports(body string) string {
	var b strings.Builder
	for _, pkg := range []string{"syscall", "unsafe"} {
		if strings.Contains(body, pkg+".") {
			fmt.Fprintf(&b, "import %q\n", pkg)
		}
	}
	return b.String() + "\n"
}
