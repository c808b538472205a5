//go:build linux && amd64

package main

import (
	"math"

	"kern.sys/unix"
)

var processCalls = map[string]handler{
	"fork":  func(c *call) (uint64, unix.Errno) { return c.fork() },
	"vfork": func(c *call) (uint64, unix.Errno) { return c.fork() },
	"rfork": func(c *call) (uint64, unix.Errno) { return c.fork() },
	"execve": func(c *call) (uint64, unix.Errno) {
		return c.do(unix.SYS_EXECVE, c.args[:3]...)
	},
	"wait4": func(c *call) (uint64, unix.Errno) {
		options, ok := c.bits(names{"WNOHANG", "WUNTRACED", "WCONTINUED"}, c.args[2])
		if !ok {
			c.unanswered("options")
			return 0, unix.EINVAL
		}
		status := uint64(0)
		if c.args[1] != 0 {
			status = c.scratch()
		}
		pid, e := c.do(unix.SYS_WAIT4, c.args[0], status, options, c.args[3])
		if e != 0 || pid == 0 || status == 0 {
			return pid, e
		}
		return pid, c.write32(c.args[1], c.status(unix.WaitStatus(c.read32(status))))
	},
	"getrlimit": func(c *call) (uint64, unix.Errno) {
		r, ok := resource(c, c.args[0])
		if !ok {
			return 0, unix.EINVAL
		}
		if _, e := c.do(unix.SYS_PRLIMIT64, 0, r, 0, c.scratch()); e != 0 {
			return 0, e
		}
		for i := uint64(0); i < 16; i += 8 { // without end is the largest number with a sign
			if e := c.write64(c.args[1]+i, min(c.read64(c.scratch()+i), math.MaxInt64)); e != 0 {
				return 0, e
			}
		}
		return 0, 0
	},
	"setrlimit": func(c *call) (uint64, unix.Errno) {
		r, ok := resource(c, c.args[0])
		if !ok {
			return 0, unix.EINVAL
		}
		for i := uint64(0); i < 16; i += 8 {
			v := c.read64(c.args[1] + i)
			if v >= math.MaxInt64 {
				v = unix.RLIM_INFINITY
			}
			c.write64(c.scratch()+i, v)
		}
		return c.do(unix.SYS_PRLIMIT64, 0, r, c.scratch(), 0)
	},
	"getrusage": pass(unix.SYS_GETRUSAGE),
	"getpriority": func(c *call) (uint64, unix.Errno) { // Linux returns 1 to 40
		v, e := c.do(unix.SYS_GETPRIORITY, c.args[0], c.args[1])
		return 20 - v, e
	},
	"issetugid": zero,
	"setegid": func(c *call) (uint64,
		unix.Errno) {
		return c.do(unix.SYS_SETRESGID, ^uint64(0), c.args[0], ^uint64(0))
	},
	"seteuid": func(c *call) (uint64,
		unix.Errno) {
		return c.do(unix.SYS_SETRESUID, ^uint64(0), c.args[0], ^uint64(0))
	},
	"getdtablesize": func(*call) (uint64, unix.Errno) { return 1024, 0 },
}

func (c *call) fork() (uint64, unix.Errno) {
	c.scratch()
	c.ret2 = 0
	return c.do(unix.SYS_FORK)
}

// status turns how a process ended, or was stopped: the signals' numbers, and the mark for one that goes on.
func (c *call) status(ws unix.WaitStatus) uint64 {
	switch {
	case ws.Signaled():
		return uint64(ws)&^0x7f | uint64(c.signals[ws.Signal()])
	case ws.Continued():
		if c.system.name == "netbsd" {
			return 0xffff
		}
		return uint64(c.signals[unix.SIGCONT])
	case ws.Stopped():
		return uint64(c.signals[ws.StopSignal()])<<8 | 0x7f
	}
	return uint64(ws)
}
