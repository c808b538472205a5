package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"strings"
)

// eval goes through a generated function. It knows the statements that both generators write, and refuses others.
type eval struct {
	p    *platform
	vars map[string]value
	out  *marshalled
	// named are the function's named results, in order.
	named  []string
	failed bool // goes the way of a call that failed
}

// marshal reads a function twice: as it goes when the call succeeds, and when it fails.
func (p *platform) marshal(d *ast.FuncDecl) (*marshalled, error) {
	m := &marshalled{name: d.Name.Name}
	e := &eval{p: p, vars: map[string]value{}, out: m}
	e.bind(d.Type, nil, m)
	if _, err := e.block(d.Body.List); err != nil {
		return nil, fmt.Errorf("%s: %w", d.Name.Name, err)
	}
	bad := &marshalled{name: d.Name.Name}
	e = &eval{p: p, vars: map[string]value{}, out: bad, failed: true}
	e.bind(d.Type, nil, bad)
	if _, err := e.block(d.Body.List); err != nil {
		return nil, fmt.Errorf("%s: %w", d.Name.Name, err)
	}
	m.fails = bad.fails
	return m, nil
}

// bind names the parameters, by values if there are any.
func (e *eval) bind(t *ast.FuncType, args []value, m *marshalled) {
	i := 0
	for _, f := range t.Params.List {
		for _, n := range f.Names {
			v := value{text: fmt.Sprint("p", i)}
			v.size, v.signed = e.p.width(e.p.info.Defs[n].Type())
			if args != nil {
				v = args[i].to(v.size, v.signed)
			}
			e.vars[n.Name] = v
			i++
		}
	}
	m.params = i
	if t.Results == nil {
		return
	}
	for _, f := range t.Results.List {
		for _, n := range f.Names {
			size, signed := e.p.width(e.p.info.Defs[n].Type())
			e.vars[n.Name] = value{"0", size, signed}
			e.named = append(e.named, n.Name)
		}
	}
}

// block goes through statements, and reports whether it returned.
func (e *eval) block(list []ast.Stmt) (bool, error) {
	for _, s := range list {
		done, err := e.statement(s)
		if done || err != nil {
			return done, err
		}
	}
	return false, nil
}

func (e *eval) statement(s ast.Stmt) (bool, error) {
	switch s := s.(type) {
	case *ast.DeclStmt:
		for _, spec := range s.Decl.(*ast.GenDecl).Specs {
			for _, n := range spec.(*ast.ValueSpec).Names {
				size, signed := e.p.width(e.p.info.Defs[n].Type())
				e.vars[n.Name] = value{"0", size, signed}
			}
		}
		return false, nil
	case *ast.ExprStmt:
		_, err := e.results(s.X)
		return false, err
	case *ast.AssignStmt:
		return false, e.assign(s)
	case *ast.IfStmt:
		return e.branch(s)
	case *ast.ReturnStmt:
		return true, e.leave(s)
	}
	return false, fmt.Errorf("statement %T is not known", s)
}

func (e *eval) assign(s *ast.AssignStmt) error {
	var vs []value
	if len(s.Rhs) == 1 && len(s.Lhs) > 1 {
		var err error
		if vs, err = e.results(s.Rhs[0]); err != nil {
			return err
		}
	} else {
		for _, x := range s.Rhs {
			v, err := e.expr(x)
			if err != nil {
				return err
			}
			vs = append(vs, v)
		}
	}
	for i, x := range s.Lhs {
		n, ok := x.(*ast.Ident)
		if !ok || i >= len(vs) {
			return fmt.Errorf("assignment to %T", x)
		}
		e.vars[n.Name] = vs[i]
	}
	return nil
}

// branch knows four conditions: a call that failed, a text that is none, a slice that holds something, and a bool.
func (e *eval) branch(s *ast.IfStmt) (bool, error) {
	switch c := s.Cond.(type) {
	case *ast.Ident: // a parameter that is true: 1 or 0
		n := s.Body.List[0].(*ast.AssignStmt).Lhs[0].(*ast.Ident).Name
		e.vars[n] = value{"bool(" + e.vars[c.Name].text + ")", e.vars[n].size, e.vars[n].signed}
		return false, nil
	case *ast.BinaryExpr:
		if c.Op == token.LAND { // a number of an error, and the result that says that it is one
			e.out.onlyIf = "r0==-1"
			return e.branch(&ast.IfStmt{Cond: c.X, Body: s.Body, Else: s.Else})
		}
		if l, ok := c.X.(*ast.CallExpr); ok && c.Op == token.GTR { // len(p) > 0
			v, err := e.expr(l.Args[0])
			if err != nil {
				return false, err
			}
			n := s.Body.List[0].(*ast.AssignStmt).Lhs[0].(*ast.Ident).Name
			empty := "zero"
			if s.Else == nil && e.vars[n].text == "0" {
				empty = "nil"
			}
			e.vars[n] = value{fmt.Sprintf("data(%s,%s)", v.text, empty), e.vars[n].size, false}
			return false, nil
		}
		n, ok := c.X.(*ast.Ident)
		if !ok {
			return false, fmt.Errorf("condition %T", c.X)
		}
		if c.Op != token.NEQ && c.Op != token.EQL {
			return false, fmt.Errorf("condition %s", c.Op)
		}
		taken := e.failed && e.vars[n.Name].text == "errno" || e.vars[n.Name].text != "errno" &&
			e.vars[n.Name].text != "textError"
		if c.Op == token.EQL {
			taken = !taken
		}
		if taken {
			return e.block(s.Body.List)
		}
		if s.Else != nil {
			return e.block(s.Else.(*ast.BlockStmt).List)
		}
		return false, nil
	}
	return false, fmt.Errorf("condition %T is not known", s.Cond)
}

// leave takes what the function returns.
func (e *eval) leave(s *ast.ReturnStmt) error {
	var vs []value
	switch {
	case len(s.Results) == 0:
		for _, n := range e.named {
			vs = append(vs, e.vars[n])
		}
	case len(s.Results) == 1 && len(e.named) > 1:
		var err error
		if vs, err = e.results(s.Results[0]); err != nil {
			return err
		}
	default:
		for _, x := range s.Results {
			v, err := e.expr(x)
			if err != nil {
				return err
			}
			vs = append(vs, v)
		}
	}
	for i, v := range vs {
		switch {
		case v.text == "errno" && i == len(vs)-1:
			e.out.fails = "errno" + e.out.onlyIf
		case (v.text == "nil" || v.text == "textError") && i == len(vs)-1:
		case i < len(e.named) && e.named[i] == "err" && v.text == "0":
		default:
			e.out.results = append(e.out.results, v.text)
		}
	}
	for i, n := range e.named {
		if i < len(vs) {
			e.vars[n] = vs[i]
		}
	}
	return nil
}

func (e *eval) expr(x ast.Expr) (value, error) {
	tv := e.p.info.Types[x]
	if tv.Value != nil {
		size, signed := e.p.width(tv.Type)
		if tv.Value.Kind() == constant.Int {
			return value{tv.Value.ExactString(), size, signed}, nil
		}
	}
	switch x := x.(type) {
	case *ast.ParenExpr:
		return e.expr(x.X)
	case *ast.Ident:
		if v, ok := e.vars[x.Name]; ok {
			return v, nil
		}
		return value{x.Name, e.p.word, false}, nil
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return e.address(x.X)
		}
		v, err := e.expr(x.X)
		return value{x.Op.String() + v.text, v.size, v.signed}, err
	case *ast.BinaryExpr:
		a, err := e.expr(x.X)
		if err != nil {
			return value{}, err
		}
		b, err := e.expr(x.Y)
		return value{fmt.Sprintf("(%s%s%s)", a.text, x.Op, b.text), a.size, a.signed}, err
	case *ast.CallExpr:
		vs, err := e.results(x)
		if err == nil && len(vs) == 0 {
			err = fmt.Errorf("a call without a result is used")
		}
		if err != nil {
			return value{}, err
		}
		return vs[0], nil
	}
	return value{}, fmt.Errorf("expression %T is not known", x)
}

func (e *eval) address(x ast.Expr) (value, error) {
	switch x := x.(type) {
	case *ast.IndexExpr:
		v, err := e.expr(x.X)
		return value{"data(" + v.text + ")", e.p.word, false}, err
	case *ast.Ident:
		if v, ok := e.vars[x.Name]; ok {
			return value{"&" + v.text, e.p.word, false}, nil
		}
		return value{"&" + x.Name, e.p.word, false}, nil
	}
	return value{}, fmt.Errorf("address of %T", x)
}

// results are those of a call or a conversion.
func (e *eval) results(x ast.Expr) ([]value, error) {
	c, ok := x.(*ast.CallExpr)
	if !ok {
		return nil, fmt.Errorf("%T where a call should be", x)
	}
	if s, ok := c.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "pointer" { // shortString.pointer
		return e.text(c)
	}
	if tv := e.p.info.Types[c.Fun]; tv.IsType() {
		v, err := e.expr(c.Args[0])
		if err != nil {
			return nil, err
		}
		size, signed := e.p.width(tv.Type)
		if b, ok := tv.Type.Underlying().(*types.Basic); ok && b.Kind() == types.Bool {
			return []value{v}, nil
		}
		return []value{v.to(size, signed)}, nil
	}
	n, ok := c.Fun.(*ast.Ident)
	if !ok {
		return nil, fmt.Errorf("call of %T", c.Fun)
	}
	switch n.Name {
	case "BytePtrFromString":
		return e.text(c)
	case "errOf", "errnoErr":
		v, err := e.expr(c.Args[0])
		return []value{v}, err
	case "bytesOrZero", "len":
		v, err := e.expr(c.Args[0])
		text := map[string]string{"bytesOrZero": "data(%s,zero)", "len": "len(%s)"}[n.Name]
		return []value{{fmt.Sprintf(text, v.text), e.p.word, n.Name == "len"}}, err
	}
	var args []value
	for _, a := range c.Args {
		v, err := e.expr(a)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	if entry, ok := entries[n.Name]; ok {
		return e.kernel(entry, args)
	}
	if d := e.p.functions[n.Name]; d != nil { // a function beside it, of which this is a part
		inner := &eval{p: e.p, vars: map[string]value{}, out: &marshalled{}, failed: e.failed}
		inner.bind(d.Type, args, inner.out)
		if _, err := inner.block(d.Body.List); err != nil {
			return nil, fmt.Errorf("%s: %w", n.Name, err)
		}
		e.out.calls = append(e.out.calls, inner.out.calls...)
		var vs []value
		for _, r := range inner.named {
			vs = append(vs, inner.vars[r])
		}
		return vs, nil
	}
	return nil, fmt.Errorf("function %s is not known", n.Name)
}

func (e *eval) text(c *ast.CallExpr) ([]value, error) {
	v, err := e.expr(c.Args[0])
	return []value{{"text(" + v.text + ")", e.p.word, false}, {"textError", 0, false}}, err
}

// entry is a function that makes a call: how many arguments it takes, and how it is said what is called.
type entry struct {
	how   string
	slots int
	count bool // the second argument is how many there are
	any   bool // no result is an error
}

var entries = map[string]entry{
	"Syscall": {"blocks", 3, false, false}, "Syscall6": {"blocks", 6, false, false},
	"Syscall9":   {"blocks", 9, false, false},
	"RawSyscall": {"raw", 3, false, false}, "RawSyscall6": {"raw", 6, false, false},
	"SyscallNoError": {"blocks", 3, false, true}, "RawSyscallNoError": {"raw", 3, false, true},

	"libc3": {"blocks", 3, false, false}, "libc6": {"blocks", 6, false, false}, "libc9": {"blocks", 9, false, false},
	"libc10":   {"blocks", 10, false, false},
	"rawLibc3": {"raw", 3, false, false}, "rawLibc6": {"raw", 6, false, false},
	"libcPointer": {"pointer", 3, false, false},
	"libc":        {"blocks", 6, true, false}, "rawLibc": {"raw", 6, true, false},

	"syscall_syscall": {"blocks", 3, false, false}, "syscall_syscall6": {"blocks", 6, false, false},
	"syscall_syscall9":  {"blocks", 9, false, false},
	"syscall_syscall6X": {"X", 6, false, false}, "syscall_syscallPtr": {"pointer", 3, false, false},
	"syscall_rawSyscall": {"raw", 3, false, false}, "syscall_rawSyscall6": {"raw", 6, false, false},
	"sysvicall6": {"blocks", 6, true, false}, "rawSysvicall6": {"raw", 6, true, false},
	"syscall6": {"blocks", 6, true, false}, "rawSyscall6": {"raw", 6, true, false},
}

func (e *eval) kernel(by entry, args []value) ([]value, error) {
	c := call{entry: by.how, slots: by.slots, target: e.p.target(args[0].text)}
	if c.target == "" {
		return nil, fmt.Errorf("%s is no number and no function of a library", args[0].text)
	}
	args = args[1:]
	if by.count {
		c.count, args = args[0].text, args[1:]
	}
	for len(args) > 0 && args[len(args)-1].text == "0" && !by.count { // a zero that is passed is as one that is not
		args = args[:len(args)-1]
	}
	c.args = args
	e.out.calls = append(e.out.calls, c)
	r := []value{{"r0", e.p.word, false}, {"r1", e.p.word, false}}
	if by.any {
		return r, nil
	}
	return append(r, value{"errno", 0, false}), nil
}

// target turns what a call is made of into the kernel's number, or the library and its function.
func (p *platform) target(text string) string {
	if strings.Trim(text, "0123456789") == "" {
		return text
	}
	name := strings.TrimPrefix(text, "&")
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_addr"), "_trampoline")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "libc_"), "proc")
	for _, prefix := range []string{"libc_"} {
		if t := p.imports[prefix+name]; t != "" {
			return t
		}
	}
	return p.procs[strings.TrimPrefix(text, "&")]
}
