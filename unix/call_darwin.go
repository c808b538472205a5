package unix

import (
	"syscall"
	_ "unsafe" // for linkname
)

// The standard library's calls of the C library, by the address of a trampoline. They take a result of -1, as an int,
// for a failure.

//go:linkname libc3 syscall.syscall
func libc3(fn, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

//go:linkname libc6 syscall.syscall6
func libc6(fn, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

//go:linkname libc9 syscall.syscall9
func libc9(fn, a1, a2, a3, a4, a5, a6, a7, a8, a9 uintptr) (r1, r2 uintptr, err syscall.Errno)

//go:linkname rawLibc3 syscall.rawSyscall
func rawLibc3(fn, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

//go:linkname rawLibc6 syscall.rawSyscall6
func rawLibc6(fn, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// libcPointer takes a null pointer for a failure.
//
//go:linkname libcPointer syscall.syscallPtr
func libcPointer(fn, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// cPointer is a pointer to memory of the C library.
type cPointer uintptr
