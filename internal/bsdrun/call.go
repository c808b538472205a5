//go:build linux && amd64

package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"os"
	"strings"

	"kern.sys/unix"
)

// call is a system call that a program made. Its handler is a function that runs beside the tracer's loop: each call
// of Linux's that it makes is made by the program's thread, stopped again at its end.
type call struct {
	*tracer
	t     *thread
	name  string
	args  [8]uint64
	child *unix.PtraceRegs // what a new thread begins with
	regs  *unix.PtraceRegs // what the thread goes on with, where it is not the end of the call

	yield  func(request) bool
	next   func() (request, bool)
	stop   func()
	result int64
	last   uint64 // the number of the call that Linux makes, or is about to make
	done   bool

	ret, ret2 uint64
	errno     uint64 // the system's
	plain     bool   // the error is the result, without the flag
}

// request is a call of Linux's.
type request struct {
	nr   uint64
	args [6]uint64
}

func (r request) set(regs *unix.PtraceRegs) {
	regs.Rdi, regs.Rsi, regs.Rdx, regs.R10, regs.R8, regs.R9 = r.args[0], r.args[1], r.args[2], r.args[3], r.args[4],
		r.args[5]
}

// handler answers a call: its result, or an error of Linux's.
type handler func(c *call) (uint64, unix.Errno)

// abandoned unwinds a handler whose thread or program is gone.
type abandoned struct{}

func (tr *tracer) newCall(t *thread) *call {
	e := &t.entry
	c := &call{tracer: tr, t: t, name: tr.numbers[e.Orig_rax], ret2: e.Rdx}
	c.args = [8]uint64{e.Rdi, e.Rsi, e.Rdx, e.R10, e.R8, e.R9}
	if rest, ok := c.read(e.Rsp+8, 16); ok { // behind the return address
		c.args[6], c.args[7] = binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:])
	}
	if c.name == "__syscall" || c.name == "syscall" {
		c.name = tr.numbers[c.args[0]]
		copy(c.args[:], c.args[1:])
	}
	c.next, c.stop = iter.Pull(func(yield func(request) bool) {
		c.yield = yield
		defer func() {
			if r := recover(); r != nil {
				if _, ok := r.(abandoned); !ok {
					panic(fmt.Sprintf("%s: %v", c.name, r))
				}
			}
		}()
		c.answer()
	})
	return c
}

// answer runs the handler.
func (c *call) answer() {
	h := handlers[base(c.name)]
	if own := openbsdCalls[base(c.name)]; own != nil && c.system.name == "openbsd" {
		h = own
	}
	if h == nil {
		c.unanswered("")
		c.errno = c.n("ENOSYS")
		return
	}
	ret, e := h(c)
	if (e != 0 || c.errno != 0) && ofDescriptor[base(c.name)] {
		if _, closed := c.do(unix.SYS_FCNTL, c.args[0], unix.F_GETFD); closed != 0 {
			e = closed
		}
	}
	c.ret = ret
	if e != 0 {
		c.fail(e)
	}
}

// ofDescriptor are the calls whose handlers refuse other arguments before a kernel sees the descriptor, which the
// systems look at first.
var ofDescriptor = map[string]bool{
	"extattr_delete_fd": true, "extattr_get_fd": true, "extattr_set_fd": true, "flock": true, "fpathconf": true,
	"getsockopt": true, "ioctl": true, "setsockopt": true,
}

// unanswered says, once, what Linux has no answer for.
func (c *call) unanswered(what string) {
	if c.name == "" {
		c.name = fmt.Sprintf("call %d", c.t.entry.Orig_rax)
	}
	if what != "" {
		what = " " + what
	}
	if key := c.name + what; !c.unknown[key] {
		c.unknown[key] = true
		fmt.Fprintf(os.Stderr, "bsdrun: %s: %s%s: not answered\n", c.system.name, c.name, what)
	}
}

// fail sets the system's number of an error. What it lacks is the general one, EIO.
func (c *call) fail(e unix.Errno) {
	n, ok := c.errnos[e]
	if !ok {
		n = c.n("EIO")
	}
	c.errno = n
}

// step runs the handler to the next call of Linux's.
func (c *call) step(result int64) (request, bool) {
	c.result = result
	r, ok := c.next()
	c.done, c.last = !ok, r.nr
	return r, ok
}

// abandon ends the handler.
func (c *call) abandon() {
	if c != nil {
		c.stop()
	}
}

// finish sets the registers to what the call returns.
func (c *call) finish(regs *unix.PtraceRegs) {
	if c.errno != 0 {
		regs.Rax = c.errno
		if !c.plain {
			regs.Eflags |= carry
		}
		return
	}
	regs.Eflags &^= carry
	regs.Rax, regs.Rdx = c.ret, c.ret2
}

// do makes a call of Linux's in the program's thread.
func (c *call) do(nr uintptr, args ...uint64) (uint64, unix.Errno) {
	r := request{nr: uint64(nr)}
	copy(r.args[:], args)
	if !c.yield(r) {
		panic(abandoned{})
	}
	if c.result < 0 && c.result > -4096 {
		return ^uint64(0), unix.Errno(-c.result)
	}
	return uint64(c.result), 0
}

// read returns a part of the program's memory.
func (c *call) read(addr uint64, n int) ([]byte, bool) {
	b := make([]byte, n)
	return b, memory(unix.SYS_PROCESS_VM_READV, c.t.tid, addr, b)
}

// write stores into the program's memory.
func (c *call) write(addr uint64, b []byte) unix.Errno {
	if !memory(unix.SYS_PROCESS_VM_WRITEV, c.t.tid, addr, b) {
		return unix.EFAULT
	}
	return 0
}

// write32 and write64 store a number.
func (c *call) write32(addr, v uint64) unix.Errno {
	return c.write(addr, binary.LittleEndian.AppendUint32(nil, uint32(v)))
}

func (c *call) write64(addr, v uint64) unix.Errno {
	return c.write(addr, binary.LittleEndian.AppendUint64(nil, v))
}

func (c *call) read32(addr uint64) uint32 {
	b, _ := c.read(addr, 4)
	return binary.LittleEndian.Uint32(b)
}

func (c *call) read64(addr uint64) uint64 {
	b, _ := c.read(addr, 8)
	return binary.LittleEndian.Uint64(b)
}

// load reads a structure of the system's.
func (c *call) load(addr uint64, name string) (record, unix.Errno) {
	r := c.record(name)
	b, ok := c.read(addr, len(r.b))
	if !ok {
		return r, unix.EFAULT
	}
	r.b = b
	return r, 0
}

// text reads a string that ends with a zero.
func (c *call) text(addr uint64) string {
	var out []byte
	for len(out) < unix.PathMax {
		n := 256 - int(addr%256)
		b, ok := c.read(addr, n)
		if !ok {
			return ""
		}
		if i := bytes.IndexByte(b, 0); i >= 0 {
			return string(append(out, b[:i]...))
		}
		out, addr = append(out, b...), addr+uint64(n)
	}
	return string(out)
}

// slotSize is a thread's part of the memory that this program gives a process; slots is how many threads may have one.
const (
	slotSize = 1 << 17
	slots    = 256
)

// scratch returns the thread's memory for what Linux reads and writes otherwise than the system.
func (c *call) scratch() uint64 {
	p := c.t.process
	if p.scratch == 0 {
		addr, e := c.do(unix.SYS_MMAP, 0, slots*slotSize, unix.PROT_READ|unix.PROT_WRITE|unix.PROT_EXEC,
			unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_NORESERVE, ^uint64(0), 0)
		if e != 0 {
			panic(e)
		}
		p.scratch = addr
		c.write(addr, c.trampoline()) // slot 0
	}
	return c.t.slotAddr()
}

// slotAddr returns the thread's part of the memory, which the process has.
func (t *thread) slotAddr() uint64 {
	if t.slot == 0 {
		t.slots = t.slots%(slots-1) + 1
		t.slot = t.slots
	}
	return t.process.scratch + uint64(t.slot*slotSize)
}

// base returns a call's name without what says its version: "__fstat50" is fstat, "__statvfs190" statvfs1.
func base(name string) string {
	short := strings.TrimLeft(name, "_")
	if n := len(short) - 2; len(name)-len(short) > 1 && n > 0 && isDigit(short[n]) && isDigit(short[n+1]) {
		return short[:n]
	}
	return short
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// tokenOffset is where in its slot a thread has the word that it sleeps on.
const tokenOffset = slotSize - 64
