package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/selftests/guest"
)

// A run of some scripts leaves the results of others as they are.
func TestMarkdownKeepsOtherRows(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.md")
	const frame = "# Title\n\n<!-- results: written by selftests -->\n<!-- end of results -->\n\nend\n"
	if err := os.WriteFile(file, []byte(frame), 0o644); err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	tally := guest.Tally{Pass: 3, Fail: 1, Seconds: 2.4}
	for i, rows := range [][]row{
		{{Result: guest.Result{Script: "protodown.sh", Iproute2: tally, Kern: tally}},
			{Result: guest.Result{Script: "altnames.sh", Iproute2: tally, Kern: tally}}},
		{{Result: guest.Result{Script: "altnames.sh", Iproute2: tally, Kern: guest.Tally{Note: "no time"},
			Lost: []string{"a|b", "c"}}}},
	} {
		if err := writeMarkdown(file, day.AddDate(0, 0, i), rows); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := "| altnames.sh | 3/1/0 2s | 0/0/0 0s no time | lost 2 | a/b; c | 2026-11-29 |\n| protodown.sh | 3/1/0 2s " +
		"| 3/1/0 2s | equal |  | 2026-11-28 |\n"
	if !strings.Contains(string(b), want) || !strings.HasPrefix(string(b), "# Title") ||
		!strings.HasSuffix(string(b), "\nend\n") {
		t.Errorf("%s", b)
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if writeMarkdown(file, day, nil) == nil {
		t.Error("a file without a place for results is taken")
	}
}
