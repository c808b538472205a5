package mkuapi

import (
	"go/types"
	"strings"
	"testing"

	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/gentest"
)

const consts = `
IFLA_MTU int linux/a.h 4
SOL_SOCKET int linux/a.h 1 mips=65535
PARTLY int linux/a.h 1 386=-
NAME string linux/a.h "eth"
GRE_KEY int linux/b.h 32 mips=8192
`

const facts = `
base char
	size 1 signed
@mips
	size 1 unsigned
base signed char
	size 1 signed
base unsigned char
	size 1 unsigned
base unsigned short
	size 2 unsigned
base unsigned int
	size 4 unsigned
base int
	size 4 signed
base unsigned long long
	size 8 unsigned
base unsigned long
	size 8 unsigned
@386,mips
	size 4 unsigned
typedef __u16 asm/types.h
	= unsigned short
typedef __be16 linux/types.h
	= __u16
struct inner linux/a.h
	size 4 align 2
	0 i_one __u16
	2 i_two __be16
struct msg linux/a.h
	size 48 align 4
	0 m_family unsigned char
	1 m_pad1 unsigned char
	2 m_sign signed char
	4 m_index int
	8 m_name [5]char
	16 m_long [2]unsigned long long
	32 m_in [2]struct inner
	40:3 m_bits unsigned int
	44 __m_reserved unsigned int
	48 m_rest []unsigned char
struct mixed linux/a.h
	size 4 align 2
	0 a_one __u16
	2 two __u16
struct tail linux/a.h
	size 16 align 8
	0 big unsigned long long
	8 small int
@386
	size 12 align 4
	0 big unsigned long long
	8 small int
struct moved linux/a.h
	size 16 align 8
	0 small int
	8 big unsigned long long
@386
	size 12 align 4
	0 small int
	4 big unsigned long long
struct word linux/a.h
	size 8 align 8
	0 w unsigned long
@386,mips
	size 4 align 4
	0 w unsigned long
struct half linux/a.h
	-
@amd64
	size 4 align 4
	0 i int
struct joined linux/a.h
	size 8 align 4
	0 - union(8) {
		0 - struct(8) {
			0 i int
			4 - struct(4) {
				0 at union addr
			}
		}
	}
union addr linux/a.h
	size 4 align 4
	0 four unsigned int
	0 bytes [4]unsigned char
struct several linux/a.h
	size 4 align 4
	0 - union(4) {
		0 i int
		0 u unsigned int
	}
`

const list = `
const linux/a.h !^(SOL|PART)
be16 linux/b.h
struct inner
struct msg
struct mixed
struct tail tail
struct moved not 386
struct joined flat
array union addr
bits msg
`

func generate(t *testing.T, list string) (map[string][]byte, error) {
	t.Helper()
	return Generate(gentest.Facts(t, consts, facts, ""), gentest.Archs(), gen.ParseList("list", list))
}

func TestGenerate(t *testing.T) {
	files, err := generate(t, list)
	if err != nil {
		t.Fatal(err)
	}
	pkg := gentest.Check(t, files, "386")
	for name, want := range map[string]string{
		"IFLA_MTU": "4", "NAME": `"eth"`, "GRE_KEY": "8192",
		"SizeofInner": "4", "SizeofMsg": "48", "SizeofTail": "16", "SizeofMoved": "16", "SizeofJoined": "8",
		"MsgMBits": "40",
	} {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok || c.Val().ExactString() != want {
			t.Errorf("%s is %v, want %s", name, c, want)
		}
	}
	for name, want := range map[string]string{
		"Inner":  "struct{One uint16; Two uint16}",
		"Msg":    "struct{Family uint8; Sign int8; Index int32; Name [5]uint8; Long [2]uint64; In [2]Inner}",
		"Mixed":  "struct{AOne uint16; Two uint16}",
		"Tail":   "struct{Big uint64; Small int32}",
		"Joined": "struct{I int32; At Addr}",
		"Moved":  "struct{Small int32; Big uint64}",
	} {
		typ := pkg.Scope().Lookup(name).Type()
		if got := types.TypeString(typ.Underlying(), func(*types.Package) string { return "" }); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
		for _, method := range []string{"Decode", "Put"} {
			if obj, _, _ := types.LookupFieldOrMethod(types.NewPointer(typ), true, pkg, method); obj == nil {
				t.Errorf("%s has no method %s", name, method)
			}
		}
	}
	src := strings.Join(strings.Fields(string(files["zstruct.go"])), " ")
	for _, want := range []string{
		"m.One = binary.NativeEndian.Uint16(b[0:]) m.Two = binary.BigEndian.Uint16(b[2:])",
		"binary.BigEndian.PutUint16(b[2:], m.Two)",
		"m.Sign = int8(b[2])", "b[2] = uint8(m.Sign)",
		"m.Index = int32(binary.NativeEndian.Uint32(b[4:]))",
		"copy(m.Name[:], b[8:])", "copy(b[8:], m.Name[:])",
		"m.Long[1] = binary.NativeEndian.Uint64(b[24:])",
		"m.In[1].Decode(b[36:40])", "m.In[1].Put(b[36:40])",
		"m.Big = binary.NativeEndian.Uint64(b[8:])",
	} {
		if !strings.Contains(src, want) {
			t.Errorf("the code lacks %q", want)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	for list, want := range map[string]string{
		"enum a":                     `want "const", "be16", "struct", "bits" or "array", not "enum a"`,
		"struct msg odd":             `unexpected ["odd"]`,
		"struct inner\nstruct inner": "list:2: struct inner is there twice",
		"struct none":                "struct none: not among the facts",
		"array none_t":               "none_t: not among the facts",
		"struct msg":                 "struct inner is not in the list",
		"struct tail":                "struct tail: differs between 386",
		"struct moved":               "struct moved: differs between 386",
		"struct moved tail":          "struct moved: differs between 386",
		"struct word":                "struct word: differs between 386",
		"struct half":                "struct half: 386 lacks it",
		"struct joined":              "anonymous structures are not understood",
		"struct several flat":        "anonymous structures are not understood",
		"bits none":                  "struct none: not among the facts",
		"bits inner":                 "struct inner has no bit fields",
		"bits half":                  "struct half: differs between 386",
		"const linux/a.h SOL_SOCKET": "constant SOL_SOCKET is 1 on 386 and 65535 on mips: it belongs into unix",
		"const linux/a.h PARTLY":     "constant PARTLY is absent on 386: it belongs into unix",
		"const linux/b.h":            "constant GRE_KEY is 32 on 386 and 8192 on mips",
		"be16 linux/a.h SOL_SOCKET":  "constant SOL_SOCKET is 256 on 386 and 65535 on mips",
		"be16 linux/a.h NAME":        "constant NAME on 386: strconv.ParseUint",
		"const linux/a.h ^IFLA\nbe16 linux/a.h ^IFLA": "list:2: constant IFLA_MTU is there in list:1",
		"const linux/c.h\nstruct inner":               "no constant of linux/c.h matches",
		"const linux/c.h\nstruct nowhere2":            "struct nowhere2: not among the facts",
	} {
		if _, err := generate(t, list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want one with %q", list, err, want)
		}
	}
}
