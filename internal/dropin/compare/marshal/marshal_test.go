package main

import (
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestMarshal compares everything: the command's own job.
func TestMarshal(t *testing.T) {
	n, problems, err := compare("", false)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	if n.platforms < 20 || n.functions < 3000 || n.alike < n.functions*9/10 {
		t.Errorf("compared: %+v", n)
	}
}

// source is a package with one function in a generated file.
func source(t *testing.T, body string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	text := "package unix\n\nimport \"unsafe\"\n\nconst SYS_CALL = 7\n\n" + body
	if _, err := parser.ParseFile(token.NewFileSet(), "", text, 0); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "zsyscall_freebsd.go"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return partsOf(t, dir)
}

func partsOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	all, err := read(dir, "freebsd", "386")
	if err != nil {
		t.Fatal(err)
	}
	return all["f"].parts(false)
}

const entryPoints = `
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err error)
func BytePtrFromString(s string) (*byte, error)
func errnoErr(error) error
`

// TestArgumentsAreSeen has one function in several wrong forms: each is another one than the right form.
func TestArgumentsAreSeen(t *testing.T) {
	const right = `
func f(fd int, path string, p []byte, off int64) (n int, err error) {
	var _p0 *byte
	_p0, err = BytePtrFromString(path)
	if err != nil {
		return
	}
	var _p1 unsafe.Pointer
	if len(p) > 0 {
		_p1 = unsafe.Pointer(&p[0])
	} else {
		_p1 = unsafe.Pointer(&_zero)
	}
	r0, _, e1 := Syscall6(SYS_CALL, uintptr(fd), uintptr(unsafe.Pointer(_p0)), uintptr(_p1), uintptr(len(p)), uintptr(off), uintptr(off>>32))
	n = int(r0)
	if e1 != nil {
		err = errnoErr(e1)
	}
	return
}
var _zero uintptr
`
	want := source(t, right+entryPoints)
	if want["arg0"] != "p0" || want["arg1"] != "text(p1)" || want["arg2"] != "data(p2,zero)" ||
		want["arg3"] != "len(p2)" || want["arg4"] != "low32(p3)" ||
		want["arg5"] != "low32((p3>>32))" || want["result0"] != "r0" || want["error"] != "errno" || want["target"] != "7" ||
		want["entry"] != "blocks" {
		t.Errorf("%v", want)
	}
	for _, change := range [][2]string{
		{"uintptr(off), uintptr(off>>32)", "uintptr(off>>32), uintptr(off)"}, {"uintptr(len(p))", "uintptr(len(path))"},
		{"uintptr(fd)", "uintptr(int8(fd))"},
		{"SYS_CALL,", "8,"}, {"n = int(r0)", "n = int(int16(r0))"}, {"err = errnoErr(e1)", "err = nil"},
		{"uintptr(off>>32))", "0)"},
		{" else {\n\t\t_p1 = unsafe.Pointer(&_zero)\n\t}", ""},
	} {
		text := strings.Replace(right, change[0], change[1], 1)
		if got := source(t, text+entryPoints); text == right || reflect.DeepEqual(got, want) {
			t.Errorf("%s in place of %s is not seen: %v", change[1], change[0], got)
		}
	}
}

func TestWidths(t *testing.T) {
	p := &platform{sizes: types.SizesFor("gc", "amd64"), word: 8}
	for _, c := range []struct {
		v    value
		to   types.Type
		want string
	}{
		{value{"p0", 4, true}, types.Typ[types.Uintptr], "sext64(p0)"},
		{value{"p0", 4, false}, types.Typ[types.Uintptr], "zext64(p0)"},
		{value{"p0", 8, true}, types.Typ[types.Uint32], "low32(p0)"},
		{value{"p0", 8, false}, types.Typ[types.Int], "p0"},
		{value{"7", 8, true}, types.Typ[types.Uint8], "7"},
	} {
		size, signed := p.width(c.to)
		if got := c.v.to(size, signed).text; got != c.want {
			t.Errorf("%+v to %s: %s, want %s", c.v, c.to, got, c.want)
		}
	}
}
