package main

import (
	"debug/dwarf"
	"fmt"
	"strconv"

	"kern.sys/internal/abi"
)

// types reads declarations from an object's debugging information.
type types struct {
	data  *dwarf.Data
	home  func(path string) string
	owns  func(file string) bool
	align map[string]int64 // of "struct x" and "union x"

	decls  []decl
	consts []enumerator
	bases  map[string]*abi.Layout
}

type decl struct {
	Kind       abi.Kind
	Name, File string
	Layout     *abi.Layout
}

type enumerator struct {
	name, file, value string
}

// read collects every named type and enumerator of the files that the header owns.
func (t *types) read() error {
	t.bases = map[string]*abi.Layout{}
	r := t.data.Reader()
	var files []*dwarf.LineFile
	for {
		e, err := r.Next()
		if err != nil {
			return err
		}
		if e == nil {
			return nil
		}
		if e.Tag == dwarf.TagCompileUnit {
			lr, err := t.data.LineReader(e)
			if err != nil {
				return err
			}
			files = nil
			if lr != nil {
				files = lr.Files()
			}
			continue
		}
		switch e.Tag {
		case dwarf.TagStructType, dwarf.TagUnionType, dwarf.TagEnumerationType, dwarf.TagTypedef:
			if err := t.declaration(e, files); err != nil {
				return err
			}
		}
	}
}

func (t *types) declaration(e *dwarf.Entry, files []*dwarf.LineFile) error {
	name, _ := e.Val(dwarf.AttrName).(string)
	n, ok := e.Val(dwarf.AttrDeclFile).(int64)
	if !ok {
		return nil // the compiler's own, or only declared
	}
	if n < 0 || int(n) >= len(files) || files[n] == nil {
		return fmt.Errorf("%s %q is declared in file %d of %d", e.Tag, name, n, len(files))
	}
	file := t.home(files[n].Name)
	if !t.owns(file) {
		return nil
	}
	typ, err := t.data.Type(e.Offset)
	if err != nil {
		return fmt.Errorf("%s %q: %w", e.Tag, name, err)
	}
	d := decl{Name: name, File: file}
	switch typ := typ.(type) {
	case *dwarf.StructType:
		if typ.Incomplete || name == "" {
			return nil
		}
		d.Kind = abi.Kind(typ.Kind)
		key := typ.Kind + " " + name
		d.Layout = &abi.Layout{Size: typ.ByteSize, Align: t.align[key]}
		if d.Layout.Align == 0 {
			return fmt.Errorf("the alignment of %s is not known", key)
		}
		if d.Layout.Fields, err = t.fields(typ); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	case *dwarf.EnumType:
		for _, v := range typ.Val {
			t.consts = append(t.consts, enumerator{v.Name, file, strconv.FormatInt(v.Val, 10)})
		}
		if name == "" {
			return nil
		}
		d.Kind, d.Layout = abi.Enum, &abi.Layout{Size: typ.ByteSize, Encoding: enumEncoding(typ)}
	case *dwarf.TypedefType:
		d.Kind, d.Layout = abi.Typedef, &abi.Layout{}
		var members []abi.Field
		if d.Layout.Target, members, err = t.expr(typ.Type); err != nil {
			return fmt.Errorf("typedef %s: %w", name, err)
		}
		d.Layout.Fields = members
	default:
		return fmt.Errorf("%s %q is a %T", e.Tag, name, typ)
	}
	t.decls = append(t.decls, d)
	return nil
}

func enumEncoding(e *dwarf.EnumType) string {
	for _, v := range e.Val {
		if v.Val < 0 {
			return "signed"
		}
	}
	return "unsigned"
}

func (t *types) fields(s *dwarf.StructType) ([]abi.Field, error) {
	var out []abi.Field
	for _, f := range s.Field {
		field := abi.Field{Name: f.Name, Offset: f.ByteOffset}
		if f.BitSize > 0 {
			field.Bits = f.BitSize
			field.Offset = f.ByteOffset*8 + f.DataBitOffset
			if f.DataBitOffset == 0 && f.BitOffset != 0 {
				return nil, fmt.Errorf("field %s: bit offset of an old kind", f.Name)
			}
		}
		var err error
		if field.Type, field.Members, err = t.expr(f.Type); err != nil {
			return nil, fmt.Errorf("field %s: %w", f.Name, err)
		}
		out = append(out, field)
	}
	return out, nil
}

// expr returns the type expression of a type, and the members if it ends in an anonymous structure or union.
func (t *types) expr(typ dwarf.Type) (string, []abi.Field, error) {
	switch typ := typ.(type) {
	case *dwarf.TypedefType:
		return typ.Name, nil, nil
	case *dwarf.QualType:
		return t.expr(typ.Type)
	case *dwarf.PtrType:
		if _, void := typ.Type.(*dwarf.VoidType); void || typ.Type == nil {
			return "*void", nil, nil
		}
		e, m, err := t.expr(typ.Type)
		return "*" + e, m, err
	case *dwarf.ArrayType:
		e, m, err := t.expr(typ.Type)
		n := ""
		if typ.Count >= 0 {
			n = strconv.FormatInt(typ.Count, 10)
		}
		return "[" + n + "]" + e, m, err
	case *dwarf.FuncType:
		return "func", nil, nil
	case *dwarf.VoidType:
		return "void", nil, nil
	case *dwarf.EnumType:
		if typ.EnumName == "" {
			name := map[string]string{"signed4": "int", "unsigned4": "unsigned int", "unsigned1": "unsigned char",
				"unsigned2": "unsigned short", "signed8": "long", "unsigned8": "unsigned long"}[enumEncoding(typ)+
				strconv.FormatInt(typ.ByteSize, 10)]
			if name == "" || typ.ByteSize > int64(t.data.Reader().AddressSize()) {
				return "", nil, fmt.Errorf("anonymous enumeration of %d bytes", typ.ByteSize)
			}
			t.bases[name] = &abi.Layout{Size: typ.ByteSize, Encoding: enumEncoding(typ)}
			return name, nil, nil
		}
		return "enum " + typ.EnumName, nil, nil
	case *dwarf.StructType:
		if typ.StructName != "" {
			return typ.Kind + " " + typ.StructName, nil, nil
		}
		m, err := t.fields(typ)
		if m == nil {
			m = []abi.Field{}
		}
		return fmt.Sprintf("%s(%d)", typ.Kind, typ.ByteSize), m, err
	case *dwarf.IntType, *dwarf.CharType:
		return t.base(typ, "signed")
	case *dwarf.UintType, *dwarf.UcharType:
		return t.base(typ, "unsigned")
	case *dwarf.BoolType:
		return t.base(typ, "boolean")
	case *dwarf.FloatType:
		return t.base(typ, "float")
	}
	return "", nil, fmt.Errorf("type %v (%T) is not understood", typ, typ)
}

func (t *types) base(typ dwarf.Type, encoding string) (string, []abi.Field, error) {
	name := typ.String()
	if old := t.bases[name]; old != nil && (old.Size != typ.Size() || old.Encoding != encoding) {
		return "", nil, fmt.Errorf("base type %s is both %v and %d %s", name, *old, typ.Size(), encoding)
	}
	t.bases[name] = &abi.Layout{Size: typ.Size(), Encoding: encoding}
	return name, nil, nil
}
