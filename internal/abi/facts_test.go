package abi

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var testArchs = []string{"386", "amd64", "arm", "mips"}

// small returns a database with one fact of each kind.
func small(t *testing.T) *DB {
	t.Helper()
	db := NewDB()
	add := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, a := range testArchs {
		value := "1"
		if a == "mips" {
			value = "65535"
		}
		add(db.AddConst(a, "SOL_SOCKET", "asm/socket.h", Int, value))
		if a != "arm" {
			add(db.AddConst(a, "GREETING", "linux/hello.h", String, `"a \"b\" = c"`))
		}
		add(db.AddConst(a, "EMPTY", "linux/hello.h", String, `""`))
		add(db.AddType(a, Base, "unsigned int", "", &Layout{Size: 4, Encoding: "unsigned"}))
		add(db.AddType(a, Enum, "color", "linux/hello.h", &Layout{Size: 4, Encoding: "unsigned"}))
		add(db.AddType(a, Typedef, "__u32", "asm/types.h", &Layout{Target: "unsigned int"}))
		add(db.AddType(a, Typedef, "pair_t", "linux/hello.h", &Layout{Target: "struct(8)", Fields: []Field{
			{Name: "a", Type: "__u32"}, {Name: "b", Offset: 4, Type: "__u32"},
		}}))
		l := &Layout{Size: 16, Align: 4, Fields: []Field{
			{Name: "low", Offset: 0, Bits: 4, Type: "__u32"},
			{Name: "list", Offset: 4, Type: "[2]*__u32"},
			{Offset: 12, Type: "union(4)", Members: []Field{
				{Name: "x", Type: "__u32"},
				{Name: "y", Type: "[1]struct(4)", Members: []Field{{Name: "z", Type: "enum color"}}},
			}},
			{Name: "rest", Offset: 16, Type: "[]__u32"},
		}}
		if a == "amd64" {
			l.Size, l.Align = 24, 8
		}
		add(db.AddType(a, Struct, "hello", "linux/hello.h", l))
	}
	add(db.AddSyscall("386", "llseek", "140"))
	add(db.AddSyscall("arm", "llseek", "140"))
	return db
}

func TestTextGivesWhatMostHaveOnce(t *testing.T) {
	text := small(t).Text(testArchs)
	want := map[string][]string{
		constFile: {
			`SOL_SOCKET int asm/socket.h 1 mips=65535`,
			`GREETING string linux/hello.h "a \"b\" = c" arm=-`,
			`EMPTY string linux/hello.h ""`,
		},
		syscallFile: {`llseek 140 amd64,mips=-`},
		typeFile: {
			"typedef pair_t linux/hello.h\n\t= struct(8)\n\t0 a __u32\n\t4 b __u32\n",
			"struct hello linux/hello.h\n\tsize 16 align 4\n\t0:4 low __u32\n\t4 list [2]*__u32\n\t12 - union(4) {\n\t\t0 x " +
				"__u32\n" +
				"\t\t0 y [1]struct(4) {\n\t\t\t0 z enum color\n\t\t}\n\t}\n\t16 rest []__u32\n@amd64\n\tsize 24 align 8\n",
		},
	}
	for file, parts := range want {
		for _, part := range parts {
			if !strings.Contains(string(text[file]), part) {
				t.Errorf("%s lacks\n%s\nit is\n%s", file, part, text[file])
			}
		}
	}
}

func write(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestReadUndoesText(t *testing.T) {
	for name, db := range map[string]*DB{"small": small(t), "committed": committed(t)} {
		archs := testArchs
		if name == "committed" {
			archs = ArchNames(Linux())
		}
		text := db.Text(archs)
		again, err := Read(write(t, text), archs)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for file, b := range again.Text(archs) {
			if string(b) != string(text[file]) {
				t.Errorf("%s: %s differs after it was read", name, file)
			}
		}
	}
}

// committed returns the facts that are in the repository.
func committed(t *testing.T) *DB {
	t.Helper()
	db, err := Read("facts/linux", ArchNames(Linux()))
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestCommittedFactsAreWhole(t *testing.T) {
	db := committed(t)
	if err := db.Check(); err != nil {
		t.Error(err)
	}
	for name, b := range db.Text(ArchNames(Linux())) {
		file, err := os.ReadFile(filepath.Join("facts/linux", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(file) != string(b) {
			t.Errorf("%s is not as it is written: it was edited by hand", name)
		}
	}
}

func TestTypeFindsStructuresWithoutTag(t *testing.T) {
	db := NewDB()
	for _, a := range testArchs {
		l := &Layout{Size: 8, Fields: []Field{
			{Type: "struct(4)", Members: []Field{{Type: "union(4)",
				Members: []Field{{Name: "x", Type: "int"}, {Name: "y", Type: "int"}}}}},
			{Name: "batch", Type: "struct(8)", Members: []Field{{Name: "z", Type: "int"}}},
			{Name: "plain", Type: "int"},
		}}
		if err := db.AddType(a, Union, "u", "linux/u.h", l); err != nil {
			t.Fatal(err)
		}
	}
	for name, size := range map[string]int64{"union u.y": 4, "union u.batch": 8, "union u.z": 0, "union u.plain": 0,
		"union u.": 0, "union v.y": 0} {
		typ, ok := db.Type(name)
		if ok != (size > 0) || ok && (typ.On["arm"].Size != size || typ.Header != "linux/u.h" ||
			len(typ.On["arm"].Fields) != 1) {
			t.Errorf("%s: %+v, %v", name, typ, ok)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for _, test := range []struct{ what, file, text, want string }{
		{"a line without a value", constFile, "A int linux/a.h", `const.txt:1: want name, kind, header and value`},
		{"an unknown kind", constFile, "A float linux/a.h 1", `unknown kind "float"`},
		{"a constant twice", constFile, "A int linux/a.h 1\nA int linux/a.h 1",
			`const.txt:2: constant A of linux/a.h is there twice`},
		{"a value that is no number", constFile, "A int linux/a.h 0x1", `constant A: strconv.ParseUint`},
		{"a number that is too large", constFile, "A int linux/a.h 18446744073709551616", `value out of range`},
		{"a string without its end", constFile, `A string linux/a.h "b`, `invalid syntax`},
		{"an unknown architecture", constFile, "A int linux/a.h 1 vax=2", `unknown architecture "vax"`},
		{"an architecture twice", constFile, "A int linux/a.h 1 arm=2 arm=3", `architecture arm is there twice`},
		{"a system call twice", syscallFile, "read 0\nread 1", `syscall.txt:2: system call read is there twice`},
		{"a number that is none", syscallFile, "read zero", `system call read: strconv`},
		{"a type of no kind", typeFile, "class a linux/a.h\n\tsize 1 align 1", `want kind, name and header`},
		{"a type without layout", typeFile, "struct a linux/a.h", `has no layout`},
		{"a layout of nothing", typeFile, "struct a linux/a.h\n\tsize 1 align 1\n@arm", `no layout`},
		{"a type twice", typeFile, "base int\n\tsize 4 signed\nbase int\n\tsize 4 signed", `type int is there twice`},
		{"an unknown encoding", typeFile, "base int\n\tsize 4 odd", `unknown encoding "odd"`},
		{"a field without type", typeFile, "struct a linux/a.h\n\tsize 1 align 1\n\t0 b", `offset, name and type`},
		{"a field at no offset", typeFile, "struct a linux/a.h\n\tsize 1 align 1\n\tx b int", `offset of field b`},
		{"a bit field of no width", typeFile, "struct a linux/a.h\n\tsize 1 align 1\n\t0:0 b int", `width of bit field b`},
		{"members without end", typeFile, "struct a linux/a.h\n\tsize 1 align 1\n\t0 b union(1) {\n\t\t0 c int",
			`members of field "b" do not end`},
		{"an unknown architecture's layout", typeFile, "struct a linux/a.h\n\tsize 1 align 1\n@vax\n\t-",
			`architecture "vax" is unknown`},
		{"more after a layout", typeFile, "base int\n\tsize 4 signed\n\t0 a int", `unexpected "\t0 a int"`},
	} {
		t.Run(test.what, func(t *testing.T) {
			files := map[string][]byte{constFile: []byte("#\n"), syscallFile: []byte("#\n"), typeFile: []byte("#\n")}
			files[test.file] = []byte(test.text + "\n")
			_, err := Read(write(t, files), testArchs)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error is %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestAddRefusesWhatContradicts(t *testing.T) {
	for what, second := range map[string]func(*DB) error{
		"another value":  func(db *DB) error { return db.AddConst("386", "SOL_SOCKET", "asm/socket.h", Int, "2") },
		"another kind":   func(db *DB) error { return db.AddConst("386", "SOL_SOCKET", "asm/socket.h", String, `"1"`) },
		"another number": func(db *DB) error { return db.AddSyscall("386", "llseek", "1") },
		"another layout": func(db *DB) error {
			return db.AddType("386", Struct, "hello", "linux/hello.h", &Layout{Size: 1, Align: 1})
		},
	} {
		if err := second(small(t)); err == nil {
			t.Errorf("%s is taken", what)
		}
	}
	if err := small(t).AddConst("386", "SOL_SOCKET", "linux/other.h", Int, "2"); err != nil {
		t.Errorf("another header may have its own value: %v", err)
	}
}

func TestCheckFindsMissingTypes(t *testing.T) {
	db := small(t)
	for _, a := range testArchs {
		if err := db.AddType(a, Struct, "outer", "linux/o.h", &Layout{Size: 4, Align: 4, Fields: []Field{
			{Name: "p", Type: "*struct nowhere"},
			{Name: "u", Type: "union(4)", Members: []Field{{Name: "m", Type: "[3]struct missing"}}},
		}}); err != nil {
			t.Fatal(err)
		}
	}
	err := db.Check()
	if err == nil || !strings.Contains(err.Error(), "struct missing is not among the facts and used by outer") {
		t.Errorf("Check says %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a pointer needs no layout, but Check says %v", err)
	}
}

func TestLinuxHasEveryPortOfGo(t *testing.T) {
	want := strings.Fields("386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x")
	if got := ArchNames(GoLinux()); !slices.Equal(got, want) {
		t.Errorf("ports are %v, want %v", got, want)
	}
	if names := ArchNames(Linux()); !slices.IsSorted(names) {
		t.Errorf("architectures are not sorted: %v", names)
	}
	if got := slices.Sorted(maps.Keys(archSet(Linux(), GoLinux()))); !slices.Equal(got, ForeignToGo()) {
		t.Errorf("foreign to Go are %v", got)
	}
}

// archSet returns the names in a that are not in b.
func archSet(a, b []Arch) map[string]bool {
	out := map[string]bool{}
	for _, x := range a {
		out[x.Name] = true
	}
	for _, x := range b {
		delete(out, x.Name)
	}
	return out
}

// TestFactsOfOtherSystems are as they are written, and say where they come from.
func TestFactsOfOtherSystems(t *testing.T) {
	for _, s := range Systems() {
		if s.Name == "linux" || s.Extends != "" {
			continue
		}
		dir := filepath.Join("facts", s.Name)
		asWritten(t, dir, s, s.Facts+"\n")
		imported := filepath.Join(dir, ImportedFolder)
		if s.Imported == "" {
			if _, err := os.Stat(imported); err == nil {
				t.Errorf("%s is there, and the system has nothing imported beside what is extracted", imported)
			}
			continue
		}
		db := asWritten(t, imported, s, "")
		headers := map[string]bool{}
		if len(db.Syscalls()) > 0 {
			headers[SyscallHeader] = true
		}
		for _, v := range db.Consts() {
			headers[v.Header] = true
		}
		for _, v := range db.Types() {
			headers[v.Header] = true
		}
		var want strings.Builder
		for _, h := range slices.Sorted(maps.Keys(headers)) {
			fmt.Fprintf(&want, "%s: %s\n", h, s.Imported)
		}
		source, err := os.ReadFile(filepath.Join(imported, "source.txt"))
		if err != nil || string(source) != want.String() {
			t.Errorf("%s/source.txt: %v, %q, want %q", imported, err, source, want.String())
		}
	}
}

// asWritten reads one folder, whose files must be as Write makes them, and source.txt like source if there is one.
func asWritten(t *testing.T, dir string, s System, source string) *DB {
	t.Helper()
	db, err := readFolder(dir, ArchNames(s.Archs))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range db.Text(ArchNames(s.Archs)) {
		if file, err := os.ReadFile(filepath.Join(dir, name)); err != nil || string(file) != string(b) {
			t.Errorf("%s/%s is not as it is written: it was edited by hand (%v)", dir, name, err)
		}
	}
	if file, err := os.ReadFile(filepath.Join(dir, "source.txt")); err != nil || source != "" && string(file) != source {
		t.Errorf("%s/source.txt: %v, %q", dir, err, file)
	}
	return db
}
