//go:build linux && amd64

package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/unix"
)

// arch is the only architecture whose programs run here.
const arch = "amd64"

// system is one foreign system: its numbers and structures as the facts have them, and Linux's numbers by the same
// names.
type system struct {
	name    string
	numbers map[uint64]string // of its system calls
	foreign *abi.DB
	linux   *abi.DB
	layouts map[string]*layout
	errnos  map[unix.Errno]uint64
	signals [65]int // Linux's number to the system's, 0 for none
	reverse [65]int // the other way
}

// readSystem reads the facts of a system. They are found from the working directory, which go test has within the
// module.
func readSystem(name string) (*system, error) {
	dir, err := moduleRoot()
	if err != nil {
		return nil, err
	}
	read := func(name string) (*abi.DB, error) {
		s, ok := abi.FindSystem(name)
		if !ok {
			return nil, fmt.Errorf("no facts about %s", name)
		}
		var archs []string
		for _, a := range s.Archs {
			archs = append(archs, a.Name)
		}
		return abi.Read(filepath.Join(dir, "internal/abi/facts", name), archs)
	}
	s := &system{name: name, numbers: map[uint64]string{}, layouts: map[string]*layout{}, errnos: map[unix.Errno]uint64{}}
	if s.foreign, err = read(name); err != nil {
		return nil, err
	}
	if s.linux, err = read("linux"); err != nil {
		return nil, err
	}
	for _, v := range s.foreign.Syscalls() {
		n, err := strconv.ParseUint(v.On[arch], 10, 32)
		if err == nil && !strings.HasPrefix(v.Name, "MAX") && v.Name != "NSYSENT" {
			s.numbers[n] = strings.TrimPrefix(v.Name, replaced)
		}
	}
	if name == "netbsd" {
		// The event of the call that programs for NetBSD 10 make ends before what 11 has appended for a new one.
		l := s.layout("struct kevent")
		l.size = l.fields["ext"].off
		delete(l.fields, "ext")
	}
	for e := range unix.Errno(200) {
		if n, ok := value(s.foreign, unix.ErrnoName(e)); ok && e != 0 {
			s.errnos[e] = n
		}
	}
	for sig := 1; sig < len(s.signals); sig++ {
		if n, ok := value(s.foreign, unix.SignalName(unix.Signal(sig))); ok {
			s.signals[sig], s.reverse[n] = int(n), sig
		}
	}
	return s, nil
}

// replaced begins NetBSD 11's names of calls that have a successor there, and that programs make as before.
const replaced = "compat_100_"

// moduleRoot returns the folder of this module.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for ; ; dir = filepath.Dir(dir) {
		if b, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil &&
			strings.HasPrefix(string(b), "module kern.sys\n") {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("the working directory is not within the module kern.sys, which has the facts")
		}
	}
}

// systemOf returns the system that a program is for, as Go notes it: "linux" for what was not made by Go. DragonFly's
// have no other mark.
func systemOf(path string) string {
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return "linux"
	}
	for _, s := range info.Settings {
		if s.Key == "GOOS" {
			return s.Value
		}
	}
	return "linux"
}

// value returns an integer constant of amd64.
func value(db *abi.DB, name string) (uint64, bool) {
	for _, v := range db.Const(name) {
		text, ok := v.On[arch]
		if !ok || v.Kind != abi.Int {
			continue
		}
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return uint64(n), true
		}
		if n, err := strconv.ParseUint(text, 10, 64); err == nil {
			return n, true
		}
	}
	return 0, false
}

// n returns a constant of the system. To ask for one that it does not have is a mistake of this program.
func (s *system) n(name string) uint64 {
	v, ok := value(s.foreign, name)
	if !ok {
		panic(s.name + " has no constant " + name)
	}
	return v
}

// has reports whether v is the system's constant called name, and the system has it.
func (s *system) has(name string, v uint64) bool {
	n, ok := value(s.foreign, name)
	return ok && uint32(n) == uint32(v)
}

// names are constants that the systems and Linux have, by the names that they share; "THEIRS=LINUX" where they differ.
type names []string

// each calls f for each name that both sides have, until it returns false.
func (s *system) each(list names, f func(theirs, linux uint64) bool) {
	for _, name := range list {
		theirs, linux, ok := strings.Cut(name, "=")
		if !ok {
			linux = theirs
		}
		t, ok := value(s.foreign, theirs)
		l, ok2 := value(s.linux, linux)
		if ok && ok2 && !f(t, l) {
			return
		}
	}
}

// one returns Linux's number for one of the system's.
func (s *system) one(list names, v uint64) (out uint64, ok bool) {
	s.each(list, func(t, l uint64) bool {
		if uint32(t) == uint32(v) {
			out, ok = l, true
		}
		return !ok
	})
	return out, ok
}

// bits turns the system's flags into Linux's, and reports whether all have one.
func (s *system) bits(list names, v uint64) (out uint64, ok bool) {
	s.each(list, func(t, l uint64) bool {
		if t != 0 && v&t == t {
			out, v = out|l, v&^t
		}
		return true
	})
	return out, uint32(v) == 0
}

// back turns Linux's flags into the system's; those that it lacks are lost.
func (s *system) back(list names, v uint64) (out uint64) {
	s.each(list, func(t, l uint64) bool {
		if l != 0 && v&l == l {
			out |= t
		}
		return true
	})
	return out
}

// layout is where the fields of a structure are. A field within a structure is called "outer.inner".
type layout struct {
	size   int
	fields map[string]field
}

type field struct{ off, size int }

// layout returns a structure of the system's.
func (s *system) layout(name string) *layout {
	if l := s.layouts[name]; l != nil {
		return l
	}
	size, fields := s.sizeof(name)
	if size == 0 {
		panic(s.name + " has no " + name)
	}
	l := &layout{size: int(size), fields: map[string]field{}}
	s.flatten(l, "", 0, fields)
	s.layouts[name] = l
	return l
}

func (s *system) flatten(l *layout, prefix string, base int64, fields []abi.Field) {
	for _, f := range fields {
		name := strings.TrimSuffix(prefix+f.Name, ".")
		members, size := f.Members, int64(0)
		if _, n, ok := abi.Anonymous(f.Type); ok {
			size = n
		} else {
			size, members = s.sizeof(f.Type)
		}
		l.fields[name] = field{int(base + f.Offset), int(size)}
		inner := name + "."
		if f.Name == "" {
			inner = prefix
		}
		s.flatten(l, inner, base+f.Offset, members)
	}
}

// sizeof returns the size of a type, and its members if it is a structure.
func (s *system) sizeof(expr string) (int64, []abi.Field) {
	switch {
	case strings.HasPrefix(expr, "*"):
		return 8, nil
	case strings.HasPrefix(expr, "["):
		n, rest, _ := strings.Cut(expr[1:], "]")
		count, _ := strconv.ParseInt(n, 10, 64)
		size, _ := s.sizeof(rest)
		return count * size, nil
	}
	t, ok := s.foreign.Type(expr)
	if !ok || t.On[arch] == nil {
		return 0, nil
	}
	if t.Kind == abi.Typedef {
		if _, size, ok := abi.Anonymous(t.On[arch].Target); ok {
			return size, t.On[arch].Fields
		}
		return s.sizeof(t.On[arch].Target)
	}
	return t.On[arch].Size, t.On[arch].Fields
}
