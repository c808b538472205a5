//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

import "syscall"

// Syscall makes a system call of up to three arguments, informing the Go scheduler that it may block.
// An argument that is converted to uintptr in the call itself stays alive, and in its place, until the call returns.
// macOS has no stable numbers, and OpenBSD 7.5 and later makes no calls by number but of ioctl and sysctl: functions
// of this package call the C library there.
func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// Syscall6 is [Syscall] for up to six arguments.
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// Syscall9 is [Syscall] for up to nine arguments.
func Syscall9(trap, a1, a2, a3, a4, a5, a6, a7, a8, a9 uintptr) (r1, r2 uintptr, err syscall.Errno)

// RawSyscall is [Syscall] without informing the scheduler: only for calls that never block.
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// RawSyscall6 is [RawSyscall] for up to six arguments.
func RawSyscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)
