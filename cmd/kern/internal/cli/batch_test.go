package cli

import (
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSplitWords(t *testing.T) {
	for line, want := range map[string][]string{
		"":                              nil,
		" \t ":                          nil,
		"# comment":                     nil,
		"link set lo up":                {"link", "set", "lo", "up"},
		"\tlink  set\tlo ":              {"link", "set", "lo"},
		"link show # comment":           {"link", "show"},
		"link show lo#comment":          {"link", "show", "lo"},
		`link set lo alias "a b"`:       {"link", "set", "lo", "alias", "a b"},
		`link set lo alias 'a "b" # c'`: {"link", "set", "lo", "alias", `a "b" # c`},
		`link set lo alias ""`:          {"link", "set", "lo", "alias", ""},
		`a"b c"`:                        {`a"b`, `c"`},
	} {
		got, err := SplitWords(line)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("splitWords(%q) = %q, %v; want %q", line, got, err, want)
		}
	}
	for _, line := range []string{`link set lo alias "a b`, `'`} {
		if got, err := SplitWords(line); err == nil {
			t.Errorf("splitWords(%q) = %q, no error", line, got)
		}
	}
}

func TestLinesAreJoinedAndCounted(t *testing.T) {
	type line struct {
		text string
		n    int
	}
	for text, want := range map[string][]line{
		"":                    nil,
		"a":                   {{"a", 1}},
		"a\n\nb\n":            {{"a", 1}, {"", 2}, {"b", 3}},
		"a \\\n b\nc":         {{"a  b", 2}, {"c", 3}},
		"a\\\nb\\\nc\nd":      {{"abc", 3}, {"d", 4}},
		"a\r\nb\\\r\nc\r\n":   {{"a", 1}, {"bc", 3}},
		"the end is joined\\": {{"the end is joined", 1}},
	} {
		r := newLineReader(strings.NewReader(text))
		var got []line
		for {
			s, err := r.next()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, line{s, r.line})
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
		if r.bytes != int64(len(text)) {
			t.Errorf("%q: %d bytes", text, r.bytes)
		}
	}
}

func TestBatchThatCannotBeReadFails(t *testing.T) {
	broken := io.MultiReader(strings.NewReader("help\n"), failing{})
	var out, errOut strings.Builder
	p := Program{Name: "ip", Objects: func() []Object { return []Object{HelpObject()} }}
	if code := Run(p, []string{"-force", "-batch", "-"}, broken, &out, &errOut); code == 0 ||
		!strings.Contains(errOut.String(), "Broken reader") {
		t.Errorf("status %d, %q", code, errOut.String())
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("broken reader") }

func TestProgressBar(t *testing.T) {
	var w strings.Builder
	if p := newProgress(&w, 100); p != nil {
		t.Error("a bar on what is no terminal")
	}
	var none *progress
	none.show(1, 1)
	none.clear()

	p := &progress{w: &w, size: 400}
	p.show(100, 7)
	want := "\r[##########..............................]  25%  7 lines"
	if w.String() != want {
		t.Errorf("got %q, want %q", w.String(), want)
	}
	w.Reset()
	p.show(200, 8) // too soon
	p.clear()
	p.clear()
	if want := "\r\x1b[K"; w.String() != want {
		t.Errorf("got %q, want %q", w.String(), want)
	}
	w.Reset()
	p.due, p.size = time.Time{}, 0
	p.show(300, 9)
	if want := "\r9 lines"; w.String() != want {
		t.Errorf("got %q, want %q", w.String(), want)
	}
}
