package mknl

import (
	"go/types"
	"strings"
	"testing"

	"kern.sys/internal/abi/emit/gen"
	"kern.sys/internal/abi/emit/gentest"
)

const consts = `
IFLA_MTU int linux/a.h 4
IFLA_NEW int linux/a.h 5
SOL_SOCKET int linux/a.h 1 mips=65535
PARTLY int linux/a.h 1 386=-
NAME string linux/a.h "eth"
GRE_KEY int linux/b.h 32 mips=8192
`

const facts = `
base unsigned char
	size 1 unsigned
base unsigned short
	size 2 unsigned
base unsigned int
	size 4 unsigned
base unsigned long
	size 8 unsigned
@386,mips
	size 4 unsigned
typedef __u8 asm/types.h
	= unsigned char
typedef __u32 asm/types.h
	= unsigned int
typedef __be16 linux/types.h
	= unsigned short
typedef addr_t linux/a.h
	= union(8)
	0 a4 __u32
	0 a8 [8]__u8
struct gen linux/a.h
	size 8 align 4
	0 index __u32
	4 action __u32
struct act linux/a.h
	size 12 align 4
	0 index __u32
	4 action __u32
	8 port __be16
struct outer linux/a.h
	size 24 align 4
	0 o_addr addr_t
	8 o_gen struct gen
	16 o_kind __u8
	20 o_last __u32
struct word linux/a.h
	size 8 align 8
	0 w unsigned long
@386,mips
	size 4 align 4
	0 w unsigned long
`

const list = `
const linux/a.h IFLA_MTU GO_NAME=NAME
typed uint16 linux/a.h IFLA_NEW
be16 linux/b.h GRE_KEY
sizeof SizeofThat struct:gen
array Addr addr_t
struct Gen gen sizeof
struct Act act head=Gen port=Dport without=Deserialize More:[]Gen
struct Outer outer sizeof=SizeOfOuter o_gen=+ Pad@17:[3]byte o_kind=Kind:byte
struct Msg gen unix=Gen
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
	linux := strings.Join(strings.Fields(string(files["ztypes_linux.go"])), " ")
	for _, want := range []string{
		`"kern.sys/unix"`, "type Msg struct { unix.Gen }", "m.Gen.Index = binary.NativeEndian.Uint32(b[0:])",
	} {
		if !strings.Contains(linux, want) {
			t.Errorf("the code for Linux lacks %q", want)
		}
	}
	delete(files, "ztypes_linux.go")
	pkg := gentest.Check(t, files, "386")
	for name, want := range map[string]string{
		"IFLA_MTU": "4", "GO_NAME": `"eth"`, "IFLA_NEW": "5", "GRE_KEY": "8192", "SizeofThat": "8", "SizeofAddr": "8",
		"SizeofGen": "8", "SizeOfOuter": "24",
	} {
		c, ok := pkg.Scope().Lookup(name).(*types.Const)
		if !ok || c.Val().ExactString() != want {
			t.Errorf("%s is %v, want %s", name, c, want)
		}
	}
	if typ := pkg.Scope().Lookup("IFLA_NEW").Type().String(); typ != "uint16" {
		t.Errorf("IFLA_NEW is a %s", typ)
	}
	for name, want := range map[string]string{
		"Addr":  "[8]byte",
		"Gen":   "struct{Index uint32; Action uint32}",
		"Act":   "struct{Gen; Dport uint16; More []Gen}",
		"Outer": "struct{Addr Addr; Gen; Kind byte; Pad [3]byte; Last uint32}",
	} {
		typ := pkg.Scope().Lookup(name).Type()
		if got := types.TypeString(typ.Underlying(), func(*types.Package) string { return "" }); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
	if pkg.Scope().Lookup("DeserializeAct") != nil || pkg.Scope().Lookup("DeserializeOuter") == nil {
		t.Error("the wrong functions Deserialize… are there")
	}
	src := strings.Join(strings.Fields(string(files["ztypes.go"])), " ")
	for _, want := range []string{
		"m.Gen.decode(b[0:8]) m.Dport = binary.NativeEndian.Uint16(b[8:])", "Dport uint16 // in network byte order",
		"copy(m.Addr[:], b[0:])", "m.Gen.put(b[8:16])", "copy(b[17:], m.Pad[:])",
		"func (m *Outer) Len() int { return 24 }",
	} {
		if !strings.Contains(src, want) {
			t.Errorf("the code lacks %q", want)
		}
	}
	tests := string(files["ztypes_linux_test.go"])
	if strings.Contains(tests, "DeserializeAct") || !strings.Contains(tests, `"Act", 12,`) {
		t.Errorf("the tests are told of\n%s", tests)
	}
}

func TestGenerateRefuses(t *testing.T) {
	for list, want := range map[string]string{
		"enum a":                                       `want "const", "typed",`,
		"const linux/a.h":                              `want "const", "typed",`,
		"const linux/b.h IFLA_MTU":                     "list:1: linux/b.h has no IFLA_MTU",
		"const linux/a.h PARTLY":                       "constant PARTLY is absent on 386",
		"const linux/a.h SOL_SOCKET":                   "constant SOL_SOCKET is 1 on 386 and 65535 on mips",
		"const linux/a.h IFLA_MTU IFLA_MTU":            "list:1: IFLA_MTU is there in list:1",
		"const linux/a.h mtu=IFLA_MTU":                 "mtu is no exported name",
		"be16 linux/a.h NAME":                          "constant NAME on 386: strconv.ParseUint",
		"sizeof X struct:none":                         "struct:none: not among the facts",
		"sizeof X struct:word":                         "struct:word has 4 bytes on 386 and 8 on amd64",
		"array X none_t":                               "none_t: not among the facts",
		"struct None none":                             "list:1: struct None: not among the facts",
		"struct Word word":                             "struct Word: differs between 386",
		"struct Outer outer":                           "type union(8) is not understood",
		"array A addr_t\nstruct O outer":               "struct gen is not in the list",
		"struct Gen gen odd":                           `list:1: "odd" is not understood`,
		"struct Gen gen none=X":                        "no field none",
		"struct Gen gen index=Index":                   "field index has the name Index already",
		"struct Gen gen index=X:byte":                  "field index is a uint32, not a byte",
		"struct Gen gen index=+":                       "field index is no structure",
		"struct Gen gen Pad@2:byte":                    "padding Pad: field index is there",
		"struct Gen gen Pad@8:byte":                    "padding Pad: the structure has 8 bytes",
		"struct Gen gen Pad@0:int":                     "padding of type int",
		"struct Gen gen without=Size":                  "Size is none of Len, Serialize, Deserialize",
		"struct Act act head=Gen":                      "Gen is not in the list before it",
		"struct Act act\nstruct Gen gen head=Act":      "does not begin like Act",
		"struct Gen gen\nstruct Gen gen":               "list:2: Gen is there in list:1",
		"struct A gen sizeof=X\nstruct B act sizeof=X": "X is there in list:1",
	} {
		if _, err := generate(t, list); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want one with %q", list, err, want)
		}
	}
}
