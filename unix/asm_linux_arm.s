// System call dispatch for arm.

//go:build gc

#include "textflag.h"

// The forms that report errors are the standard library's: they know the scheduler's and the race detector's ways.

TEXT ·Syscall(SB),NOSPLIT,$0-28
	B	syscall·Syscall(SB)

TEXT ·Syscall6(SB),NOSPLIT,$0-40
	B	syscall·Syscall6(SB)

TEXT ·RawSyscall(SB),NOSPLIT,$0-28
	B	syscall·RawSyscall(SB)

TEXT ·RawSyscall6(SB),NOSPLIT,$0-40
	B	syscall·RawSyscall6(SB)

// EABI: the number goes in R7, arguments in R0 to R2; results come in R0 and R1.
// The calls that cannot fail have every value of the result to themselves, so none is taken for an error.

TEXT ·SyscallNoError(SB),NOSPLIT,$0-24
	BL	runtime·entersyscall(SB)
	MOVW	a1+4(FP), R0
	MOVW	a2+8(FP), R1
	MOVW	a3+12(FP), R2
	MOVW	trap+0(FP), R7
	SWI	$0
	MOVW	R0, r1+16(FP)
	MOVW	R1, r2+20(FP)
	BL	runtime·exitsyscall(SB)
	RET

TEXT ·RawSyscallNoError(SB),NOSPLIT,$0-24
	MOVW	a1+4(FP), R0
	MOVW	a2+8(FP), R1
	MOVW	a3+12(FP), R2
	MOVW	trap+0(FP), R7
	SWI	$0
	MOVW	R0, r1+16(FP)
	MOVW	R1, r2+20(FP)
	RET
