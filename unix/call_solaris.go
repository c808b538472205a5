package unix

import "syscall"

// procedure is a variable in which the linker puts the address of a function of a C library.
type procedure uintptr

// libc calls a procedure, by the address of its variable, with n arguments, telling the Go scheduler that it may block.
func libc(proc, n, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// rawLibc is libc without telling the scheduler: only for calls that never block.
func rawLibc(proc, n, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// Syscall makes a system call by its number, telling the Go scheduler that it may block. Numbers are no promise of the system; functions
// of this package call the C library.
func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// Syscall6 is [Syscall] for up to six arguments.
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// RawSyscall is [Syscall] without telling the scheduler: only for calls that never block.
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// RawSyscall6 is [RawSyscall] for up to six arguments.
func RawSyscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)
