package bpftest

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// Value is one of a type in C.
type Value struct {
	Name  string
	Bytes []byte
	typ   btf.Type
}

// Storage makes a map for what programs keep for sockets, with values of the type.
func (v Value) Storage(t testing.TB) (fd int, id uint32) {
	t.Helper()
	spec := &ebpf.MapSpec{Type: ebpf.SkStorage, KeySize: 4, ValueSize: uint32(len(v.Bytes)),
		Flags: unix.BPF_F_NO_PREALLOC, Key: integer, Value: v.typ}
	m, err := ebpf.NewMap(spec)
	if errors.Is(err, ebpf.ErrNotSupported) {
		err = unix.EOPNOTSUPP
	}
	nstest.NeedOption(t, "CONFIG_BPF_SYSCALL", "5.2", err)
	t.Cleanup(func() { _ = m.Close() })
	info, err := m.Info()
	if err != nil {
		t.Fatal(err)
	}
	number, _ := info.ID()
	return m.FD(), uint32(number)
}

var (
	integer  = &btf.Int{Name: "int", Size: 4, Encoding: btf.Signed}
	unsigned = &btf.Int{Name: "unsigned int", Size: 4}
	char     = &btf.Int{Name: "char", Size: 1, Encoding: btf.Signed}
	short    = &btf.Int{Name: "short", Size: 2, Encoding: btf.Signed}
	long     = &btf.Int{Name: "long long", Size: 8, Encoding: btf.Signed}
	point    = &btf.Struct{Name: "point", Size: 8, Members: members(integer, integer)}
	handler  = &btf.FuncProto{Return: integer, Params: []btf.FuncParam{{Name: "a", Type: char}, {Name: "b",
		Type: &btf.Pointer{Target: point}}}}
	color = &btf.Enum{Name: "color", Size: 4, Values: []btf.EnumValue{{Name: "RED", Value: 1}, {Name: "BLUE", Value: 9}}}
	depth = &btf.Enum{Name: "depth", Size: 4, Signed: true, Values: []btf.EnumValue{{Name: "LOW",
		Value: math.MaxUint64}}}
	wide = &btf.Enum{Name: "wide", Size: 8, Values: []btf.EnumValue{{Name: "FAR", Value: 1 << 40}}}
	deep = &btf.Enum{Name: "deep", Size: 8, Signed: true, Values: []btf.EnumValue{{Name: "DOWN",
		Value: math.MaxUint64 - 1<<40}}}
)

// Values has some of each type.
var Values = []Value{
	{"int", u32(0xfffffffe), integer},
	{"unsigned", u32(0xfffffffe), unsigned},
	{"char", []byte{0x80}, char},
	{"short", u16(0xfff0), short},
	{"long", u64(1 << 63), long},
	{"sixteen bytes", pattern(16), &btf.Int{Name: "__int128", Size: 16}},
	{"sixteen bytes, small", wideOne(), &btf.Int{Name: "__int128", Size: 16}},
	{"bool", []byte{1}, &btf.Int{Name: "_Bool", Size: 1, Encoding: btf.Bool}},
	{"float", u32(math.Float32bits(-1.25)), &btf.Float{Name: "float", Size: 4}},
	{"double", u64(math.Float64bits(1e10 / 3)), &btf.Float{Name: "double", Size: 8}},
	{"infinity", u64(math.Float64bits(math.Inf(1))), &btf.Float{Name: "double", Size: 8}},
	{"less than all", u32(math.Float32bits(float32(math.Inf(-1)))), &btf.Float{Name: "float", Size: 4}},
	{"no number, negative", u64(1<<63 | math.Float64bits(math.NaN())), &btf.Float{Name: "double", Size: 8}},
	{"no number", u32(math.Float32bits(float32(math.NaN()))), &btf.Float{Name: "float", Size: 4}},
	{"pointer", u64(0x1234), &btf.Pointer{Target: &btf.Void{}}},
	{"no pointer", u64(0), &btf.Pointer{Target: &btf.Pointer{Target: char}}},
	{"pointer to a constant", u64(1), &btf.Pointer{Target: &btf.Const{Type: char}}},
	{"pointer to a struct", u64(1), &btf.Pointer{Target: &btf.Fwd{Name: "sock", Kind: btf.FwdStruct}}},
	{"pointer to a union", u64(1), &btf.Pointer{Target: &btf.Fwd{Name: "sock", Kind: btf.FwdUnion}}},
	{"pointer to an array", u64(1), &btf.Pointer{Target: array(integer, 3)}},
	{"pointer to a function", u64(1), &btf.Pointer{Target: handler}},
	{"pointer to a function of nothing", u64(1), &btf.Pointer{Target: &btf.FuncProto{Return: &btf.Void{}}}},
	{"pointer to a function that returns a pointer", u64(1), &btf.Pointer{Target: &btf.FuncProto{
		Return: &btf.Pointer{Target: char}, Params: []btf.FuncParam{{Type: integer}, {Type: &btf.Void{}}}}}},
	{"enum", u32(9), color},
	{"enum of no name", u32(0xfffffff8), color},
	{"signed enum", u32(math.MaxUint32), depth},
	{"signed enum of no name", u32(0xfffffff8), depth},
	{"wide enum", u64(1 << 40), wide},
	{"wide enum of no name", u64(1<<64 - 5), wide},
	{"wide signed enum", u64(math.MaxUint64 - 1<<40), deep},
	{"wide signed enum of no name", u64(1<<64 - 5), deep},
	{"typedef", u32(7), &btf.Typedef{Name: "u32", Type: &btf.Volatile{Type: unsigned}}},
	{"constant", u32(7), &btf.Const{Type: &btf.Typedef{Name: "u32", Type: unsigned}}},
	{"array", pattern(12), array(integer, 3)},
	{"array of arrays", pattern(24), array(array(integer, 3), 2)},
	{"array of pointers", pattern(16), array(&btf.Pointer{Target: char}, 2)},
	{"array of structs", pattern(16), array(point, 2)},
	{"text", []byte("ab\x01\xff\x00cd\x00"), array(char, 8)},
	{"text that fills", []byte("abc~"), array(char, 4)},
	{"texts", []byte("ab\x00cdef\x00"), array(array(char, 4), 2)},
	{"struct", pattern(8), point},
	{"struct of nothing", pattern(4), &btf.Struct{Name: "outer", Size: 4, Members: []btf.Member{{Name: "none",
		Type: &btf.Struct{Name: "empty"}}, {Name: "n", Type: integer}}}},
	{"struct in a struct", pattern(16), &btf.Struct{Name: "outer", Size: 16, Members: members(point, point)}},
	{"struct without a name", pattern(16), &btf.Struct{Size: 16, Members: []btf.Member{
		{Type: &btf.Struct{Size: 8, Members: members(integer, integer)}},
		{Name: "u", Offset: 64, Type: &btf.Union{Size: 8, Members: []btf.Member{{Name: "l", Type: long},
			{Type: point}}}}}}},
	{"union", pattern(8), &btf.Union{Name: "both", Size: 8, Members: []btf.Member{{Name: "l", Type: long}, {Name: "p",
		Type: point}}}},
	{"pointers in a struct", pattern(24), &btf.Struct{Name: "list", Size: 24, Members: []btf.Member{
		{Name: "next", Type: &btf.Pointer{Target: point}}, {Name: "fn", Offset: 64, Type: &btf.Pointer{Target: handler}},
		{Name: "two", Offset: 128, Type: array(integer, 2)}}}},
	{"bit-fields", pattern(8), &btf.Struct{Name: "bits", Size: 8, Members: []btf.Member{
		{Name: "a", Type: unsigned, BitfieldSize: 3}, {Name: "b", Type: integer, Offset: 3, BitfieldSize: 7},
		{Name: "c", Type: unsigned, Offset: 10, BitfieldSize: 22}, {Name: "d", Type: char, Offset: 32, BitfieldSize: 5},
		{Name: "e", Type: &btf.Typedef{Name: "u32", Type: unsigned}, Offset: 40, BitfieldSize: 1}}}},
	{"an array's structs with arrays", pattern(24), array(&btf.Struct{Name: "in", Size: 12, Members: []btf.Member{
		{Name: "a", Type: array(short, 2)}, {Name: "p", Offset: 32, Type: point}}}, 2)},
}

// members are two or more of 32 bits or 64 each.
func members(types ...btf.Type) (all []btf.Member) {
	at := btf.Bits(0)
	for i, t := range types {
		all = append(all, btf.Member{Name: string(rune('x' + i)), Type: t, Offset: at})
		size, _ := btf.Sizeof(t)
		at += btf.Bits(8 * size)
	}
	return all
}

func array(t btf.Type, n uint32) *btf.Array { return &btf.Array{Index: unsigned, Type: t, Nelems: n} }

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*37 + 11)
	}
	return b
}

func u16(n uint16) []byte { return binary.NativeEndian.AppendUint16(nil, n) }
func u32(n uint32) []byte { return binary.NativeEndian.AppendUint32(nil, n) }
func u64(n uint64) []byte { return binary.NativeEndian.AppendUint64(nil, n) }

// wideOne is an integer of 16 bytes whose value is 1.
func wideOne() []byte {
	if order(false) == "eb" {
		return append(u64(0), u64(1)...)
	}
	return append(u64(1), u64(0)...)
}
