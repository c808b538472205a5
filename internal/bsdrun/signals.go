//go:build linux && amd64

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"unsafe"

	"kern.sys/unix"
)

// action is what a process does about a signal: Linux itself has the default for each, as every one stops the thread
// for this program first.
type action struct {
	handler uint64 // 0 for the default, 1 to ignore it
	flags   uint64
	mask    uint64
	tramp   uint64 // where the handler returns to, if the program says so
}

// stack is what sigaltstack(2) set.
type stack struct{ sp, size, flags uint64 }

// frame is a handler that runs: where its ucontext is, and the state of the processor beyond the registers.
type frame struct {
	at     uint64
	xstate []byte
}

var signalCalls = map[string]handler{
	"sigaction":          func(c *call) (uint64, unix.Errno) { return c.sigaction(0) },
	"sigaction_sigtramp": func(c *call) (uint64, unix.Errno) { return c.sigaction(c.args[3]) },
	"sigaltstack": func(c *call) (uint64, unix.Errno) {
		if c.args[1] != 0 {
			old := c.record("struct sigaltstack")
			old.put("ss_sp", c.t.stack.sp)
			old.put("ss_size", c.t.stack.size)
			old.put("ss_flags", c.t.stack.flags)
			if c.t.stack.size == 0 {
				old.put("ss_flags", c.n("SS_DISABLE"))
			}
			if e := c.write(c.args[1], old.b); e != 0 {
				return 0, e
			}
		}
		if c.args[0] != 0 {
			r, e := c.load(c.args[0], "struct sigaltstack")
			if e != 0 {
				return 0, e
			}
			c.t.stack = stack{r.get("ss_sp"), r.get("ss_size"), r.get("ss_flags")}
			if c.t.stack.flags&c.n("SS_DISABLE") != 0 {
				c.t.stack = stack{}
			}
		}
		return 0, 0
	},
	"sigprocmask": func(c *call) (uint64, unix.Errno) {
		old := c.t.mask
		if c.args[1] != 0 {
			set := c.read64(c.args[1])
			switch {
			case c.has("SIG_BLOCK", c.args[0]):
				c.t.setMask(c.tracer, old|set)
			case c.has("SIG_UNBLOCK", c.args[0]):
				c.t.setMask(c.tracer, old&^set)
			case c.has("SIG_SETMASK", c.args[0]):
				c.t.setMask(c.tracer, set)
			default:
				return 0, unix.EINVAL
			}
		}
		if c.args[2] != 0 {
			return 0, c.write(c.args[2], binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, old), 0))
		}
		return 0, 0
	},
	"sigreturn": func(c *call) (uint64, unix.Errno) {
		if n := len(c.t.frames); n > 0 { // the trampoline has nothing in RDI
			return c.returnFromSignal(c.t.frames[n-1].at)
		}
		return 0, unix.EINVAL
	},
	"kill": func(c *call) (uint64, unix.Errno) {
		s, ok := signo(c, c.args[1])
		if !ok {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_KILL, c.args[0], s)
	},
	"setitimer": pass(unix.SYS_SETITIMER),
	"getitimer": pass(unix.SYS_GETITIMER),
}

// setMask blocks signals, by the system's numbers.
func (t *thread) setMask(tr *tracer, mask uint64) {
	t.mask = mask
	var linux uint64
	for sig, n := range tr.signals {
		if n != 0 && n <= 64 && mask>>(n-1)&1 != 0 {
			linux |= 1 << (sig - 1)
		}
	}
	if _, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SETSIGMASK, uintptr(t.tid), 8,
		uintptr(unsafe.Pointer(&linux)), 0, 0); e != 0 {
		tr.fatal(t, "signal mask", e)
	}
}

func (c *call) sigaction(tramp uint64) (uint64, unix.Errno) {
	n := c.args[0]
	if n == 0 || n >= uint64(len(c.t.actions)) {
		return 0, unix.EINVAL
	}
	c.scratch() // handlers return into it
	const handlerField = "__sigaction_u.__sa_handler|_sa_u._sa_handler"
	a := &c.t.actions[n]
	if c.args[2] != 0 {
		old := c.record("struct sigaction")
		old.put(handlerField, a.handler)
		old.put("sa_flags", a.flags)
		putMask(old.bytes("sa_mask"), a.mask)
		if e := c.write(c.args[2], old.b); e != 0 {
			return 0, e
		}
	}
	if c.args[1] != 0 {
		r, e := c.load(c.args[1], "struct sigaction")
		if e != 0 {
			return 0, e
		}
		*a = action{r.get(handlerField), r.get("sa_flags"), maskOf(r.bytes("sa_mask")), tramp}
	}
	return 0, 0
}

// signal handles a signal that is about to be delivered.
func (tr *tracer) signal(t *thread, sig unix.Signal) {
	n := 0
	if int(sig) < len(tr.signals) {
		n = tr.signals[sig]
	}
	if n == 0 || t.process == nil {
		tr.resume(t, sig)
		return
	}
	if t.call != nil && !tr.between(t, sig) {
		return
	}
	switch a := t.actions[n]; a.handler {
	case 0:
		if tr.trace {
			fmt.Fprintf(os.Stderr, "bsdrun: %d: signal %v without a handler\n", t.tid, sig)
		}
		tr.resume(t, sig)
	case 1:
		tr.resume(t, 0)
	default:
		if err := tr.deliver(t, sig, n, a); err != nil {
			tr.fatal(t, "signal", err)
			return
		}
		tr.resume(t, 0)
	}
}

// between handles a signal that comes between two calls of Linux's for one of the program's. It waits for the end of
// that one, unless what is next may sleep: then the call is interrupted now. It reports whether to go on with the
// signal.
func (tr *tracer) between(t *thread, sig unix.Signal) bool {
	if !sleeps(t.call.last) {
		t.held = append(t.held, sig)
		tr.resume(t, 0)
		return false
	}
	t.call.abandon()
	t.call, t.interrupted = nil, restartHand
	regs := t.again()
	if err := unix.PtraceSetRegs(t.tid, &regs); err != nil {
		tr.fatal(t, "registers", err)
		return false
	}
	return true
}

// sleeps reports whether a call of Linux's waits for something.
func sleeps(nr uint64) bool {
	switch nr {
	case unix.SYS_EPOLL_PWAIT2, unix.SYS_FUTEX, unix.SYS_SELECT, unix.SYS_PSELECT6, unix.SYS_PPOLL, unix.SYS_POLL,
		unix.SYS_WAIT4, unix.SYS_NANOSLEEP,
		unix.SYS_SENDMSG, unix.SYS_RECVMSG, unix.SYS_SENDTO, unix.SYS_RECVFROM, unix.SYS_ACCEPT, unix.SYS_ACCEPT4,
		unix.SYS_CONNECT:
		return true
	}
	return false
}

// again returns the registers by which the thread makes its call once more.
func (t *thread) again() unix.PtraceRegs {
	regs := t.entry
	regs.Rip, regs.Rax, regs.Orig_rax = regs.Rip-2, t.entry.Orig_rax, ^uint64(0)
	return regs
}

// release sends the signals that waited for the end of a call.
func (tr *tracer) release(t *thread) {
	for _, sig := range t.held {
		if err := unix.Tgkill(t.pid, t.tid, sig); err != nil {
			tr.fatal(t, "signal that waited", err)
		}
	}
	t.held = nil
}

// deliver makes the thread run a handler: the system's siginfo and ucontext on its stack, and the registers for a
// function of C.
func (tr *tracer) deliver(t *thread, sig unix.Signal, n int, a action) error {
	var regs unix.PtraceRegs
	if err := unix.PtraceGetRegs(t.tid, &regs); err != nil {
		return err
	}
	if t.interrupted != 0 && (t.interrupted >= restartHand || a.flags&tr.n("SA_RESTART") == 0) {
		regs.Rip, regs.Rax, regs.Eflags = regs.Rip+2, tr.errnos[unix.EINTR], regs.Eflags|carry
	}
	t.interrupted = 0
	xstate, err := t.xstate()
	if err != nil {
		return err
	}
	var linux [128]byte
	if _, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GETSIGINFO, uintptr(t.tid), 0,
		uintptr(unsafe.Pointer(&linux)), 0, 0); e != 0 {
		return e
	}
	u, info := tr.record(tr.contextName()), tr.siginfo(n, sig, linux[:])
	tr.putContext(u, &regs, t.mask)
	sp := regs.Rsp - 128 // what functions of C have below their stack
	if s := t.stack; a.flags&tr.n("SA_ONSTACK") != 0 && s.size != 0 && (regs.Rsp <= s.sp || regs.Rsp > s.sp+s.size) {
		sp = s.sp + s.size
	}
	at := (sp - uint64(len(u.b))) &^ 63
	infoAt := (at - uint64(len(info.b))) &^ 15
	tramp := a.tramp
	if tramp == 0 {
		tramp = t.process.scratch
	}
	ret := binary.LittleEndian.AppendUint64(nil, tramp)
	for addr, b := range map[uint64][]byte{at: u.b, infoAt: info.b, infoAt - 8: ret} {
		if !memory(unix.SYS_PROCESS_VM_WRITEV, t.tid, addr, b) {
			return unix.EFAULT
		}
	}
	t.frames = append(t.frames, frame{at, xstate})
	regs.Rip, regs.Rsp = a.handler, infoAt-8
	regs.Rdi, regs.Rsi, regs.Rdx = uint64(n), infoAt, at
	if tr.system.name == "netbsd" {
		regs.R15 = at // as its trampoline expects
	}
	regs.Orig_rax = ^uint64(0)
	regs.Eflags &^= 0x400 // the direction of string instructions
	if err := unix.PtraceSetRegs(t.tid, &regs); err != nil {
		return err
	}
	mask := t.mask | a.mask
	if a.flags&tr.n("SA_NODEFER") == 0 {
		mask |= 1 << (n - 1)
	}
	t.setMask(tr, mask)
	return nil
}

// siginfo makes the system's siginfo of Linux's: number, code, and what there is of who sent it or of the address of
// a fault.
func (tr *tracer) siginfo(n int, sig unix.Signal, linux []byte) record {
	code := int32(binary.LittleEndian.Uint32(linux[8:]))
	pid, uid := binary.LittleEndian.Uint32(linux[16:]), binary.LittleEndian.Uint32(linux[20:])
	addr := binary.LittleEndian.Uint64(linux[16:])
	fault := sig == unix.SIGSEGV || sig == unix.SIGBUS || sig == unix.SIGFPE || sig == unix.SIGILL
	if tr.system.name == "netbsd" {
		r := tr.record("struct _ksiginfo")
		r.put("_signo", uint64(n))
		if code > 0 {
			r.put("_code", uint64(code))
		}
		if fault && code > 0 {
			r.put("_reason._fault._addr", addr)
		} else {
			r.put("_reason._rt._pid", uint64(pid))
			r.put("_reason._rt._uid", uint64(uid))
		}
		return r
	}
	if tr.system.name == "openbsd" {
		r := tr.record("siginfo_t")
		r.put("si_signo", uint64(n))
		if code > 0 && code < 0x80 {
			r.put("si_code", uint64(code))
		}
		if fault && code > 0 {
			r.put("_data._fault._addr", addr)
		} else {
			r.put("_data._proc._pid", uint64(pid))
			r.put("_data._proc._uid", uint64(uid))
		}
		return r
	}
	r := tr.record("struct __siginfo")
	r.put("si_signo", uint64(n))
	if code > 0 && code < 0x80 { // faults have the same; a signal of the kernel and of a process differ
		r.put("si_code", uint64(code))
	} else {
		r.put("si_code", tr.n("SI_USER"))
	}
	if fault && code > 0 {
		r.put("si_addr", addr)
	} else {
		r.put("si_pid", uint64(pid))
		r.put("si_uid", uint64(uid))
	}
	return r
}

// contextName is the structure that handlers find registers in.
func (s *system) contextName() string {
	if s.name == "openbsd" {
		return "struct sigcontext"
	}
	return "struct __ucontext"
}

// contextMask is its field for the signals that were blocked.
func (s *system) contextMask() string {
	if s.name == "openbsd" {
		return "sc_mask"
	}
	return "uc_sigmask"
}

// maskOf reads a set of signals, of 4 bytes or more.
func maskOf(b []byte) uint64 {
	if len(b) == 4 {
		return uint64(binary.LittleEndian.Uint32(b))
	}
	return binary.LittleEndian.Uint64(b)
}

func putMask(b []byte, mask uint64) {
	if len(b) == 4 {
		binary.LittleEndian.PutUint32(b, uint32(mask))
		return
	}
	binary.LittleEndian.PutUint64(b, mask)
}

// contextRegs calls f for each register of a ucontext: its place and where it is in Linux's.
func (s *system) contextRegs(u record, regs *unix.PtraceRegs, f func(b []byte, reg *uint64)) {
	place := func(name string) []byte { return u.bytes("uc_mcontext.mc_" + name) }
	if s.name == "openbsd" {
		place = func(name string) []byte { return u.bytes("sc_" + name) }
	}
	if s.name == "netbsd" {
		all := u.bytes("uc_mcontext.__gregs")
		place = func(name string) []byte {
			i := int(s.n("_REG_" + upper(name)))
			return all[8*i : 8*i+8]
		}
	}
	for name, reg := range map[string]*uint64{
		"rdi": &regs.Rdi, "rsi": &regs.Rsi, "rdx": &regs.Rdx, "rcx": &regs.Rcx, "r8": &regs.R8, "r9": &regs.R9,
		"rax": &regs.Rax,
		"rbx": &regs.Rbx, "rbp": &regs.Rbp, "r10": &regs.R10, "r11": &regs.R11, "r12": &regs.R12, "r13": &regs.R13,
		"r14": &regs.R14,
		"r15": &regs.R15, "rip": &regs.Rip, "rflags": &regs.Eflags, "rsp": &regs.Rsp,
	} {
		f(place(name), reg)
	}
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'a' <= c && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

// putContext fills a ucontext.
func (s *system) putContext(u record, regs *unix.PtraceRegs, mask uint64) {
	s.contextRegs(u, regs, func(b []byte, reg *uint64) { binary.LittleEndian.PutUint64(b, *reg) })
	putMask(u.bytes(s.contextMask()), mask)
	if s.name == "netbsd" {
		u.put("uc_flags", s.n("_UC_SIGMASK")|s.n("_UC_CPU"))
	}
}

// getContext takes the registers out of a ucontext.
func (s *system) getContext(u record, regs *unix.PtraceRegs) {
	flags := regs.Eflags
	s.contextRegs(u, regs, func(b []byte, reg *uint64) { *reg = binary.LittleEndian.Uint64(b) })
	if regs.Eflags == 0 { // a new thread's that was not filled
		regs.Eflags = flags
	}
}

// returnFromSignal lets the thread go on where the ucontext says.
func (c *call) returnFromSignal(at uint64) (uint64, unix.Errno) {
	u, e := c.load(at, c.contextName())
	if e != 0 {
		return 0, e
	}
	regs := c.t.entry
	c.getContext(u, &regs)
	regs.Orig_rax = ^uint64(0)
	c.t.setMask(c.tracer, maskOf(u.bytes(c.contextMask())))
	for n := len(c.t.frames); n > 0; n-- {
		f := c.t.frames[n-1]
		c.t.frames = c.t.frames[:n-1]
		if f.at == at {
			if err := c.t.setXstate(f.xstate); err != nil {
				c.fatal(c.t, "state of the processor", err)
			}
			break
		}
	}
	c.regs = &regs
	return 0, 0
}

// trampoline is the code that a handler returns to: the call sigreturn.
func (c *call) trampoline() []byte {
	var number uint64
	for n, name := range c.numbers {
		if name == "sigreturn" {
			number = n
		}
	}
	b := append([]byte{0xb8}, binary.LittleEndian.AppendUint32(nil, uint32(number))...) // mov eax, number
	return append(b, 0x0f, 0x05, 0xf4)                                                  // syscall; hlt
}

// xstate reads the registers of floating point and vectors.
func (t *thread) xstate() ([]byte, error) {
	b := make([]byte, 1<<14)
	iov := unix.Iovec{Base: &b[0], Len: uint64(len(b))}
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_GETREGSET, uintptr(t.tid), unix.NT_X86_XSTATE,
		uintptr(unsafe.Pointer(&iov)), 0, 0)
	if e != 0 {
		return nil, e
	}
	return b[:iov.Len], nil
}

func (t *thread) setXstate(b []byte) error {
	iov := unix.Iovec{Base: &b[0], Len: uint64(len(b))}
	_, _, e := unix.Syscall6(unix.SYS_PTRACE, unix.PTRACE_SETREGSET, uintptr(t.tid), unix.NT_X86_XSTATE,
		uintptr(unsafe.Pointer(&iov)), 0, 0)
	if e != 0 {
		return e
	}
	return nil
}
