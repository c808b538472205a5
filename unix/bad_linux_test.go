package unix_test

import (
	"strings"
	"testing"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// byPath are all calls that take a path of something that must exist.
var byPath = map[string]func(path string) error{
	"Access":       func(p string) error { return unix.Access(p, unix.R_OK) },
	"Acct":         unix.Acct,
	"Chdir":        unix.Chdir,
	"Chmod":        func(p string) error { return unix.Chmod(p, 0) },
	"Chown":        func(p string) error { return unix.Chown(p, -1, -1) },
	"Chroot":       unix.Chroot,
	"Exec":         func(p string) error { return unix.Exec(p, nil, nil) },
	"Faccessat":    func(p string) error { return unix.Faccessat(unix.AT_FDCWD, p, 0, unix.AT_EACCESS) },
	"Fchmodat":     func(p string) error { return unix.Fchmodat(unix.AT_FDCWD, p, 0, 0) },
	"Fchownat":     func(p string) error { return unix.Fchownat(unix.AT_FDCWD, p, -1, -1, 0) },
	"Fstatat":      func(p string) error { return unix.Fstatat(unix.AT_FDCWD, p, new(unix.Stat_t), 0) },
	"Futimesat":    func(p string) error { return unix.Futimesat(unix.AT_FDCWD, p, nil) },
	"Getxattr":     func(p string) error { _, err := unix.Getxattr(p, "user.a", nil); return err },
	"Lchown":       func(p string) error { return unix.Lchown(p, -1, -1) },
	"Lgetxattr":    func(p string) error { _, err := unix.Lgetxattr(p, "user.a", nil); return err },
	"Link":         func(p string) error { return unix.Link(p, p+"2") },
	"Linkat":       func(p string) error { return unix.Linkat(unix.AT_FDCWD, p, unix.AT_FDCWD, p+"2", 0) },
	"Listxattr":    func(p string) error { _, err := unix.Listxattr(p, nil); return err },
	"Llistxattr":   func(p string) error { _, err := unix.Llistxattr(p, nil); return err },
	"Lremovexattr": func(p string) error { return unix.Lremovexattr(p, "user.a") },
	"Lsetxattr":    func(p string) error { return unix.Lsetxattr(p, "user.a", nil, 0) },
	"Lstat":        func(p string) error { return unix.Lstat(p, new(unix.Stat_t)) },
	"Lutimes":      func(p string) error { return unix.Lutimes(p, nil) },
	"Mkdir":        func(p string) error { return unix.Mkdir(p+"/sub", 0) },
	"Mkdirat":      func(p string) error { return unix.Mkdirat(unix.AT_FDCWD, p+"/sub", 0) },
	"Mkfifo":       func(p string) error { return unix.Mkfifo(p+"/sub", 0) },
	"Mkfifoat":     func(p string) error { return unix.Mkfifoat(unix.AT_FDCWD, p+"/sub", 0) },
	"Mknod":        func(p string) error { return unix.Mknod(p+"/sub", unix.S_IFREG, 0) },
	"Mknodat":      func(p string) error { return unix.Mknodat(unix.AT_FDCWD, p+"/sub", unix.S_IFREG, 0) },
	"NameToHandleAt": func(p string) error {
		_, _, err := unix.NameToHandleAt(unix.AT_FDCWD, p, 0)
		return err
	},
	"Open":     func(p string) error { _, err := unix.Open(p, unix.O_RDONLY, 0); return err },
	"Openat":   func(p string) error { _, err := unix.Openat(unix.AT_FDCWD, p, unix.O_RDONLY, 0); return err },
	"Creat":    func(p string) error { _, err := unix.Creat(p+"/sub", 0); return err },
	"Readlink": func(p string) error { _, err := unix.Readlink(p, make([]byte, 8)); return err },
	"Readlinkat": func(p string) error {
		_, err := unix.Readlinkat(unix.AT_FDCWD, p, make([]byte, 8))
		return err
	},
	"Removexattr": func(p string) error { return unix.Removexattr(p, "user.a") },
	"Rename":      func(p string) error { return unix.Rename(p, p+"2") },
	"Renameat":    func(p string) error { return unix.Renameat(unix.AT_FDCWD, p, unix.AT_FDCWD, p+"2") },
	"Renameat2":   func(p string) error { return unix.Renameat2(unix.AT_FDCWD, p, unix.AT_FDCWD, p+"2", 0) },
	"Rmdir":       unix.Rmdir,
	"Setxattr":    func(p string) error { return unix.Setxattr(p, "user.a", nil, 0) },
	"Stat":        func(p string) error { return unix.Stat(p, new(unix.Stat_t)) },
	"Statfs":      func(p string) error { return unix.Statfs(p, new(unix.Statfs_t)) },
	"Symlink":     func(p string) error { return unix.Symlink("x", p+"/sub") },
	"Symlinkat":   func(p string) error { return unix.Symlinkat("x", unix.AT_FDCWD, p+"/sub") },
	"Truncate":    func(p string) error { return unix.Truncate(p, 0) },
	"Unlink":      unix.Unlink,
	"Unlinkat":    func(p string) error { return unix.Unlinkat(unix.AT_FDCWD, p, 0) },
	"Unmount":     func(p string) error { return unix.Unmount(p, 0) },
	"Utime":       func(p string) error { return unix.Utime(p, nil) },
	"Utimes":      func(p string) error { return unix.Utimes(p, nil) },
	"UtimesNano":  func(p string) error { return unix.UtimesNano(p, nil) },
	"UtimesNanoAt": func(p string) error {
		return unix.UtimesNanoAt(unix.AT_FDCWD, p, nil, 0)
	},
	"PivotRoot": func(p string) error { return unix.PivotRoot(p, p) },
}

// without reports whether a kernel was built without a call that may be left out.
func without(t *testing.T, name string, err error) bool {
	if name != "Acct" || err != unix.ENOSYS {
		return false
	}
	t.Run(name, func(t *testing.T) { nstest.NeedOption(t, "CONFIG_BSD_PROCESS_ACCT", "", err) })
	return true
}

func TestMissingPath(t *testing.T) {
	path := t.TempDir() + "/missing"
	for name, call := range byPath {
		if err := call(path); err != unix.ENOENT && err != unix.EPERM && !without(t, name, err) {
			t.Errorf("%s: %v, want ENOENT", name, err)
		}
	}
}

func TestPathWithNUL(t *testing.T) {
	path := t.TempDir() + "/mis\x00sing"
	for name, call := range byPath {
		if err := call(path); err != unix.EINVAL {
			t.Errorf("%s: %v, want EINVAL", name, err)
		}
	}
}

func TestPathTooLong(t *testing.T) {
	path := t.TempDir() + strings.Repeat("/long", 1000)
	for name, call := range byPath {
		if err := call(path); err != unix.ENAMETOOLONG && err != unix.EPERM && !without(t, name, err) {
			t.Errorf("%s: %v, want ENAMETOOLONG", name, err)
		}
	}
}

// byFd are calls that take a descriptor, with arguments that let the kernel look at it; TestEveryClosedDescriptor has
// the others.
var byFd = map[string]func(fd int) error{
	"Accept":        func(fd int) error { _, _, err := unix.Accept(fd); return err },
	"Accept4":       func(fd int) error { _, _, err := unix.Accept4(fd, 0); return err },
	"Bind":          func(fd int) error { return unix.Bind(fd, &unix.SockaddrUnix{}) },
	"BindToDevice":  func(fd int) error { return unix.BindToDevice(fd, "lo") },
	"Close":         unix.Close,
	"Connect":       func(fd int) error { return unix.Connect(fd, &unix.SockaddrInet4{}) },
	"CopyFileRange": func(fd int) error { _, err := unix.CopyFileRange(fd, nil, fd, nil, 1, 0); return err },
	"Dup":           func(fd int) error { _, err := unix.Dup(fd); return err },
	"Dup2":          func(fd int) error { return unix.Dup2(fd, fd) },
	"Dup3":          func(fd int) error { return unix.Dup3(fd, 3, 0) },
	"EpollCtl":      func(fd int) error { return unix.EpollCtl(fd, unix.EPOLL_CTL_ADD, 0, new(unix.EpollEvent)) },
	"EpollWait":     func(fd int) error { _, err := unix.EpollWait(fd, make([]unix.EpollEvent, 1), 0); return err },
	"Fadvise":       func(fd int) error { return unix.Fadvise(fd, 0, 0, 0) },
	"Fallocate":     func(fd int) error { return unix.Fallocate(fd, 0, 0, 1) },
	"FanotifyMark": func(fd int) error {
		return unix.FanotifyMark(fd, unix.FAN_MARK_ADD, unix.FAN_OPEN, unix.AT_FDCWD, "/")
	},
	"Fchdir":              unix.Fchdir,
	"Fchmod":              func(fd int) error { return unix.Fchmod(fd, 0) },
	"Fchown":              func(fd int) error { return unix.Fchown(fd, -1, -1) },
	"FcntlFlock":          func(fd int) error { return unix.FcntlFlock(uintptr(fd), unix.F_GETLK, new(unix.Flock_t)) },
	"FcntlInt":            func(fd int) error { _, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); return err },
	"Fdatasync":           unix.Fdatasync,
	"Fgetxattr":           func(fd int) error { _, err := unix.Fgetxattr(fd, "user.a", nil); return err },
	"Flistxattr":          func(fd int) error { _, err := unix.Flistxattr(fd, nil); return err },
	"Flock":               func(fd int) error { return unix.Flock(fd, unix.LOCK_SH) },
	"Fremovexattr":        func(fd int) error { return unix.Fremovexattr(fd, "user.a") },
	"FsconfigCreate":      unix.FsconfigCreate,
	"FsconfigReconfigure": unix.FsconfigReconfigure,
	"FsconfigSetFlag":     func(fd int) error { return unix.FsconfigSetFlag(fd, "ro") },
	"FsconfigSetBinary":   func(fd int) error { return unix.FsconfigSetBinary(fd, "a", []byte{1}) },
	"FsconfigSetFd":       func(fd int) error { return unix.FsconfigSetFd(fd, "a", 0) },
	"FsconfigSetPath":     func(fd int) error { return unix.FsconfigSetPath(fd, "a", "b", unix.AT_FDCWD) },
	"FsconfigSetPathEmpty": func(fd int) error {
		return unix.FsconfigSetPathEmpty(fd, "a", "b", unix.AT_FDCWD)
	},
	"Fsetxattr":       func(fd int) error { return unix.Fsetxattr(fd, "user.a", nil, 0) },
	"Fsmount":         func(fd int) error { _, err := unix.Fsmount(fd, 0, 0); return err },
	"Fspick":          func(fd int) error { _, err := unix.Fspick(fd, "x", 0); return err },
	"Fstat":           func(fd int) error { return unix.Fstat(fd, new(unix.Stat_t)) },
	"Fstatfs":         func(fd int) error { return unix.Fstatfs(fd, new(unix.Statfs_t)) },
	"Fsync":           unix.Fsync,
	"Ftruncate":       func(fd int) error { return unix.Ftruncate(fd, 0) },
	"Futimes":         func(fd int) error { return unix.Futimes(fd, nil) },
	"Getdents":        func(fd int) error { _, err := unix.Getdents(fd, make([]byte, 64)); return err },
	"Getpeername":     func(fd int) error { _, err := unix.Getpeername(fd); return err },
	"Getsockname":     func(fd int) error { _, err := unix.Getsockname(fd); return err },
	"GetsockoptInt":   func(fd int) error { _, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TYPE); return err },
	"InotifyAddWatch": func(fd int) error { _, err := unix.InotifyAddWatch(fd, "/", unix.IN_OPEN); return err },
	"InotifyRmWatch":  func(fd int) error { _, err := unix.InotifyRmWatch(fd, 1); return err },
	"IoctlGetInt":     func(fd int) error { _, err := unix.IoctlGetInt(fd, unix.TIOCINQ); return err },
	"IoctlGetUint32":  func(fd int) error { _, err := unix.IoctlGetUint32(fd, unix.TIOCINQ); return err },
	"IoctlRetInt":     func(fd int) error { _, err := unix.IoctlRetInt(fd, unix.TIOCINQ); return err },
	"IoctlSetInt":     func(fd int) error { return unix.IoctlSetInt(fd, unix.TIOCINQ, 0) },
	"IoctlSetString":  func(fd int) error { return unix.IoctlSetString(fd, unix.TIOCINQ, "") },
	"Listen":          func(fd int) error { return unix.Listen(fd, 1) },
	"MountSetattr": func(fd int) error {
		return unix.MountSetattr(fd, "x", 0, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_NOEXEC})
	},
	"MoveMount":       func(fd int) error { return unix.MoveMount(fd, "x", fd, "y", 0) },
	"OpenTree":        func(fd int) error { _, err := unix.OpenTree(fd, "x", 0); return err },
	"Openat2":         func(fd int) error { _, err := unix.Openat2(fd, "x", new(unix.OpenHow)); return err },
	"PidfdGetfd":      func(fd int) error { _, err := unix.PidfdGetfd(fd, 0, 0); return err },
	"PidfdSendSignal": func(fd int) error { return unix.PidfdSendSignal(fd, 0, nil, 0) },
	"Pread":           func(fd int) error { _, err := unix.Pread(fd, make([]byte, 1), 0); return err },
	"Preadv":          func(fd int) error { _, err := unix.Preadv(fd, [][]byte{{0}}, 0); return err },
	"Preadv2":         func(fd int) error { _, err := unix.Preadv2(fd, [][]byte{{0}}, 0, 0); return err },
	"Pwrite":          func(fd int) error { _, err := unix.Pwrite(fd, make([]byte, 1), 0); return err },
	"Pwritev":         func(fd int) error { _, err := unix.Pwritev(fd, [][]byte{{0}}, 0); return err },
	"Pwritev2":        func(fd int) error { _, err := unix.Pwritev2(fd, [][]byte{{0}}, 0, 0); return err },
	"Read":            func(fd int) error { _, err := unix.Read(fd, make([]byte, 1)); return err },
	"ReadDirent":      func(fd int) error { _, err := unix.ReadDirent(fd, make([]byte, 64)); return err },
	"Readv":           func(fd int) error { _, err := unix.Readv(fd, [][]byte{{0}}); return err },
	"Recvfrom":        func(fd int) error { _, _, err := unix.Recvfrom(fd, make([]byte, 1), 0); return err },
	"Recvmsg":         func(fd int) error { _, _, _, _, err := unix.Recvmsg(fd, nil, make([]byte, 64), 0); return err },
	"RecvmsgBuffers":  func(fd int) error { _, _, _, _, err := unix.RecvmsgBuffers(fd, nil, nil, 0); return err },
	"RecvmsgAny":      func(fd int) error { _, _, _, err := unix.RecvmsgAny(fd, nil, nil, 0, nil); return err },
	"Seek":            func(fd int) error { _, err := unix.Seek(fd, 0, 0); return err },
	"Send":            func(fd int) error { return unix.Send(fd, nil, 0) },
	"Sendfile":        func(fd int) error { _, err := unix.Sendfile(fd, fd, nil, 1); return err },
	"Sendmsg":         func(fd int) error { return unix.Sendmsg(fd, nil, make([]byte, 64), nil, 0) },
	"SendmsgN":        func(fd int) error { _, err := unix.SendmsgN(fd, nil, nil, nil, 0); return err },
	"SendmsgBuffers":  func(fd int) error { _, err := unix.SendmsgBuffers(fd, nil, nil, nil, 0); return err },
	"Sendto":          func(fd int) error { return unix.Sendto(fd, nil, 0, nil) },
	"SetNonblock":     func(fd int) error { return unix.SetNonblock(fd, true) },
	"Setns":           func(fd int) error { return unix.Setns(fd, 0) },
	"SetsockoptInt":   func(fd int) error { return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1) },
	"Shutdown":        func(fd int) error { return unix.Shutdown(fd, unix.SHUT_RD) },
	"Signalfd":        func(fd int) error { _, err := unix.Signalfd(fd, new(unix.Sigset_t), 0); return err },
	"Splice":          func(fd int) error { _, err := unix.Splice(fd, nil, fd, nil, 1, 0); return err },
	"SyncFileRange":   func(fd int) error { return unix.SyncFileRange(fd, 0, 0, 0) },
	"Syncfs":          unix.Syncfs,
	"Tee":             func(fd int) error { _, err := unix.Tee(fd, fd, 1, 0); return err },
	"TimerfdGettime":  func(fd int) error { return unix.TimerfdGettime(fd, new(unix.ItimerSpec)) },
	"TimerfdSettime":  func(fd int) error { return unix.TimerfdSettime(fd, 0, new(unix.ItimerSpec), nil) },
	"Vmsplice":        func(fd int) error { _, err := unix.Vmsplice(fd, make([]unix.Iovec, 1), 0); return err },
	"Write":           func(fd int) error { _, err := unix.Write(fd, make([]byte, 1)); return err },
	"Writev":          func(fd int) error { _, err := unix.Writev(fd, [][]byte{{0}}); return err },
	"FinitModule":     func(fd int) error { return unix.FinitModule(fd, "", 0) },
	"Mmap":            func(fd int) error { _, err := unix.Mmap(fd, 0, 1, unix.PROT_READ, unix.MAP_SHARED); return err },
	"MmapPtr": func(fd int) error {
		_, err := unix.MmapPtr(fd, 0, nil, 1, unix.PROT_READ, unix.MAP_SHARED)
		return err
	},
	"Cachestat": func(fd int) error {
		return unix.Cachestat(uint(fd), new(unix.CachestatRange), new(unix.Cachestat_t), 0)
	},
	"OpenByHandleAt": func(fd int) error {
		_, err := unix.OpenByHandleAt(fd, unix.NewFileHandle(1, []byte("12345678")), 0)
		return err
	},
}

func TestClosedDescriptor(t *testing.T) {
	for name, call := range byFd {
		switch err := call(closed); err {
		case unix.EBADF:
		case unix.EPERM, unix.ENOSYS:
			t.Logf("%s: %v", name, err) // not allowed here, or younger than this kernel
		case nil:
			if kernelHas(t, "checks of messages without buffers") {
				t.Errorf("%s: no error", name)
			}
		default:
			t.Errorf("%s: %v, want EBADF", name, err)
		}
	}
}

func TestEmptyBuffers(t *testing.T) {
	fd := opened(t, temp(t, "text"), unix.O_RDWR)
	for name, call := range map[string]func(p []byte) (int, error){
		"Read":   func(p []byte) (int, error) { return unix.Read(fd, p) },
		"Write":  func(p []byte) (int, error) { return unix.Write(fd, p) },
		"Pread":  func(p []byte) (int, error) { return unix.Pread(fd, p, 0) },
		"Pwrite": func(p []byte) (int, error) { return unix.Pwrite(fd, p, 0) },
		"Readv":  func(p []byte) (int, error) { return unix.Readv(fd, [][]byte{p, nil}) },
		"Writev": func(p []byte) (int, error) { return unix.Writev(fd, [][]byte{p}) },
	} {
		for _, p := range [][]byte{nil, {}, make([]byte, 0, 9)} {
			if n, err := call(p); n != 0 || err != nil {
				t.Errorf("%s of %#v: %d, %v", name, p, n, err)
			}
		}
	}
	if n, err := unix.Readv(fd, nil); n != 0 || err != nil {
		t.Errorf("Readv of nil: %d, %v", n, err)
	}
}

func TestErrorsDoNotAllocate(t *testing.T) {
	buf := make([]byte, 8)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := unix.Read(closed, buf); err != unix.EBADF {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestArgumentsStayOnStack(t *testing.T) {
	fd := opened(t, temp(t, "text"), unix.O_RDONLY)
	if n := testing.AllocsPerRun(100, func() {
		var buf [4]byte
		var st unix.Stat_t
		if n, err := unix.Pread(fd, buf[:], 0); n != 4 || err != nil || string(buf[:]) != "text" {
			t.Fatal(n, err, buf)
		}
		if err := unix.Fstat(fd, &st); err != nil || st.Size != 4 {
			t.Fatal(err, st)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
