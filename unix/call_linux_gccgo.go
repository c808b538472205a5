//go:build linux && gccgo

package unix

import "syscall"

// The forms that report errors are the standard library's, which makes every call by syscall(3) of the C library.

// Syscall makes a system call of up to three arguments, informing the Go scheduler that it may block.
// An argument that is converted to uintptr in the call itself stays alive, and in its place, until the call returns.
func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return syscall.Syscall(trap, a1, a2, a3)
}

// Syscall6 is [Syscall] for up to six arguments.
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return syscall.Syscall6(trap, a1, a2, a3, a4, a5, a6)
}

// RawSyscall is [Syscall] without informing the scheduler: only for calls that never block.
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return syscall.RawSyscall(trap, a1, a2, a3)
}

// RawSyscall6 is [RawSyscall] for up to six arguments.
func RawSyscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return syscall.RawSyscall6(trap, a1, a2, a3, a4, a5, a6)
}

// SyscallNoError is [Syscall] for calls that cannot fail: every value is a result.
func SyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr) {
	r1, r2, err := syscall.Syscall(trap, a1, a2, a3)
	return anyResult(r1, err), r2
}

// RawSyscallNoError is [RawSyscall] for calls that cannot fail: every value is a result.
func RawSyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr) {
	r1, r2, err := syscall.RawSyscall(trap, a1, a2, a3)
	return anyResult(r1, err), r2
}

// anyResult undoes what the C library makes of a result that looks like an error.
func anyResult(r1 uintptr, err syscall.Errno) uintptr {
	if err != 0 {
		return -uintptr(err)
	}
	return r1
}

// Syscall9 is [Syscall] for up to nine arguments, of which no architecture takes more than seven.
func Syscall9(trap, a1, a2, a3, a4, a5, a6, a7, a8, a9 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	entersyscall()
	errno := errnoLocation()
	*errno = 0
	r1 = libcSyscall(trap, a1, a2, a3, a4, a5, a6, a7, a8, a9)
	err = syscall.Errno(*errno)
	exitsyscall()
	return r1, 0, err
}

//extern syscall
func libcSyscall(trap, a1, a2, a3, a4, a5, a6, a7, a8, a9 uintptr) uintptr

//extern __errno_location
func errnoLocation() *int32

//extern syscall.Entersyscall
func entersyscall()

//extern syscall.Exitsyscall
func exitsyscall()
