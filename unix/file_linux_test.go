package unix_test

import (
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestStatAgreesWithOS(t *testing.T) {
	path := temp(t, "12345")
	ok(t, os.Chtimes(path, time.Unix(1111111111, 222222222), time.Unix(1333333333, 444444444)))
	want := func() *syscall.Stat_t {
		fi, err := os.Stat(path)
		ok(t, err)
		return fi.Sys().(*syscall.Stat_t)
	}()
	fd := opened(t, path, unix.O_RDONLY)
	for name, call := range map[string]func(*unix.Stat_t) error{
		"Stat":    func(st *unix.Stat_t) error { return unix.Stat(path, st) },
		"Lstat":   func(st *unix.Stat_t) error { return unix.Lstat(path, st) },
		"Fstat":   func(st *unix.Stat_t) error { return unix.Fstat(fd, st) },
		"Fstatat": func(st *unix.Stat_t) error { return unix.Fstatat(unix.AT_FDCWD, path, st, 0) },
	} {
		var st unix.Stat_t
		ok(t, call(&st))
		if st.Ino != want.Ino || uint64(st.Dev) != uint64(want.Dev) || st.Mode != want.Mode ||
			uint64(st.Nlink) != uint64(want.Nlink) ||
			st.Uid != want.Uid || st.Gid != want.Gid || int64(st.Size) != 5 || int64(st.Blksize) != int64(want.Blksize) ||
			int64(st.Blocks) != int64(want.Blocks) {
			t.Errorf("%s: %+v, want %+v", name, st, want)
		}
		if (st.Atim.Nano() != 1111111111222222222 || st.Mtim.Nano() != 1333333333444444444) &&
			kernelHas(t, "nanoseconds of utimensat") {
			t.Errorf("%s: times %v %v", name, st.Atim, st.Mtim)
		}
	}
	var x unix.Statx_t
	err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BASIC_STATS, &x)
	need(t, "statx", "4.11", err)
	if x.Ino != want.Ino || x.Size != 5 || x.Mtime.Sec != 1333333333 || x.Mtime.Nsec != 444444444 ||
		unix.Mkdev(x.Dev_major, x.Dev_minor) != uint64(want.Dev) {
		t.Errorf("Statx: %+v, want %+v", x, want)
	}
}

func TestStatOfDevice(t *testing.T) {
	var st unix.Stat_t
	ok(t, unix.Stat("/dev/null", &st))
	if ma, mi := unix.Major(uint64(st.Rdev)), unix.Minor(uint64(st.Rdev)); ma != 1 || mi != 3 {
		t.Errorf("/dev/null is %d:%d, want 1:3", ma, mi)
	}
}

func TestDeviceNumbers(t *testing.T) {
	for _, d := range []struct {
		major, minor uint32
		dev          uint64
	}{
		{0, 0, 0}, {1, 3, 0x103}, {8, 1, 0x801}, {259, 0x12345, 0x12310345}, {0xabcde123, 0x45678901, 0xabcde45678912301},
	} {
		if got := unix.Mkdev(d.major, d.minor); got != d.dev {
			t.Errorf("Mkdev(%#x, %#x) = %#x, want %#x", d.major, d.minor, got, d.dev)
		}
		if ma, mi := unix.Major(d.dev), unix.Minor(d.dev); ma != d.major || mi != d.minor {
			t.Errorf("%#x is %#x:%#x, want %#x:%#x", d.dev, ma, mi, d.major, d.minor)
		}
	}
}

func TestNames(t *testing.T) {
	dir := t.TempDir()
	at := opened(t, dir, unix.O_RDONLY|unix.O_DIRECTORY)
	in := func(name string) string { return filepath.Join(dir, name) }
	is := func(name string, typ uint32) {
		t.Helper()
		var st unix.Stat_t
		ok(t, unix.Lstat(in(name), &st))
		if uint32(st.Mode)&unix.S_IFMT != typ {
			t.Errorf("%s has mode %o, want type %o", name, st.Mode, typ)
		}
	}
	fd, err := unix.Creat(in("creat"), 0o600)
	ok(t, err)
	ok(t, unix.Close(fd))
	fd, err = unix.Openat(at, "openat", unix.O_CREAT|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	ok(t, err)
	ok(t, unix.Close(fd))
	is("creat", unix.S_IFREG)
	is("openat", unix.S_IFREG)
	ok(t, unix.Mkdir(in("mkdir"), 0o700))
	ok(t, unix.Mkdirat(at, "mkdirat", 0o700))
	is("mkdir", unix.S_IFDIR)
	is("mkdirat", unix.S_IFDIR)
	ok(t, unix.Mkfifo(in("mkfifo"), 0o600))
	ok(t, unix.Mkfifoat(at, "mkfifoat", 0o600))
	ok(t, unix.Mknod(in("mknod"), unix.S_IFREG|0o600, 0))
	ok(t, unix.Mknodat(at, "mknodat", unix.S_IFIFO|0o600, 0))
	is("mkfifo", unix.S_IFIFO)
	is("mkfifoat", unix.S_IFIFO)
	is("mknod", unix.S_IFREG)
	is("mknodat", unix.S_IFIFO)
	ok(t, unix.Link(in("creat"), in("link")))
	ok(t, unix.Linkat(at, "creat", at, "linkat", 0))
	var st unix.Stat_t
	ok(t, unix.Stat(in("creat"), &st))
	if st.Nlink != 3 {
		t.Errorf("%d links, want 3", st.Nlink)
	}
	ok(t, unix.Symlink("creat", in("symlink")))
	ok(t, unix.Symlinkat("openat", at, "symlinkat"))
	is("symlink", unix.S_IFLNK)
	buf := make([]byte, 64)
	n, err := unix.Readlink(in("symlink"), buf)
	if err != nil || string(buf[:n]) != "creat" {
		t.Errorf("Readlink: %q, %v", buf[:n], err)
	}
	n, err = unix.Readlinkat(at, "symlinkat", buf[:3])
	if err != nil || string(buf[:n]) != "ope" {
		t.Errorf("Readlinkat into 3 bytes: %q, %v", buf[:n], err)
	}
	ok(t, unix.Rename(in("link"), in("rename")))
	ok(t, unix.Renameat(at, "rename", at, "renameat"))
	ok(t, unix.Renameat2(at, "renameat", at, "renameat2", 0))
	if err := unix.Renameat2(at, "renameat2", at, "creat", unix.RENAME_NOREPLACE); err != unix.EEXIST &&
		err != unix.EINVAL {
		t.Errorf("Renameat2 over a file: %v, want EEXIST", err)
	}
	ok(t, unix.Unlink(in("renameat2")))
	ok(t, unix.Unlinkat(at, "linkat", 0))
	ok(t, unix.Rmdir(in("mkdir")))
	ok(t, unix.Unlinkat(at, "mkdirat", unix.AT_REMOVEDIR))

	want := []string{"creat", "mkfifo", "mkfifoat", "mknod", "mknodat", "openat", "symlink", "symlinkat"}
	if got := readNames(t, at, 1024, -1); !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
	_, err = unix.Seek(at, 0, 0)
	ok(t, err)
	if got := readNames(t, at, 64, 1); !slices.Equal(got, want) {
		t.Errorf("one by one: names %q, want %q", got, want)
	}
}

func readNames(t *testing.T, fd, size, max int) (names []string) {
	t.Helper()
	buf := make([]byte, size)
	for {
		n, err := unix.ReadDirent(fd, buf)
		ok(t, err)
		if n == 0 {
			slices.Sort(names)
			return names
		}
		for rest := buf[:n]; len(rest) > 0; {
			used, count, more := unix.ParseDirent(rest, max, names)
			if len(more)-len(names) != count || max >= 0 && count > max {
				t.Fatalf("%d names, count %d, max %d", len(more)-len(names), count, max)
			}
			names, rest = more, rest[used:]
		}
	}
}

func TestOpenat2KeepsBelow(t *testing.T) {
	dir := t.TempDir()
	at := opened(t, dir, unix.O_RDONLY)
	_, err := unix.Openat2(at, "..", &unix.OpenHow{Resolve: unix.RESOLVE_BENEATH})
	if err != unix.EXDEV {
		need(t, "openat2", "5.6", err)
		t.Error("no error")
	}
	fd, err := unix.Openat2(at, ".", &unix.OpenHow{Flags: unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH})
	ok(t, err)
	ok(t, unix.Close(fd))
}

func TestModes(t *testing.T) {
	path := temp(t, "")
	fd := opened(t, path, unix.O_RDWR)
	mode := func() uint32 {
		var st unix.Stat_t
		ok(t, unix.Stat(path, &st))
		return uint32(st.Mode) & 0o7777
	}
	ok(t, unix.Chmod(path, 0o640))
	if mode() != 0o640 {
		t.Errorf("Chmod: %o", mode())
	}
	ok(t, unix.Fchmod(fd, 0o604))
	if mode() != 0o604 {
		t.Errorf("Fchmod: %o", mode())
	}
	ok(t, unix.Fchmodat(unix.AT_FDCWD, path, 0o444, 0))
	if mode() != 0o444 {
		t.Errorf("Fchmodat: %o", mode())
	}
	link := path + "-link"
	ok(t, unix.Symlink(path, link))
	fails(t, unix.Fchmodat(unix.AT_FDCWD, link, 0o400, unix.AT_SYMLINK_NOFOLLOW), unix.EOPNOTSUPP)
	fails(t, unix.Fchmodat(unix.AT_FDCWD, path, 0o400, 1), unix.EINVAL)
	ok(t, unix.Chown(path, -1, os.Getgid()))
	ok(t, unix.Lchown(link, os.Getuid(), -1))
	ok(t, unix.Fchown(fd, os.Getuid(), os.Getgid()))
	ok(t, unix.Fchownat(unix.AT_FDCWD, link, -1, -1, unix.AT_SYMLINK_NOFOLLOW))

	ok(t, unix.Access(path, unix.R_OK))
	fails(t, unix.Access(path, unix.X_OK), unix.EACCES)
	ok(t, unix.Faccessat(unix.AT_FDCWD, path, unix.R_OK, unix.AT_EACCESS))
	fails(t, unix.Faccessat(unix.AT_FDCWD, path, unix.X_OK, unix.AT_EACCESS), unix.EACCES)
	fails(t, unix.Faccessat(unix.AT_FDCWD, path, 8, 0), unix.EINVAL)
	if old := unix.Umask(0o77); unix.Umask(old) != 0o77 {
		t.Error("Umask does not return the mask before")
	}
}

func TestAccessByMode(t *testing.T) {
	path := temp(t, "")
	for mode := range uint32(0o1000) {
		ok(t, os.Chmod(path, os.FileMode(mode)))
		for want := range uint32(8) {
			kernel, own := unix.Access(path, want), unix.AccessByMode(unix.AT_FDCWD, path, want, 0)
			if kernel != own {
				t.Fatalf("mode %o, access %o: %v, the kernel says %v", mode, want, own, kernel)
			}
		}
	}
	fails(t, unix.AccessByMode(unix.AT_FDCWD, path, 8, 0), unix.EINVAL)
	fails(t, unix.AccessByMode(unix.AT_FDCWD, path, 4, unix.AT_EMPTY_PATH), unix.EINVAL)
	fails(t, unix.AccessByMode(unix.AT_FDCWD, path+"x", 4, 0), unix.ENOENT)
}

func TestTimesOfFile(t *testing.T) {
	path := temp(t, "")
	link := path + "-link"
	ok(t, unix.Symlink(path, link))
	fd := opened(t, path, unix.O_RDWR)
	tv := func(a, m int64) []unix.Timeval {
		return []unix.Timeval{unix.NsecToTimeval(a * 1e9), unix.NsecToTimeval(m*1e9 + 7000)}
	}
	utime := unix.Utimbuf{}
	utime.Actime, utime.Modtime = 100, 200
	for i, c := range []struct {
		call func() error
		of   string
		want int64
	}{
		{func() error { return unix.Utime(path, &utime) }, path, 200e9},
		{func() error { return unix.Utimes(path, tv(1, 2)) }, path, 2e9 + 7000},
		{func() error { return unix.Lutimes(link, tv(1, 3)) }, link, 3e9 + 7000},
		{func() error { return unix.Futimes(fd, tv(1, 4)) }, path, 4e9 + 7000},
		{func() error { return unix.Futimesat(unix.AT_FDCWD, path, tv(1, 5)) }, path, 5e9 + 7000},
		{func() error {
			return unix.UtimesNano(path, []unix.Timespec{{Sec: 1}, unix.NsecToTimespec(6e9 + 1)})
		}, path, 6e9 + 1},
		{func() error {
			return unix.UtimesNanoAt(unix.AT_FDCWD, link, []unix.Timespec{{Nsec: unix.UTIME_OMIT}, {Sec: 7}},
				unix.AT_SYMLINK_NOFOLLOW)
		}, link, 7e9},
	} {
		ok(t, c.call())
		var st unix.Stat_t
		ok(t, unix.Lstat(c.of, &st))
		if st.Mtim.Nano() != c.want {
			t.Errorf("case %d: %d, want %d", i, st.Mtim.Nano(), c.want)
		}
	}
	before := time.Now().Add(-5 * time.Second)
	ok(t, unix.Utime(path, nil))
	var st unix.Stat_t
	ok(t, unix.Stat(path, &st))
	if time.Unix(st.Mtim.Unix()).Before(before) {
		t.Errorf("Utime nil: %v", st.Mtim)
	}
	fails(t, unix.Utimes(path, make([]unix.Timeval, 1)), unix.EINVAL)
	fails(t, unix.UtimesNano(path, make([]unix.Timespec, 3)), unix.EINVAL)
}

func TestReadAndWrite(t *testing.T) {
	path := temp(t, "")
	fd := opened(t, path, unix.O_RDWR)
	check := func(n int, err error, want int) {
		t.Helper()
		if n != want || err != nil {
			t.Fatalf("%d, %v; want %d", n, err, want)
		}
	}
	n, err := unix.Write(fd, []byte("abc"))
	check(n, err, 3)
	n, err = unix.Writev(fd, [][]byte{[]byte("de"), nil, []byte("f")})
	check(n, err, 3)
	const far = 5 << 30 // needs more than 32 bits
	n, err = unix.Pwrite(fd, []byte("xy"), far)
	check(n, err, 2)
	n, err = unix.Pwritev(fd, [][]byte{[]byte("z")}, far+2)
	check(n, err, 1)
	n, err = unix.Pwritev2(fd, [][]byte{[]byte("w")}, far+3, 0)
	if err == unix.ENOSYS { // Linux 4.6
		n, err = unix.Pwrite(fd, []byte("w"), far+3)
	}
	check(n, err, 1)

	buf := make([]byte, 4)
	n, err = unix.Pread(fd, buf, far)
	check(n, err, 4)
	if string(buf) != "xyzw" {
		t.Errorf("%q", buf)
	}
	one, two := make([]byte, 1), make([]byte, 2)
	n, err = unix.Preadv(fd, [][]byte{one, two}, far+1)
	check(n, err, 3)
	if string(one)+string(two) != "yzw" {
		t.Errorf("%q %q", one, two)
	}
	if n, err = unix.Preadv2(fd, [][]byte{two}, far, 0); err != unix.ENOSYS {
		check(n, err, 2)
	}
	off, err := unix.Seek(fd, far+1, 0)
	if off != far+1 || err != nil {
		t.Errorf("Seek: %d, %v", off, err)
	}
	n, err = unix.Read(fd, one)
	check(n, err, 1)
	off, err = unix.Seek(fd, 0, 2)
	if off != far+4 || err != nil {
		t.Errorf("Seek to the end: %d, %v", off, err)
	}
	_, err = unix.Seek(fd, -1, 0)
	fails(t, err, unix.EINVAL)
	_, err = unix.Seek(fd, 2, 0)
	ok(t, err)
	n, err = unix.Readv(fd, [][]byte{two, one})
	check(n, err, 3)
	if string(two)+string(one) != "cde" {
		t.Errorf("%q %q", two, one)
	}
	many := make([][]byte, 20)
	for i := range many {
		many[i] = make([]byte, 1)
	}
	n, err = unix.Preadv(fd, many, 0)
	check(n, err, 20)

	var st unix.Stat_t
	for _, call := range []func(int64) error{
		func(n int64) error { return unix.Truncate(path, n) },
		func(n int64) error { return unix.Ftruncate(fd, n) },
	} {
		ok(t, call(far))
		ok(t, unix.Fstat(fd, &st))
		if st.Size != far {
			t.Errorf("size %d", st.Size)
		}
		ok(t, call(6))
	}
	err = unix.Fallocate(fd, 0, 1<<20, 10)
	if err != unix.EOPNOTSUPP {
		ok(t, err)
		ok(t, unix.Fstat(fd, &st))
		if st.Size != 1<<20+10 {
			t.Errorf("Fallocate: size %d", st.Size)
		}
	}
	ok(t, unix.Fadvise(fd, 0, 1<<20, unix.FADV_DONTNEED))
	fails(t, unix.Fadvise(fd, 0, 0, 99), unix.EINVAL)
	ok(t, unix.SyncFileRange(fd, 0, 1<<20, unix.SYNC_FILE_RANGE_WRITE))
	fails(t, unix.SyncFileRange(fd, 0, 1<<20, 0x100), unix.EINVAL)
	ok(t, unix.Fsync(fd))
	ok(t, unix.Fdatasync(fd))
	ok(t, unix.Syncfs(fd))
}

func TestCopies(t *testing.T) {
	in := opened(t, temp(t, "0123456789"), unix.O_RDONLY)
	out := opened(t, temp(t, ""), unix.O_RDWR)
	off := int64(2)
	n, err := unix.Sendfile(out, in, &off, 3)
	if n != 3 || err != nil || off != 5 {
		t.Fatalf("Sendfile: %d, %v, offset %d", n, err, off)
	}
	n, err = unix.Sendfile(out, in, nil, 1)
	if n != 1 || err != nil {
		t.Fatalf("Sendfile: %d, %v", n, err)
	}
	from, to := int64(7), int64(4)
	if n, err = unix.CopyFileRange(in, &from, out, &to, 3, 0); err != unix.EXDEV && err != unix.EOPNOTSUPP {
		if n != 3 || err != nil || from != 10 || to != 7 {
			t.Fatalf("CopyFileRange: %d, %v, offsets %d %d", n, err, from, to)
		}
		buf := make([]byte, 9)
		n, err = unix.Pread(out, buf, 0)
		if string(buf[:n]) != "2340789" || err != nil {
			t.Errorf("%q, %v", buf[:n], err)
		}
	}
	var a, b [2]int
	ok(t, unix.Pipe(a[:]))
	ok(t, unix.Pipe2(b[:], unix.O_CLOEXEC))
	for _, fd := range append(a[:], b[:]...) {
		defer unix.Close(fd)
	}
	fails(t, unix.Pipe(make([]int, 1)), unix.EINVAL)
	fails(t, unix.Pipe2(nil, 0), unix.EINVAL)
	for i, want := range map[int]int{0: a[0], unix.FD_CLOEXEC: b[0]} {
		if flags, err := unix.FcntlInt(uintptr(want), unix.F_GETFD, 0); flags != i || err != nil {
			t.Errorf("flags %d, %v; want %d", flags, err, i)
		}
	}
	off = 0
	if n, err := unix.Splice(in, &off, a[1], nil, 4, 0); n != 4 || err != nil || off != 4 {
		t.Fatalf("Splice: %d, %v, offset %d", n, err, off)
	}
	if n, err := unix.Tee(a[0], b[1], 4, 0); n != 4 || err != nil {
		t.Fatalf("Tee: %d, %v", n, err)
	}
	text := []byte("more")
	iov := []unix.Iovec{{Base: &text[0]}}
	iov[0].SetLen(4)
	if n, err := unix.Vmsplice(b[1], iov, 0); n != 4 || err != nil {
		t.Fatalf("Vmsplice: %d, %v", n, err)
	}
	buf := make([]byte, 16)
	if n, err := unix.Read(b[0], buf); string(buf[:n]) != "0123more" || err != nil {
		t.Errorf("%q, %v", buf[:n], err)
	}
}

func TestDescriptors(t *testing.T) {
	path := temp(t, "")
	fd := opened(t, path, unix.O_RDWR)
	dup, err := unix.Dup(fd)
	ok(t, err)
	ok(t, unix.Dup2(fd, dup))
	ok(t, unix.Dup2(fd, fd))
	ok(t, unix.Dup3(fd, dup, unix.O_CLOEXEC))
	if flags, err := unix.FcntlInt(uintptr(dup), unix.F_GETFD, 0); flags != unix.FD_CLOEXEC || err != nil {
		t.Errorf("Dup3: flags %d, %v", flags, err)
	}
	fails(t, unix.Dup3(fd, fd, 0), unix.EINVAL)
	ok(t, unix.Dup2(fd, dup))
	unix.CloseOnExec(dup)
	if flags, _ := unix.FcntlInt(uintptr(dup), unix.F_GETFD, 0); flags != unix.FD_CLOEXEC {
		t.Errorf("CloseOnExec: flags %d", flags)
	}
	for _, want := range []bool{true, true, false, false} {
		ok(t, unix.SetNonblock(fd, want))
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFL, 0); flags&unix.O_NONBLOCK != 0 != want || err != nil {
			t.Errorf("SetNonblock %v: flags %#x, %v", want, flags, err)
		}
	}
	ok(t, unix.Close(dup))
	fails(t, unix.Close(dup), unix.EBADF)

	other := opened(t, path, unix.O_RDWR)
	ok(t, unix.Flock(fd, unix.LOCK_EX))
	fails(t, unix.Flock(other, unix.LOCK_EX|unix.LOCK_NB), unix.EAGAIN)
	ok(t, unix.Flock(fd, unix.LOCK_UN))

	lock := unix.Flock_t{Type: unix.F_WRLCK, Start: 5 << 30, Len: 10}
	ok(t, unix.FcntlFlock(uintptr(fd), unix.F_OFD_SETLK, &lock))
	found := unix.Flock_t{Type: unix.F_RDLCK}
	ok(t, unix.FcntlFlock(uintptr(other), unix.F_OFD_GETLK, &found))
	if found.Type != unix.F_WRLCK || found.Start != 5<<30 || found.Len != 10 {
		t.Errorf("FcntlFlock: %+v", found)
	}

	fds := make([]int, 3)
	for i := range fds {
		fds[i], err = unix.Dup(fd)
		ok(t, err)
	}
	err = unix.CloseRange(uint(slices.Min(fds)), uint(slices.Max(fds)), unix.CLOSE_RANGE_CLOEXEC)
	if err == nil {
		flags, _ := unix.FcntlInt(uintptr(fds[1]), unix.F_GETFD, 0)
		if flags != unix.FD_CLOEXEC {
			t.Errorf("CloseRange: flags %d", flags)
		}
	}
	for _, fd := range fds {
		ok(t, unix.Close(fd))
	}
	need(t, "close_range with CLOEXEC", "5.11", err)
}

func TestWorkingFolder(t *testing.T) {
	onOwnThread(t, func() {
		if err := unix.Unshare(unix.CLONE_FS); err != nil {
			t.Error(err)
			return
		}
		dir, err := filepath.EvalSymlinks(t.TempDir())
		if err != nil {
			t.Error(err)
		}
		if err := unix.Chdir(dir); err != nil {
			t.Error(err)
		}
		if wd, err := unix.Getwd(); wd != dir || err != nil {
			t.Errorf("Getwd: %q, %v; want %q", wd, err, dir)
		}
		buf := make([]byte, len(dir)+1)
		if n, err := unix.Getcwd(buf); n != len(dir)+1 || err != nil {
			t.Errorf("Getcwd: %d, %v", n, err)
		}
		if _, err := unix.Getcwd(buf[1:]); err != unix.ERANGE {
			t.Errorf("Getcwd with too little room: %v", err)
		}
		root, err := unix.Open("/", unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err != nil {
			t.Error(err)
		}
		defer unix.Close(root)
		if err := unix.Fchdir(root); err != nil {
			t.Error(err)
		}
		if wd, err := unix.Getwd(); wd != "/" || err != nil {
			t.Errorf("Getwd: %q, %v", wd, err)
		}
		if err := unix.Chroot(dir); err == nil {
			if _, err := unix.Getwd(); err != unix.ENOENT {
				t.Errorf("Getwd outside the root: %v", err)
			}
		} else if err != unix.EPERM {
			t.Error(err)
		}
	})
}

// TestFileHandlesOfUniqueMounts asks for the id of 64 bits, and statx(2) for the same.
func TestFileHandlesOfUniqueMounts(t *testing.T) {
	path := temp(t, "text")
	fh, old, err := unix.NameToHandleAt64(unix.AT_FDCWD, path, 0)
	need(t, "file handles of the temporary folder", "", err)
	onKernel(t, "unique ids of mounts")
	var st unix.Statx_t
	ok(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_MNT_ID, &st))
	if st.Mask&unix.STATX_MNT_ID != 0 && st.Mnt_id != old {
		t.Errorf("id %d, statx has %d", old, st.Mnt_id)
	}
	again, unique, err := unix.NameToHandleAt64(unix.AT_FDCWD, path, unix.AT_HANDLE_MNT_ID_UNIQUE)
	if err == unix.EINVAL {
		nstest.Need(t, "AT_HANDLE_MNT_ID_UNIQUE", "6.12", unix.ENOSYS)
	}
	ok(t, err)
	ok(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_MNT_ID_UNIQUE, &st))
	if unique != st.Mnt_id || string(again.Bytes()) != string(fh.Bytes()) {
		t.Errorf("id %d, statx has %d; handle %x, want %x", unique, st.Mnt_id, again.Bytes(), fh.Bytes())
	}
	_, id, err := unix.NameToHandleAt(unix.AT_FDCWD, path, unix.AT_HANDLE_MNT_ID_UNIQUE)
	compare(t, "NameToHandleAt", id, err, int(st.Mnt_id), uint64(int(st.Mnt_id)) == st.Mnt_id)
}

func TestFileHandles(t *testing.T) {
	path := temp(t, "text")
	fh, _, err := unix.NameToHandleAt(unix.AT_FDCWD, path, 0)
	if err == unix.EOPNOTSUPP {
		nstest.Need(t, "file handles of the temporary folder", "", err)
	}
	ok(t, err)
	if fh.Size() == 0 || fh.Size() != len(fh.Bytes()) {
		t.Errorf("size %d, %d bytes", fh.Size(), len(fh.Bytes()))
	}
	again := unix.NewFileHandle(fh.Type(), fh.Bytes())
	fd, err := unix.OpenByHandleAt(opened(t, filepath.Dir(path), unix.O_RDONLY), again, unix.O_RDONLY|unix.O_CLOEXEC)
	if err == unix.EPERM {
		nstest.Need(t, "opening files by handle", "", err)
	}
	ok(t, err)
	defer unix.Close(fd)
	buf := make([]byte, 8)
	if n, err := unix.Read(fd, buf); string(buf[:n]) != "text" || err != nil {
		t.Errorf("%q, %v", buf[:n], err)
	}
	var none unix.FileHandle
	if none.Size() != 0 || none.Type() != 0 || none.Bytes() != nil {
		t.Error("an empty handle is not empty")
	}
	_, err = unix.OpenByHandleAt(unix.AT_FDCWD, none, 0)
	fails(t, err, unix.EINVAL)
}

func TestStatfs(t *testing.T) {
	var a, b unix.Statfs_t
	ok(t, unix.Statfs("/proc", &a))
	ok(t, unix.Fstatfs(opened(t, "/proc", unix.O_RDONLY), &b))
	if a != b || int64(a.Type) != unix.PROC_SUPER_MAGIC || a.Namelen != 255 {
		t.Errorf("%+v, %+v", a, b)
	}
}

func TestUstatCountsAsStatfs(t *testing.T) {
	var st unix.Stat_t
	var before, after unix.Statfs_t
	var got unix.Ustat_t
	for range 100 {
		ok(t, unix.Statfs("/", &before))
		ok(t, unix.Stat("/", &st))
		got = unix.Ustat_t{Tfree: -1, Tinode: 1 << 20}
		err := unix.Ustat(int(st.Dev), &got)
		if err == unix.ENOSYS {
			t.Skip("feature ustat: the architecture has none")
		}
		ok(t, err)
		ok(t, unix.Statfs("/", &after))
		if before.Ffree == after.Ffree && before.Bfree == after.Bfree {
			break
		}
	}
	if uint32(got.Tinode) != uint32(after.Ffree) || uint32(got.Tfree) != uint32(after.Bfree) {
		t.Errorf("%+v, and Statfs has %d blocks and %d inodes", got, after.Bfree, after.Ffree)
	}
}
