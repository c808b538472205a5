//go:build linux && gccgo

package main

import "kern.sys/unix"

// The package has this one for gccgo alone.
func init() {
	fd := open("/dev/null", unix.O_RDONLY)
	r1, _, errno := unix.Syscall9(unix.SYS_CLOSE, none, 0, 0, 0, 0, 0, 0, 0, 0)
	check("Syscall9", r1 == none && errno == unix.EBADF, r1, errno)
	r1, _, errno = unix.Syscall9(unix.SYS_CLOSE, uintptr(fd), 0, 0, 0, 0, 0, 0, 0, 0)
	check("Syscall9 after an error", r1 == 0 && errno == 0, r1, errno)
	r1, _ = unix.SyscallNoError(unix.SYS_CLOSE, none, 0, 0)
	check("SyscallNoError of what fails", int(r1) == -int(unix.EBADF), r1)
}
