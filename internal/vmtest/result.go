package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// event is an event of "go test -json"; see "go doc test2json". Kernel and Arch are ours.
type event struct {
	ImportPath  string     `json:",omitempty"` // of what is built
	Time        *time.Time `json:",omitempty"`
	Action      string
	Package     string   `json:",omitempty"`
	Test        string   `json:",omitempty"`
	Elapsed     *float64 `json:",omitempty"`
	Output      string   `json:",omitempty"`
	FailedBuild string   `json:",omitempty"`
	Kernel      string   `json:",omitempty"`
	Arch        string   `json:",omitempty"`
}

// ends reports whether e is the end of a test or package.
func (e event) ends() bool { return e.Action == "pass" || e.Action == "fail" || e.Action == "skip" }

// result is what became of a package in a guest.
type result struct {
	Package string
	Outcome string // "pass", "fail", "skip"; "" while it runs
	Passed  int
	Failed  []string // tests
	Skipped []skipped
	Elapsed time.Duration
	Note    string // what kept it from running
}

// skipped is a test that was skipped, and what it said.
type skipped struct{ Test, Reason string }

// collector turns what a package prints into events and a result.
type collector struct {
	result result
	emit   func(event)
	said   map[string]string // what running tests have logged last, by test

	convert *exec.Cmd
	in      io.WriteCloser
	done    chan error
	began   time.Time
}

// newCollector starts "go tool test2json" for a package; emit is called from another goroutine until finish returns.
func newCollector(pkg string, emit func(event)) (*collector, error) {
	c := &collector{result: result{Package: pkg}, emit: emit, said: map[string]string{}, done: make(chan error, 1),
		began: time.Now()}
	c.convert = exec.Command("go", "tool", "test2json", "-t", "-p", pkg)
	in, err := c.convert.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.in = in
	out, err := c.convert.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.convert.Start(); err != nil {
		return nil, err
	}
	go func() { c.done <- c.read(out) }()
	return c, nil
}

func (c *collector) read(r io.Reader) error {
	for events := json.NewDecoder(r); ; {
		var e event
		if err := events.Decode(&e); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("go tool test2json: %w", err)
		}
		c.count(e)
		c.emit(e)
	}
}

var logLine = regexp.MustCompile(`^\s+\S+\.go:\d+: (.*)`)

// count adds an event to the result.
func (c *collector) count(e event) {
	switch {
	case e.Test == "" && e.ends():
		c.result.Outcome = e.Action
	case e.Test == "":
	case e.Action == "output":
		if m := logLine.FindStringSubmatch(strings.TrimRight(e.Output, "\n")); m != nil {
			c.said[e.Test] = m[1]
		}
	case e.Action == "pass":
		c.result.Passed++
	case e.Action == "fail":
		c.result.Failed = append(c.result.Failed, e.Test)
	case e.Action == "skip":
		c.result.Skipped = append(c.result.Skipped, skipped{e.Test, c.said[e.Test]})
	}
	if e.ends() {
		delete(c.said, e.Test)
	}
}

// print takes what the package prints.
func (c *collector) print(s string) error {
	_, err := io.WriteString(c.in, s)
	return err
}

// finish ends the package as "go test" does. An outcome that the guest did not live to see is a failure, with a note
// why.
func (c *collector) finish(code int, note string) (result, error) {
	c.result.Elapsed = time.Since(c.began)
	last := fmt.Sprintf("ok  \t%s\t%.3fs\n", c.result.Package, c.result.Elapsed.Seconds())
	if code != 0 {
		last = fmt.Sprintf("FAIL\t%s\t%.3fs\n", c.result.Package, c.result.Elapsed.Seconds())
		if note != "" {
			last = note + "\n" + last
		}
	}
	err := errors.Join(c.print(last), c.in.Close(), <-c.done, c.convert.Wait())
	if code != 0 {
		c.result.Outcome, c.result.Note = "fail", note
	} else if c.result.Outcome == "" { // it prints nothing
		c.result.Outcome = "pass"
	}
	return c.result, err
}
