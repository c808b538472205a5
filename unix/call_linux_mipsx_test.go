//go:build linux && (mips || mipsle)

package unix_test

import (
	"syscall"
	"testing"

	"kern.sys/unix"
)

func TestSyscall9(t *testing.T) {
	testSixArguments(t, func(trap, fd, p, n, flags, to, tolen uintptr) (r1, r2 uintptr, err syscall.Errno) {
		return unix.Syscall9(trap, fd, p, n, flags, to, tolen, 7, 8, 9)
	})
}
