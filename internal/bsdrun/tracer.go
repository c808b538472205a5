//go:build linux && amd64

package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"unsafe"

	"kern.sys/unix"
)

// process is what the system's kernel would know of a process.
type process struct {
	pid     int
	scratch uint64 // memory that this program gave it; 0 before the first call that needs some
	slots   int    // parts of it that threads have
	actions [65]action
	kqueues map[int]*kqueue
}

// thread is a thread that is traced.
type thread struct {
	*process
	tid         int
	entry       unix.PtraceRegs // at the call that is being made
	call        *call           // nil between calls
	inside      bool            // between the entry and the exit of a call of Linux's
	started     bool            // its first stop was seen
	start       *unix.PtraceRegs
	slot        int // its part of scratch, from 1
	mask        uint64
	stack       stack // for signals
	frames      []frame
	interrupted unix.Errno    // the call that the next signal interrupts: how Linux wanted to go on with it
	held        []unix.Signal // they came while a call was made
	execed      bool
}

// tracer runs one program and its threads and children.
type tracer struct {
	*system
	threads map[int]*thread
	unknown map[string]bool // calls that were not answered, and were said to be
	trace   bool
}

// options of ptrace: calls are distinguished from traps, new threads and processes are traced, and none outlives this
// program.
const options = unix.PTRACE_O_TRACESYSGOOD | unix.PTRACE_O_TRACECLONE | unix.PTRACE_O_TRACEFORK |
	unix.PTRACE_O_TRACEVFORK |
	unix.PTRACE_O_TRACEEXEC | unix.PTRACE_O_EXITKILL

// systems are those whose programs run here.
var systems = []string{"freebsd", "netbsd", "openbsd", "dragonfly"}

// run executes a program of the system and returns its exit status.
func run(args []string, trace bool) (int, error) {
	name := systemOf(args[0])
	if !slices.Contains(systems, name) {
		return 0, fmt.Errorf("%s is a program of %s, not of %s", args[0], name, strings.Join(systems, ", "))
	}
	sys, err := readSystem(name)
	if err != nil {
		return 0, err
	}
	runtime.LockOSThread()
	path := args[0]
	if name == "openbsd" {
		var functions imports
		if path, functions, err = withoutLoader(path); err != nil {
			return 0, err
		}
		defer os.Remove(path)
		for i, f := range functions {
			sys.numbers[firstImport+uint64(i)] = f
		}
		args = append([]string{path}, args[1:]...) // programs that start themselves again start the copy
	}
	p, err := os.StartProcess(path, args, &os.ProcAttr{
		Env:   append(os.Environ(), "KERN_BSDRUN=1"),
		Files: []*os.File{os.Stdin, os.Stdout, os.Stderr},
		Sys:   &syscall.SysProcAttr{Ptrace: true},
	})
	if err != nil {
		return 0, err
	}
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGQUIT, unix.SIGTERM)
	go func() {
		for s := range signals {
			_ = unix.Kill(p.Pid, s.(unix.Signal))
		}
	}()
	tr := &tracer{system: sys, threads: map[int]*thread{}, unknown: map[string]bool{}, trace: trace}
	return tr.loop(p.Pid)
}

func (tr *tracer) loop(pid int) (int, error) {
	var ws unix.WaitStatus
	if _, err := unix.Wait4(pid, &ws, unix.WALL, nil); err != nil {
		return 0, err
	}
	if !ws.Stopped() {
		return 0, fmt.Errorf("program did not start: %v", ws)
	}
	if err := unix.PtraceSetOptions(pid, options); err != nil {
		return 0, err
	}
	main := &thread{process: &process{pid: pid, kqueues: map[int]*kqueue{}}, tid: pid, started: true}
	tr.threads[pid] = main
	if err := tr.begin(main); err != nil {
		return 0, err
	}
	tr.resume(main, 0)
	for {
		tid, err := unix.Wait4(-1, &ws, unix.WALL, nil)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return 0, err
		case ws.Exited() || ws.Signaled():
			tr.gone(tid)
			if tid == pid {
				return exitStatus(ws), nil
			}
			continue
		}
		t := tr.threads[tid]
		if t == nil { // its birth is said by the parent's stop, which may come later
			t = &thread{tid: tid}
			tr.threads[tid] = t
		}
		tr.stopped(t, ws)
	}
}

func exitStatus(ws unix.WaitStatus) int {
	if ws.Signaled() {
		fmt.Fprintln(os.Stderr, "bsdrun: ended by", ws.Signal())
		return 128 + int(ws.Signal())
	}
	return ws.ExitStatus()
}

func (tr *tracer) gone(tid int) {
	if t := tr.threads[tid]; t != nil && t.call != nil {
		t.call.abandon()
	}
	delete(tr.threads, tid)
}

// begin gives a program the registers that its system starts programs with: the arguments are where RDI points, too.
func (tr *tracer) begin(t *thread) error {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(t.tid, &regs); err != nil {
		return err
	}
	tr.startRegs(&regs)
	return unix.PtraceSetRegs(t.tid, &regs)
}

func (tr *tracer) startRegs(regs *unix.PtraceRegs) {
	regs.Rdi = regs.Rsp
	if tr.system.name == "openbsd" {
		regs.Fs_base = mainThreadAt
	}
}

func (tr *tracer) stopped(t *thread, ws unix.WaitStatus) {
	sig := ws.StopSignal()
	switch {
	case sig == unix.SIGTRAP|0x80:
		tr.callStop(t)
	case !t.started && sig == unix.SIGSTOP:
		t.started = true
		if t.start != nil {
			tr.born(t)
		}
	case sig == unix.SIGTRAP && ws.TrapCause() > 0:
		tr.event(t, ws.TrapCause())
	case sig == unix.SIGTRAP && t.execed:
		tr.resume(t, 0)
	default:
		tr.signal(t, sig)
	}
}

// event handles a stop of ptrace's own.
func (tr *tracer) event(t *thread, cause int) {
	switch cause {
	case unix.PTRACE_EVENT_CLONE, unix.PTRACE_EVENT_FORK, unix.PTRACE_EVENT_VFORK:
		msg, err := unix.PtraceGetEventMsg(t.tid)
		if err != nil {
			tr.fatal(t, "new thread", err)
			return
		}
		child := tr.threads[int(msg)]
		if child == nil {
			child = &thread{tid: int(msg)}
			tr.threads[child.tid] = child
		}
		tr.adopt(t, child, cause == unix.PTRACE_EVENT_CLONE)
		if child.started {
			tr.born(child)
		}
	case unix.PTRACE_EVENT_EXEC:
		if systemOf(fmt.Sprintf("/proc/%d/exe", t.tid)) != tr.system.name { // goes on by itself
			delete(tr.threads, t.tid)
			_ = unix.PtraceDetach(t.tid)
			return
		}
		t.process = &process{pid: t.tid, kqueues: map[int]*kqueue{}}
		t.call.abandon()
		t.call, t.execed, t.frames, t.stack, t.slot = nil, true, nil, stack{}, 0
	}
	tr.resume(t, 0)
}

// adopt makes child what the call of its parent asked for.
func (tr *tracer) adopt(parent, child *thread, sameProcess bool) {
	child.mask = parent.mask
	if sameProcess {
		child.process = parent.process
		child.start = parent.call.child
		return
	}
	p := *parent.process
	p.pid, p.kqueues = child.tid, map[int]*kqueue{} // kqueues are not inherited
	child.process, child.slot = &p, parent.slot
	child.stack = parent.stack
	regs := parent.entry
	regs.Rax, regs.Rdx, regs.Orig_rax = 0, 1, ^uint64(0)
	regs.Eflags &^= carry
	child.start = &regs
}

// born lets a new thread begin where its parent said.
func (tr *tracer) born(t *thread) {
	if err := unix.PtraceSetRegs(t.tid, t.start); err != nil {
		tr.fatal(t, "registers of a new thread", err)
		return
	}
	t.start = nil
	tr.resume(t, 0)
}

func (tr *tracer) resume(t *thread, sig unix.Signal) {
	if err := unix.PtraceSyscall(t.tid, int(sig)); err != nil && !errors.Is(err, unix.ESRCH) {
		tr.fatal(t, "resume", err)
	}
}

// fatal ends a process that cannot go on. That its thread is gone already is no error: another one ended the process.
func (tr *tracer) fatal(t *thread, what string, err error) {
	if errors.Is(err, unix.ESRCH) {
		return
	}
	fmt.Fprintf(os.Stderr, "bsdrun: %d: %s: %v\n", t.tid, what, err)
	if t.process != nil {
		_ = unix.Kill(t.pid, unix.SIGKILL)
	}
}

// carry is the processor's flag by which the BSDs say that a call failed.
const carry = 1

// callStop is the entry or the exit of a call.
func (tr *tracer) callStop(t *thread) {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(t.tid, &regs); err != nil {
		tr.fatal(t, "registers", err)
		return
	}
	switch {
	case t.execed: // the end of the execve that began this program
		t.execed = false
		regs.Rax = 0
		tr.startRegs(&regs)
	case !t.inside && t.call == nil:
		t.inside, t.interrupted = true, 0
		t.entry = regs
		t.call = tr.newCall(t)
		tr.first(t, &regs)
	case !t.inside: // a further call of Linux's for the same one
		t.inside = true
		tr.resume(t, 0)
		return
	default:
		t.inside = false
		tr.next(t, &regs)
	}
	if err := unix.PtraceSetRegs(t.tid, &regs); err != nil {
		tr.fatal(t, "registers", err)
		return
	}
	tr.resume(t, 0)
}

// first makes the stopped call Linux's first one, or none.
func (tr *tracer) first(t *thread, regs *unix.PtraceRegs) {
	r, more := t.call.step(0)
	if !more {
		regs.Orig_rax = ^uint64(0)
		return
	}
	r.set(regs)
	regs.Orig_rax = r.nr
}

// next takes the result of a call of Linux's, and prepares another one or the return to the program.
func (tr *tracer) next(t *thread, regs *unix.PtraceRegs) {
	c := t.call
	if !c.done {
		res := int64(regs.Rax)
		if e := unix.Errno(-res); res < 0 && e >= restartSys && e <= restartBlock {
			t.interrupted = e
			c.abandon()
			t.call = nil
			*regs = t.again()
			tr.release(t)
			return
		}
		if r, more := c.step(res); more {
			*regs = t.entry
			r.set(regs)
			regs.Rip, regs.Rax = t.entry.Rip-2, r.nr
			return
		}
	}
	t.call = nil
	tr.release(t)
	*regs = t.entry
	regs.Orig_rax = ^uint64(0)
	if c.regs != nil {
		*regs = *c.regs
		return
	}
	c.finish(regs)
	if tr.trace {
		fmt.Fprintf(os.Stderr, "bsdrun: %d: %s(%#x) = %#x, %d\n", t.tid, c.name, c.args[:6], regs.Rax, c.errno)
	}
}

// How Linux says, to a tracer alone, that a call was interrupted: include/linux/errno.h.
const (
	restartSys   unix.Errno = 512
	restartBlock unix.Errno = 516
	restartHand  unix.Errno = 514 // from here on the call returns EINTR if a handler runs
)

// memory reads or writes a part of a process, and reports whether all of it could be.
func memory(nr uintptr, pid int, addr uint64, b []byte) bool {
	if len(b) == 0 {
		return true
	}
	local := unix.Iovec{Base: &b[0], Len: uint64(len(b))}
	remote := [2]uint64{addr, uint64(len(b))}
	n, _, e := unix.Syscall6(nr, uintptr(pid), uintptr(unsafe.Pointer(&local)), 1, uintptr(unsafe.Pointer(&remote)), 1, 0)
	return e == 0 && int(n) == len(b)
}
