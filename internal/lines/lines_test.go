package main

import (
	"os"
	"strings"
	"testing"
)

// TestNoLineReachesColumn120 is about the whole module. The remedy is the command.
func TestNoLineReachesColumn120(t *testing.T) {
	files, err := sources("../..")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range long(file, text) {
			t.Errorf("%s: %s", file, line)
		}
	}
}

func TestLongLinesAreBroken(t *testing.T) {
	words := strings.Repeat("word ", 25)
	for name, c := range map[string]struct{ in, want string }{
		"a comment": {
			"package x\n\n// Some " + words + "end\n// of it.\nvar a int\n",
			"package x\n\n// Some " + strings.TrimSpace(strings.Repeat("word ", 22)) +
				"\n// word word word end of it.\nvar a int\n",
		},
		"a comment behind code": {
			"package x\n\nvar a int // " + words + "\n",
			"package x\n\n// " + strings.TrimSpace(strings.Repeat("word ", 23)) + "\n// word word\nvar a int\n",
		},
		"arguments": {
			"package x\n\nvar a = f(" + strings.Repeat("12345, ", 20) + "1)\n",
			"package x\n\nvar a = f(" + strings.TrimSpace(strings.Repeat("12345, ", 15)) + "\n\t" +
				strings.Repeat("12345, ", 5) + "1)\n",
		},
		"a string": {
			"package x\n\nvar a = \"" + words + "\"\n",
			"package x\n\nvar a = \"" + strings.Repeat("word ", 21) + "\" +\n\t\"" + strings.Repeat("word ", 4) + "\"\n",
		},
		"a function of one line": {
			"package x\n\nfunc f() []int { return []int{" + strings.Repeat("1, ", 30) + "1} }\n",
			"package x\n\nfunc f() []int {\n\treturn []int{" + strings.Repeat("1, ", 30) + "1}\n}\n",
		},
		"a comment for programs":  {"package x\n\n//sys " + words + "\n", ""},
		"text between backquotes": {"package x\n\nvar a = `\n" + words + "`\n", ""},
	} {
		if c.want == "" {
			c.want = c.in
		}
		if got, err := breakGo([]byte(c.in)); err != nil || string(got) != c.want {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", name, err, got, c.want)
		}
	}
	for name, c := range map[string]struct{ in, want string }{
		"a paragraph": {
			"Some " + words + "end\nof it.\n\nNext.\n",
			"Some " + strings.TrimSpace(strings.Repeat("word ", 22)) + "\nword word word end of it.\n\nNext.\n",
		},
		"a list": {
			"- Some " + words + "end\n- next\n",
			"- Some " + strings.TrimSpace(strings.Repeat("word ", 22)) + "\n  word word word end\n- next\n",
		},
		"a literal block":      {"    " + words + "\n", ""},
		"a table":              {"| " + words + " |\n", ""},
		"what a program wrote": {"<!-- results: written by x -->\n" + words + "\n<!-- end of results -->\n", ""},
	} {
		if c.want == "" {
			c.want = c.in
		}
		if got, err := breakMarkdown([]byte(c.in)); err != nil || string(got) != c.want {
			t.Errorf("%s: %v, got\n%s\nwant\n%s", name, err, got, c.want)
		}
	}
}
