package mksyscall

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// proto is one prototype.
type proto struct {
	where    string // file:line
	doc      string
	name     string
	target   string // what is given after "=": SYS_... or a function of the C library; "" for what follows from the name
	nonblock bool
	params   []param
	results  []param
}

type param struct{ name, typ string }

func (p *proto) errorf(format string, args ...any) error {
	return fmt.Errorf("%s: %s", p.where, fmt.Sprintf(format, args...))
}

// parse returns the prototypes in the comments of a file.
func parse(file, src string) ([]*proto, error) {
	var out []*proto
	var doc []string
	for i, line := range strings.Split(src, "\n") {
		word, rest, _ := strings.Cut(strings.ReplaceAll(line, "\t", " "), " ")
		if !strings.HasPrefix(word, "//sys") {
			if hidden.MatchString(line) {
				return nil, fmt.Errorf("%s:%d: a prototype begins its line with //sys or //sysnb, not %q", file, i+1,
					strings.TrimSpace(line))
			}
			if strings.HasPrefix(line, "// ") || line == "//" {
				doc = append(doc, line)
			} else {
				doc = nil
			}
			continue
		}
		p := &proto{where: fmt.Sprintf("%s:%d", file, i+1), nonblock: word == "//sysnb"}
		if word != "//sys" && word != "//sysnb" {
			return nil, p.errorf("%s: want //sys or //sysnb", word)
		}
		if err := p.read(rest); err != nil {
			return nil, err
		}
		p.doc = strings.Join(doc, "\n")
		doc = nil
		out = append(out, p)
	}
	return out, nil
}

// hidden matches a line that has a prototype and does not begin with it, or has a space where none belongs.
var hidden = regexp.MustCompile(`^[^/]*//\s*sys(nb)?\s+\w+\(`)

var target = regexp.MustCompile(`^(SYS_[A-Z0-9_]+|([a-z]+\.)?[a-z_][a-z0-9_]*)$`)

// number returns the name of the call's number.
func (p *proto) number() string {
	if strings.HasPrefix(p.target, "SYS_") {
		return p.target
	}
	return numberOf(p.name)
}

func (p *proto) read(s string) error {
	head, num, given := strings.Cut(s, "=")
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", "package p\nfunc "+head, 0)
	if err != nil || len(f.Decls) != 1 {
		return p.errorf("not a prototype: %s", strings.TrimSpace(head))
	}
	fn, ok := f.Decls[0].(*ast.FuncDecl)
	if !ok || fn.Body != nil || fn.Recv != nil || fn.Type.TypeParams != nil {
		return p.errorf("not a prototype: %s", strings.TrimSpace(head))
	}
	p.name = fn.Name.Name
	if given {
		p.target = strings.TrimSpace(num)
	}
	if name := cmp.Or(p.target, numberOf(p.name)); !target.MatchString(name) || given && p.target == "" {
		return p.errorf("%q is not the name of a number", p.target)
	}
	if p.params, err = p.fields(fset, fn.Type.Params); err != nil {
		return err
	}
	if p.results, err = p.fields(fset, fn.Type.Results); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, q := range slices.Concat(p.params, p.results) {
		if seen[q.name] {
			return p.errorf("two are called %s", q.name)
		}
		seen[q.name] = true
	}
	return nil
}

func (p *proto) fields(fset *token.FileSet, list *ast.FieldList) ([]param, error) {
	var out []param
	if list == nil {
		return nil, nil
	}
	for _, f := range list.List {
		var typ strings.Builder
		if err := printer.Fprint(&typ, fset, f.Type); err != nil {
			return nil, p.errorf("%v", err)
		}
		if len(f.Names) == 0 {
			return nil, p.errorf("a %s has no name", typ.String())
		}
		for _, n := range f.Names {
			if reserved.MatchString(n.Name) {
				return nil, p.errorf("%s is a name that the generated code uses", n.Name)
			}
			out = append(out, param{n.Name, typ.String()})
		}
	}
	return out, nil
}

// reserved are the names of what write uses.
var reserved = regexp.MustCompile(`^(r[01]|e1|_.*|unsafe|uintptr|zero|nil|errOf|(Raw)?Syscall.*|(raw)?(L|l)ibc.*)$`)

var hump = regexp.MustCompile(`([a-z])([A-Z])`)

// numberOf turns EpollCreate1 into SYS_EPOLL_CREATE1.
func numberOf(name string) string {
	return "SYS_" + strings.ToUpper(hump.ReplaceAllString(name, "${1}_$2"))
}
