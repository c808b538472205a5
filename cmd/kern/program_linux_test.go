package main

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// programEnv has the test binary be the program, with these words.
const programEnv = "KERN_TEST_PROGRAM"

const wordSeparator = "\x1f"

func init() {
	if words, ok := os.LookupEnv(programEnv); ok {
		os.Exit(run(strings.Split(words, wordSeparator), os.Stdin, os.Stdout, os.Stderr))
	}
}

// program is this program as a process of its own, in the calling thread's
// namespace; it is called ip, so that it can be compared with that.
func program(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), programEnv+"="+strings.Join(append([]string{"ip"}, args...), wordSeparator))
	return cmd
}

// runProgram runs it to its end.
func runProgram(t testing.TB, args ...string) result {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := program(t, args...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// watcher is a process that goes on printing.
type watcher struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	err   *bytes.Buffer
}

func watch(t testing.TB, cmd *exec.Cmd) *watcher {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	w := &watcher{cmd: cmd, lines: bufio.NewScanner(out), err: &bytes.Buffer{}}
	w.lines.Buffer(nil, 1<<20)
	cmd.Stderr = w.err
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return w
}

// until reads lines to the first that holds mark, and returns those before it.
func (w *watcher) until(t testing.TB, mark string) string {
	t.Helper()
	var all strings.Builder
	for w.lines.Scan() {
		if strings.Contains(w.lines.Text(), mark) {
			return all.String()
		}
		all.WriteString(w.lines.Text() + "\n")
	}
	t.Fatalf("%v ended before %q: %s%s", w.cmd.Args, mark, all.String(), w.err)
	return ""
}

// stop ends it as Ctrl-C does, and returns what it still printed and its
// status.
func (w *watcher) stop(t testing.TB) (rest string, code int) {
	t.Helper()
	if err := w.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for w.lines.Scan() {
		all.WriteString(w.lines.Text() + "\n")
	}
	if err := w.cmd.Wait(); w.cmd.ProcessState == nil && err != io.EOF {
		t.Fatal(err)
	}
	return all.String(), w.cmd.ProcessState.ExitCode()
}
