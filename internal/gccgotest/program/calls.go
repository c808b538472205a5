//go:build linux

package main

import (
	"unsafe"

	"kern.sys/unix"
)

// none is no descriptor.
const none = ^uintptr(0)

// calls makes system calls by number.
func calls() {
	r1, _, errno := unix.Syscall(unix.SYS_CLOSE, none, 0, 0)
	check("Syscall", r1 == none && errno == unix.EBADF, r1, errno)
	r1, _, errno = unix.RawSyscall(unix.SYS_CLOSE, none, 0, 0)
	check("RawSyscall", r1 == none && errno == unix.EBADF, r1, errno)
	fd := open("/dev/null", unix.O_RDONLY)
	r1, _, errno = unix.Syscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
	check("Syscall after an error", r1 == 0 && errno == 0, r1, errno)

	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	check("Socketpair", err == nil, err)
	text, buf := []byte("six arguments"), make([]byte, 20)
	r1, _, errno = unix.Syscall6(unix.SYS_SENDTO, uintptr(pair[0]), uintptr(unsafe.Pointer(&text[0])), 3,
		unix.MSG_DONTWAIT, 0, 0)
	check("Syscall6", r1 == 3 && errno == 0, r1, errno)
	n, _, err := unix.Recvfrom(pair[1], buf, unix.MSG_DONTWAIT)
	check("Recvfrom", string(buf[:n]) == "six" && err == nil, n, err)

	old, _ := unix.SyscallNoError(unix.SYS_UMASK, 0o27, 0, 0)
	mask, _ := unix.RawSyscallNoError(unix.SYS_UMASK, old, 0, 0)
	check("SyscallNoError", mask == 0o27, mask)
	number, ok := unix.SyscallNumber("openat")
	check("SyscallNumber", ok && number == unix.SYS_OPENAT && unix.SyscallName(number) == "openat", number)
}

func open(path string, flags int) int {
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0o640)
	check("Open "+path, err == nil && fd >= 0, fd, err)
	return fd
}
