package mksyscall

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"kern.sys/internal/abi"
)

// caller makes calls: a system on an architecture.
type caller struct {
	abi.System
	arch abi.Arch
}

// linux reports whether results are the kernel's own words.
func (c caller) linux() bool { return c.Name == "linux" }

// write returns the function as it is on an architecture.
func (p *proto) write(c caller) (string, error) {
	value, fails, err := p.outcome()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(p.comment())
	params := slices.DeleteFunc(slices.Clone(p.params), func(q param) bool { return q.name == padding })
	fmt.Fprintf(&b, "func %s(%s)%s {\n", p.name, list(params), paren(list(p.results)))
	args, err := p.arguments(&b, c.arch, fails)
	if err != nil {
		return "", err
	}
	call, err := p.call(args, fails, c)
	if err != nil {
		return "", err
	}
	second := "_"
	if value != nil && c.wide(value.typ) {
		second = "r1"
	}
	switch {
	case value == nil && !fails:
		fmt.Fprintf(&b, "%s\n}\n", call)
	case value == nil:
		fmt.Fprintf(&b, "_, _, e1 := %s\nreturn errOf(e1)\n}\n", call)
	case !fails && c.linux():
		fmt.Fprintf(&b, "r0, _ := %s\nreturn %s\n}\n", call, c.word(value.typ))
	case !fails:
		fmt.Fprintf(&b, "r0, _, _ := %s\nreturn %s\n}\n", call, c.word(value.typ))
	case c.Form == abi.Number:
		fmt.Fprintf(&b, "r0, %s, e1 := %s\nreturn %s, errOf(e1)\n}\n", second, call, c.word(value.typ))
	default:
		// A C int of -1 need not fill the word, and of a longer result a lower half of all ones is no failure.
		failed := "e1 != 0"
		if value.typ == "int64" && second == "_" {
			failed += " && r0 == ^uintptr(0)"
		}
		fmt.Fprintf(&b, "r0, %s, e1 := %s\nif %s {\nreturn %s\n}\nreturn %s, nil\n}\n", second, call, failed,
			strings.Replace(p.failure(), "err", "e1", 1), c.word(value.typ))
	}
	return b.String(), nil
}

// padding is the name of a parameter that is zero.
const padding = "pad"

// wide reports whether a result comes in two words.
func (c caller) wide(typ string) bool {
	return !c.linux() && c.arch.Word == 4 && (typ == "int64" || typ == "uint64")
}

// outcome returns the result that is a word, if there is one, and whether there is an error.
func (p *proto) outcome() (value *param, fails bool, err error) {
	r := p.results
	if n := len(r); n > 0 && r[n-1].typ == "error" {
		r, fails = r[:n-1], true
	}
	switch {
	case len(r) == 0:
		return nil, fails, nil
	case len(r) == 1 && (slices.Contains(words, r[0].typ) || r[0].typ == "bool" && !fails):
		return &r[0], fails, nil
	}
	return nil, false, p.errorf("cannot return %s", list(p.results))
}

// word converts a result: of Linux's kernel a C long however wide the Go type is, elsewhere of as many words as it
// takes.
func (c caller) word(typ string) string {
	switch {
	case typ == "bool":
		return "r0 != 0"
	case c.wide(typ):
		return typ + "(uint64(r1)<<32 | uint64(r0))"
	case typ == "int64":
		return "int64(int(r0))"
	}
	return typ + "(r0)"
}

func (p *proto) comment() string {
	switch {
	case p.doc != "":
		return p.doc + "\n"
	case ast.IsExported(p.name):
		return fmt.Sprintf("// %s is %s(2).\n", p.name,
			strings.Trim(strings.ToLower(strings.TrimPrefix(p.number(), "SYS_")), "_"))
	}
	return ""
}

// words are the types that fit a word, or on 32-bit architectures two.
var words = []string{"int", "int32", "int64", "uint", "uint32", "uint64", "uintptr", "AioContext_t", "Signal",
	"syscall.Signal", "SaeAssocID", "Time_t", pointerResult}

var ident = regexp.MustCompile(`^\**(\[[0-9]+\])?([a-z]+\.)?[A-Za-z_][A-Za-z0-9_]*$`)

// memory reports whether values of a type are as the kernel has them: those of slices, strings and interfaces are not.
func memory(typ string) bool {
	return ident.MatchString(typ) && !slices.Contains([]string{"any", "error", "string"},
		strings.TrimLeft(typ, "*[]0123456789"))
}

// arguments writes what has to be done before the call, and returns the words to pass.
func (p *proto) arguments(b *strings.Builder, a abi.Arch, fails bool) ([]string, error) {
	var args []string
	for i, q := range p.params {
		tmp := fmt.Sprintf("_p%d", i)
		switch {
		case q.name == padding:
			args = append(args, "0")
		case q.typ == "string":
			if !fails {
				return nil, p.errorf("a string argument needs an error result")
			}
			fmt.Fprintf(b, "var %sb shortString\n%[1]s, err := %[1]sb.pointer(%s)\nif err != nil {\nreturn %s\n}\n", tmp,
				q.name, p.failure())
			args = append(args, pointer(tmp))
		case strings.HasPrefix(q.typ, "[]") && memory(q.typ[2:]):
			if slices.ContainsFunc(p.params, func(q param) bool { return q.name == "len" }) {
				return nil, p.errorf("len is a name that the generated code uses")
			}
			fmt.Fprintf(b, "%s := unsafe.Pointer(&zero)\nif len(%s) > 0 {\n%s = unsafe.Pointer(&%s[0])\n}\n", tmp, q.name, tmp,
				q.name)
			args = append(args, "uintptr("+tmp+")", "uintptr(len("+q.name+"))")
		case strings.HasPrefix(q.typ, "*") && memory(q.typ[1:]):
			args = append(args, pointer(q.name))
		case q.typ == "bool":
			fmt.Fprintf(b, "var %s uintptr\nif %s {\n%s = 1\n}\n", tmp, q.name, tmp)
			args = append(args, tmp)
		case (q.typ == "int64" || q.typ == "uint64") && a.Word == 4:
			args = append(args, pair(q.name, a, len(args))...)
		case q.typ == "unsafe.Pointer" || slices.Contains(words, q.typ):
			args = append(args, "uintptr("+q.name+")")
		default:
			return nil, p.errorf("cannot pass a %s", q.typ)
		}
	}
	return args, nil
}

// failure is what a function returns that fails before the call, as one that fails in it.
func (p *proto) failure() string {
	if len(p.results) == 1 {
		return "err"
	}
	if v := p.results[0].typ; v == pointerResult {
		return "0, err"
	} else if v == "uintptr" || strings.HasPrefix(v, "uint") {
		return "^" + v + "(0), err"
	}
	return "-1, err"
}

func pointer(name string) string { return "uintptr(unsafe.Pointer(" + name + "))" }

// pair returns the two words of a 64-bit argument that comes after n words.
func pair(name string, a abi.Arch, n int) []string {
	low, high := "uintptr("+name+")", "uintptr("+name+">>32)"
	words := []string{low, high}
	if a.Big {
		words = []string{high, low}
	}
	if n%2 == 1 && evenPairs(a) {
		words = slices.Insert(words, 0, "0")
	}
	return words
}

// evenPairs reports whether pairs of words start at an even register.
func evenPairs(a abi.Arch) bool {
	return slices.Contains([]string{"arm", "mips", "mipsle", "ppc"}, a.Name)
}

// call returns the call itself.
func (p *proto) call(args []string, fails bool, c caller) (string, error) {
	switch {
	case c.Form == abi.Trampoline:
		return p.trampoline(args, c)
	case c.Form == abi.Procedure:
		return p.procedure(args, c)
	}
	a := c.arch
	name := "Syscall"
	if p.nonblock {
		name = "RawSyscall"
	}
	size := 3
	switch n := len(args); {
	case !fails && n <= 3 && c.linux():
		name += "NoError"
	case !fails && n > 3:
		return "", p.errorf("more than three arguments and no error")
	case n <= 3:
	case n <= 6:
		name, size = name+"6", 6
	case n <= 8 && !p.nonblock && strings.HasPrefix(a.Name, "mips") && a.Word == 4, n <= 9 && !p.nonblock && !c.linux():
		name, size = name+"9", 9
	default:
		return "", p.errorf("%d words of arguments on %s", n, a.Name)
	}
	for len(args) < size {
		args = append(args, "0")
	}
	return fmt.Sprintf("%s(%s, %s)", name, p.number(), strings.Join(args, ", ")), nil
}

// pointerResult is the type of a result of which null is the failure.
const pointerResult = "cPointer"

// trampoline returns a call of libc3, libc6 and so on, raw where the scheduler need not hear of it.
func (p *proto) trampoline(args []string, c caller) (string, error) {
	s, err := p.symbol(c.System)
	if err != nil {
		return "", err
	}
	name, size := "libc3", 3
	switch n := len(args); {
	case n <= 3:
	case n <= 6:
		name, size = "libc6", 6
	case n <= 9 && !p.nonblock && c.Name == "darwin":
		name, size = "libc9", 9
	case n <= 10 && !p.nonblock && c.Name == "openbsd":
		name, size = "libc10", 10
	default:
		return "", p.errorf("%d words of arguments on %s", n, c.arch.Name)
	}
	if p.nonblock {
		name = "rawL" + name[1:]
	}
	if len(p.results) > 0 && p.results[0].typ == pointerResult {
		if c.Name != "darwin" || size > 3 || p.nonblock {
			return "", p.errorf("%s is a result of darwin's functions that may block and take three words", pointerResult)
		}
		name = "libcPointer"
	}
	for len(args) < size {
		args = append(args, "0")
	}
	return fmt.Sprintf("%s(libc_%s_trampoline, %s)", name, s.name, strings.Join(args, ", ")), nil
}

// procedure returns a call of libc or rawLibc.
func (p *proto) procedure(args []string, c caller) (string, error) {
	s, err := p.symbol(c.System)
	if err != nil {
		return "", err
	}
	n := len(args)
	if n > 6 {
		return "", p.errorf("%d words of arguments on %s", n, c.arch.Name)
	}
	for len(args) < 6 {
		args = append(args, "0")
	}
	name := "libc"
	if p.nonblock {
		name = "rawLibc"
	}
	return fmt.Sprintf("%s(uintptr(unsafe.Pointer(&libc_%s)), %d, %s)", name, s.name, n, strings.Join(args, ", ")), nil
}

func list(params []param) string {
	s := make([]string, len(params))
	for i, q := range params {
		s[i] = q.name + " " + q.typ
	}
	return strings.Join(s, ", ")
}

func paren(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}
