package unix

import "syscall"

// procedure is a variable in which the linker puts the address of a function of a C library.
type procedure uintptr

// libc calls a procedure, by the address of its variable, with n arguments, informing the Go scheduler that it may
// block.
func libc(proc, n, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// rawLibc is libc without informing the scheduler: only for calls that never block.
func rawLibc(proc, n, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)
