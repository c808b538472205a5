package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"kern.sys/internal/dropin/compare/peer"
)

func records1(index int, leaves map[string]string) []*record {
	return []*record{{index: index, args: "args", leaves: leaves}}
}

func TestDifferences(t *testing.T) {
	theirs, ours := map[part]map[string]bool{}, map[part]map[string]bool{}
	for _, r := range []struct {
		into   map[part]map[string]bool
		leaves map[string]string
	}{
		{theirs, map[string]string{"same": "1", "other": "1", "time": "1", "late": "1", "gone": "x y"}},
		{ours, map[string]string{"same": "1", "other": "2", "time": "3", "late": "2", "new": "1", "loose": "1"}},
		{theirs, map[string]string{"same": "1", "other": "1", "time": "2", "late": "1", "gone": "x y"}},
		{ours, map[string]string{"same": "1", "other": "2", "time": "4", "late": "1", "new": "1"}},
	} {
		note(r.into, records1(7, r.leaves))
	}
	got := fmt.Sprint(differences("F", "arch", 7, records1(7, nil), theirs, ours))
	if want := "[F gone x_y none arch   (F(args), calls 1) F new none 1 arch   (F(args), calls 1) F other 1 2 arch   " +
		"(F(args), calls 1)]"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := differences("F", "arch", 6, nil, theirs, ours); got != nil {
		t.Errorf("%v behind the last common call", got)
	}
	theirs, ours = map[part]map[string]bool{}, map[part]map[string]bool{}
	note(theirs, records1(0, map[string]string{"result0": "0", "result1": "error 22: text"}))
	note(ours, records1(0, map[string]string{"result0": "-1", "result1": "error 22: text"}))
	got = fmt.Sprint(differences("F", "arch", 0, records1(0, nil), theirs, ours))
	if want := "[F result0,failed 0 -1 arch   (F(args), calls 1)]"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestParseRecords(t *testing.T) {
	rs := parseRecords("> 0\t\"a\", 1\nresult0\tnil\n<\n> 1\t2\nresult0\t5\n")
	if len(rs) != 2 || rs[0].args != `"a", 1` || rs[0].leaves["result0"] != "nil" || rs[1].index != 1 ||
		rs[1].leaves["result0"] != "5" {
		t.Errorf("%+v", rs)
	}
}

func TestExplanations(t *testing.T) {
	path := filepath.Join(t.TempDir(), "explained.txt")
	text := "# comment\n\nF* result0,failed 0 -1 all reason\nG x\\[*\\] * * arm reason\nH * * * all sometimes it " +
		"differs\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	es, err := peer.ReadExplanations(path)
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[difference]bool{
		{name: "Fx", what: "result0,failed", theirs: "0", ours: "-1", arch: "386"}: true,
		{name: "Fx", what: "result0,failed", theirs: "0", ours: "-2", arch: "386"}: false,
		{name: "G", what: "x[5]", theirs: "0", ours: "1", arch: "386"}:             false,
	} {
		if got := es.Cover(d.arch, d.key()); got != want {
			t.Errorf("%v: %v", d, got)
		}
	}
	if got := es.Unused(func(arch string) bool { return notCalled(arch, []string{"amd64"}) }); len(got) != 1 ||
		got[0] != "explained.txt: nothing differs so: G x\\[*\\] * * arm reason" {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"F result0 0 -1 all", "F [ 0 -1 all reason"} {
		if err := os.WriteFile(path, []byte(bad+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := peer.ReadExplanations(path); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
