package unix

// Access is access(2): it asks with the process's real ids, not the effective ones.
func Access(path string, mode uint32) (err error) { return Faccessat(AT_FDCWD, path, mode, 0) }

// Chmod is chmod(2).
func Chmod(path string, mode uint32) (err error) { return Fchmodat(AT_FDCWD, path, mode, 0) }

// Chown is chown(2). An id of -1 stays as it is.
func Chown(path string, uid int, gid int) (err error) { return Fchownat(AT_FDCWD, path, uid, gid, 0) }

// Creat is creat(2).
func Creat(path string, mode uint32) (fd int, err error) {
	return Open(path, O_CREAT|O_WRONLY|O_TRUNC, mode)
}

// Mkdir is mkdirat(2): the name and the parameters are those of golang.org/x/sys/unix.
func Mkdir(dirfd int, path string, mode uint32) (err error) { return Mkdirat(dirfd, path, mode) }

// Fsync is fsync(2).
func Fsync(fd int) error { return fsyncRange(fd, O_SYNC, 0, 0) }

// Fadvise is posix_fadvise(2).
func Fadvise(fd int, offset int64, length int64, advice int) (err error) {
	e, err := posixFadvise(fd, offset, length, advice)
	if err == nil { // the function returns the number of an error
		err = errOf(Errno(e))
	}
	return err
}

func getcwd(buf []byte) error {
	_, err := libcCwd(buf)
	return err
}

// Gettimeofday is gettimeofday(2).
func Gettimeofday(tv *Timeval) (err error) { return gettimeofday(tv, nil) }

// Sendfile returns ENOSYS: there is no such call.
func Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) {
	return -1, ENOSYS
}

// Unmount is umount(2), which has no flags: ENOSYS for any.
func Unmount(target string, flags int) (err error) {
	if flags != 0 {
		return ENOSYS
	}
	return umount(target)
}

// The C library has nanoseconds of 32 bits with 32 bits of padding behind; Timespec has 64 bits, of which these are
// the upper ones.
func (st *Stat_t) widen(err error) error {
	if err == nil {
		st.Atim.Nsec >>= 32
		st.Mtim.Nsec >>= 32
		st.Ctim.Nsec >>= 32
	}
	return err
}

// Fstat is fstat(2).
func Fstat(fd int, st *Stat_t) error { return st.widen(fstat(fd, st)) }

// Fstatat is fstatat(2).
func Fstatat(dirfd int, path string, st *Stat_t, flags int) error {
	return st.widen(fstatat(dirfd, path, st, flags))
}

// Lstat is lstat(2): [Stat] of a symbolic link itself.
func Lstat(path string, st *Stat_t) error { return st.widen(lstat(path, st)) }

// Stat is stat(2): it follows symbolic links.
func Stat(path string, st *Stat_t) error { return st.widen(stat(path, st)) }
