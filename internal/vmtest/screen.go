package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// screen shows what happens in the guests: to standard output as "go test" would, with the kernel in front where there
// are several; to standard error a line of progress, if that is a terminal.
type screen struct {
	json, verbose bool
	prefix        bool // name the kernel on each line
	out, progress io.Writer
	terminal      bool // progress is one: its last line is overwritten

	sync.Mutex
	guests  map[string]*state
	order   []string
	last    time.Time // when progress was shown
	partial bool      // a progress line is on the terminal
	began   time.Time
}

// state is where a guest is.
type state struct {
	doing        string
	done, failed int
	held         []event // output of tests that have not ended
}

func newScreen(asJSON, verbose, prefix bool) *screen {
	s := &screen{json: asJSON, verbose: verbose, prefix: prefix, out: os.Stdout, progress: os.Stderr,
		guests: map[string]*state{}, began: time.Now()}
	if info, err := os.Stderr.Stat(); err == nil {
		s.terminal = info.Mode()&os.ModeCharDevice != 0
	}
	return s
}

func (s *screen) state(guest string) *state {
	if s.guests[guest] == nil {
		s.guests[guest] = &state{}
		s.order = append(s.order, guest)
	}
	return s.guests[guest]
}

// status says what a guest does now; "": nothing more.
func (s *screen) status(guest, doing string) {
	s.Lock()
	defer s.Unlock()
	s.state(guest).doing = doing
	s.showProgress()
}

// event shows an event of a package's tests.
func (s *screen) event(guest string, e event) {
	s.Lock()
	defer s.Unlock()
	st := s.state(guest)
	switch {
	case e.Action == "run":
		st.doing = e.Package + " " + e.Test
	case e.ends() && e.Test != "":
		st.done++
		if e.Action == "fail" {
			st.failed++
		}
	}
	if s.json {
		b, err := json.Marshal(e)
		if err != nil {
			panic(err) // an event has nothing that JSON has not
		}
		s.print("", string(b)+"\n")
	} else {
		s.show(guest, st, e)
	}
	s.showProgress()
}

// show prints all output when verbose; otherwise that of packages, and of failed tests when they end.
func (s *screen) show(guest string, st *state, e event) {
	switch {
	case e.Action == "build-output" || e.Action == "output" && (s.verbose || e.Test == "" && e.Output != "PASS\n"):
		s.print(guest, e.Output)
	case e.Action == "output" && e.Test != "" && !strings.HasPrefix(e.Output, "=== "):
		st.held = append(st.held, e)
	case e.Test == "" || !e.ends():
	case e.Action != "fail":
		st.release(e.Package, e.Test)
	case !strings.Contains(e.Test, "/"):
		for _, h := range st.release(e.Package, e.Test) {
			s.print(guest, h.Output)
		}
	}
}

// release returns what is held of a test and its subtests, and holds it no more.
func (st *state) release(pkg, test string) []event {
	var released, held []event
	for _, e := range st.held {
		if e.Package == pkg && (e.Test == test || strings.HasPrefix(e.Test, test+"/")) {
			released = append(released, e)
		} else {
			held = append(held, e)
		}
	}
	st.held = held
	return released
}

// flush prints what tests had printed that never ended.
func (s *screen) flush(guest string) {
	s.Lock()
	defer s.Unlock()
	st, last := s.state(guest), ""
	for _, e := range st.held {
		if e.Test != last {
			s.print(guest, fmt.Sprintf("--- did not end: %s %s\n", e.Package, e.Test))
			last = e.Test
		}
		s.print(guest, e.Output)
	}
	st.held = nil
}

// note prints lines about a guest.
func (s *screen) note(guest, text string) {
	s.Lock()
	defer s.Unlock()
	s.clearProgress()
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		fmt.Fprintf(s.progress, "[%s] %s", guest, line)
	}
}

func (s *screen) print(guest, text string) {
	s.clearProgress()
	if s.prefix && guest != "" {
		text = "[" + guest + "] " + text
	}
	if _, err := io.WriteString(s.out, text); err != nil {
		fmt.Fprintln(os.Stderr, "vmtest:", err)
		os.Exit(1) // nobody reads the results
	}
}

// showProgress shows on a terminal where the guests are, at most ten times a second.
func (s *screen) showProgress() {
	var parts []string
	for _, g := range s.order {
		if st := s.guests[g]; st.doing != "" {
			parts = append(parts, fmt.Sprintf("%s: %d done, %d failed, %s", g, st.done, st.failed, st.doing))
		}
	}
	if len(parts) == 0 {
		s.clearProgress()
		return
	}
	if !s.terminal || time.Since(s.last) < 100*time.Millisecond {
		return
	}
	s.last = time.Now()
	s.clearProgress()
	line := fmt.Sprintf("%4.0f s  %s", time.Since(s.began).Seconds(), strings.Join(parts, " | "))
	fmt.Fprintf(s.progress, "%.79s", line) // a line that wraps could not be overwritten
	s.partial = true
}

func (s *screen) clearProgress() {
	if s.partial {
		fmt.Fprint(s.progress, "\r\x1b[K")
		s.partial = false
	}
}
