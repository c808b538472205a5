package unix_test

import (
	"os"
	"testing"

	"kern.sys/unix"
)

func TestSyscallsHaveNamesAndNumbers(t *testing.T) {
	count, last := 0, uintptr(0)
	for name, num := range unix.Syscalls() {
		if count != 0 && num < last {
			t.Errorf("%s, %d, comes after %d", name, num, last)
		}
		if got, ok := unix.SyscallNumber(name); !ok || got != num {
			t.Errorf("%s is %d, SyscallNumber has %d, %v", name, num, got, ok)
		}
		if unix.SyscallName(num) == "" {
			t.Errorf("%d, %s, has no name", num, name)
		}
		count, last = count+1, num
	}
	if count < 300 {
		t.Errorf("only %d system calls", count)
	}
	for name, want := range map[string]uintptr{"getpid": unix.SYS_GETPID, "openat2": unix.SYS_OPENAT2,
		"read": unix.SYS_READ} {
		if got, ok := unix.SyscallNumber(name); got != want || !ok || unix.SyscallName(want) != name {
			t.Errorf("%s is %d, want %d, whose name is %q", name, got, want, unix.SyscallName(want))
		}
	}
	// The one that is called is the one that has the name.
	num, _ := unix.SyscallNumber("getpid")
	if pid, _, errno := unix.RawSyscall(num, 0, 0, 0); errno != 0 || int(pid) != os.Getpid() {
		t.Errorf("getpid returns %d, %v", pid, errno)
	}
	if _, ok := unix.SyscallNumber("no_such_call"); ok || unix.SyscallName(1<<30) != "" {
		t.Error("what does not exist has a name or a number")
	}
}
