//go:build linux && race

package unix_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"kern.sys/unix"
)

// raceEnv is set in the process that TestRaceDetector starts, and names the race to run into there.
const raceEnv = "KERN_UNIX_TEST_RACE"

// TestRaceDetector runs pairs of goroutines that share memory in processes of their own: those that a pipe keeps in
// order pass, those that use a buffer while the kernel does are found.
func TestRaceDetector(t *testing.T) {
	pairs := map[string]func(r, w int){
		"ordered by a pipe": func(r, w int) {
			shared := 0
			done := make(chan struct{})
			go func() {
				defer close(done)
				shared = 1
				_, _ = unix.Write(w, []byte("x"))
			}()
			if _, err := unix.Read(r, make([]byte, 1)); err != nil || shared != 1 {
				os.Exit(1)
			}
			<-done
		},
		"a buffer that is read into": func(r, w int) {
			buf := make([]byte, 1)
			_, _ = unix.Write(w, []byte("x"))
			unordered(func() { buf[0] = 1 }, func() { _, _ = unix.Read(r, buf) })
		},
		"a buffer that is written from": func(_, w int) {
			buf := make([]byte, 1)
			unordered(func() { buf[0] = 1 }, func() { _, _ = unix.Write(w, buf) })
		},
	}
	if f := pairs[os.Getenv(raceEnv)]; f != nil {
		var p [2]int
		ok(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
		f(p[0], p[1])
		os.Exit(0) // 66 after a race
	}
	self, err := os.Executable()
	ok(t, err)
	for name := range pairs {
		cmd := exec.Command(self, "-test.run=^TestRaceDetector$")
		cmd.Env = append(os.Environ(), raceEnv+"="+name, "GORACE=exitcode=66")
		out, _ := cmd.CombinedOutput()
		want := 66
		if strings.HasPrefix(name, "ordered") {
			want = 0
		}
		if code := cmd.ProcessState.ExitCode(); code != want || (want != 0) != strings.Contains(string(out), "DATA RACE") {
			t.Errorf("%s: exit status %d, want %d\n%s", name, code, want, out)
		}
	}
}

// unordered runs two functions in goroutines, of which neither waits for the other.
func unordered(a, b func()) {
	done := make(chan struct{}, 2)
	for _, f := range []func(){a, b} {
		go func() { f(); done <- struct{}{} }()
	}
	<-done
	<-done
}
