// Package mksyscall makes the functions that do no more than make a system call, unix/zsyscall_SYSTEM*.go, from
// prototypes in the comments of unix/syscall_*.go:
//
//	//sys   Fsync(fd int) (err error)
//	//sysnb Getpid() (pid int)
//	//sys   fadvise(fd int, offset int64, length int64, advice int) (err error) = SYS_FADVISE64
//
// sysnb is for calls that never block, which the scheduler need not hear of. Without "= SYS_..." the number is that of
// the function's name: EpollCreate1 is SYS_EPOLL_CREATE1. Comment lines right above a prototype become the function's.
//
// A string is passed as a pointer to its bytes and a NUL, and fails with EINVAL if it holds one; a slice as pointer
// and length; a bool as 0 or 1; an int64 or uint64 of a 32-bit architecture as two words, in an even pair where that
// is the architecture's way. A parameter called pad is none of the Go function: the call takes a zero there, as
// several of NetBSD and DragonFly do before an offset. Results are none, a word, a bool, an error, or a word and an
// error. A file's build constraint says on which systems and architectures its prototypes hold, and every number must
// exist there. Prototypes elsewhere are an error.
//
// Where calls go through the C library, the function has the number's name in small letters, or the one after "=",
// which may begin with another library's: "= libsocket.accept". Package abi has the forms of calls; besides Go files,
// those of the form Trampoline have an assembly file an architecture, unix/zsyscall_SYSTEM_GOARCH.s.
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

// source is a file with prototypes.
type source struct {
	path   string
	protos []*proto
}

// Generate returns, for each system, the file for what all architectures share, and one an architecture. Prototypes
// are read from dir; has reports whether an architecture has a number, "SYS_...".
func Generate(dir string, systems []abi.System, has func(s abi.System, arch, number string) bool) (map[string][]byte,
	error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var sources []source
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
			return nil, protos[0].errorf("a prototype in a file that is not called syscall_*.go, or is a test")
		}
		if len(protos) > 0 {
			sources = append(sources, source{path, protos})
		}
	}
	out := map[string][]byte{}
	used := map[string]bool{}
	for _, s := range systems {
		decls, err := declare(s, sources, has, used)
		if err != nil {
			return nil, err
		}
		if err := files(out, s, decls); err != nil {
			return nil, err
		}
	}
	for _, f := range sources {
		if !used[f.path] {
			return nil, f.protos[0].errorf("no architecture has this file")
		}
	}
	return out, nil
}

// decl is a function with what it is of on each architecture.
type decl struct {
	gen.Decl
	imports map[string]symbol // by architecture; none where calls go by number
}

// declare returns the functions of a system, sorted by name, and marks the files that it has.
func declare(s abi.System, sources []source, has func(abi.System, string, string) bool, used map[string]bool) ([]*decl,
	error) {
	decls := map[string]*decl{}
	var order []string
	for _, f := range sources {
		for _, a := range s.Archs {
			ok, err := holdsOn(f.path, s, a.Name)
			if err != nil {
				return nil, err
			}
			if !ok {
				continue
			}
			used[f.path] = true
			for _, p := range f.protos {
				c := caller{s, a}
				if s.Form == abi.Number && !has(s, a.Name, p.number()) {
					return nil, p.errorf("%s has no %s", a.Name, p.number())
				}
				text, err := p.write(c)
				if err != nil {
					return nil, err
				}
				d := decls[p.name]
				if d == nil {
					d = &decl{gen.Decl{Key: p.name, On: map[string]string{}}, map[string]symbol{}}
					decls[p.name] = d
					order = append(order, p.name)
				}
				if d.On[a.Name] != "" {
					return nil, p.errorf("%s has two prototypes on %s", p.name, a.Name)
				}
				d.On[a.Name] = text
				if s.Form != abi.Number {
					if d.imports[a.Name], err = p.symbol(s); err != nil {
						return nil, err
					}
				}
			}
		}
	}
	slices.Sort(order)
	sorted := make([]*decl, len(order))
	for i, name := range order {
		sorted[i] = decls[name]
	}
	return sorted, nil
}

// mayHold reports whether a file is one that prototypes belong into.
func mayHold(file string) bool {
	return strings.HasPrefix(file, "syscall_") && !strings.HasSuffix(file, "_test.go")
}

// holdsOn reports whether an architecture of a system has a file, and has it not from the system that it extends.
func holdsOn(path string, s abi.System, arch string) (bool, error) {
	match := func(goos string) (bool, error) {
		ctx := build.Default
		ctx.GOOS, ctx.GOARCH, ctx.BuildTags, ctx.CgoEnabled = goos, arch, nil, false
		ok, err := ctx.MatchFile(filepath.Dir(path), filepath.Base(path))
		if err != nil {
			return false, fmt.Errorf("%s: %w", path, err)
		}
		return ok, nil
	}
	ok, err := match(s.Name)
	if ok && s.Extends != "" {
		inherited, err := match(s.Extends)
		return !inherited, err
	}
	return ok, err
}

// files adds the files of a system to out.
func files(out map[string][]byte, s abi.System, decls []*decl) error {
	names := abi.ArchNames(s.Archs)
	plain := make([]gen.Decl, len(decls))
	imports := map[string]map[string]symbol{} // function, architecture
	for i, d := range decls {
		plain[i] = d.Decl
		imports[d.Key] = d.imports
	}
	common, rest := gen.Hoist(names, plain)
	shared := map[symbol]bool{} // symbols that the common file imports
	add := func(fileOf, arch string, decls []gen.Decl) error {
		if len(decls) == 0 {
			return nil
		}
		var body strings.Builder
		var symbols []symbol
		for _, d := range decls {
			body.WriteString(d.On[arch] + "\n")
			sym, ok := imports[d.Key][arch]
			if ok && !shared[sym] && !slices.Contains(symbols, sym) {
				symbols = append(symbols, sym)
			}
		}
		if fileOf == "" {
			for _, sym := range symbols {
				shared[sym] = true
			}
		}
		writeImports(&body, s, symbols)
		name, constraint := gen.FileName("zsyscall", s, fileOf)
		b, err := gen.File(constraint, "unix", goImports(body.String())+body.String())
		if err != nil {
			return err
		}
		out[name] = b
		return nil
	}
	if err := add("", names[0], common); err != nil {
		return err
	}
	for _, arch := range names {
		if err := add(arch, arch, rest[arch]); err != nil {
			return err
		}
	}
	if s.Form != abi.Trampoline {
		return nil
	}
	for _, a := range s.Archs {
		all := map[string]bool{}
		for _, d := range decls {
			if sym, ok := d.imports[a.Name]; ok {
				all[sym.name] = true
			}
		}
		name, constraint := gen.FileName("zsyscall", s, a.Name)
		out[strings.TrimSuffix(name, ".go")+".s"] = trampolines(constraint, a, all)
	}
	return nil
}

func goImports(body string) string {
	var b strings.Builder
	for _, pkg := range []string{"syscall", "unsafe"} {
		if strings.Contains(body, pkg+".") {
			fmt.Fprintf(&b, "import %q\n", pkg)
		}
	}
	if !strings.Contains(body, "unsafe.") && strings.Contains(body, "//go:linkname") {
		b.WriteString("import _ \"unsafe\"\n")
	}
	return b.String() + "\n"
}
