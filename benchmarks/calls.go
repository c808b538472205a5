package main

import (
	"fmt"
	"syscall"
	"unsafe"

	xsys "golang.org/x/sys/unix"

	"kern.sys/unix"
)

const xsysUnix = "x/sys/unix" // golang.org/x/sys/unix, as go.mod has it

// three do one and the same: by system calls alone, by kern.sys/unix and by golang.org/x/sys/unix.
type three [3]func(i int) error

// calls is a workload of package unix; start readies what all three use. Goals allow for what two runs of one and the
// same differ by.
func calls(name, title string, start func(w *world) (three, error)) workload {
	row := func(i int) func(*world) (op, error) {
		return func(w *world) (op, error) {
			all, err := start(w)
			return repeat(w, all[i]), err
		}
	}
	return workload{
		name: "unix/" + name, title: title, each: "call", objects: 200_000, atMost: true,
		goals:      []goal{{row: kern, of: xsysUnix, times: 1.05}},
		contenders: []contender{{floor, row(0)}, {kern, row(1)}, {xsysUnix, row(2)}},
	}
}

// failed is the error of a bare system call.
func failed(_, _ uintptr, e syscall.Errno) error {
	if e != 0 {
		return e
	}
	return nil
}

var callsRaw = calls("raw", "getpid by RawSyscall", func(*world) (three, error) {
	return three{
		func(int) error { return failed(syscall.RawSyscall(unix.SYS_GETPID, 0, 0, 0)) },
		func(int) error { return failed(unix.RawSyscall(unix.SYS_GETPID, 0, 0, 0)) },
		func(int) error { return failed(xsys.RawSyscall(unix.SYS_GETPID, 0, 0, 0)) },
	}, nil
})

var callsSyscall = calls("syscall", "getpid by Syscall", func(*world) (three, error) {
	return three{
		func(int) error { return failed(syscall.Syscall(unix.SYS_GETPID, 0, 0, 0)) },
		func(int) error { return failed(unix.Syscall(unix.SYS_GETPID, 0, 0, 0)) },
		func(int) error { return failed(xsys.Syscall(unix.SYS_GETPID, 0, 0, 0)) },
	}, nil
})

var callsPipe = calls("pipe", "write one byte to a pipe and read it", func(w *world) (three, error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		return three{}, err
	}
	w.onClose(func() { unix.Close(p[0]); unix.Close(p[1]) })
	b := make([]byte, 1)
	return three{
		func(int) error {
			err := failed(syscall.Syscall(unix.SYS_WRITE, uintptr(p[1]), uintptr(unsafe.Pointer(&b[0])), 1))
			return join(err, failed(syscall.Syscall(unix.SYS_READ, uintptr(p[0]), uintptr(unsafe.Pointer(&b[0])), 1)))
		}, func(int) error {
			_, err := unix.Write(p[1], b)
			_, err2 := unix.Read(p[0], b)
			return join(err, err2)
		}, func(int) error {
			_, err := xsys.Write(p[1], b)
			_, err2 := xsys.Read(p[0], b)
			return join(err, err2)
		},
	}, nil
})

// The floor is the standard library's: each architecture has a system call of its own here.
var callsStat = calls("stat", "stat of a path", func(*world) (three, error) {
	var st unix.Stat_t
	var xst xsys.Stat_t
	var std syscall.Stat_t
	return three{
		func(int) error { return syscall.Stat("/proc/self", &std) },
		func(int) error { return unix.Stat("/proc/self", &st) },
		func(int) error { return xsys.Stat("/proc/self", &xst) },
	}, nil
})

var callsRecvmsg = calls("recvmsg", "send a datagram of one byte to oneself and receive it by Recvmsg",
	func(w *world) (three, error) {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return three{}, err
		}
		w.onClose(func() { unix.Close(fd) })
		if err := unix.Bind(fd, &unix.SockaddrUnix{Name: fmt.Sprint("@kern-benchmarks-", fd)}); err != nil {
			return three{}, err
		}
		self, err := unix.Getsockname(fd)
		if err != nil {
			return three{}, err
		}
		if err := unix.Connect(fd, self); err != nil {
			return three{}, err
		}
		p, oob := make([]byte, 64), make([]byte, 64)
		var from unix.RawSockaddrAny
		iov := unix.Iovec{Base: &p[0]}
		iov.SetLen(len(p))
		header := unix.Msghdr{Name: (*byte)(unsafe.Pointer(&from)), Iov: &iov, Control: &oob[0]}
		header.SetIovlen(1)
		send := func() error {
			return failed(syscall.RawSyscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), 1, 0, 0, 0))
		}
		return three{
			func(int) error {
				header.Namelen = unix.SizeofSockaddrAny
				header.SetControllen(len(oob))
				return join(send(), failed(syscall.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&header)), 0)))
			}, func(int) error {
				err := send()
				n, _, _, _, err2 := unix.Recvmsg(fd, p, oob, 0)
				return join(err, oneOf(n, err2))
			}, func(int) error {
				err := send()
				n, _, _, _, err2 := xsys.Recvmsg(fd, p, oob, 0)
				return join(err, oneOf(n, err2))
			},
		}, nil
	})
