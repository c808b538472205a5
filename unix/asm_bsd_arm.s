// System call dispatch for arm: the standard library's, which knows the ways of the scheduler and of the system.

//go:build (freebsd || netbsd || openbsd) && gc

#include "textflag.h"

TEXT ·Syscall(SB),NOSPLIT,$0-28
	B	syscall·Syscall(SB)

TEXT ·Syscall6(SB),NOSPLIT,$0-40
	B	syscall·Syscall6(SB)

TEXT ·Syscall9(SB),NOSPLIT,$0-52
	B	syscall·Syscall9(SB)

TEXT ·RawSyscall(SB),NOSPLIT,$0-28
	B	syscall·RawSyscall(SB)

TEXT ·RawSyscall6(SB),NOSPLIT,$0-40
	B	syscall·RawSyscall6(SB)
