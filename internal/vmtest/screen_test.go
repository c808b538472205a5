package main

import (
	"bytes"
	"testing"
	"time"
)

// lines are the events of a package with a test that passes, one that fails, one that is skipped and one that never
// ends.
var lines = []event{
	{Action: "start", Package: "p"},
	{Action: "run", Package: "p", Test: "A"},
	{Action: "output", Package: "p", Test: "A", Output: "=== RUN   A\n"},
	{Action: "output", Package: "p", Test: "A", Output: "a says\n"},
	{Action: "pass", Package: "p", Test: "A"},
	{Action: "run", Package: "p", Test: "B"},
	{Action: "output", Package: "p", Test: "B/good", Output: "good says\n"},
	{Action: "pass", Package: "p", Test: "B/good"},
	{Action: "output", Package: "p", Test: "B/bad", Output: "bad says\n"},
	{Action: "fail", Package: "p", Test: "B/bad"},
	{Action: "output", Package: "p", Test: "B", Output: "--- FAIL: B\n"},
	{Action: "fail", Package: "p", Test: "B"},
	{Action: "output", Package: "p", Test: "C", Output: "c says\n"},
	{Action: "skip", Package: "p", Test: "C"},
	{Action: "output", Package: "p", Test: "D", Output: "d says\n"},
	{Action: "output", Package: "p", Output: "PASS\n"},
	{Action: "output", Package: "p", Output: "FAIL\tp\n"},
	{Action: "fail", Package: "p"},
}

func TestScreen(t *testing.T) {
	const failed = "bad says\n--- FAIL: B\nFAIL\tp\n--- did not end: p D\nd says\n"
	for _, c := range []struct {
		name   string
		screen *screen
		want   string
	}{
		{"failures", &screen{}, failed},
		{"of several kernels", &screen{prefix: true},
			"[g] bad says\n[g] --- FAIL: B\n[g] FAIL\tp\n[g] --- did not end: p D\n[g] d says\n"},
		{"verbose", &screen{verbose: true}, "=== RUN   A\na says\ngood says\nbad says\n--- FAIL: B\nc says\nd " +
			"says\nPASS\nFAIL\tp\n"},
	} {
		var out, progress bytes.Buffer
		s := c.screen
		s.out, s.progress, s.guests = &out, &progress, map[string]*state{}
		for _, e := range lines {
			s.event("g", e)
		}
		s.flush("g")
		s.status("g", "")
		if out.String() != c.want {
			t.Errorf("%s:\n%s", c.name, &out)
		}
		if progress.Len() != 0 {
			t.Errorf("%s: progress without a terminal: %s", c.name, &progress)
		}
	}
}

func TestProgressOnATerminal(t *testing.T) {
	var progress bytes.Buffer
	s := &screen{terminal: true, out: &bytes.Buffer{}, progress: &progress, guests: map[string]*state{},
		began: time.Now()}
	s.status("g", "booting")
	if got := progress.String(); len(got) > 79 ||
		!bytes.Contains(progress.Bytes(), []byte("g: 0 done, 0 failed, booting")) {
		t.Errorf("shown: %q", got)
	}
	progress.Reset()
	s.print("g", "text\n")
	if got := progress.String(); got != "\r\x1b[K" {
		t.Errorf("before other output: %q", got)
	}
	for _, e := range lines {
		s.event("g", e)
	}
	if st := s.guests["g"]; st.done != 5 || st.failed != 2 {
		t.Errorf("%d done, %d failed", st.done, st.failed)
	}
	progress.Reset()
	s.note("g", "one\ntwo")
	if got := progress.String(); got != "[g] one\n[g] two\n" {
		t.Errorf("note: %q", got)
	}
}
