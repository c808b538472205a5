package main

import (
	"go/ast"
	"reflect"
)

// replaceNodes puts what replace returns in the place of each node below root, from the leaves up.
func replaceNodes(root ast.Node, replace func(ast.Node) ast.Node) {
	replaceIn(reflect.ValueOf(root), replace)
}

func replaceIn(v reflect.Value, replace func(ast.Node) ast.Node) {
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() || v.Type() == reflect.TypeFor[*ast.CommentGroup]() {
			return
		}
		replaceIn(v.Elem(), replace)
		// An interface holds a pointer, whose node is replaced here and not there, where it has no place of its own.
		if n, isNode := v.Interface().(ast.Node); isNode && v.CanSet() {
			if r := replace(n); r != n {
				v.Set(reflect.ValueOf(r))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				replaceIn(v.Field(i), replace)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			replaceIn(v.Index(i), replace)
		}
	}
}
