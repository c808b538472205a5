// Calls of the C library and of the kernel: the standard library's, which knows the ways of the scheduler.

//go:build gc

#include "textflag.h"

TEXT ·libc(SB),NOSPLIT,$0-88
	JMP	syscall·sysvicall6(SB)

TEXT ·rawLibc(SB),NOSPLIT,$0-88
	JMP	syscall·rawSysvicall6(SB)

TEXT ·Syscall(SB),NOSPLIT,$0-56
	JMP	syscall·Syscall(SB)

TEXT ·Syscall6(SB),NOSPLIT,$0-80
	JMP	syscall·Syscall6(SB)

TEXT ·RawSyscall(SB),NOSPLIT,$0-56
	JMP	syscall·RawSyscall(SB)

TEXT ·RawSyscall6(SB),NOSPLIT,$0-80
	JMP	syscall·RawSyscall6(SB)
