package mkerrors

import (
	"fmt"
	"go/token"
	"strconv"
	"strings"

	"kern.sys/internal/abi"
	"kern.sys/internal/abi/emit/gen"
)

// word is the number of bits in what bit fields of the kernel's structures share.
const word = 64

// mask returns bit field n of a word: C counts from the least significant bit on little-endian machines and from the
// most significant one on others.
func mask(a abi.Arch, n int64) string {
	if a.Big {
		n = word - 1 - n
	}
	return strconv.FormatUint(1<<n, 10)
}

// bitFields returns the constants of a line "masks PREFIX" or "bit NAME[:GOTYPE] TYPE FIELD [N]". types gets the Go
// types of those that have one.
func bitFields(db *abi.DB, archs []abi.Arch, l gen.Line, types map[string]string) ([]gen.Const, error) {
	w := l.Words
	if w[0] == "masks" {
		if len(w) != 2 {
			return nil, fmt.Errorf("want a prefix")
		}
		if !gen.Exported(w[1]) {
			return nil, fmt.Errorf("%q is no name that Go exports", w[1])
		}
		var out []gen.Const
		for n := range int64(word) {
			c := gen.Const{Name: w[1] + strconv.FormatInt(n, 10), Kind: abi.Int, On: map[string]string{}, Where: l.Where}
			for _, a := range archs {
				c.On[a.Name] = mask(a, n)
			}
			out = append(out, c)
		}
		return out, nil
	}
	if len(w) != 4 && len(w) != 5 {
		return nil, fmt.Errorf("want a name, a C type, a bit field of it and the number of a bit")
	}
	name, typ, typed := strings.Cut(w[1], ":")
	if !gen.Exported(name) || typed && !token.IsIdentifier(typ) {
		return nil, fmt.Errorf("%q is no name that Go exports, or no type", w[1])
	}
	types[name] = typ
	nth := int64(0)
	if len(w) == 5 {
		n, err := strconv.ParseUint(w[4], 10, 6)
		if err != nil {
			return nil, err
		}
		nth = int64(n)
	}
	c := gen.Const{Name: name, Kind: abi.Int, On: map[string]string{}, Where: l.Where}
	for _, a := range archs {
		f, err := bitField(db, a.Name, strings.Replace(w[2], ":", " ", 1), w[3])
		if err != nil {
			return nil, err
		}
		if nth >= f.Bits {
			return nil, fmt.Errorf("bit field %s has %d bits on %s", f.Name, f.Bits, a.Name)
		}
		c.On[a.Name] = mask(a, f.Offset%word+nth)
	}
	return []gen.Const{c}, nil
}

func bitField(db *abi.DB, arch, ctype, name string) (abi.Field, error) {
	t, ok := db.Type(ctype)
	if !ok || t.On[arch] == nil {
		return abi.Field{}, fmt.Errorf("%s is not among the facts of %s", ctype, arch)
	}
	for _, f := range t.On[arch].Fields {
		if f.Bits > 0 && f.Name == name {
			return f, nil
		}
	}
	return abi.Field{}, fmt.Errorf("%s has no bit field %q", ctype, name)
}
