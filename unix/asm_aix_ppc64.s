// Calls of the C library: the standard library's, which knows the ways of the scheduler.

//go:build gc

#include "textflag.h"

TEXT ·libc(SB),NOSPLIT,$0-88
	JMP	syscall·syscall6(SB)

TEXT ·rawLibc(SB),NOSPLIT,$0-88
	JMP	syscall·rawSyscall6(SB)
