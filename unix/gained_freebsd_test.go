package unix_test

import (
	"encoding/binary"
	"path/filepath"
	"testing"

	"kern.sys/unix"
)

// Tests of what FreeBSD gained.

func TestEventfdCounts(t *testing.T) {
	fd, err := unix.Eventfd(3, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	must(t, "eventfd", err)
	defer func() { _ = unix.Close(fd) }()
	b := binary.NativeEndian.AppendUint64(nil, 4)
	if n, err := unix.Write(fd, b); n != 8 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := unix.Read(fd, b); n != 8 || err != nil || binary.NativeEndian.Uint64(b) != 7 {
		t.Errorf("read: %d, %v, %d", n, err, b)
	}
	if _, err := unix.Read(fd, b); err != unix.EAGAIN {
		t.Errorf("nothing there: %v", err)
	}
}

func TestCopyFileRange(t *testing.T) {
	dir := t.TempDir()
	from, to := file(t, filepath.Join(dir, "from"), "0123456789"), file(t, filepath.Join(dir, "to"), "")
	at := int64(2)
	n, err := unix.CopyFileRange(from, &at, to, nil, 5, 0)
	answered(t, "copy_file_range", err)
	b := make([]byte, 16)
	m, err := unix.Pread(to, b, 0)
	if n != 5 || at != 7 || err != nil || string(b[:m]) != "23456" {
		t.Errorf("%d, to %d, %v, %q", n, at, err, b[:m])
	}
}

func TestCloseRange(t *testing.T) {
	fd := file(t, filepath.Join(t.TempDir(), "file"), "")
	high, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD, 200)
	must(t, "dup", err)
	must(t, "close_range", unix.CloseRange(uint(high), uint(high), 0))
	if err := unix.Close(high); err != unix.EBADF {
		t.Errorf("it is open: %v", err)
	}
}
