//go:build linux && gccgo && (386 || s390x)

package unix

import (
	"syscall"
	"unsafe"
)

// socketcall makes the call of socketcall(2) that call numbers: 386 and s390x have had the others only since Linux
// 4.3.
func socketcall(call int, a0, a1, a2, a3, a4, a5 uintptr) (n int, err syscall.Errno) {
	args := [6]uintptr{a0, a1, a2, a3, a4, a5}
	r1, _, err := Syscall(SYS_SOCKETCALL, uintptr(call), uintptr(unsafe.Pointer(&args)), 0)
	return int(r1), err
}

// rawsocketcall is socketcall without informing the scheduler.
func rawsocketcall(call int, a0, a1, a2, a3, a4, a5 uintptr) (n int, err syscall.Errno) {
	args := [6]uintptr{a0, a1, a2, a3, a4, a5}
	r1, _, err := RawSyscall(SYS_SOCKETCALL, uintptr(call), uintptr(unsafe.Pointer(&args)), 0)
	return int(r1), err
}
