package main

import (
	"os"
	"path/filepath"
	"testing"
)

var someImports = map[string]string{"golang.org/x/sys/unix": "kern.sys/unix",
	"github.com/vishvananda/netns": "kern.sys/netns"}

func TestRewriteFile(t *testing.T) {
	for _, c := range []struct{ name, src, want string }{
		{"one", "package p\n\nimport \"golang.org/x/sys/unix\"\n\nvar _ = unix.Stat\n",
			"package p\n\nimport \"kern.sys/unix\"\n\nvar _ = unix.Stat\n"},
		{
			"in a group, named, with comments and as a raw string",
			"package p\nimport (\n\t\"os\"\n\tu   `golang.org/x/sys/unix` // why\n\t_ \"golang.org/x/sys/unix\"; . " +
				"\"github.com/vishvananda/netns\"\n)\n",
			"package p\nimport (\n\t\"os\"\n\tu   \"kern.sys/unix\" // why\n\t_ \"kern.sys/unix\"; . \"kern.sys/netns\"\n)\n",
		},
		{
			"others' paths, comments and strings stay",
			"// Package p is golang.org/x/sys/unix.\npackage p // import \"golang.org/x/sys/unix\"\nimport " +
				"\"golang.org/x/sys/unix/v2\"\nimport \"a/golang.org/x/sys/unix\"\nconst s = \"golang.org/x/sys/unix\"\n",
			"",
		},
		{"odd layout, line ends and ends of files stay", "package p;import\t\"golang.org/x/sys/unix\"\r\nfunc f( ) { }",
			"package p;import\t\"kern.sys/unix\"\r\nfunc f( ) { }"},
		{"a mistake after the imports is not ours", "package p\nimport \"golang.org/x/sys/unix\"\nfunc {",
			"package p\nimport \"kern.sys/unix\"\nfunc {"},
		{"what mentions no old path is not even read", "this is no Go", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.want == "" {
				c.want = c.src
			}
			got, err := rewriteFile("p.go", []byte(c.src), someImports)
			if err != nil || string(got) != c.want {
				t.Errorf("got %v:\n%s\nwant:\n%s", err, got, c.want)
			}
		})
	}
	if _, err := rewriteFile("p.go", []byte("import \"golang.org/x/sys/unix\""), someImports); err == nil {
		t.Error("a file that is not understood was passed over")
	}
}

func TestRewriteTree(t *testing.T) {
	const src = "package p\n\nimport \"golang.org/x/sys/unix\"\n"
	dir := t.TempDir()
	files := map[string]bool{"a.go": true, "a_windows.go": true, "sub/testdata/b.go": true, "c.txt": false}
	for name := range files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(src), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []int{3, 0} {
		if n, err := rewriteTree(dir, someImports); n != want || err != nil {
			t.Errorf("changed %d files, %v, want %d", n, err, want)
		}
	}
	for name, changed := range files {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err != nil || (string(b) != src) != changed {
			t.Errorf("%s is %q, %v", name, b, err)
		}
	}
}

func TestParseImports(t *testing.T) {
	if m, err := parseImports("a/x=b/x,c/y=d/y"); err != nil || len(m) != 2 || m["a/x"] != "b/x" || m["c/y"] != "d/y" {
		t.Error(m, err)
	}
	for _, bad := range []string{"", "a", "=a", "a/x=b/y"} { // the last would need a name in each file
		if m, err := parseImports(bad); err == nil {
			t.Errorf("%q is %v", bad, m)
		}
	}
}

func TestProvides(t *testing.T) {
	for module, want := range map[string]bool{"golang.org/x/sys": true, "github.com/vishvananda/netns": true,
		"golang.org/x/sy": false, "golang.org/x/sys/unix/v2": false} {
		if provides(module, someImports) != want {
			t.Errorf("%s: not %v", module, want)
		}
	}
}
