package unix_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
)

// btfStruct is a structure of the running kernel: its size and the offsets of its members, bytes.
type btfStruct struct {
	size    int64
	members map[string]int64
}

// Kinds of BTF types, from the kernel's documentation of the format.
const (
	btfInt      = 1
	btfArray    = 3
	btfStructK  = 4
	btfUnion    = 5
	btfEnum     = 6
	btfFuncType = 13
	btfVar      = 14
	btfDataSec  = 15
	btfDeclTag  = 17
	btfEnum64   = 19
)

// readBTF reads the structures of a file in BTF, by name; several may have the same. Members of structures and
// unions without a name count as the outer one's. Bit fields are left out.
func readBTF(file string) (map[string][]btfStruct, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	order := binary.ByteOrder(binary.NativeEndian)
	if len(b) < 24 || order.Uint16(b) != 0xeb9f {
		return nil, fmt.Errorf("%s is not BTF", file)
	}
	head := int(order.Uint32(b[4:]))
	section := func(at int) []byte {
		from := head + int(order.Uint32(b[at:]))
		return b[from : from+int(order.Uint32(b[at+4:]))]
	}
	text, strs := section(8), section(16)
	name := func(offset uint32) string {
		s, _, _ := bytes.Cut(strs[offset:], []byte{0})
		return string(s)
	}
	type member struct {
		name   string
		typ    uint32
		offset int64
	}
	type raw struct {
		name    string
		kind    uint32
		size    int64
		members []member
	}
	types := []raw{{}}
	for len(text) > 0 {
		info, size := order.Uint32(text[4:]), order.Uint32(text[8:])
		kind, n, flag := info>>24&31, int(info&0xffff), info>>31 == 1
		r := raw{name: name(order.Uint32(text)), kind: kind, size: int64(size)}
		text = text[12:]
		more := map[uint32]int{btfInt: 4, btfArray: 12, btfStructK: 12 * n, btfUnion: 12 * n, btfEnum: 8 * n,
			btfFuncType: 8 * n, btfVar: 4, btfDataSec: 12 * n, btfDeclTag: 4, btfEnum64: 12 * n}[kind]
		if kind == btfStructK || kind == btfUnion {
			for m := text[:more]; len(m) > 0; m = m[12:] {
				offset := order.Uint32(m[8:])
				if flag {
					if offset>>24 != 0 {
						continue // a bit field
					}
					offset &= 0xffffff
				}
				r.members = append(r.members, member{name(order.Uint32(m)), order.Uint32(m[4:]), int64(offset / 8)})
			}
		}
		text = text[more:]
		types = append(types, r)
	}
	var collect func(s btfStruct, r raw, base int64)
	collect = func(s btfStruct, r raw, base int64) {
		for _, m := range r.members {
			if m.name == "" {
				collect(s, types[m.typ], base+m.offset)
				continue
			}
			s.members[m.name] = base + m.offset
		}
	}
	out := map[string][]btfStruct{}
	for _, r := range types {
		if r.kind == btfStructK && r.name != "" {
			s := btfStruct{r.size, map[string]int64{}}
			collect(s, r, 0)
			out[r.name] = append(out[r.name], s)
		}
	}
	return out, nil
}
