package clitest

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/nstest"
)

// programEnv has the test binary be the program, with these words.
const programEnv = "KERN_TEST_PROGRAM"

const wordSeparator = "\x1f"

// under is the program that the tests are about.
var under cli.Program

// Main runs the tests of a package in namespaces of their own; p is the
// program that is compared with iproute2's.
func Main(m *testing.M, p cli.Program) {
	under = p
	if words, ok := os.LookupEnv(programEnv); ok {
		os.Exit(cli.Run(p, strings.Split(words, wordSeparator)[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	nstest.Main(m)
}

// Process is this program as a process of its own, in the calling thread's
// namespace; it is called ip, so that it can be compared with that.
func Process(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), programEnv+"="+strings.Join(append([]string{under.Name}, args...), wordSeparator))
	return cmd
}

// RunProcess runs it to its end.
func RunProcess(t testing.TB, args ...string) Result {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd := Process(t, args...)
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return Result{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// Watcher is a process that goes on printing. It is killed when the test ends, or takes longer than patience.
type Watcher struct {
	Cmd   *exec.Cmd
	Lines *bufio.Scanner
	Err   *bytes.Buffer
}

// patience is longer than any test needs, and shorter than what a whole package may take.
const patience = time.Minute

// Watch starts a process that goes on printing.
func Watch(t testing.TB, cmd *exec.Cmd) *Watcher {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	w := &Watcher{Cmd: cmd, Lines: bufio.NewScanner(out), Err: &bytes.Buffer{}}
	w.Lines.Buffer(nil, 1<<20)
	cmd.Stderr = w.Err
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() }) // it may have ended
	t.Cleanup(func() {
		late.Stop()
		if cmd.ProcessState == nil {
			_ = cmd.Process.Kill()
			_ = cmd.Wait() // killed
		}
	})
	return w
}

// First calls cause until the process has printed a line, which is what cause makes it print.
func (w *Watcher) First(t testing.TB, cause func()) {
	t.Helper()
	told := make(chan bool, 1)
	go func() { told <- w.Lines.Scan() }()
	for {
		cause()
		select {
		case ok := <-told:
			if !ok {
				t.Fatalf("%v ended: %s", w.Cmd.Args, w.Err)
			}
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// Until reads lines to the first that holds mark, and returns those before it.
func (w *Watcher) Until(t testing.TB, mark string) string {
	t.Helper()
	var all strings.Builder
	for w.Lines.Scan() {
		if strings.Contains(w.Lines.Text(), mark) {
			return all.String()
		}
		all.WriteString(w.Lines.Text() + "\n")
	}
	t.Fatalf("%v ended before %q: %s%s", w.Cmd.Args, mark, all.String(), w.Err)
	return ""
}

// Stop ends it as Ctrl-C does, and returns what it still printed and its
// status.
func (w *Watcher) Stop(t testing.TB) (rest string, code int) {
	t.Helper()
	if err := w.Cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for w.Lines.Scan() {
		all.WriteString(w.Lines.Text() + "\n")
	}
	if err := w.Cmd.Wait(); w.Cmd.ProcessState == nil && err != io.EOF {
		t.Fatal(err)
	}
	return all.String(), w.Cmd.ProcessState.ExitCode()
}
