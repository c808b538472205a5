//go:build linux && amd64

package main

import (
	"encoding/binary"

	"kern.sys/unix"
)

// Numbers that no header among the facts has; the runtime of Go makes these calls.
const (
	umtxWaitPrivate = 15 // UMTX_OP_WAIT_UINT_PRIVATE, UMTX_OP_WAKE_PRIVATE: FreeBSD's sys/umtx.h
	umtxWakePrivate = 16
	setFSBase       = 129     // AMD64_SET_FSBASE: machine/sysarch.h
	extexitThread   = 0x10000 // EXTEXIT_LWP: DragonFly's sys/unistd.h
)

const cloneThread = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_SYSVSEM |
	unix.CLONE_THREAD

var threadCalls = map[string]handler{
	// FreeBSD. struct thr_param of sys/thr.h: function, argument, stack and its size, TLS and its size, where to store
	// the number, twice.
	"thr_new": func(c *call) (uint64, unix.Errno) {
		b, ok := c.read(c.args[0], 64)
		if !ok {
			return 0, unix.EFAULT
		}
		word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
		return c.newThread(func(r *unix.PtraceRegs) {
			r.Rip, r.Rdi, r.Rsp, r.Fs_base = word(0), word(1), word(2)+word(3)-8, word(4)
		}, 64, word(6), word(7))
	},
	"thr_self": func(c *call) (uint64, unix.Errno) { return 0, c.write64(c.args[0], uint64(c.t.tid)) },
	"thr_exit": func(c *call) (uint64, unix.Errno) { return c.do(unix.SYS_EXIT, 0) },
	"thr_kill": func(c *call) (uint64, unix.Errno) { return c.killThread(c.args[0], c.args[1]) },
	"umtx_op": func(c *call) (uint64, unix.Errno) {
		switch c.args[1] {
		case umtxWaitPrivate:
			return c.futexWait(c.args[0], c.args[2], c.args[4])
		case umtxWakePrivate:
			_, e := c.do(unix.SYS_FUTEX, c.args[0], unix.FUTEX_WAKE|unix.FUTEX_PRIVATE_FLAG, c.args[2])
			return 0, e
		}
		c.unanswered("operation")
		return 0, unix.EINVAL
	},
	"sysarch": func(c *call) (uint64, unix.Errno) {
		if c.args[0] != setFSBase {
			c.unanswered("operation")
			return 0, unix.EINVAL
		}
		return c.setTLS(c.read64(c.args[1]))
	},

	// DragonFly. struct lwp_params of sys/lwp.h: function, argument, stack, where to store the number, twice.
	"lwp_create": func(c *call) (uint64, unix.Errno) {
		if c.system.name == "netbsd" {
			return c.lwpOfContext()
		}
		b, ok := c.read(c.args[0], 40)
		if !ok {
			return 0, unix.EFAULT
		}
		word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
		return c.newThread(func(r *unix.PtraceRegs) {
			r.Rip, r.Rdi, r.Rsp = word(0), word(1), word(2)-8
		}, 32, word(3), word(4))
	},
	"lwp_gettid": func(c *call) (uint64, unix.Errno) { return uint64(c.t.tid), 0 },
	"extexit": func(c *call) (uint64, unix.Errno) {
		if c.args[0] == extexitThread {
			return c.do(unix.SYS_EXIT, 0)
		}
		return c.do(unix.SYS_EXIT_GROUP, c.args[1])
	},
	"lwp_kill": func(c *call) (uint64, unix.Errno) {
		if c.system.name == "netbsd" {
			return c.killThread(c.args[0], c.args[1])
		}
		return c.killThread(c.args[1], c.args[2])
	},
	"set_tls_area": func(c *call) (uint64, unix.Errno) { return c.setTLS(c.read64(c.args[1])) },
	"umtx_sleep": func(c *call) (uint64, unix.Errno) { // a time in microseconds, 0 for none
		timeout := uint64(0)
		if us := uint64(uint32(c.args[2])); us > 0 {
			timeout = c.scratch()
			c.write64(timeout, us/1e6)
			c.write64(timeout+8, us%1e6*1000)
		}
		_, e := c.do(unix.SYS_FUTEX, c.args[0], unix.FUTEX_WAIT|unix.FUTEX_PRIVATE_FLAG, c.args[1], timeout)
		switch e {
		case unix.EAGAIN:
			return 0, unix.EBUSY
		case unix.ETIMEDOUT:
			return 0, unix.EAGAIN
		}
		return 0, e
	},
	"umtx_wakeup": func(c *call) (uint64, unix.Errno) {
		n := c.args[1]
		if n == 0 {
			n = 1<<31 - 1
		}
		_, e := c.do(unix.SYS_FUTEX, c.args[0], unix.FUTEX_WAKE|unix.FUTEX_PRIVATE_FLAG, n)
		return 0, e
	},

	// NetBSD.
	"lwp_self":       func(c *call) (uint64, unix.Errno) { return uint64(c.t.tid), 0 },
	"lwp_exit":       func(c *call) (uint64, unix.Errno) { return c.do(unix.SYS_EXIT, 0) },
	"lwp_setprivate": func(c *call) (uint64, unix.Errno) { return c.setTLS(c.args[0]) },
	"lwp_park":       park,
	"lwp_unpark": func(c *call) (uint64, unix.Errno) {
		c.plain = true
		return 0, c.unpark(c.args[0])
	},
	"getcontext": func(c *call) (uint64, unix.Errno) {
		u := c.record("struct __ucontext")
		c.putContext(u, &c.t.entry, c.t.mask)
		return 0, c.write(c.args[0], u.b)
	},
	"setcontext": func(c *call) (uint64, unix.Errno) { return c.returnFromSignal(c.args[0]) },
}

// newThread makes a thread whose registers set changes from those of its parent, and stores its number in size bits
// at to.
func (c *call) newThread(set func(*unix.PtraceRegs), size int, to ...uint64) (uint64, unix.Errno) {
	c.scratch() // a thread that is asked to wake another needs both to have memory
	regs := c.t.entry
	regs.Orig_rax, regs.Rax = ^uint64(0), 0
	regs.Eflags &^= carry
	set(&regs)
	c.child = &regs
	tid, e := c.do(unix.SYS_CLONE, cloneThread, regs.Rsp)
	if e != 0 {
		return 0, e
	}
	for _, addr := range to {
		switch {
		case addr == 0:
		case size == 64:
			c.write64(addr, tid)
		default:
			c.write32(addr, tid)
		}
	}
	return 0, 0
}

// lwpOfContext is _lwp_create(2): the registers are in a ucontext.
func (c *call) lwpOfContext() (uint64, unix.Errno) {
	u, e := c.load(c.args[0], "struct __ucontext")
	if e != 0 {
		return 0, e
	}
	return c.newThread(func(r *unix.PtraceRegs) { c.getContext(u, r) }, 32, c.args[2])
}

// setTLS sets the register that thread-local variables are found by.
func (c *call) setTLS(base uint64) (uint64, unix.Errno) {
	c.t.entry.Fs_base = base
	return 0, 0
}

func (c *call) futexWait(addr, val, timeout uint64) (uint64, unix.Errno) {
	_, e := c.do(unix.SYS_FUTEX, addr, unix.FUTEX_WAIT|unix.FUTEX_PRIVATE_FLAG, val, timeout)
	if e == unix.EAGAIN { // the value was another already
		e = 0
	}
	return 0, e
}

// park is ___lwp_park60(2): clock, flags, time, a thread to wake first, and two addresses that only help.
// The result is the error itself.
func park(c *call) (uint64, unix.Errno) {
	c.plain = true
	if c.args[3] != 0 {
		c.unpark(c.args[3])
	}
	token := c.scratch() + tokenOffset
	op, bits := uint64(unix.FUTEX_WAIT|unix.FUTEX_PRIVATE_FLAG), uint64(0)
	if c.args[1] != 0 && c.args[2] != 0 { // TIMER_ABSTIME
		op, bits = unix.FUTEX_WAIT_BITSET|unix.FUTEX_PRIVATE_FLAG, 0xffffffff
	}
	_, e := c.do(unix.SYS_FUTEX, token, op, 0, c.args[2], 0, bits)
	if e == unix.EAGAIN || e == 0 {
		c.write32(token, 0)
		return 0, 0
	}
	return 0, e
}

// unpark wakes a thread, or lets its next park return at once.
func (c *call) unpark(tid uint64) unix.Errno {
	c.scratch()
	other := c.threads[int(tid)]
	if other == nil || other.process != c.t.process {
		return unix.ESRCH
	}
	token := other.slotAddr() + tokenOffset
	c.write32(token, 1)
	_, e := c.do(unix.SYS_FUTEX, token, unix.FUTEX_WAKE|unix.FUTEX_PRIVATE_FLAG, 1)
	return e
}

func (c *call) killThread(tid, sig uint64) (uint64, unix.Errno) {
	s, ok := signo(c, sig)
	if !ok {
		return 0, unix.EINVAL
	}
	return c.do(unix.SYS_TGKILL, uint64(c.t.pid), tid, s)
}
