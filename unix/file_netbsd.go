package unix

import "unsafe"

// Mknod is mknod(2).
func Mknod(path string, mode uint32, dev int) (err error) { return mknod(path, mode, int64(dev)) }

// Mknodat is mknodat(2).
func Mknodat(dirfd int, path string, mode uint32, dev int) (err error) {
	return mknodat(dirfd, path, mode, int64(dev))
}

// Fadvise is posix_fadvise(2).
func Fadvise(fd int, offset int64, length int64, advice int) (err error) {
	e, err := posixFadvise(fd, offset, length, advice)
	if err == nil { // the call returns the number of an error, and never fails
		err = errOf(Errno(e))
	}
	return err
}

// getcwd stores a path and a NUL.
func getcwd(buf []byte) error {
	_, err := kernelCwd(buf)
	return err
}

// Sendfile returns ENOSYS: there is no such call.
func Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) {
	return -1, ENOSYS
}

// Fstatvfs is fstatvfs(3).
func Fstatvfs(fd int, buf *Statvfs_t) (err error) { return Fstatvfs1(fd, buf, ST_WAIT) }

// Statvfs is statvfs(3).
func Statvfs(path string, buf *Statvfs_t) (err error) { return Statvfs1(path, buf, ST_WAIT) }

// Getvfsstat is getvfsstat(2): the file systems that are mounted, into buf, or with none how many there are. flags is
// ST_WAIT or ST_NOWAIT.
func Getvfsstat(buf []Statvfs_t, flags int) (n int, err error) {
	return getvfsstat(unsafe.Pointer(unsafe.SliceData(buf)), uintptr(len(buf))*unsafe.Sizeof(Statvfs_t{}), flags)
}

// IoctlGetPtmget opens a pseudo-terminal, for req TIOCPTMGET or TIOCPTSNAME; see ptm(4).
func IoctlGetPtmget(fd int, req uint) (*Ptmget, error) {
	v := new(Ptmget)
	err := ioctlPointer(fd, req, unsafe.Pointer(v))
	return v, err
}
