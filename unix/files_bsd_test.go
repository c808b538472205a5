//go:build dragonfly || freebsd || netbsd || openbsd

package unix_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"kern.sys/unix"
)

// Tests of what the BSDs have, by its effects. They run on these systems, and on Linux under internal/bsdrun.

// answered skips a test whose call Linux has no answer for.
func answered(t *testing.T, call string, err error) {
	t.Helper()
	if err == unix.ENOSYS && os.Getenv("KERN_BSDRUN") != "" {
		t.Skip("bsdrun does not answer " + call)
	}
	if err != nil {
		t.Fatalf("%s: %v", call, err)
	}
}

func must(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

// file makes a file with content and returns its descriptor.
func file(t *testing.T, path, content string) int {
	t.Helper()
	must(t, "write", os.WriteFile(path, []byte(content), 0o644))
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	must(t, "open", err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

func TestStatSaysWhatAFileIs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	fd := file(t, path, "12345")
	must(t, "link", unix.Link(path, path+".hard"))
	must(t, "symlink", unix.Symlink(path, path+".soft"))
	must(t, "fchmod", unix.Fchmod(fd, 0o604))
	must(t, "mkfifo", unix.Mkfifo(path+".fifo", 0o600))
	when := []unix.Timespec{{Sec: 1_000_000_007, Nsec: 123_000_000}, {Sec: 1_000_000_011, Nsec: 456_000_000}}
	must(t, "utimensat", unix.UtimesNanoAt(unix.AT_FDCWD, path, when, 0))
	var st, link, at, fifo, folder unix.Stat_t
	must(t, "fstat", unix.Fstat(fd, &st))
	must(t, "lstat", unix.Lstat(path+".soft", &link))
	must(t, "fstatat", unix.Fstatat(unix.AT_FDCWD, path+".soft", &at, unix.AT_SYMLINK_NOFOLLOW))
	must(t, "stat", unix.Stat(path+".fifo", &fifo))
	must(t, "stat", unix.Stat(dir, &folder))
	if st.Size != 5 || st.Nlink != 2 || uint32(st.Mode) != unix.S_IFREG|0o604 || int(st.Uid) != os.Getuid() ||
		st.Dev != folder.Dev || st.Blksize <= 0 {
		t.Errorf("file: %+v", st)
	}
	if sec, nsec := st.Mtim.Unix(); sec != 1_000_000_011 || nsec != 456_000_000 || st.Atim.Sec != 1_000_000_007 {
		t.Errorf("times: %+v", st)
	}
	if uint32(link.Mode)&unix.S_IFMT != unix.S_IFLNK || link.Size != int64(len(path)) || link != at {
		t.Errorf("symbolic link: %+v, %+v", link, at)
	}
	if uint32(fifo.Mode)&unix.S_IFMT != unix.S_IFIFO || uint32(folder.Mode)&unix.S_IFMT != unix.S_IFDIR {
		t.Errorf("fifo %o, folder %o", fifo.Mode, folder.Mode)
	}
	buf := make([]byte, 512)
	if n, err := unix.Readlink(path+".soft", buf); err != nil || string(buf[:n]) != path {
		t.Errorf("readlink: %q, %v", buf[:n], err)
	}
	must(t, "utimensat", unix.UtimesNanoAt(unix.AT_FDCWD, path+".soft", when[:], unix.AT_SYMLINK_NOFOLLOW))
	must(t, "lstat", unix.Lstat(path+".soft", &link))
	if link.Mtim.Sec != 1_000_000_011 {
		t.Errorf("times of a symbolic link: %+v", link)
	}
	must(t, "futimes", unix.Futimes(fd, []unix.Timeval{{Sec: 10}, {Sec: 20, Usec: 7}}))
	must(t, "utimes", unix.Utimes(path+".fifo", []unix.Timeval{{Sec: 30}, {Sec: 40, Usec: 9}}))
	_, _ = unix.Fstat(fd, &st), unix.Stat(path+".fifo", &fifo)
	if st.Mtim.Sec != 20 || st.Mtim.Nsec != 7000 || fifo.Mtim.Sec != 40 || fifo.Mtim.Nsec != 9000 {
		t.Errorf("times by timeval: %+v, %+v", st.Mtim, fifo.Mtim)
	}
}

func TestFilesReadAndWriteWhereTheySay(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	fd := file(t, path, "0123456789")
	if n, err := unix.Pwrite(fd, []byte("ab"), 4); n != 2 || err != nil {
		t.Fatal(n, err)
	}
	const far = 1<<33 + 5 // an offset of more than 32 bits
	if n, err := unix.Pwrite(fd, []byte("x"), far); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if off, err := unix.Seek(fd, 0, 2); off != far+1 || err != nil {
		t.Errorf("end: %d, %v", off, err)
	}
	if off, err := unix.Seek(fd, far, 0); off != far || err != nil {
		t.Errorf("seek: %d, %v", off, err)
	}
	b := make([]byte, 4)
	if n, err := unix.Read(fd, b); n != 1 || err != nil || b[0] != 'x' {
		t.Errorf("read: %d, %v, %q", n, err, b)
	}
	must(t, "truncate", unix.Truncate(path, 8))
	if n, err := unix.Pread(fd, b, 3); n != 4 || err != nil || string(b) != "3ab6" {
		t.Errorf("pread: %d, %v, %q", n, err, b)
	}
	if n, err := unix.Pread(fd, b, 6); n != 2 || err != nil {
		t.Errorf("pread at the end: %d, %v", n, err)
	}
	must(t, "fsync", unix.Fsync(fd))
	must(t, "access", unix.Access(path, unix.R_OK|unix.W_OK))
	if err := unix.Access(path+"/below", unix.R_OK); err != unix.ENOTDIR {
		t.Errorf("access below a file: %v", err)
	}
	if _, err := unix.Open(path, unix.O_CREAT|unix.O_EXCL|unix.O_WRONLY, 0o600); err != unix.EEXIST {
		t.Errorf("open of what is there: %v", err)
	}
	if n, err := unix.Write(-1, b); n != -1 || err != unix.EBADF {
		t.Errorf("write to no descriptor: %d, %v", n, err)
	}
}

func TestNamesInFolders(t *testing.T) {
	dir := t.TempDir()
	must(t, "mkdir", unix.Mkdir(dir+"/sub", 0o700))
	dirfd, err := unix.Open(dir+"/sub", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	must(t, "open", err)
	defer func() { _ = unix.Close(dirfd) }()
	var want []string
	for i := range 300 {
		name := "a file with quite a long name " + strconv.Itoa(i)
		fd, err := unix.Openat(dirfd, name, unix.O_CREAT|unix.O_WRONLY|unix.O_EXCL, 0o600)
		must(t, "openat", err)
		must(t, "close", unix.Close(fd))
		want = append(want, name)
	}
	for _, room := range []int{600, 4096, 1 << 16} {
		if _, err := unix.Seek(dirfd, 0, 0); err != nil {
			t.Fatal(err)
		}
		var names []string
		for buf := make([]byte, room); ; {
			n, err := unix.ReadDirent(dirfd, buf)
			must(t, "read of a folder", err)
			if n == 0 {
				break
			}
			_, _, names = unix.ParseDirent(buf[:n], -1, names)
		}
		slices.Sort(names)
		slices.Sort(want)
		if !slices.Equal(names, want) {
			t.Errorf("with room for %d: %d names, not %d", room, len(names), len(want))
		}
	}
	must(t, "renameat", unix.Renameat(dirfd, want[0], unix.AT_FDCWD, dir+"/moved"))
	must(t, "unlinkat", unix.Unlinkat(dirfd, want[1], 0))
	if err := unix.Unlinkat(unix.AT_FDCWD, dir+"/sub", unix.AT_REMOVEDIR); err != unix.ENOTEMPTY {
		t.Errorf("removal of a full folder: %v", err)
	}
	must(t, "mkdirat", unix.Mkdirat(dirfd, "inner", 0o755))
	must(t, "linkat", unix.Linkat(unix.AT_FDCWD, dir+"/moved", dirfd, "inner/link", 0))
	must(t, "symlinkat", unix.Symlinkat("to", dirfd, "soft"))
	buf := make([]byte, 64)
	if n, err := unix.Readlinkat(dirfd, "soft", buf); err != nil || string(buf[:n]) != "to" {
		t.Errorf("readlinkat: %q, %v", buf[:n], err)
	}
	must(t, "fchmodat", unix.Fchmodat(dirfd, "inner/link", 0o640, 0))
	must(t, "faccessat", unix.Faccessat(dirfd, "inner/link", unix.R_OK, 0))
	must(t, "fchownat", unix.Fchownat(dirfd, "soft", os.Getuid(), os.Getgid(), unix.AT_SYMLINK_NOFOLLOW))
	var st unix.Stat_t
	if err := unix.Stat(dir+"/moved", &st); err != nil || st.Nlink != 2 || uint32(st.Mode)&0o777 != 0o640 {
		t.Errorf("after link and mode: %v, %+v", err, st)
	}
	must(t, "unlinkat", unix.Unlinkat(dirfd, "inner/link", 0))
	must(t, "unlinkat", unix.Unlinkat(dirfd, "inner", unix.AT_REMOVEDIR))
}

func TestFcntl(t *testing.T) {
	path := filepath.Join(t.TempDir(), "file")
	fd := file(t, path, "x")
	if v, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err != nil ||
		v&(unix.O_ACCMODE|unix.O_NONBLOCK|unix.O_APPEND) != unix.O_RDWR {
		t.Errorf("flags %#x, %v", v, err)
	}
	must(t, "nonblock", unix.SetNonblock(fd, true))
	if v, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); err != nil || v&unix.O_NONBLOCK == 0 {
		t.Errorf("flags %#x, %v", v, err)
	}
	dup, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 100)
	if err != nil || dup < 100 {
		t.Fatal(dup, err)
	}
	if v, err := unix.FcntlInt(uintptr(dup), unix.F_GETFD, 0); v != unix.FD_CLOEXEC || err != nil {
		t.Errorf("flags of the descriptor: %d, %v", v, err)
	}
	must(t, "dup2", unix.Dup2(fd, dup))
	must(t, "dup3", unix.Dup3(fd, dup, unix.O_CLOEXEC))
	must(t, "close", unix.Close(dup))
	lock := unix.Flock_t{Type: unix.F_WRLCK, Start: 3, Len: 4}
	must(t, "lock", unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &lock))
	if err := unix.FcntlFlock(uintptr(fd), unix.F_GETLK, &lock); err != nil || lock.Type != unix.F_UNLCK ||
		lock.Start != 3 || lock.Len != 4 {
		t.Errorf("one's own lock: %v, %+v", err, lock)
	}
	other, err := unix.Open(path, unix.O_RDWR, 0)
	must(t, "open", err)
	defer func() { _ = unix.Close(other) }()
	must(t, "flock", unix.Flock(fd, unix.LOCK_EX))
	if err := unix.Flock(other, unix.LOCK_EX|unix.LOCK_NB); err != unix.EWOULDBLOCK {
		t.Errorf("flock of what is locked: %v", err)
	}
}

// _PC_NAME_MAX and _PC_PIPE_BUF, which have one number on all of these systems.
const nameMax, pipeBuf = 4, 6

func TestPathconf(t *testing.T) {
	if n, err := unix.Pathconf("/", nameMax); n < 14 || err != nil {
		t.Errorf("pathconf: %d, %v", n, err)
	}
	if n, err := unix.Fpathconf(0, pipeBuf); n < 512 || err != nil {
		t.Errorf("fpathconf: %d, %v", n, err)
	}
}

func TestRootIsAFileSystem(t *testing.T) {
	blocks, free, err := space("/")
	answered(t, "statfs", err)
	if blocks == 0 || free > blocks {
		t.Errorf("%d of %d blocks are free", free, blocks)
	}
}

func TestPipes(t *testing.T) {
	var p [2]int
	must(t, "pipe2", unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_NONBLOCK))
	defer func() { _ = unix.Close(p[0]) }()
	b := make([]byte, 8)
	if n, err := unix.Read(p[0], b); n != -1 || err != unix.EAGAIN {
		t.Errorf("read of an empty pipe: %d, %v", n, err)
	}
	if n, err := unix.Write(p[1], []byte("text")); n != 4 || err != nil {
		t.Error(n, err)
	}
	var set unix.FdSet
	set.Set(p[0])
	if n, err := unix.Select(p[0]+1, &set, nil, nil, &unix.Timeval{Sec: 5}); n != 1 || err != nil || !set.IsSet(p[0]) {
		t.Errorf("select: %d, %v", n, err)
	}
	if v, err := unix.FcntlInt(uintptr(p[1]), unix.F_GETFD, 0); v != unix.FD_CLOEXEC || err != nil {
		t.Errorf("flags: %d, %v", v, err)
	}
	must(t, "close", unix.Close(p[1]))
	if n, err := unix.Read(p[0], b); n != 4 || err != nil {
		t.Error(n, err)
	}
	if n, err := unix.Read(p[0], b); n != 0 || err != nil {
		t.Errorf("end: %d, %v", n, err)
	}
	if err := unix.Pipe2(make([]int, 1), 0); err != unix.EINVAL {
		t.Errorf("room for one: %v", err)
	}
}
