//go:build linux && (386 || amd64 || mips || mips64 || mips64le || mipsle || ppc64 || ppc64le || s390x)

package unix_test

import (
	"runtime"
	"testing"

	"kern.sys/unix"
)

// TestIOPorts gives a thread of its own the right to a port and takes it back. Only the processors of PCs have ports.
func TestIOPorts(t *testing.T) {
	err := unix.Ioperm(0x80, 1, 0)
	if runtime.GOARCH != "386" && runtime.GOARCH != "amd64" {
		fails(t, err, unix.ENOSYS)
		fails(t, unix.Iopl(0), unix.ENOSYS)
		return
	}
	need(t, "ports", "", err)
	fails(t, unix.Ioperm(1<<16, 1, 1), unix.EINVAL)
	fails(t, unix.Iopl(4), unix.EINVAL)
	onOwnThread(t, func() {
		if err := unix.Ioperm(0x80, 1, 1); err != nil {
			fails(t, err, unix.EPERM) // to those who may not
			fails(t, unix.Iopl(3), unix.EPERM)
			return
		}
		for _, err := range []error{unix.Ioperm(0x80, 1, 0), unix.Iopl(3), unix.Iopl(0)} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}
