package abi

import (
	"strings"
	"testing"
)

const flatFacts = `base int | 4 signed
const A int a.h 7
const SYS_read int sys/syscall.h 3
enum e a.h size 4 align 0 unsigned
no M a.h a macro with arguments
struct s a.h size 16 align 4
	0 n int
	4 u union(8)
		0 a int
		0 b [2]int
	12 c bytes4
typedef t a.h = bytes4`

func TestReadFlat(t *testing.T) {
	db := NewDB()
	if err := ReadFlat(db, "amd64", strings.Split(flatFacts, "\n")); err != nil {
		t.Fatal(err)
	}
	text := db.Text([]string{"amd64"})
	for file, want := range map[string]string{
		constFile:   "A int a.h 7\n",
		syscallFile: "read 3\n",
		typeFile: "struct s a.h\n\tsize 16 align 4\n\t0 n int\n\t4 u union(8) {\n\t\t0 a int\n\t\t0 b " +
			"[2]int\n\t}\n\t12 c [4]unsigned char\n",
	} {
		if !strings.Contains(string(text[file]), want) {
			t.Errorf("%s has\n%s\nwant %s", file, text[file], want)
		}
	}
	if strings.Contains(string(text[constFile]), "M ") {
		t.Error("what is no constant is among them")
	}
}

func TestReadFlatRefuses(t *testing.T) {
	for line, want := range map[string]string{
		"konst A int a.h 7":                        `1: want a fact`,
		"const A int a.h x":                        "1: constant A: strconv",
		"struct s a.h size x align 4":              "1: type s: want size and align",
		"base int | 4 signed\nbase int | 8 signed": "2: type int of ",
	} {
		if err := ReadFlat(NewDB(), "amd64", strings.Split(line, "\n")); err == nil ||
			!strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v, want %s", line, err, want)
		}
	}
}
