//go:build linux && gc && (mips || mipsle)

package unix

import "syscall"

// Syscall9 is [Syscall] for up to eight arguments; the ninth has no place in O32's calls, and is ignored.
func Syscall9(trap, a1, a2, a3, a4, a5, a6, a7, a8, a9 uintptr) (r1, r2 uintptr, err syscall.Errno)
