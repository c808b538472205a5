package mksyscall

import (
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"

	"kern.sys/internal/abi"
)

// write returns the function as it is on an architecture.
func (p *proto) write(a abi.Arch) (string, error) {
	value, fails, err := p.outcome()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(p.comment())
	fmt.Fprintf(&b, "func %s(%s)%s {\n", p.name, list(p.params), paren(list(p.results)))
	args, err := p.arguments(&b, a, fails)
	if err != nil {
		return "", err
	}
	call, err := p.call(args, fails, a)
	if err != nil {
		return "", err
	}
	switch {
	case value == nil && !fails:
		fmt.Fprintf(&b, "%s\n}\n", call)
	case value == nil:
		fmt.Fprintf(&b, "_, _, e1 := %s\nreturn errOf(e1)\n}\n", call)
	case !fails:
		fmt.Fprintf(&b, "r0, _ := %s\nreturn %s\n}\n", call, word(value.typ))
	default:
		fmt.Fprintf(&b, "r0, _, e1 := %s\nreturn %s, errOf(e1)\n}\n", call, word(value.typ))
	}
	return b.String(), nil
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
	case len(r) == 1 && slices.Contains(words, r[0].typ):
		return &r[0], fails, nil
	}
	return nil, false, p.errorf("cannot return %s", list(p.results))
}

// word converts the kernel's result, which is a C long however wide the Go type is.
func word(typ string) string {
	if typ == "int64" {
		return "int64(int(r0))"
	}
	return typ + "(r0)"
}

func (p *proto) comment() string {
	switch {
	case p.doc != "":
		return p.doc + "\n"
	case ast.IsExported(p.name):
		return fmt.Sprintf("// %s is %s(2).\n", p.name, strings.ToLower(strings.TrimPrefix(p.number, "SYS_")))
	}
	return ""
}

// words are the types that fit a word, or on 32-bit architectures two.
var words = []string{"int", "int32", "int64", "uint", "uint32", "uint64", "uintptr", "AioContext_t", "Signal", "syscall.Signal"}

var ident = regexp.MustCompile(`^\**(\[[0-9]+\])?([a-z]+\.)?[A-Za-z_][A-Za-z0-9_]*$`)

// memory tells whether values of a type are as the kernel has them: those of slices, strings and interfaces are not.
func memory(typ string) bool {
	return ident.MatchString(typ) && !slices.Contains([]string{"any", "error", "string"}, strings.TrimLeft(typ, "*[]0123456789"))
}

// arguments writes what has to be done before the call, and returns the words to pass.
func (p *proto) arguments(b *strings.Builder, a abi.Arch, fails bool) ([]string, error) {
	var args []string
	for i, q := range p.params {
		tmp := fmt.Sprintf("_p%d", i)
		switch {
		case q.typ == "string":
			if !fails {
				return nil, p.errorf("a string argument needs an error result")
			}
			fmt.Fprintf(b, "var %sb shortString\n%[1]s, err := %[1]sb.pointer(%s)\nif err != nil {\nreturn %s\n}\n", tmp, q.name, p.failure())
			args = append(args, pointer(tmp))
		case strings.HasPrefix(q.typ, "[]") && memory(q.typ[2:]):
			if slices.ContainsFunc(p.params, func(q param) bool { return q.name == "len" }) {
				return nil, p.errorf("len is a name that the generated code uses")
			}
			fmt.Fprintf(b, "%s := unsafe.Pointer(&zero)\nif len(%s) > 0 {\n%s = unsafe.Pointer(&%s[0])\n}\n", tmp, q.name, tmp, q.name)
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
	if v := p.results[0].typ; v == "uintptr" || strings.HasPrefix(v, "uint") {
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

// evenPairs tells whether pairs of words start at an even register.
func evenPairs(a abi.Arch) bool {
	return slices.Contains([]string{"arm", "mips", "mipsle", "ppc"}, a.Name)
}

func (p *proto) call(args []string, fails bool, a abi.Arch) (string, error) {
	name := "Syscall"
	if p.nonblock {
		name = "RawSyscall"
	}
	size := 3
	switch n := len(args); {
	case !fails && n <= 3:
		name += "NoError"
	case !fails:
		return "", p.errorf("more than three arguments and no error")
	case n <= 3:
	case n <= 6:
		name, size = name+"6", 6
	case n <= 8 && !p.nonblock && strings.HasPrefix(a.Name, "mips") && a.Word == 4:
		name, size = name+"9", 9
	default:
		return "", p.errorf("%d words of arguments on %s", n, a.Name)
	}
	for len(args) < size {
		args = append(args, "0")
	}
	return fmt.Sprintf("%s(%s, %s)", name, p.number, strings.Join(args, ", ")), nil
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
