//go:build linux && gccgo

package unix

import (
	"syscall"
	"unsafe"
)

// syscallPrlimit makes the call itself: this compiler's library does nothing to limits.
func syscallPrlimit(pid, resource int, newlimit, old *syscall.Rlimit) error {
	_, _, e := RawSyscall6(SYS_PRLIMIT64, uintptr(pid), uintptr(resource), uintptr(unsafe.Pointer(newlimit)),
		uintptr(unsafe.Pointer(old)), 0, 0)
	return errOf(e)
}
