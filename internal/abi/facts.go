package abi

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind is the sort of a constant or a type.
type Kind string

// Kinds of constants and of types.
const (
	Int     Kind = "int"     // an integer constant; the value is in decimal
	String  Kind = "string"  // a string constant; the value is quoted as in Go
	Syscall Kind = "syscall" // the number of a system call, in decimal
	Struct  Kind = "struct"  // a structure
	Union   Kind = "union"   // a union
	Enum    Kind = "enum"    // an enumeration: as a type, its values are constants
	Typedef Kind = "typedef" // a name for another type
	Base    Kind = "base"    // a type of the language
)

// Value is one constant or system call number: its value on each architecture that has it.
type Value struct {
	Name   string
	Header string
	Kind   Kind
	On     map[string]string // architecture to value
}

// Type is one C type: its layout on each architecture that has it.
type Type struct {
	Kind   Kind
	Name   string // the tag, the typedef's name, or the words of the base type
	Header string // empty for a base type
	On     map[string]*Layout
}

// Layout is the layout of a type on one architecture.
type Layout struct {
	Size, Align int64   // bytes; an Align of 0 is not known
	Target      string  // what a typedef stands for: a type expression
	Encoding    string  // of a base type and an enumeration: signed, unsigned, boolean, float
	Fields      []Field // of a structure or union
}

// Field is one member of a structure or union.
type Field struct {
	Name   string
	Offset int64 // bytes from the start of the enclosing type; bits for a bit field
	Bits   int64 // width of a bit field; 0 for any other field
	// Type is a type expression: the C name with its typedefs kept ("__be32", "struct nlmsghdr"), after any
	// number of "[N]" (an array of N; N is empty for a flexible one) and "*" (a pointer). "func" is a function.
	// "struct(N)" and "union(N)" are anonymous ones of N bytes, whose members follow.
	Type    string
	Members []Field
}

// DB is all facts about one system.
type DB struct {
	consts   map[string]map[string]*Value // by name and header
	syscalls map[string]*Value
	types    map[string]*Type
}

// NewDB returns a DB without facts.
func NewDB() *DB {
	return &DB{consts: map[string]map[string]*Value{}, syscalls: map[string]*Value{}, types: map[string]*Type{}}
}

// AddConst records the value of a constant that header defines. The same name may stand in several headers,
// but in one header it has one value an architecture.
func (db *DB) AddConst(arch, name, header string, kind Kind, value string) error {
	v := db.consts[name][header]
	if v == nil {
		v = &Value{Name: name, Header: header, Kind: kind, On: map[string]string{}}
		if db.consts[name] == nil {
			db.consts[name] = map[string]*Value{}
		}
		db.consts[name][header] = v
	}
	if v.Kind != kind {
		return fmt.Errorf("constant %s of %s: both %s and %s", name, header, v.Kind, kind)
	}
	return v.set("constant", arch, value)
}

// AddSyscall records the number of a system call.
func (db *DB) AddSyscall(arch, name, number string) error {
	v := db.syscalls[name]
	if v == nil {
		v = &Value{Name: name, Kind: Syscall, On: map[string]string{}}
		db.syscalls[name] = v
	}
	return v.set("system call", arch, number)
}

// Add adds the facts of another DB. A fact that both have must be the same.
func (db *DB) Add(other *DB) error {
	var errs []error
	note := func(err error) {
		if err != nil {
			errs = append(errs, err)
		}
	}
	for _, v := range other.Consts() {
		for _, arch := range slices.Sorted(maps.Keys(v.On)) {
			note(db.AddConst(arch, v.Name, v.Header, v.Kind, v.On[arch]))
		}
	}
	for _, v := range other.Syscalls() {
		for _, arch := range slices.Sorted(maps.Keys(v.On)) {
			note(db.AddSyscall(arch, v.Name, v.On[arch]))
		}
	}
	for _, t := range other.Types() {
		for _, arch := range slices.Sorted(maps.Keys(t.On)) {
			note(db.AddType(arch, t.Kind, t.Name, t.Header, t.On[arch]))
		}
	}
	return errors.Join(errs...)
}

// Of returns the facts of headers for which keep is true. A base type is of header "", a system call of sys/syscall.h.
func (db *DB) Of(keep func(header string) bool) *DB {
	out := NewDB()
	for name, headers := range db.consts {
		for header, v := range headers {
			if keep(header) {
				if out.consts[name] == nil {
					out.consts[name] = map[string]*Value{}
				}
				out.consts[name][header] = v
			}
		}
	}
	if keep(SyscallHeader) {
		out.syscalls = maps.Clone(db.syscalls)
	}
	for key, t := range db.types {
		if keep(t.Header) {
			out.types[key] = t
		}
	}
	return out
}

// SyscallHeader is the one with the numbers of calls on systems other than Linux: constants that begin with SYS_.
const SyscallHeader = "sys/syscall.h"

// SyscallName returns the name of the call whose number a constant of a header is.
func SyscallName(header, constant string) (name string, ok bool) {
	switch header {
	case "asm/unistd.h":
		return strings.CutPrefix(constant, "__NR_")
	case SyscallHeader:
		return strings.CutPrefix(constant, "SYS_")
	}
	return "", false
}

func (v *Value) set(what, arch, value string) error {
	if old, ok := v.On[arch]; ok && old != value {
		return fmt.Errorf("%s %s of %s on %s: both %s and %s", what, v.Name, v.Header, arch, old, value)
	}
	v.On[arch] = value
	return nil
}

// AddType records the layout of a type. A name of a kind has one layout an architecture.
func (db *DB) AddType(arch string, kind Kind, name, header string, l *Layout) error {
	k := typeKey(kind, name)
	t := db.types[k]
	if t == nil {
		t = &Type{Kind: kind, Name: name, Header: header, On: map[string]*Layout{}}
		db.types[k] = t
	}
	if t.Header != header && t.On[arch] == nil {
		t.Header = generalHeader(t.Header, header)
	}
	if old := t.On[arch]; old != nil && layoutText(kind, old) != layoutText(kind, l) {
		return fmt.Errorf("type %s of %s on %s: two layouts:\n%s%s", k, header, arch, layoutText(kind, old),
			layoutText(kind, l))
	}
	t.On[arch] = l
	return nil
}

// generalHeader returns the one of two headers that a type is said to be of when an architecture has a header
// of its own for it.
func generalHeader(a, b string) string {
	if strings.HasPrefix(a, "asm/") == strings.HasPrefix(b, "asm/") {
		return min(a, b)
	}
	if strings.HasPrefix(a, "asm/") {
		return b
	}
	return a
}

// typeKey is how a type expression names the type.
func typeKey(kind Kind, name string) string {
	switch kind {
	case Struct, Union, Enum:
		return string(kind) + " " + name
	}
	return name
}

// Type returns the type that a type expression without arrays and pointers names. "union bpf_attr.batch" is the
// structure without a tag that the member has for type, or that the member is of.
func (db *DB) Type(name string) (*Type, bool) {
	if outer, member, ok := strings.Cut(name, "."); ok {
		return db.inner(outer, member)
	}
	t, ok := db.types[name]
	return t, ok
}

func (db *DB) inner(outer, member string) (*Type, bool) {
	t, ok := db.types[outer]
	if !ok || member == "" {
		return nil, false
	}
	in := &Type{Kind: Struct, Name: t.Name + "." + member, Header: t.Header, On: map[string]*Layout{}}
	for arch, l := range t.On {
		for _, f := range l.Fields {
			kind, size, ok := Anonymous(f.Type)
			if !ok || kind != Struct {
				continue
			}
			if f.Name == member || f.Name == "" && hasMember(f.Members, member) {
				in.On[arch] = &Layout{Size: size, Fields: f.Members}
				break
			}
		}
	}
	return in, len(in.On) > 0
}

// hasMember reports whether C would find a member, also in structures and unions without a name.
func hasMember(fields []Field, name string) bool {
	return slices.ContainsFunc(fields, func(f Field) bool {
		return f.Name == name || f.Name == "" && hasMember(f.Members, name)
	})
}

// Consts returns all constants, sorted by name and header.
func (db *DB) Consts() []*Value {
	var out []*Value
	for _, name := range slices.Sorted(maps.Keys(db.consts)) {
		out = append(out, db.Const(name)...)
	}
	return out
}

// Const returns the constants called name, sorted by header.
func (db *DB) Const(name string) []*Value {
	return slices.SortedFunc(maps.Values(db.consts[name]),
		func(a, b *Value) int { return strings.Compare(a.Header, b.Header) })
}

// Syscalls returns all system calls, sorted by name.
func (db *DB) Syscalls() []*Value {
	return slices.SortedFunc(maps.Values(db.syscalls), func(a, b *Value) int { return strings.Compare(a.Name, b.Name) })
}

// Types returns all types, sorted by name and kind.
func (db *DB) Types() []*Type {
	return slices.SortedFunc(maps.Values(db.types), func(a, b *Type) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), strings.Compare(string(a.Kind), string(b.Kind)))
	})
}

// Elem takes the arrays and pointers off a type expression and returns the name of the type.
func Elem(expr string) string {
	for {
		switch {
		case strings.HasPrefix(expr, "*"):
			expr = expr[1:]
		case strings.HasPrefix(expr, "["):
			_, rest, ok := strings.Cut(expr, "]")
			if !ok {
				return expr
			}
			expr = rest
		default:
			return expr
		}
	}
}

// Anonymous reports whether name (of Elem) is an anonymous structure or union, and its size in bytes.
func Anonymous(name string) (kind Kind, size int64, ok bool) {
	for _, k := range []Kind{Struct, Union} {
		if n, err := fmt.Sscanf(name, string(k)+"(%d)", &size); err == nil && n == 1 {
			return k, size, true
		}
	}
	return "", 0, false
}

// Check reports types that others contain and that are not among the facts.
func (db *DB) Check() error {
	missing := map[string][]string{}
	var check func(of, arch string, fields []Field)
	need := func(of, arch, expr string) {
		name := Elem(expr)
		if name == "func" || name == "void" || strings.Contains(expr, "*") {
			return
		}
		if _, _, ok := Anonymous(name); ok {
			return
		}
		if t := db.types[name]; t == nil || t.On[arch] == nil {
			if !slices.Contains(missing[name], of) {
				missing[name] = append(missing[name], of)
			}
		}
	}
	check = func(of, arch string, fields []Field) {
		for _, f := range fields {
			need(of, arch, f.Type)
			check(of, arch, f.Members)
		}
	}
	for _, t := range db.Types() {
		for arch, l := range t.On {
			if t.Kind == Typedef {
				need(t.Name, arch, l.Target)
			}
			check(t.Name, arch, l.Fields)
		}
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(missing)) {
		errs = append(errs, fmt.Errorf("type %s is not among the facts and used by %s", name,
			strings.Join(missing[name], ", ")))
	}
	return errors.Join(errs...)
}
