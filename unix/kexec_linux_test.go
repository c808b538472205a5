//go:build linux && (amd64 || arm || arm64 || loong64 || ppc64 || ppc64le || riscv64 || s390x)

package unix_test

import (
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// TestKexecFileLoad loads nothing: the flag does not exist.
func TestKexecFileLoad(t *testing.T) {
	switch err := unix.KexecFileLoad(closed, closed, "quiet", 1<<30); err {
	case unix.EINVAL:
		if err := unix.KexecFileLoad(closed, closed, "quiet", 0); err != unix.EBADF {
			t.Errorf("a kernel from a closed descriptor: %v", err)
		}
	case unix.EPERM: // not allowed here
	default:
		nstest.NeedOption(t, "CONFIG_KEXEC_FILE", "3.17", err)
		t.Error("a flag that does not exist: no error")
	}
	fails(t, unix.KexecFileLoad(closed, closed, "a\x00b", 0), unix.EINVAL)
}
