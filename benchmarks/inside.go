package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"syscall"
)

// A workload runs in a process of its own, which this program starts in a new
// network namespace. Such a process starts more, in the same namespace: one for
// each contender whose memory is measured, and what adds routes while events are
// counted. Each learns its task from this variable, and answers on its standard
// output.
const taskEnv = "KERN_BENCHMARK_TASK"

type task struct {
	Workload    string
	Who         string // a regular expression: which contenders take part
	Contender   string // set: measure this one's memory
	Feed        bool   // add routes, see feed, or do what the workload has in its place
	Count       int
	N           int
	Link, Other int
	Tools       tools
	Warm        bool // see warm
}

// runInside does the task of a process that has one.
func runInside() (code int, inside bool) {
	text, ok := os.LookupEnv(taskEnv)
	if !ok {
		return 0, false
	}
	var t task
	err := json.Unmarshal([]byte(text), &t)
	if err == nil {
		err = t.run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1, true
	}
	return 0, true
}

func (t *task) run() error {
	wl := findWorkload(t.Workload)
	if wl == nil {
		return fmt.Errorf("no workload %q", t.Workload)
	}
	w := &world{workload: wl, tools: &t.Tools, n: t.N, link: t.Link, other: t.Other}
	defer w.close()
	if t.Warm {
		warm()
	}
	var answer any
	var err error
	switch {
	case t.Feed && wl.feed != nil:
		return wl.feed(w)
	case t.Feed:
		return feed(w)
	case t.Contender != "":
		answer, err = w.measureCold(t.Contender)
	default:
		answer, err = w.measure(t.Who, t.Count)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(answer)
}

// command is this program with a task.
func (t *task) command() (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), taskEnv+"="+string(text))
	cmd.Stderr = os.Stderr
	return cmd, nil
}

// ask runs a task in a process and reads its answer.
func (t *task) ask(attr *syscall.SysProcAttr, answer any) error {
	cmd, err := t.command()
	if err != nil {
		return err
	}
	if attr == nil {
		attr = &syscall.SysProcAttr{}
	}
	// The kernel sends the signal when the thread ends that started the process.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	attr.Pdeathsig = syscall.SIGKILL
	cmd.SysProcAttr = attr
	var out bytes.Buffer
	cmd.Stdout = &out
	if err := cmd.Run(); err != nil {
		return err
	}
	return json.Unmarshal(out.Bytes(), answer)
}

// runOutside runs a workload in a new namespace.
func runOutside(wl *workload, ts *tools, who string, count, objects int) (*outcome, error) {
	t := task{Workload: wl.name, Who: who, Count: count, N: wl.objects, Tools: *ts, Warm: os.Getenv(warmEnv) != ""}
	if objects != 0 && !(wl.atMost && objects > wl.objects) {
		t.N = objects
	}
	if wl.rounds != 0 {
		t.Count = min(count, wl.rounds)
	}
	o := &outcome{}
	err := t.ask(newNamespaces(os.Geteuid() != 0), o)
	if errors.Is(err, syscall.EPERM) && os.Geteuid() == 0 {
		err = t.ask(newNamespaces(true), o) // root without CAP_SYS_ADMIN
	}
	return o, err
}

// warmEnv is set for workloads that run with a warm heap.
const warmEnv = "KERN_BENCHMARK_WARM"

// warm makes the heap larger than the work needs, and keeps it so: there are no collections of garbage but those
// between rounds. It is for the kernel that is a program, where the first use of a page takes 140 microseconds, so
// that all that is measured else is how many pages a contender uses.
func warm() {
	debug.SetGCPercent(-1)
	touch(make([]byte, 256<<20))
	runtime.GC()
}

//go:noinline
func touch(memory []byte) {
	for i := 0; i < len(memory); i += os.Getpagesize() {
		memory[i] = 1
	}
}

// newNamespaces are a network namespace and, where that takes one, a user
// namespace in which the caller is root.
func newNamespaces(user bool) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if user {
		attr.Cloneflags |= syscall.CLONE_NEWUSER
		attr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}}
	}
	return attr
}
