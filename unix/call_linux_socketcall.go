//go:build linux && gc && (386 || s390x)

package unix

import "syscall"

// socketcall makes the call of socketcall(2) that call numbers: 386 and s390x have had the others only since Linux
// 4.3.
func socketcall(call int, a0, a1, a2, a3, a4, a5 uintptr) (n int, err syscall.Errno)

// rawsocketcall is socketcall without informing the scheduler.
func rawsocketcall(call int, a0, a1, a2, a3, a4, a5 uintptr) (n int, err syscall.Errno)
