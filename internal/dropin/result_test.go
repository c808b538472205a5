package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// events are what "go test -json" of Go 1.26 printed for three packages, without the times. The second is not built;
// two tests of the first end twice.
const events = `{"Action":"start","Package":"m/a"}
{"Action":"run","Package":"m/a","Test":"TestGood"}
{"Action":"output","Package":"m/a","Test":"TestGood","Output":"=== RUN   TestGood\n"}
{"Action":"run","Package":"m/a","Test":"TestGood/sub"}
{"Action":"pass","Package":"m/a","Test":"TestGood/sub","Elapsed":0}
{"Action":"pass","Package":"m/a","Test":"TestGood","Elapsed":0}
{"Action":"pass","Package":"m/a","Test":"TestGood","Elapsed":0}
{"Action":"run","Package":"m/a","Test":"TestBad"}
{"Action":"output","Package":"m/a","Test":"TestBad","Output":"    a_test.go:3: why\n"}
{"Action":"fail","Package":"m/a","Test":"TestBad","Elapsed":0}
{"Action":"fail","Package":"m/a","Test":"TestNot","Elapsed":0}
{"Action":"skip","Package":"m/a","Test":"TestNot","Elapsed":0}
{"Action":"output","Package":"m/a","Output":"FAIL\n"}
{"Action":"fail","Package":"m/a","Elapsed":0.1}
{"ImportPath":"m/b [m/b.test]","Action":"build-output","Output":"b/b.go:1:1: undefined: x\n"}
{"ImportPath":"m/b [m/b.test]","Action":"build-fail"}
{"Action":"start","Package":"m/b"}
{"Action":"fail","Package":"m/b","Elapsed":0,"FailedBuild":"m/b [m/b.test]"}
{"Action":"start","Package":"m/c"}
{"Action":"skip","Package":"m/c","Elapsed":0}
`

func TestCountSpecs(t *testing.T) {
	// A line of Ginkgo 2, as "go test -json" hands it on.
	const line = `{"Action":"output","Package":"m/a","Test":"TestA","Output":"\u001b[38;5;9m\u001b[1mFAIL!\u001b[0m -- \u001b[38;5;10m\u001b[1m10 Passed\u001b[0m | \u001b[38;5;9m\u001b[1m2 Failed\u001b[0m | \u001b[38;5;11m\u001b[1m0 Pending\u001b[0m\n"}
{"Action":"fail","Package":"m/a","Test":"TestA"}`
	o, err := count(strings.NewReader(line), nil)
	want := outcomes{{"m/a", "TestA"}: {"fail"}, {"m/a", "TestA: specs passed"}: {"10"},
		{"m/a", "TestA: specs failed"}: {"2"}}
	if err != nil || !reflect.DeepEqual(o, want) || o.cell() != "0, 1 failed; 10 specs, 2 failed" {
		t.Errorf("got %v %q, %v; want %v", o, o.cell(), err, want)
	}
}

func TestCount(t *testing.T) {
	var shown strings.Builder
	o, err := count(strings.NewReader(events), &shown)
	if err != nil {
		t.Fatal(err)
	}
	want := outcomes{
		{"m/a", "TestGood"}: {"pass"}, {"m/a", "TestGood/sub"}: {"pass"}, {"m/a", "TestBad"}: {"fail"},
		{"m/a", "TestNot"}: {"fail"},
		{"m/a", ""}:        {"fail"}, {"m/b", ""}: {"fail"}, {"m/c", ""}: {"skip"},
	}
	if !reflect.DeepEqual(o, want) {
		t.Errorf("got %v, want %v", o, want)
	}
	if got, want := shown.String(), "    a_test.go:3: why\nFAIL\nb/b.go:1:1: undefined: x\n"; got != want {
		t.Errorf("shown: %q, want %q", got, want)
	}
	if got, want := o.cell(), "1, 2 failed"; got != want {
		t.Errorf("cell: %q, want %q", got, want)
	}
	if _, err := count(strings.NewReader(events+"flag provided but not defined\n"), nil); err == nil {
		t.Error("what is no event was passed over")
	}
}

// rounds makes outcomes of one package's tests, of words such as "TestA:pass,fail".
func rounds(words ...string) outcomes {
	o := outcomes{}
	for _, w := range words {
		colon := strings.LastIndex(w, ":")
		name, ends := w[:colon], w[colon+1:]
		o[test{"m/p", name}] = strings.Split(ends, ",")
	}
	return o
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after outcomes
		want          []string
		worse         bool
	}{
		{"nothing", rounds("TestA:pass", "TestB:fail", ":fail"), rounds("TestA:pass", "TestB:fail", ":fail"), nil, false},
		{"fails", rounds("TestA:pass", ":pass"), rounds("TestA:fail", ":fail"), []string{"p TestA (pass, then fail)"}, true},
		{"is skipped", rounds("TestA:pass", ":pass"), rounds("TestA:skip", ":pass"), []string{"p TestA (pass, then skip)"},
			true},
		{"is not there", rounds("TestA:pass", ":pass"), rounds(":pass"), []string{"p TestA (pass, then not run)"}, true},
		{"passes now", rounds("TestA:fail", ":fail"), rounds("TestA:pass", ":pass"), []string{"p TestA (fail, then pass)"},
			false},
		{"failed before", rounds("TestA:fail", ":fail"), rounds("TestA:skip", ":fail"),
			[]string{"p TestA (fail, then skip)"}, false},
		{"a subtest fails", rounds("TestA:fail", "TestA/b:pass", ":fail"), rounds("TestA:fail", "TestA/b:fail", ":fail"),
			[]string{"p TestA/b (pass, then fail)"}, true},
		{"subtests named after the moment", rounds("TestA:pass", "TestA/1:pass", ":pass"),
			rounds("TestA:pass", "TestA/2:pass", ":pass"), nil, false},
		{"the package ends early", rounds("TestA:pass", "TestB:pass", ":pass"), rounds("TestA:pass", ":fail"),
			[]string{"p (package) (pass, then fail)"}, true},
		{"fails always", rounds("TestA:pass,pass", ":pass,pass"), rounds("TestA:fail,fail", ":fail,fail"),
			[]string{"p TestA (pass, then fail)"}, true},
		{"fewer specs pass", rounds("TestA: specs passed:10", ":fail"), rounds("TestA: specs passed:9", ":fail"),
			[]string{"p TestA: specs passed (10, then 9)"}, true},
		{"more specs pass", rounds("TestA: specs passed:9", ":fail"), rounds("TestA: specs passed:10", ":fail"),
			[]string{"p TestA: specs passed (9, then 10)"}, false},
		{"fails now and then", rounds("TestA:pass,pass", ":pass,pass"), rounds("TestA:fail,pass", ":fail,pass"),
			[]string{"p TestA (pass, then unsteady)"}, false},
		{"failed now and then", rounds("TestA:pass,fail", ":pass,fail"), rounds("TestA:fail,fail", ":fail,fail"),
			[]string{"p TestA (unsteady, then fail)"}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &result{Module: module{Path: "m"}, Before: c.before, After: c.after}
			var got []string
			for _, ch := range changes(c.before, c.after) {
				got = append(got, r.describe(ch))
			}
			if !reflect.DeepEqual(got, c.want) || r.worse() != c.worse {
				t.Errorf("got %q, worse %v; want %q, %v", got, r.worse(), c.want, c.worse)
			}
			if packages := differing(c.before, c.after); (len(packages) == 1) != (c.want != nil) {
				t.Errorf("differing: %v", packages)
			}
		})
	}
}

func TestWorseBuilds(t *testing.T) {
	no := errors.New("go build ./...: exit status 1\ngo: downloading m/d v1.0.0\n# m/p\np/p.go:1:2: undefined: " +
		"unix.X\np/p.go:2:2: more")
	for _, c := range []struct {
		r     result
		built string
		line  string
		worse bool
	}{
		{result{}, "yes", "", false},
		{result{BuiltAlone: no}, "with dependencies",
			"m is not built with its own imports changed only: p/p.go:1:2: undefined: unix.X", false},
		{result{BuiltAlone: no, BuiltAfter: no}, "NO", "m is not built: p/p.go:1:2: undefined: unix.X", true},
		{result{BuiltBefore: no, BuiltAlone: no, BuiltAfter: no}, "neither before nor after",
			"m is not built as it is: p/p.go:1:2: undefined: unix.X", false},
		{result{Err: no}, "NOT TRIED", "m could not be tried: p/p.go:1:2: undefined: unix.X", true},
		{result{Err: errors.New("go list ./...: exit status 1\ngo: m/d@v1: reading https://a/m/d: 403 Forbidden")},
			"NOT TRIED", "m could not be tried: go: m/d@v1 is not to be had", true},
	} {
		c.r.Module.Path = "m"
		row, lines := grid([]*result{&c.r})[1], append(c.r.details(), "")
		if row[3] != c.built || !strings.HasPrefix(lines[0], c.line) || c.r.worse() != c.worse {
			t.Errorf("got %q %q, worse %v; want %q %q, %v", row[3], lines, c.r.worse(), c.built, c.line, c.worse)
		}
	}
}

func TestMarkdown(t *testing.T) {
	r := &result{
		Module: module{Path: modules[1].Path, Version: "v1", Left: []left{{Tests: "^TestX$", Reason: "is long"}}}, Files: 3,
		Dependencies: []dependency{{"a", 1}, {"b", 4}},
		Before:       rounds("TestA:pass", "TestB:fail", ":fail"), After: rounds("TestA:fail", "TestB:fail", ":fail"),
	}
	file := filepath.Join(t.TempDir(), "d.md")
	old := `
| module | version | files changed | built | tests before | tests after | tried |
|---|---|---|---|---|---|---|
| FIRST | v1 | 3 | yes | 1 | 1 | 2025-01-02 |
| SECOND | v1 | 3 | yes | 1 | 1 | 2025-01-02 |
| no-more | v1 | 3 | yes | 1 | 1 | 2025-01-02 |

- FIRST stays
- FIRST stays, too
- SECOND goes
- no-more goes

`
	names := strings.NewReplacer("FIRST", modules[0].Path, "SECOND", modules[1].Path)
	if err := os.WriteFile(file, []byte("text\n"+resultsBegin+names.Replace(old)+resultsEnd+"more\n"),
		0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeMarkdown(file, time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), []*result{r}); err != nil {
		t.Fatal(err)
	}
	want := "text\n" + resultsBegin + names.Replace(`
| module | version | files changed | built | tests before | tests after | tried |
|---|---|---|---|---|---|---|
| FIRST | v1 | 3 | yes | 1 | 1 | 2025-01-02 |
| SECOND | v1 | 3, dependencies (2): 5 | yes | 1, 1 failed | 0, 2 failed | 2026-01-02 |

- FIRST stays
- FIRST stays, too
- SECOND WORSE: m/p TestA (pass, then fail)
- SECOND fails before and after: m/p TestB
- SECOND left out: ^TestX$: is long

`) + resultsEnd + "more\n"
	if b, err := os.ReadFile(file); err != nil || string(b) != want {
		t.Errorf("got %v:\n%s\nwant:\n%s", err, b, want)
	}
	if err := os.WriteFile(file, []byte("text\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeMarkdown(file, time.Time{}, nil); err == nil {
		t.Error("wrote into a file without a place for it")
	}
}

func TestChoose(t *testing.T) {
	if all, err := choose("", nil); err != nil || len(all) != len(modules) {
		t.Error(len(all), err)
	}
	if m, err := choose("/fsnotify$", nil); err != nil || len(m) != 1 {
		t.Error(m, err)
	}
	if _, err := choose("no such", nil); err == nil {
		t.Error("chose nothing")
	}
	got, err := choose("", []string{"m@v1", "./a", "./b"})
	if want := []module{{Path: "m", Version: "v1", Packages: []string{"./a", "./b"}}}; err != nil ||
		!reflect.DeepEqual(got, want) {
		t.Error(got, err)
	}
	m := module{Flags: []string{"-short"}, Left: []left{{Tests: "^TestA$"}, {File: "x_test.go"}, {Tests: "^TestB$"}}}
	if want := []string{"-short", "-skip=^TestA$|^TestB$"}; !reflect.DeepEqual(m.flags(), want) {
		t.Error(m.flags())
	}
}
