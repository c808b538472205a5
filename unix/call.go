//go:build unix

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
func set[T ~int16 | ~int32 | ~int64 | ~uint16 | ~uint32 | ~uint64](field *T, value int64) {
	*field = T(value)
}
