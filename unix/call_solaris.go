package unix

import (
	"syscall"
	"unsafe"
)

// procedure is a variable in which the linker puts the address of a function of a C library.
type procedure uintptr

// libc calls a procedure, by the address of its variable, with n arguments, informing the Go scheduler that it may
// block.
func libc(proc, n, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// rawLibc is libc without informing the scheduler: only for calls that never block.
func rawLibc(proc, n, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// Syscall makes a system call by its number, informing the Go scheduler that it may block. Numbers are no promise of
// the system; functions of this package call the C library. What is converted to uintptr within the list of arguments
// stays alive, and in its place, until the call returns.
//
//go:uintptrescapes
func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return libc(uintptr(unsafe.Pointer(&libc_syscall)), 4, trap, a1, a2, a3, 0, 0)
}

// Syscall6 is [Syscall] for up to five arguments: ENOSYS for a sixth one.
//
//go:uintptrescapes
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	if a6 != 0 {
		return ^uintptr(0), 0, ENOSYS
	}
	return libc(uintptr(unsafe.Pointer(&libc_syscall)), 6, trap, a1, a2, a3, a4, a5)
}

// RawSyscall is [Syscall] without informing the scheduler: only for calls that never block.
//
//go:uintptrescapes
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	return rawLibc(uintptr(unsafe.Pointer(&libc_syscall)), 4, trap, a1, a2, a3, 0, 0)
}

// RawSyscall6 is [RawSyscall] for up to five arguments: ENOSYS for a sixth one.
//
//go:uintptrescapes
func RawSyscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno) {
	if a6 != 0 {
		return ^uintptr(0), 0, ENOSYS
	}
	return rawLibc(uintptr(unsafe.Pointer(&libc_syscall)), 6, trap, a1, a2, a3, a4, a5)
}

//go:cgo_import_dynamic libc_syscall syscall "libc.so"
//go:linkname libc_syscall libc_syscall

var libc_syscall procedure
