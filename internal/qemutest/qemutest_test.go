package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRunners(t *testing.T) {
	for arch, want := range map[string]string{"arm": "qemu-arm", "arm64": "qemu-aarch64", "s390x": "qemu-s390x",
		"mips64le": "qemu-mips64el"} {
		if arch == runtime.GOARCH {
			want = ""
		}
		if r, err := runnerFor(arch); err != nil || r.emulator != want || r.arch != arch {
			t.Errorf("%s: %+v, %v", arch, r, err)
		}
	}
	if r, err := runnerFor(runtime.GOARCH); err != nil || r.emulator != "" {
		t.Errorf("%+v, %v", r, err)
	}
	for _, arch := range []string{"ppc", "sparc64", "z80", ""} {
		if _, err := runnerFor(arch); err == nil {
			t.Errorf("%q: no error", arch)
		}
	}
	if got := missing([]runner{{"386", ""}, {"z80", "qemu-no-such-emulator"}}); !slices.Equal(got,
		[]string{"qemu-no-such-emulator"}) {
		t.Error(got)
	}
}

func TestParsePackages(t *testing.T) {
	got, err := parsePackages([]byte(`{"ImportPath": "a", "Dir": "/a", "TestGoFiles": ["a_test.go"]}
		{"ImportPath": "none"} {"ImportPath": "x", "XTestGoFiles": ["x_test.go"]}`))
	if err != nil || len(got) != 2 || got[0].ImportPath != "a" || got[0].Dir != "/a" || got[1].ImportPath != "x" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := parsePackages([]byte("{")); err == nil {
		t.Error("half a package: no error")
	}
}

// output is what a test binary printed.
const output = `=== RUN   TestA
--- PASS: TestA (0.00s)
=== RUN   TestB
=== RUN   TestB/sub
--- FAIL: TestB (0.10s)
    --- FAIL: TestB/sub (0.10s)
=== RUN   TestC
    need.go:117: kernel built without x: function not implemented
--- SKIP: TestC (0.00s)
FAIL
nstest: skipped 1: kernel built without x
`

func TestCount(t *testing.T) {
	r := count(output)
	if r.passed != 1 || r.skipped != 1 || !slices.Equal(r.failures, []string{"TestB"}) ||
		!slices.Equal(r.skips, []string{"1: kernel built without x"}) || !r.failed() {
		t.Errorf("%+v", r)
	}
	if r := count("--- PASS: TestA (0.00s)\nPASS\n"); r.failed() || r.passed != 1 {
		t.Errorf("%+v", r)
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	broken := count(output)
	broken.arch, broken.pkg, broken.time = "arm", "kern.sys/unix", 1500*time.Millisecond
	again := result{arch: "s390x", pkg: "kern.sys/unix", skips: []string{"2: kernel built without x"},
		note: "build failed"}
	if err := printTable(&b, []result{broken, again}); err != nil {
		t.Fatal(err)
	}
	want := `arch   package  passed  failed  skipped  time  
arm    unix     1       1       1        1.5s  
s390x  unix     0       0       0        0.0s  build failed
arm kern.sys/unix failed: TestB
skipped: kernel built without x (arm, s390x)
`
	if b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// program writes a script that stands for a test binary.
func program(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTestBinariesEndInManyWays(t *testing.T) {
	p, o := goPackage{ImportPath: "p", Dir: t.TempDir()}, options{timeout: time.Minute}
	for _, c := range []struct {
		name, text, note string
		failed           bool
	}{
		{"all is well", "echo '--- PASS: TestA (0s)'", "", false},
		{"a test fails", "echo '--- FAIL: TestA (0s)'; exit 1", "", true},
		{"something else fails", "echo '--- PASS: TestA (0s)'; exit 1", "exit status 1", true},
		{"it panics", "echo '--- FAIL: TestA (0s)'; exit 2", "exit status 2", true},
		{"a signal", "kill -9 $$", "signal: killed", true},
	} {
		r, _ := runner{arch: "arm"}.test(t.Context(), p, program(t, c.text), o)
		if r.failed() != c.failed || r.note != c.note || r.arch != "arm" || r.pkg != "p" {
			t.Errorf("%s: %+v", c.name, r)
		}
	}
	o.timeout = -10*time.Second + time.Millisecond // over at once, for the emulator that hangs
	if r, _ := (runner{}).test(t.Context(), p, program(t, "exec sleep 60"), o); !r.failed() ||
		!strings.HasPrefix(r.note, "no end") {
		t.Errorf("an endless program: %+v", r)
	}
	// The emulator gets the binary and its flags.
	emulated := runner{"arm", program(t, `echo "$@"`)}
	if _, out := emulated.test(t.Context(), p, "binary",
		options{timeout: time.Minute, run: "^TestA$"}); !strings.HasPrefix(out, "binary -test.v ") ||
		!strings.Contains(out, "-test.run=^TestA$") {
		t.Error(out)
	}
}
