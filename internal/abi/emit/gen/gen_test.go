package gen

import (
	"reflect"
	"strings"
	"testing"

	"kern.sys/internal/abi"
)

// DB returns a database of integer constants: lines "NAME HEADER VALUE [ARCH=VALUE]...".
func db(t *testing.T, text string) *abi.DB {
	t.Helper()
	d := abi.NewDB()
	for line := range strings.Lines(text) {
		w := strings.Fields(line)
		on := map[string]string{"386": w[2], "amd64": w[2]}
		for _, o := range w[3:] {
			a, v, _ := strings.Cut(o, "=")
			on[a] = v
		}
		for a, v := range on {
			if v == "-" {
				continue
			}
			if err := d.AddConst(a, w[0], w[1], abi.Int, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

func names(consts []Const) string {
	var out []string
	for _, c := range consts {
		out = append(out, c.Name)
	}
	return strings.Join(out, " ")
}

const facts = `
AF_A linux/a.h 1
AF_B linux/a.h 2
AF_MAX linux/a.h 3
__AF_HIDDEN linux/a.h 4
lower linux/a.h 5
SHARED linux/a.h 6 386=-
SHARED linux/b.h 7 amd64=-
TWICE linux/a.h 8
TWICE linux/b.h 8
ODD linux/a.h 9
ODD linux/b.h 10`

func TestSelect(t *testing.T) {
	d := db(t, strings.TrimSpace(facts))
	for list, want := range map[string]string{
		"linux/a.h":                         "AF_A AF_B AF_MAX ODD SHARED TWICE",
		"linux/a.h ^AF_":                    "AF_A AF_B AF_MAX",
		"linux/a.h ^AF_ !_MAX$":             "AF_A AF_B",
		"linux/a.h !^AF_":                   "ODD SHARED TWICE",
		"linux/a.h !^ODD\nlinux/b.h !^ODD$": "AF_A AF_B AF_MAX SHARED TWICE",
	} {
		got, err := Select(d, ParseList("list", list))
		if err != nil || names(got) != want {
			t.Errorf("%q selects %q and %v, want %q", list, names(got), err, want)
		}
	}
	got, err := Select(d, ParseList("list", "linux/a.h SHARED\nlinux/b.h SHARED"))
	if err != nil || got[0].On["386"] != "7" || got[0].On["amd64"] != "6" {
		t.Errorf("SHARED is %v and %v: each header is right on its architecture", got, err)
	}
}

func TestSelectRefuses(t *testing.T) {
	d := db(t, strings.TrimSpace(facts))
	for list, want := range map[string]string{
		"\nlinux/c.h":                       "list:2: no constant of linux/c.h matches",
		"linux/a.h ^NO":                     "no constant of linux/a.h matches",
		"linux/a.h !^NO":                    "no constant of linux/a.h is left out by !^NO",
		"linux/a.h (":                       "error parsing regexp",
		"linux/a.h\nlinux/b.h":              "constant ODD is 9 and, in linux/b.h, 10",
		"linux/a.h ^__AF_HIDDEN":            "no constant of linux/a.h matches",
		"linux/a.h ^AF\nlinux/a.h ^AF !MAX": "list:2: linux/a.h ^AF !MAX: dir/list:1 selects all of that",
		"linux/a.h ^AF_A\n\nlinux/a.h ^AF_B\nlinux/a.h ^AF !MAX": "list:4: linux/a.h ^AF !MAX: dir/list:1 and dir/list:3 " +
			"select all of that",
	} {
		if _, err := Select(d, ParseList("dir/list", list)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error is %v, want one with %q", list, err, want)
		}
	}
}

func TestHoist(t *testing.T) {
	archs := []string{"386", "amd64"}
	decls := []Decl{
		{Key: "A", On: map[string]string{"386": "A = 1", "amd64": "A = 1"}},
		{Key: "B", On: map[string]string{"386": "B = 1", "amd64": "B = 2"}},
		{Key: "C", On: map[string]string{"386": "C = 1"}},
		{Key: "D", On: map[string]string{"amd64": "D = 1"}},
		{Key: "E", On: map[string]string{"386": "E = 1", "amd64": "E = 1"}},
	}
	common, rest := Hoist(archs, decls)
	text := func(arch string, decls []Decl) string {
		var b strings.Builder
		Block(&b, "const", arch, decls)
		return strings.Join(strings.Fields(b.String()), " ")
	}
	for _, test := range []struct{ what, got, want string }{
		{"common", text("386", common), "const ( A = 1 E = 1 )"},
		{"386", text("386", rest["386"]), "const ( B = 1 C = 1 )"},
		{"amd64", text("amd64", rest["amd64"]), "const ( B = 2 D = 1 )"},
		{"nothing", text("arm", nil), ""},
	} {
		if test.got != test.want {
			t.Errorf("%s is %q, want %q", test.what, test.got, test.want)
		}
	}
}

func TestLiteral(t *testing.T) {
	for _, test := range []struct {
		kind        abi.Kind
		value, want string
	}{
		{abi.Int, "0", "0x0"}, {abi.Int, "255", "0xff"}, {abi.Int, "-100", "-0x64"},
		{abi.Int, "18446744073709551615", "0xffffffffffffffff"}, {abi.String, `"a"`, `"a"`}, {Rune, "'f'", "'f'"},
	} {
		if got, err := Literal(test.kind, test.value); err != nil || got != test.want {
			t.Errorf("%s %s is %s and %v, want %s", test.kind, test.value, got, err, test.want)
		}
	}
	if _, err := Literal(abi.Int, "one"); err == nil {
		t.Error("a word is taken for a number")
	}
}

func TestCamel(t *testing.T) {
	for c, want := range map[string]string{"nlmsghdr": "Nlmsghdr", "ifla_vf_mac": "IflaVfMac", "__user_cap": "UserCap",
		"a__b": "AB"} {
		if got := Camel(c); got != want {
			t.Errorf("%s is %s, want %s", c, got, want)
		}
	}
}

func TestFileRefusesWhatIsNoGo(t *testing.T) {
	if _, err := File("", "a", "const = 1"); err == nil {
		t.Error("nonsense is formatted")
	}
	got, err := File("linux", "a", "const A  = 1\n")
	if want := Header + "\n\n//go:build linux\n\npackage a\n\nconst A = 1\n"; err != nil || string(got) != want {
		t.Errorf("got %q and %v, want %q", got, err, want)
	}
}

func TestParseList(t *testing.T) {
	got := ParseList("list", "# head\na b # c\n\tc=d\n\n\te=f\ng\n")
	want := []Line{{[]string{"a", "b", "c=d", "e=f"}, "list:2"}, {[]string{"g"}, "list:6"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
