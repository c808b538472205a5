// System call dispatch for loong64.

//go:build gc

#include "textflag.h"

// The forms that report errors are the standard library's: they know the scheduler's and the race detector's ways.

TEXT ·Syscall(SB),NOSPLIT,$0-56
	JMP	syscall·Syscall(SB)

TEXT ·Syscall6(SB),NOSPLIT,$0-80
	JMP	syscall·Syscall6(SB)

TEXT ·RawSyscall(SB),NOSPLIT,$0-56
	JMP	syscall·RawSyscall(SB)

TEXT ·RawSyscall6(SB),NOSPLIT,$0-80
	JMP	syscall·RawSyscall6(SB)

// The number goes in R11 (a7), arguments in R4 to R6 (a0 to a2); results come in R4 and R5.
// The calls that cannot fail have every value of the result to themselves, so none is taken for an error.

TEXT ·SyscallNoError(SB),NOSPLIT,$0-48
	JAL	runtime·entersyscall(SB)
	MOVV	a1+8(FP), R4
	MOVV	a2+16(FP), R5
	MOVV	a3+24(FP), R6
	MOVV	trap+0(FP), R11
	SYSCALL
	MOVV	R4, r1+32(FP)
	MOVV	R5, r2+40(FP)
	JAL	runtime·exitsyscall(SB)
	RET

TEXT ·RawSyscallNoError(SB),NOSPLIT,$0-48
	MOVV	a1+8(FP), R4
	MOVV	a2+16(FP), R5
	MOVV	a3+24(FP), R6
	MOVV	trap+0(FP), R11
	SYSCALL
	MOVV	R4, r1+32(FP)
	MOVV	R5, r2+40(FP)
	RET
