package unix

import "unsafe"

// Stat is stat(2): it follows symbolic links.
func Stat(path string, stat *Stat_t) (err error) { return Fstatat(AT_FDCWD, path, stat, 0) }

// Lstat is lstat(2): [Stat] of a symbolic link itself.
func Lstat(path string, stat *Stat_t) (err error) {
	return Fstatat(AT_FDCWD, path, stat, AT_SYMLINK_NOFOLLOW)
}

// Mknod is mknod(2).
func Mknod(path string, mode uint32, dev uint64) (err error) {
	return Mknodat(AT_FDCWD, path, mode, dev)
}

// Getdents is getdents(2).
func Getdents(fd int, buf []byte) (n int, err error) { return Getdirentries(fd, buf, nil) }

// Getdirentries is getdirentries(2). It stores where in the folder the entries come from in basep, if that is not
// nil, and returns EIO if that does not fit.
func Getdirentries(fd int, buf []byte, basep *uintptr) (n int, err error) {
	if basep == nil {
		return getdirentries(fd, buf, nil)
	}
	base := uint64(*basep)
	n, err = getdirentries(fd, buf, &base)
	*basep = uintptr(base)
	if err == nil && uint64(*basep) != base {
		err = EIO
	}
	return n, err
}

// Dup3 is dup3(3). flags is 0 or O_CLOEXEC.
func Dup3(oldfd, newfd, flags int) error {
	if oldfd == newfd || flags&^O_CLOEXEC != 0 {
		return EINVAL
	}
	how := F_DUP2FD
	if flags != 0 {
		how = F_DUP2FD_CLOEXEC
	}
	_, err := fcntl(uintptr(oldfd), how, uintptr(newfd))
	return err
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

// Sendfile is sendfile(2): count bytes of the file infd from *offset on go to the socket outfd. It returns how many
// went, also with an error.
func Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) {
	if offset == nil {
		return -1, EINVAL
	}
	if raceEnabled {
		raceReleaseMerge()
	}
	var sent int64
	err = sendfile(infd, outfd, *offset, count, 0, &sent, 0)
	return int(sent), err
}

// JailGet is jail_get(2): parameters are pairs of a name and a value, which the kernel fills. It returns the jail's
// id.
func JailGet(params [][]byte, flags int) (jid int, err error) {
	var some [minIovec]Iovec
	return jailGet(appendBytes(some[:0], params), flags)
}

// JailSet is jail_set(2): it makes or changes a jail, as flags say. parameters are pairs of a name and a value. It
// returns the jail's id.
func JailSet(params [][]byte, flags int) (jid int, err error) {
	var some [minIovec]Iovec
	return jailSet(appendBytes(some[:0], params), flags)
}

// CapGetmode is cap_getmode(2): it reports whether the process is in capability mode; see [CapEnter].
func CapGetmode() (bool, error) {
	var mode uint32
	err := capGetmode(&mode)
	return mode != 0, err
}

// CapIoctlsLimit is cap_ioctls_limit(2): the ioctl requests that a descriptor allows from now on.
func CapIoctlsLimit(fd int, requests []uint) error {
	return capIoctlsLimit(fd, unsafe.SliceData(requests), len(requests))
}

// CapIoctlsGet is cap_ioctls_get(2): the ioctl requests that a descriptor allows, as many as requests has room for. It
// returns how many there are; CAP_IOCTLS_ALL stands for all.
func CapIoctlsGet(fd int, requests []uint) (n int, err error) {
	return capIoctlsGet(fd, unsafe.SliceData(requests), len(requests))
}

// Eventfd is eventfd(2) (FreeBSD 13): a descriptor that counts. flags are EFD_*.
func Eventfd(initval uint, flags int) (fd int, err error) {
	args := struct {
		initval uint32
		flags   int32
	}{uint32(initval), int32(flags)}
	return eventfd(SPECIALFD_EVENTFD, unsafe.Pointer(&args), unsafe.Sizeof(args))
}

// InotifyInit is [InotifyInit1] without flags.
func InotifyInit() (fd int, err error) { return InotifyInit1(0) }

// InotifyInit1 is inotify_init1(2) (FreeBSD 15). flags are IN_CLOEXEC and IN_NONBLOCK, which are not Linux's numbers.
func InotifyInit1(flags int) (fd int, err error) {
	args := int32(flags)
	return eventfd(SPECIALFD_INOTIFY, unsafe.Pointer(&args), unsafe.Sizeof(args))
}

// InotifyAddWatch is inotify_add_watch(2) (FreeBSD 15): what happens to a file or folder is read from fd, each as an
// [InotifyEvent] and a name of Len bytes.
func InotifyAddWatch(fd int, pathname string, mask uint32) (watchdesc int, err error) {
	return InotifyAddWatchAt(fd, AT_FDCWD, pathname, mask)
}

// InotifyRmWatch is inotify_rm_watch(2) (FreeBSD 15). success is 0, as on Linux.
func InotifyRmWatch(fd int, watchdesc uint32) (success int, err error) {
	if err := inotifyRmWatch(fd, int(int32(watchdesc))); err != nil {
		return -1, err
	}
	return 0, nil
}
