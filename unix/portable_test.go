//go:build unix

package unix_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"kern.sys/unix"
)

// Tests of what every system has. They run wherever the package is built.

func TestPortableFiles(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	fd, err := unix.Open(path, unix.O_CREAT|unix.O_RDWR, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	if n, err := unix.Write(fd, []byte("abcdef")); n != 6 || err != nil {
		t.Fatal(n, err)
	}
	buf := make([]byte, 3)
	if n, err := unix.Pread(fd, buf, 2); n != 3 || err != nil || string(buf) != "cde" {
		t.Errorf("pread: %d, %v, %q", n, err, buf)
	}
	if off, err := unix.Seek(fd, 1, 0); off != 1 || err != nil {
		t.Errorf("seek: %d, %v", off, err)
	}
	if err := unix.Ftruncate(fd, 4); err != nil {
		t.Error(err)
	}
	var a, b unix.Stat_t
	if err := unix.Fstat(fd, &a); err != nil {
		t.Fatal(err)
	}
	if err := unix.Stat(path, &b); err != nil || a.Ino != b.Ino || b.Size != 4 || uint32(b.Mode)&0o777 != 0o640 {
		t.Errorf("stat: %v, %+v", err, b)
	}
	if err := unix.Stat(path+"\x00", &b); err != unix.EINVAL {
		t.Errorf("a path with a NUL: %v", err)
	}
	if err := unix.Renameat(unix.AT_FDCWD, path, unix.AT_FDCWD, path+"2"); err != nil {
		t.Error(err)
	}
	if n, err := unix.Open(path, unix.O_RDONLY, 0); n != -1 || err != unix.ENOENT {
		t.Errorf("a file that is gone: %d, %v", n, err)
	}
}

func TestPortableFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"one", "two", "three"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fd, err := unix.Open(dir, unix.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Close(fd) }()
	var names []string
	for buf := make([]byte, 4096); ; {
		n, err := unix.ReadDirent(fd, buf)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
		_, _, names = unix.ParseDirent(buf[:n], -1, names)
	}
	if len(names) != 3 {
		t.Errorf("the folder has %q", names)
	}
}

func TestPortableSockets(t *testing.T) {
	p, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _, _ = unix.Close(p[0]), unix.Close(p[1]) }()
	if n, err := unix.SendmsgN(p[0], []byte("data"), unix.UnixRights(p[0]), nil, 0); n != 4 || err != nil {
		t.Fatal(n, err)
	}
	buf, oob := make([]byte, 16), make([]byte, unix.CmsgSpace(4))
	n, oobn, _, _, err := unix.Recvmsg(p[1], buf, oob, 0)
	if err != nil || !bytes.Equal(buf[:n], []byte("data")) {
		t.Fatalf("%q, %v", buf[:n], err)
	}
	msgs, err := unix.ParseSocketControlMessage(oob[:oobn])
	if err != nil || len(msgs) != 1 {
		t.Fatal(msgs, err)
	}
	fds, err := unix.ParseUnixRights(&msgs[0])
	if err != nil || len(fds) != 1 {
		t.Fatal(fds, err)
	}
	if err := unix.Close(fds[0]); err != nil {
		t.Error(err)
	}
	if typ, err := unix.GetsockoptInt(p[0], unix.SOL_SOCKET, unix.SO_TYPE); typ != unix.SOCK_STREAM || err != nil {
		t.Errorf("type %d, %v", typ, err)
	}
	fds2 := []unix.PollFd{{Fd: int32(p[0]), Events: unix.POLLOUT}}
	if n, err := unix.Poll(fds2, 0); n != 1 || err != nil {
		t.Errorf("poll: %d, %v", n, err)
	}
}

func TestPortableMemory(t *testing.T) {
	b, err := unix.Mmap(-1, 0, unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	b[0] = 1
	if err := unix.Mprotect(b, unix.PROT_READ); err != nil {
		t.Error(err)
	}
	if err := unix.Munmap(b[1:]); err != unix.EINVAL {
		t.Errorf("part of a mapping: %v", err)
	}
	if err := unix.Munmap(b); err != nil {
		t.Error(err)
	}
}

func TestPortableProcess(t *testing.T) {
	if unix.Getpid() != os.Getpid() || unix.Getuid() != os.Getuid() {
		t.Error("ids differ from those of package os")
	}
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil || u.Sysname[0] == 0 || u.Machine[0] == 0 {
		t.Errorf("uname: %v, %v", err, u.Sysname[:8])
	}
	want, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := unix.Getwd(); err != nil || got != want {
		t.Errorf("getwd: %q, %v, want %q", got, err, want)
	}
	if _, err := unix.Getgroups(); err != nil {
		t.Error(err)
	}
	var lim unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &lim); err != nil || lim.Cur == 0 {
		t.Errorf("rlimit: %v, %+v", err, lim)
	}
	var tv unix.Timeval
	if err := unix.Gettimeofday(&tv); err != nil || tv.Nano() < 1e18 {
		t.Errorf("time: %v, %+v", err, tv)
	}
}
