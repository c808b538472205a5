package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"kern.sys/internal/vmtest/wire"
)

// fakeQEMU is set where the test binary is called as QEMU.
const fakeQEMU = "VMTEST_FAKE_QEMU"

func TestMain(m *testing.M) {
	if os.Getenv(fakeQEMU) == "" {
		os.Exit(m.Run())
	}
	if err := playGuest(os.Args[1:]); err != nil {
		fmt.Println(err) // on the console
		os.Exit(1)
	}
}

// playGuest is a guest in which what becomes of a package is said by its name.
func playGuest(args []string) error {
	value := func(option, prefix string) string {
		for i, a := range args[:len(args)-1] {
			if v, ok := strings.CutPrefix(args[i+1], prefix); a == option && ok {
				return v
			}
		}
		panic("no " + option + " " + prefix)
	}
	program := strings.HasPrefix(args[0], "mem=")
	initrd := strings.TrimPrefix(args[1], "initrd=")
	if !program {
		if strings.HasPrefix(value("-append", ""), "console=none") || value("-accel", "") == "kvm" {
			time.Sleep(time.Hour) // until the host has had enough
		}
		initrd = value("-initrd", "")
	}
	b, err := os.ReadFile(initrd)
	if err != nil {
		return err
	}
	var job wire.Job
	if err := json.NewDecoder(bytes.NewReader(b[bytes.Index(b, []byte(`{"Modules"`)):])).Decode(&job); err != nil {
		return err
	}
	var conn io.WriteCloser = os.NewFile(3, "port")
	if !program {
		if conn, err = net.Dial("unix", value("-chardev", "socket,id=events,path=")); err != nil {
			return err
		}
	}
	defer conn.Close()
	to := json.NewEncoder(conn)
	if err := to.Encode(wire.Event{Action: wire.Ready}); err != nil {
		return err
	}
	for _, p := range job.Packages {
		text, code, goesOn := become(p.Path, to)
		if !goesOn {
			return nil
		}
		for _, e := range []wire.Event{
			{Action: wire.Start, Package: p.Path},
			{Action: wire.Output, Package: p.Path, Text: text},
			{Action: wire.Exit, Package: p.Path, Code: code},
		} {
			if err := to.Encode(e); err != nil {
				return err
			}
		}
	}
	return to.Encode(wire.Event{Action: wire.Done})
}

// become returns what, in the form of -test.v=test2json, a package prints and ends with, or does with the guest what
// its name says.
func become(name string, to *json.Encoder) (text string, code int, goesOn bool) {
	switch name {
	case "good":
		return "\x16=== RUN   TestA\n\x16--- PASS: TestA (0.00s)\n\x16=== NAME  \n\x16PASS\n", 0, true
	case "bad":
		return "\x16=== RUN   TestB\n    b_test.go:1: b is broken\n\x16--- FAIL: TestB (0.00s)\n\x16=== NAME  \n\x16FAIL\n",
			1, true
	case "crashes":
		return "\x16=== RUN   TestC\npanic: nil\n", 2, true
	}
	_ = to.Encode(wire.Event{Action: wire.Start, Package: name})
	_ = to.Encode(wire.Event{Action: wire.Output, Package: name, Text: "\x16=== RUN   TestD\nsaid before\n"})
	switch name {
	case "panics":
		fmt.Println("Kernel panic - not syncing: sysrq triggered crash")
	case "hangs":
		fmt.Println("on the console")
		time.Sleep(time.Hour)
	case "endless":
		for {
			_ = to.Encode(wire.Event{Action: wire.Alive})
			time.Sleep(10 * time.Millisecond)
		}
	case "breaks":
		_ = to.Encode(wire.Event{Action: wire.Error, Text: "init broke"})
		time.Sleep(time.Hour)
	}
	return "", 0, false
}

// newSession returns a session on the fake guest, and what it shows as results and as notes.
func newSession(t *testing.T, console string, names ...string) (s *session, out, notes *bytes.Buffer) {
	t.Helper()
	t.Setenv(fakeQEMU, "1")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "any")
	if err := os.WriteFile(file, []byte("any"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := &build{machine: machine{arch: "fake", qemu: self, console: console}, dir: dir, init: file, kvm: &kvm{}}
	for _, name := range names {
		p := &goPackage{ImportPath: name, Dir: dir, binary: file}
		p.Module.Dir = dir
		if name == "unbuilt" {
			p.binary, p.buildErr = "", "a.go:1: no\n"
		}
		b.pkgs = append(b.pkgs, p)
	}
	out, notes = &bytes.Buffer{}, &bytes.Buffer{}
	return &session{
		build: b, kernel: &kernel{version: "1.2.3", modules: file}, base: file,
		column: &column{Kernel: "1.2.3", Arch: "fake"},
		guest:  guestOptions{boot: 10 * time.Second, silence: 10 * time.Second, timeout: 20 * time.Second},
		show:   &screen{out: out, progress: notes, guests: map[string]*state{}},
	}, out, notes
}

func TestSessionGoesOnAfterWhateverAPackageDoes(t *testing.T) {
	for _, c := range []struct {
		name    string
		note    string // of the package's result
		console string // told
		out     string // shown
	}{
		{name: "bad", out: "    b_test.go:1: b is broken\n--- FAIL: TestB (0.00s)\nFAIL\nFAIL\tbad\t"},
		{name: "crashes", note: "exit status 2", out: "panic: nil\nexit status 2\nFAIL\tcrashes\t"},
		{name: "panics", note: "the guest went down", console: "Kernel panic - not syncing",
			out: "said before\nthe guest went down\nFAIL\tpanics\t"},
		{name: "hangs", note: "the guest hangs", console: "on the console",
			out: "said before\nthe guest hangs\nFAIL\thangs\t"},
		{name: "endless", note: "the guest does not end a package", out: "FAIL\tendless\t"},
		{name: "breaks", note: "init broke", out: "FAIL\tbreaks\t"},
		{name: "unbuilt", note: "build failed", out: "a.go:1: no\nFAIL\tunbuilt [build failed]\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, out, notes := newSession(t, "", "good", c.name, "good")
			switch c.name {
			case "hangs":
				s.guest.silence = 2 * time.Second
			case "endless":
				s.guest.timeout = 2 * time.Second
			}
			if err := s.run(context.Background()); err != nil {
				t.Fatal(err)
			}
			good := 0
			for _, r := range s.column.Results {
				switch {
				case r.Package == "good" && r.Outcome == "pass" && r.Passed == 1:
					good++
				case r.Package != c.name || r.Outcome != "fail" || r.Note != c.note:
					t.Errorf("result %+v", r)
				}
			}
			if good != 2 || len(s.column.Results) != 3 || !s.column.failed() {
				t.Errorf("results %+v", s.column.Results)
			}
			if !strings.Contains(out.String(), c.out) || strings.Count(out.String(), "ok  \tgood\t") != 2 {
				t.Errorf("shown:\n%s", out)
			}
			if !strings.Contains(notes.String(), c.console) {
				t.Errorf("told:\n%s", notes)
			}
		})
	}
}

// The kernel that is a program has its port as a descriptor, and is no less robust.
func TestSessionOfAKernelThatIsAProgram(t *testing.T) {
	s, out, _ := newSession(t, "", "good", "panics", "good")
	s.kernel.program = s.build.machine.qemu
	if err := s.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "ok  \tgood\t"); n != 2 || len(s.column.Results) != 3 {
		t.Errorf("%+v, shown:\n%s", s.column.Results, out)
	}
}

func TestGuestThatDoesNotComeUpIsNoPackagesFault(t *testing.T) {
	s, _, notes := newSession(t, "none", "good")
	s.guest.boot = 100 * time.Millisecond
	err := s.run(context.Background())
	if err == nil || err.Error() != "the guest hangs" || len(s.column.Results) != 0 ||
		strings.Count(notes.String(), "the guest hangs") != 1+bootAgain {
		t.Errorf("%v, %+v, told:\n%s", err, s.column.Results, notes)
	}
}

func TestGuestThatDoesNotComeUpWithKVMIsEmulated(t *testing.T) {
	s, _, notes := newSession(t, "", "good")
	s.guest.boot = 2 * time.Second
	s.build.machine.arch = runtime.GOARCH
	cache := t.TempDir()
	s.build.kvm = newKVM(cache)
	s.build.kvm.device = s.base // a file that may be opened
	if err := s.run(context.Background()); err != nil || len(s.column.Results) != 1 || s.column.failed() {
		t.Errorf("%v, %+v", err, s.column.Results)
	}
	if n := strings.Count(notes.String(), "KVM does not work here"); n != 1 {
		t.Errorf("told %d times:\n%s", n, notes)
	}
	again := newKVM(cache)
	again.device = s.base
	if again.boot == "" || again.usable(s.build.machine) {
		t.Error("it would be tried again before the machine is booted again")
	}
	again.failed.Store(false)
	if !again.usable(s.build.machine) || again.usable(machine{arch: "other"}) {
		t.Error("it is usable for this machine's architecture and no other")
	}
}

func TestSessionEndsWithItsContext(t *testing.T) {
	s, _, _ := newSession(t, "", "hangs")
	ctx, cancel := context.WithCancel(context.Background())
	stop := time.AfterFunc(200*time.Millisecond, cancel)
	defer stop.Stop()
	if err := s.run(ctx); err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// The keys are those that "go test -json" printed for a package that passes and one that does not build.
func TestJSONIsThatOfGoTest(t *testing.T) {
	s, out, _ := newSession(t, "", "unbuilt", "good")
	s.show.json = true
	if err := s.run(context.Background()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for d := json.NewDecoder(out); ; {
		var e map[string]any
		if err := d.Decode(&e); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if e["Kernel"] != "1.2.3" || e["Arch"] != "fake" {
			t.Errorf("%v is of another guest", e)
		}
		keys := []string{fmt.Sprint(e["Action"])}
		for _, k := range []string{"ImportPath", "Time", "Package", "Test", "Output", "Elapsed", "FailedBuild"} {
			if e[k] != nil {
				keys = append(keys, k)
			}
		}
		got = append(got, strings.Join(keys, " "))
	}
	want := []string{
		"build-output ImportPath Output", "build-fail ImportPath", "start Package", "output Package Output",
		"fail Package Elapsed FailedBuild",
		"start Time Package", "run Time Package Test", "output Time Package Test Output", "output Time Package Test Output",
		"pass Time Package Test Elapsed", "output Time Package Output", "output Time Package Output",
		"pass Time Package Elapsed",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
