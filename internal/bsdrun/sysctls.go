//go:build linux && amd64

package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"

	"kern.sys/unix"
)

var systemCalls = map[string]handler{
	"sysctl": sysctl,
	"cpuset_getaffinity": func(c *call) (uint64, unix.Errno) {
		b := make([]byte, c.args[3])
		for i := range min(runtime.NumCPU(), 8*len(b)) {
			b[i/8] |= 1 << (i % 8)
		}
		return 0, c.write(c.args[4], b)
	},
	"ioctl": ioctl,
}

// firstNamed is where the numbers begin that this program gives to names of sysctl.
const firstNamed = 0x40000000

var namedSysctls = []string{"kern.smp.maxcpus", "kern.osreldate", "kern.ostype", "kern.osrelease", "kern.hostname",
	"hw.machine", "kern.version", "hw.pagesize", "hw.ncpu"}

// sysctl answers by numbers what package unix and the runtime of Go ask: mib, its length, old, its length, new, its
// length.
func sysctl(c *call) (uint64, unix.Errno) {
	b, ok := c.read(c.args[0], int(4*c.args[1]))
	if !ok || len(b) < 8 && (len(b) < 4 || binary.LittleEndian.Uint32(b) < firstNamed) {
		return 0, unix.EINVAL
	}
	mib := make([]uint64, max(2, len(b)/4))
	for i := range len(b) / 4 {
		mib[i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
	}
	out, e := c.sysctl(mib)
	if e != 0 {
		return 0, e
	}
	if c.args[3] == 0 {
		return 0, 0
	}
	room := c.read64(c.args[3])
	if c.args[2] != 0 {
		if room < uint64(len(out)) {
			c.write(c.args[2], out[:room])
			return 0, unix.ENOMEM
		}
		if e := c.write(c.args[2], out); e != 0 {
			return 0, e
		}
	}
	return 0, c.write64(c.args[3], uint64(len(out)))
}

func (c *call) sysctl(mib []uint64) ([]byte, unix.Errno) {
	text := func(s string) ([]byte, unix.Errno) { return append([]byte(s), 0), 0 }
	number := func(n int) ([]byte, unix.Errno) { return binary.LittleEndian.AppendUint32(nil, uint32(n)), 0 }
	is := func(top, sub string) bool { return c.has(top, mib[0]) && c.has(sub, mib[1]) }
	name := ""
	switch {
	case mib[0] == 0 && mib[1] == 3 && c.system.name != "netbsd": // a name's numbers
		b, _ := c.read(c.args[4], int(c.args[5]))
		for i, n := range namedSysctls {
			if n == string(b) || n+"\x00" == string(b) {
				return number(firstNamed + i)
			}
		}
		return nil, unix.ENOENT
	case mib[0] >= firstNamed && mib[0]-firstNamed < uint64(len(namedSysctls)):
		name = namedSysctls[mib[0]-firstNamed]
	case is("CTL_KERN", "KERN_OSTYPE"):
		name = "kern.ostype"
	case is("CTL_KERN", "KERN_OSRELEASE"):
		name = "kern.osrelease"
	case is("CTL_KERN", "KERN_VERSION"):
		name = "kern.version"
	case is("CTL_KERN", "KERN_HOSTNAME"):
		name = "kern.hostname"
	case is("CTL_KERN", "KERN_OSRELDATE"):
		name = "kern.osreldate"
	case is("CTL_HW", "HW_MACHINE"):
		name = "hw.machine"
	case is("CTL_HW", "HW_PAGESIZE"):
		name = "hw.pagesize"
	case is("CTL_HW", "HW_NCPU"), is("CTL_HW", "HW_NCPUONLINE"):
		name = "hw.ncpu"
	case len(mib) == 4 && is("CTL_KERN", "KERN_PROC") && c.has("KERN_PROC_PATHNAME", mib[2]),
		len(mib) == 4 && is("CTL_KERN", "KERN_PROC_ARGS") && c.has("KERN_PROC_PATHNAME", mib[3]):
		path, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", c.t.pid))
		if err != nil {
			return nil, unix.ENOENT
		}
		return text(path)
	}
	var u unix.Utsname
	_ = unix.Uname(&u)
	switch name {
	case "kern.ostype":
		return text(map[string]string{"freebsd": "FreeBSD", "netbsd": "NetBSD", "dragonfly": "DragonFly",
			"openbsd": "OpenBSD"}[c.system.name])
	case "kern.osrelease", "kern.version":
		return text(map[string]string{"freebsd": "15.0-RELEASE", "netbsd": "10.1",
			"dragonfly": "5.9-DEVELOPMENT", "openbsd": "7.9"}[c.system.name])
	case "kern.hostname":
		return text(unix.ByteSliceToString(u.Nodename[:]))
	case "kern.osreldate":
		return number(1500068)
	case "hw.machine":
		return text(arch)
	case "hw.pagesize":
		return number(os.Getpagesize())
	case "hw.ncpu":
		return number(runtime.NumCPU())
	case "kern.smp.maxcpus":
		return number(64)
	}
	c.unanswered(fmt.Sprint("mib ", mib))
	return nil, unix.ENOENT
}

// ioctl answers the requests that have the same structure on both sides, and those of terminals.
func ioctl(c *call) (uint64, unix.Errno) {
	if r, ok := c.one(names{"TIOCGWINSZ", "TIOCSWINSZ", "FIONREAD", "FIONBIO", "FIOCLEX", "FIONCLEX", "TIOCGPGRP",
		"TIOCSPGRP", "TIOCSCTTY", "TIOCNOTTY"}, c.args[1]); ok {
		return c.do(unix.SYS_IOCTL, c.args[0], r, c.args[2])
	}
	if r, ok := c.one(names{"TIOCGETA=TCGETS"}, c.args[1]); ok {
		if _, e := c.do(unix.SYS_IOCTL, c.args[0], r, c.scratch()); e != 0 {
			return 0, e
		}
		var t unix.Termios
		memory(unix.SYS_PROCESS_VM_READV, c.t.tid, c.scratch(), bytesOf(&t)[:kernelTermios])
		out := c.record("struct termios")
		c.termios(out, &t, false)
		return 0, c.write(c.args[2], out.b)
	}
	if r, ok := c.one(names{"TIOCSETA=TCSETS", "TIOCSETAW=TCSETSW", "TIOCSETAF=TCSETSF"}, c.args[1]); ok {
		in, e := c.load(c.args[2], "struct termios")
		if e != 0 {
			return 0, e
		}
		if _, e := c.do(unix.SYS_IOCTL, c.args[0], unix.TCGETS, c.scratch()); e != 0 {
			return 0, e
		}
		var t unix.Termios
		memory(unix.SYS_PROCESS_VM_READV, c.t.tid, c.scratch(), bytesOf(&t)[:kernelTermios])
		c.termios(in, &t, true)
		c.write(c.scratch(), bytesOf(&t)[:kernelTermios])
		return c.do(unix.SYS_IOCTL, c.args[0], r, c.scratch())
	}
	c.unanswered(fmt.Sprintf("request %#x", c.args[1]))
	return 0, unix.ENOTTY
}

// kernelTermios is how much of a unix.Termios TCGETS has: four words of flags, the discipline and 19 characters.
const kernelTermios = 36

var (
	inputFlags = names{"BRKINT", "ICRNL", "IGNBRK", "IGNCR", "IGNPAR", "INLCR", "INPCK", "ISTRIP", "IXANY", "IXOFF",
		"IXON", "PARMRK", "IMAXBEL", "IUTF8"}
	localFlags = names{"ECHO", "ECHOE", "ECHOK", "ECHONL", "ICANON", "IEXTEN", "ISIG", "NOFLSH", "TOSTOP"}
	modeFlags  = names{"CS5", "CS6", "CS7", "CS8", "CLOCAL", "CREAD", "CSTOPB", "HUPCL", "PARENB", "PARODD"}
	outFlags   = names{"OPOST", "ONLCR"}
	characters = names{"VEOF", "VEOL", "VERASE", "VINTR", "VKILL", "VMIN", "VQUIT", "VSTART", "VSTOP", "VSUSP", "VTIME"}
)

// termios copies the settings of a terminal to the system's structure, or from it.
func (c *call) termios(r record, t *unix.Termios, in bool) {
	for _, f := range []struct {
		name  string
		linux *uint32
		list  names
	}{{"c_iflag", &t.Iflag, inputFlags}, {"c_oflag", &t.Oflag, outFlags}, {"c_cflag", &t.Cflag, modeFlags},
		{"c_lflag", &t.Lflag, localFlags}} {
		if in {
			v, _ := c.bits(f.list, r.get(f.name))
			all := uint64(0)
			c.each(f.list, func(_, l uint64) bool { all |= l; return true })
			*f.linux = *f.linux&^uint32(all) | uint32(v)
		} else {
			r.put(f.name, c.back(f.list, uint64(*f.linux)))
		}
	}
	cc := r.bytes("c_cc")
	c.each(characters, func(theirs, linux uint64) bool {
		if in {
			t.Cc[linux] = cc[theirs]
		} else {
			cc[theirs] = t.Cc[linux]
		}
		return true
	})
}
