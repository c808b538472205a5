//go:build linux && (386 || amd64 || arm64 || loong64 || riscv64 || s390x)

package unix_test

import (
	"os"
	"testing"

	"kern.sys/unix"
)

// TestMemfdSecret proves the secret: the process reads the memory, and the kernel does not for it.
// Linux has the call since 5.14, and needs no boot parameter since 6.5.
func TestMemfdSecret(t *testing.T) {
	fd, err := unix.MemfdSecret(unix.O_CLOEXEC)
	need(t, "memfd_secret", "6.5", err)
	defer unix.Close(fd)
	ok(t, unix.Ftruncate(fd, int64(os.Getpagesize())))
	b, err := unix.Mmap(fd, 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	ok(t, err)
	defer func() { ok(t, unix.Munmap(b)) }()
	copy(b, "secret")
	var p [2]int
	ok(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	// Vmsplice pins the page, which the kernel refuses for this memory.
	iov := unix.Iovec{Base: &b[0]}
	iov.SetLen(6)
	if _, err := unix.Vmsplice(p[1], []unix.Iovec{iov}, 0); err != unix.EFAULT {
		t.Errorf("pinning a secret page: %v, want EFAULT", err)
	}
	if string(b[:6]) != "secret" {
		t.Errorf("%q", b[:6])
	}
	_, err = unix.MemfdSecret(1 << 30)
	fails(t, err, unix.EINVAL)
}
