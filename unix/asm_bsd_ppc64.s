// System call dispatch for ppc64: the standard library's, which knows the ways of the scheduler and of the system.

//go:build (openbsd) && gc

#include "textflag.h"

TEXT ·Syscall(SB),NOSPLIT,$0-56
	BR	syscall·Syscall(SB)

TEXT ·Syscall6(SB),NOSPLIT,$0-80
	BR	syscall·Syscall6(SB)

TEXT ·Syscall9(SB),NOSPLIT,$0-104
	BR	syscall·Syscall9(SB)

TEXT ·RawSyscall(SB),NOSPLIT,$0-56
	BR	syscall·RawSyscall(SB)

TEXT ·RawSyscall6(SB),NOSPLIT,$0-80
	BR	syscall·RawSyscall6(SB)
