package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestSystemsMarkdown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.md")
	const place = "a\n" + systemsBegin + "old\n" + resultsEnd + resultsBegin + "kept\n" + resultsEnd
	if err := os.WriteFile(file, []byte(place), 0o644); err != nil {
		t.Fatal(err)
	}
	bad := errors.New("go build .: exit status 1\n# m/tun\ntun/tun.go:1:2: undefined: x\ntun/tun.go:3:4: undefined: y")
	text := systemsMarkdown(time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC), []string{"freebsd/amd64", "aix/ppc64"},
		[]portability{
			{module: module{Path: "m", Version: "v1"}, on: []builds{{}, {bad, bad}}},
			{module: module{Path: "n", Version: "v2"}, on: []builds{{nil, bad}, {bad, nil}}},
		})
	if err := replaceBetween(file, systemsBegin, func(string) string { return text }); err != nil {
		t.Fatal(err)
	}
	const want = "a\n" + systemsBegin + `
| module | version | freebsd/amd64 | aix/ppc64 |
|---|---|---|---|
| m | v1 | yes | neither |
| n | v2 | NO | only after |

Tried on 2026-01-02.

- m for aix/ppc64: tun/tun.go:1:2: undefined: x

` + resultsEnd + resultsBegin + "kept\n" + resultsEnd
	if b, err := os.ReadFile(file); err != nil || string(b) != want {
		t.Errorf("%v, it is\n%s\nwant\n%s", err, b, want)
	}
}
