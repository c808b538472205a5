package unix_test

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"kern.sys/unix"
)

// Tests of what FreeBSD gained.

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

func TestInotify(t *testing.T) {
	dir := t.TempDir()
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	answered(t, "inotify", err)
	defer func() { _ = unix.Close(fd) }()
	if v, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); v != unix.FD_CLOEXEC || err != nil {
		t.Errorf("flags: %d, %v", v, err)
	}
	wd, err := unix.InotifyAddWatch(fd, dir, unix.IN_CREATE|unix.IN_DELETE)
	must(t, "add watch", err)
	if _, err := unix.InotifyAddWatch(fd, dir+"/none", unix.IN_CREATE); err != unix.ENOENT {
		t.Errorf("a watch of nothing: %v", err)
	}
	if _, err := unix.InotifyAddWatch(fd, "a\x00b", unix.IN_CREATE); err != unix.EINVAL {
		t.Errorf("a path with a NUL: %v", err)
	}
	must(t, "create", os.WriteFile(filepath.Join(dir, "new"), nil, 0o600))
	b := make([]byte, 256)
	n, err := unix.Read(fd, b)
	must(t, "read", err)
	if n < unix.SizeofInotifyEvent+4 || binary.NativeEndian.Uint32(b) != uint32(wd) ||
		binary.NativeEndian.Uint32(b[4:]) != unix.IN_CREATE || string(b[16:19]) != "new" {
		t.Errorf("event %q", b[:n])
	}
	if ok, err := unix.InotifyRmWatch(fd, uint32(wd)); ok != 0 || err != nil {
		t.Errorf("rm watch: %d, %v", ok, err)
	}
	if ok, err := unix.InotifyRmWatch(fd, uint32(wd)); ok != -1 || err != unix.EINVAL {
		t.Errorf("of what is gone: %d, %v", ok, err)
	}
}
