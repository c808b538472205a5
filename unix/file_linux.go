package unix

import (
	"syscall"
	"unsafe"
)

// Open is open(2).
func Open(path string, mode int, perm uint32) (fd int, err error) {
	return syscall.Open(path, mode, perm)
}

// Openat is openat(2): path is relative to the folder dirfd, or to the working one for AT_FDCWD.
func Openat(dirfd int, path string, flags int, mode uint32) (fd int, err error) {
	return syscall.Openat(dirfd, path, flags, mode)
}

// Close is close(2). The descriptor is gone even when it returns an error.
func Close(fd int) error { return syscall.Close(fd) }

// Read is read(2).
func Read(fd int, p []byte) (n int, err error) { return syscall.Read(fd, p) }

// Write is write(2).
func Write(fd int, p []byte) (n int, err error) { return syscall.Write(fd, p) }

// Stat is stat(2): it follows symbolic links.
func Stat(path string, stat *Stat_t) error {
	return syscall.Stat(path, (*syscall.Stat_t)(unsafe.Pointer(stat)))
}

// Fstat is fstat(2).
func Fstat(fd int, stat *Stat_t) error {
	return syscall.Fstat(fd, (*syscall.Stat_t)(unsafe.Pointer(stat)))
}

// Mkdir is mkdir(2).
func Mkdir(path string, mode uint32) error { return syscall.Mkdir(path, mode) }

// Unlink is unlink(2).
func Unlink(path string) error { return syscall.Unlink(path) }

// Flock is flock(2): an advisory lock on the open file of fd.
func Flock(fd int, how int) error { return syscall.Flock(fd, how) }

// FcntlInt is fcntl(2) for the commands whose argument is an int.
func FcntlInt(fd uintptr, cmd, arg int) (int, error) {
	r, _, e := syscall.Syscall(SYS_FCNTL, fd, uintptr(cmd), uintptr(arg))
	if e != 0 {
		return -1, e
	}
	return int(r), nil
}
