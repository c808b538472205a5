package main

import (
	"go/ast"
	"go/types"
)

// takeGenerics takes the generic functions out of a file.
func (l *lowering) takeGenerics(f *ast.File) {
	kept := f.Decls[:0]
	for _, d := range f.Decls {
		if fn, isFunc := d.(*ast.FuncDecl); isFunc && fn.Type.TypeParams != nil {
			fn.Doc = nil
			l.generic[l.info.Defs[fn.Name]] = fn
		} else {
			kept = append(kept, d)
		}
	}
	f.Decls = kept
}

// instantiate has generic functions called by the names of those for the types at hand.
func (l *lowering) instantiate(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		if id, isIdent := n.(*ast.Ident); isIdent && l.generic[l.info.Uses[id]] != nil {
			id.Name = l.instance(l.info.Uses[id], l.arguments(l.info.Instances[id].TypeArgs, nil))
		}
		return true
	})
}

// arguments returns types as text, with those that stand for type parameters.
func (l *lowering) arguments(list *types.TypeList, params map[types.Object]string) []string {
	var out []string
	for t := range list.Types() {
		text := l.typ(t)
		if p, isParam := t.(*types.TypeParam); isParam {
			text = params[p.Obj()]
		}
		out = append(out, text)
	}
	return out
}

// instance returns the name of a generic function for some types, and adds it.
func (l *lowering) instance(fn types.Object, args []string) string {
	name, isNew := l.nameFor(fn.Name(), args...)
	if !isNew {
		return name
	}
	params := map[types.Object]string{}
	for i := range args {
		params[fn.Type().(*types.Signature).TypeParams().At(i).Obj()] = args[i]
	}
	// The function is printed with other names in it, and then has its own again for the next types.
	d := l.generic[fn]
	own := map[*ast.Ident]string{}
	ast.Inspect(d, func(n ast.Node) bool {
		id, isIdent := n.(*ast.Ident)
		if !isIdent {
			return true
		}
		text, in := params[l.info.Uses[id]], l.info.Instances[id]
		if in.TypeArgs != nil {
			text = l.instance(l.info.Uses[id], l.arguments(in.TypeArgs, params))
		}
		if text != "" {
			own[id] = id.Name
			id.Name = text
		}
		return true
	})
	typeParams := d.Type.TypeParams
	d.Type.TypeParams, own[d.Name], d.Name.Name = nil, d.Name.Name, name
	l.added = append(l.added, l.print(d))
	d.Type.TypeParams = typeParams
	for id, text := range own {
		id.Name = text
	}
	return name
}
