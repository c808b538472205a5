package unix

import (
	"syscall"
	"unsafe"
)

// Errno is an error number; see errno(3).
type Errno = syscall.Errno

// Signal is a signal number; see signal(7).
type Signal = syscall.Signal

// SysProcAttr says how os/exec and [syscall.ForkExec] start a process.
type SysProcAttr = syscall.SysProcAttr

// Syscall makes a system call of up to three arguments, telling the Go scheduler that it may block.
// What is converted to uintptr within the list of arguments stays alive, and in its place, until the call returns.
func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// Syscall6 is [Syscall] for up to six arguments.
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// RawSyscall is [Syscall] without telling the scheduler: only for calls that never block.
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// RawSyscall6 is [RawSyscall] for up to six arguments.
func RawSyscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// SyscallNoError is [Syscall] for calls that cannot fail: every value is a result.
func SyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr)

// RawSyscallNoError is [RawSyscall] for calls that cannot fail: every value is a result.
func RawSyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr)

// zero is what an empty slice points to in a system call: not every call takes a null pointer for no bytes.
var zero uintptr

// errOf turns an error number into an error that is nil when it is zero. Nothing is allocated: the numbers are below
// 256 (but for a few of MIPS), and the runtime keeps those.
func errOf(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return e
}

// bytesOrZero returns what a system call takes for p.
func bytesOrZero(p []byte) unsafe.Pointer {
	if len(p) == 0 {
		return unsafe.Pointer(&zero)
	}
	return unsafe.Pointer(&p[0])
}

// putText stores s in an array of C chars, which are signed on some architectures.
func putText[T ~int8 | ~uint8](field []T, s string) {
	for i := range min(len(field), len(s)) {
		field[i] = T(s[i])
	}
}

// textOf returns what an array of C chars holds, NULs included.
func textOf[T ~int8 | ~uint8](field []T) string {
	b := make([]byte, len(field))
	for i, c := range field {
		b[i] = byte(c)
	}
	return string(b)
}

// set gives a field a value, whatever its width is on this architecture.
func set[T ~int32 | ~int64 | ~uint32 | ~uint64](field *T, value int64) { *field = T(value) }
