package mktypes

import (
	"fmt"
	"go/types"
	"strings"
	"testing"

	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/gentest"
)

const facts = `
base char
	size 1 signed
base unsigned char
	size 1 unsigned
base unsigned int
	size 4 unsigned
base int
	size 4 signed
base long
	size 8 signed
@386,mips
	size 4 signed
base unsigned long long
	size 8 unsigned
enum color linux/a.h
	size 4 unsigned
typedef __u32 asm/types.h
	= unsigned int
typedef __u64 asm/types.h
	= unsigned long long
typedef pair_t linux/a.h
	= struct(8)
	0 one int
	4 two int
struct msg linux/a.h
	size 12 align 4
	0 m_family unsigned char
	1 __m_pad unsigned char
	4 m_index __u32
	8 m_change int
	12 m_data []char
struct gap linux/a.h
	size 24 align 8
	0 flag unsigned char
	8 big __u64
	16 tail unsigned char
@386
	size 16 align 4
	0 flag unsigned char
	4 big __u64
	12 tail unsigned char
struct outer linux/a.h
	size 56 align 8
	0:4 low __u32
	4:4 high __u32
	4 pair pair_t
	16 inner struct gap
	40 - struct(8) {
		0 kind enum color
		4 addr struct addr
	}
	48 - union(4) {
		0 i int
		0 f int
	}
@386
	size 44 align 4
	0:4 low __u32
	4:4 high __u32
	4 pair pair_t
	12 inner struct gap
	28 - struct(8) {
		0 kind enum color
		4 addr struct addr
	}
	36 - union(4) {
		0 i int
		0 f int
	}
struct addr linux/a.h
	size 4 align 4
	0 s_addr __u32
struct pointers linux/a.h
	size 32 align 8
	0 name *char
	8 any *void
	16 next *struct pointers
	24 call *func
@386,mips
	size 16 align 4
	0 name *char
	4 any *void
	8 next *struct pointers
	12 call *func
struct word linux/a.h
	size 8 align 8
	0 w long
@386,mips
	size 4 align 4
	0 w long
struct packed linux/a.h
	size 5 align 1
	0 c char
	1 u __u32
union choice linux/a.h
	size 8 align 8
	0 a __u64
	0 b int
@386
	size 8 align 4
	0 a __u64
	0 b int
struct chosen linux/a.h
	size 16 align 8
	0 n int
	8 c union choice
@386
	size 12 align 4
	0 n int
	4 c union choice
`

const list = `
[4]byte struct:addr
Msg struct:msg
Gap struct:gap
Pair pair_t
Outer struct:outer kind=Color addr=_ pair=Both
Pointers struct:pointers
Word struct:word
Chosen struct:chosen n=N:uint32
`

func generate(t *testing.T, list string) (map[string][]byte, error) {
	t.Helper()
	return Generate(gentest.Facts(t, "", facts, ""), gentest.System(), gen.ParseList("list", list))
}

// layout is what Go makes of a type: name, type and offset of each field that has a name.
func layout(pkg *types.Package, sizes types.Sizes, name string) string {
	s := pkg.Scope().Lookup(name).Type().Underlying().(*types.Struct)
	var fields []*types.Var
	for f := range s.Fields() {
		fields = append(fields, f)
	}
	var out []string
	for i, offset := range sizes.Offsetsof(fields) {
		if fields[i].Name() != "_" {
			typ := types.TypeString(fields[i].Type(), func(*types.Package) string { return "" })
			out = append(out, fmt.Sprintf("%s %s %02d", fields[i].Name(), typ, offset))
		}
	}
	return strings.Join(out, ", ")
}

func TestGenerateHasTheLayoutOfC(t *testing.T) {
	files, err := generate(t, list)
	if err != nil {
		t.Fatal(err)
	}
	type want struct {
		fields string
		size   int64
	}
	common := map[string]want{
		"Msg":  {"Family uint8 00, Index uint32 04, Change int32 08", 12},
		"Pair": {"One int32 00, Two int32 04", 8},
	}
	for arch, wants := range map[string]map[string]want{
		"amd64": {
			"Gap":      {"Flag uint8 00, Big uint64 08, Tail uint8 16", 24},
			"Outer":    {"Both Pair 04, Inner Gap 16, Color uint32 40", 56},
			"Pointers": {"Name *int8 00, Any *byte 08, Next *Pointers 16, Call uintptr 24", 32},
			"Word":     {"W int64 00", 8},
			"Chosen":   {"N uint32 00, C [8]byte 08", 16},
		},
		"386": {
			"Gap":    {"Flag uint8 00, Big uint64 04, Tail uint8 12", 16},
			"Outer":  {"Both Pair 04, Inner Gap 12, Color uint32 28", 44},
			"Word":   {"W int32 00", 4},
			"Chosen": {"N uint32 00, C [8]byte 04", 12},
		},
		// Go aligns 64-bit numbers to 4 here, C to 8.
		"mips": {
			"Gap":      {"Flag uint8 00, Big uint64 08, Tail uint8 16", 24},
			"Pointers": {"Name *int8 00, Any *byte 04, Next *Pointers 08, Call uintptr 12", 16},
			"Chosen":   {"N uint32 00, C [8]byte 08", 16},
		},
	} {
		pkg, sizes := gentest.Check(t, files, arch), gentest.Sizes(arch)
		for name, w := range common {
			wants[name] = w
		}
		for name, w := range wants {
			if got := layout(pkg, sizes, name); got != w.fields {
				t.Errorf("%s: %s is %s\nwant %s", arch, name, got, w.fields)
			}
			obj := pkg.Scope().Lookup(name)
			if got := sizes.Sizeof(obj.Type()); got != w.size {
				t.Errorf("%s: %s has %d bytes, want %d", arch, name, got, w.size)
			}
			if c := pkg.Scope().Lookup("Sizeof" + name).(*types.Const); c.Val().String() != fmt.Sprint(w.size) {
				t.Errorf("%s: Sizeof%s is %s, want %d", arch, name, c.Val(), w.size)
			}
		}
	}
	for file, want := range map[string]string{"ztypes_linux.go": "type Msg struct",
		"ztypes_linux_386.go": "type Gap struct"} {
		if !strings.Contains(string(files[file]), want) {
			t.Errorf("%s lacks %q", file, want)
		}
	}
}

func TestChangesTakeThePlaceOfFields(t *testing.T) {
	files, err := generate(t, `
[4]byte struct:addr
Gap struct:gap 1=Hole:uint8
Pair pair_t one+two=Both:[8]byte
Outer struct:outer 0=Bits:[4]byte pair=_ f=F:int32 kind=Split:[2]uint8,Rest:uint16 addr=_
Msg struct:msg m_data=Data:[5]char
Foreign struct:msg as=386
Sized struct:msg bytes
Count unsigned:int
SizeofWord long
Other struct:word struct:addr@386
Only struct:addr only=386`)
	if err != nil {
		t.Fatal(err)
	}
	for arch, want := range map[string]map[string]string{
		"amd64": {
			"Gap": "Flag uint8 00, Hole uint8 01, Big uint64 08, Tail uint8 16", "Pair": "Both [8]byte 00",
			"Outer": "Bits [4]byte 00, Inner Gap 16, Split [2]uint8 40, Rest uint16 42, F int32 48",
			"Msg":   "Family uint8 00, Index uint32 04, Change int32 08, Data [5]int8 12",
			"Other": "W int64 00", "Foreign": "Family uint8 00, Index uint32 04, Change int32 08",
		},
		"386": {"Other": "Addr uint32 00", "Only": "Addr uint32 00",
			"Foreign": "Family uint8 00, Index uint32 04, Change int32 08"},
	} {
		pkg, sizes := gentest.Check(t, files, arch), gentest.Sizes(arch)
		for name, fields := range want {
			if got := layout(pkg, sizes, name); got != fields {
				t.Errorf("%s: %s is %s\nwant %s", arch, name, got, fields)
			}
		}
	}
	pkg := gentest.Check(t, files, "amd64")
	for name, want := range map[string]string{"Sized": "[12]byte", "Count": "uint32"} {
		if got := pkg.Scope().Lookup(name).Type().Underlying().String(); got != want {
			t.Errorf("%s is a %s, want a %s", name, got, want)
		}
	}
	for name, want := range map[string]string{"SizeofWord": "8", "SizeofMsg": "20"} {
		if got := pkg.Scope().Lookup(name).(*types.Const).Val().String(); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if pkg.Scope().Lookup("Only") != nil {
		t.Error("amd64 has a type that is 386's only")
	}
}

// TestGenerateRefuses has what no list may say. Each error says where it stands.
func TestGenerateRefuses(t *testing.T) {
	for _, c := range []struct{ list, want string }{
		{"Msg", "list:1: want a Go type and a C type"},
		{"9sg struct:msg", `list:1: "9sg" is no name of a Go type`},
		{"Msg struct:none", "list:1: type Msg on 386: struct none is not among the facts"},
		{"Msg enum:color@386", "list:1: type Msg on amd64: it has no C type there"},
		{"Msg struct:msg\nMsg struct:gap", "list:2: type Msg is there twice"},
		{"Msg struct:msg odd", `list:1: want FIELD=GONAME, not "odd"`},
		{"Msg struct:msg m_index=", `list:1: want FIELD=GONAME, not "m_index="`},
		{"Msg struct:msg m_index=9", `list:1: "9" is no name of a field`},
		{"Msg struct:msg m_index=A m_index=B", "list:1: m_index is there twice"},
		{"Msg struct:msg bytes bytes", "list:1: bytes is there twice"},
		{"Msg struct:msg bytes m_index=A", "list:1: an array of bytes has no fields"},
		{"Msg struct:msg nothing=X", `list:1: type Msg on 386: it has no field "nothing"`},
		{"Msg struct:msg m_index=I:uint64", "m_index is not a uint64"},
		{"Msg struct:msg m_index=I:[3]byte", "m_index is not a [3]byte"},
		{"Msg struct:msg m_index=I:[-4]byte", `field m_index: strconv.ParseUint: parsing "-4"`},
		{"Msg struct:msg m_index=I:Other", "field m_index: Other is no type"},
		{"P struct:packed", "list:1: type P on 386: U uint32 at offset 1 is out of Go's alignment"},
		{"O struct:outer", "pair_t is not in the list"},
		{"W struct:word,struct:gap", "list:1: type W on 386: struct gap is not of its size"},
		{"W struct:word,struct:none", "list:1: type W on 386: struct none is not among the facts"},
		{"Gap struct:gap only=vax", `list:1: unknown architecture "vax"`},
		{"Gap struct:gap as=vax", `list:1: unknown architecture "vax"`},
		{"Gap struct:gap flag@vax=_", `list:1: unknown architecture "vax"`},
		{"Gap struct:gap 7=X:uint32", "field big is only in part another one"},
		{"Gap struct:gap as=386", "Big uint64 at offset 4 is out of Go's alignment"},
		{"Gap struct:gap tail=Flag", "two fields are called Flag"},
		{"Gap struct:gap flag+big=X:uint8", "flag+big is not a uint8"},
		{"Gap struct:gap flag+big=X", "of what type is X?"},
		{"[8]byte struct:addr", "struct addr has 4 bytes"},
		{"SizeofNone struct:none", "list:1: type SizeofNone on 386: type struct none is not among the facts"},
	} {
		files, err := generate(t, c.list)
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "list:") || files != nil {
			t.Errorf("%q: %d files and error %v, want one with %q", c.list, len(files), err, c.want)
		}
	}
}
