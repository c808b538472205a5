package unix

import "unsafe"

// Open is open(2). Files of more than 2 GiB can be opened on 32-bit architectures too.
func Open(path string, mode int, perm uint32) (fd int, err error) {
	return openat(AT_FDCWD, path, mode|O_LARGEFILE, perm)
}

// Openat is openat(2): path is relative to the folder dirfd, or to the working one for AT_FDCWD.
func Openat(dirfd int, path string, flags int, mode uint32) (fd int, err error) {
	return openat(dirfd, path, flags|O_LARGEFILE, mode)
}

// Openat2 is openat2(2) (Linux 5.6): [Openat] that refuses flags it does not know, and can keep path below dirfd.
func Openat2(dirfd int, path string, how *OpenHow) (fd int, err error) {
	return openat2(dirfd, path, how, int(unsafe.Sizeof(*how)))
}

// Creat is creat(2).
func Creat(path string, mode uint32) (fd int, err error) {
	return Open(path, O_CREAT|O_WRONLY|O_TRUNC, mode)
}

// Access is access(2): it asks with the process's real ids, not the effective ones.
func Access(path string, mode uint32) (err error) { return faccessat(AT_FDCWD, path, mode) }

// Faccessat is faccessat(2) with flags, also on kernels before 5.8, which do not take them.
func Faccessat(dirfd int, path string, mode uint32, flags int) (err error) {
	if flags == 0 {
		return faccessat(dirfd, path, mode)
	}
	// Filters for containers that do not know the call answer EPERM.
	if err := Faccessat2(dirfd, path, mode, flags); err != ENOSYS && err != EPERM {
		return err
	}
	return accessByMode(dirfd, path, mode, flags)
}

// accessByMode answers faccessat2 from a file's owner, group and mode, as the kernel does for most file systems.
func accessByMode(dirfd int, path string, mode uint32, flags int) error {
	if flags&^(AT_EACCESS|AT_SYMLINK_NOFOLLOW) != 0 || mode&^(R_OK|W_OK|X_OK) != 0 {
		return EINVAL
	}
	var st Stat_t
	if err := Fstatat(dirfd, path, &st, flags&AT_SYMLINK_NOFOLLOW); err != nil || mode == 0 {
		return err
	}
	uid, gid := Getuid(), Getgid()
	if flags&AT_EACCESS != 0 {
		uid, gid = Geteuid(), Getegid()
	}
	granted := uint32(st.Mode)
	switch {
	case uid == 0:
		granted |= R_OK | W_OK
		if st.Mode&(S_IXUSR|S_IXGRP|S_IXOTH) != 0 || st.Mode&S_IFMT == S_IFDIR {
			granted |= X_OK
		}
	case uint32(uid) == st.Uid:
		granted >>= 6
	case uint32(gid) == st.Gid || inGroup(st.Gid):
		granted >>= 3
	}
	if mode&^granted != 0 {
		return EACCES
	}
	return nil
}

func inGroup(gid uint32) bool {
	groups, err := Getgroups()
	if err != nil {
		return false
	}
	for _, g := range groups {
		if uint32(g) == gid {
			return true
		}
	}
	return false
}

// Chmod is chmod(2).
func Chmod(path string, mode uint32) (err error) { return fchmodat(AT_FDCWD, path, mode) }

// Fchmodat is fchmodat(2). Flags need Linux 6.6; before, those that are known give EOPNOTSUPP.
func Fchmodat(dirfd int, path string, mode uint32, flags int) error {
	if flags == 0 {
		return fchmodat(dirfd, path, mode)
	}
	err := fchmodat2(dirfd, path, mode, flags)
	if err != ENOSYS {
		return err
	}
	if flags&^(AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH) != 0 {
		return EINVAL
	}
	return EOPNOTSUPP
}

// Chown is chown(2). An id of -1 stays as it is.
func Chown(path string, uid int, gid int) (err error) { return Fchownat(AT_FDCWD, path, uid, gid, 0) }

// Lchown is lchown(2): [Chown] that changes a symbolic link itself.
func Lchown(path string, uid int, gid int) (err error) {
	return Fchownat(AT_FDCWD, path, uid, gid, AT_SYMLINK_NOFOLLOW)
}

// Link is link(2).
func Link(oldpath string, newpath string) (err error) {
	return Linkat(AT_FDCWD, oldpath, AT_FDCWD, newpath, 0)
}

// Symlink is symlink(2).
func Symlink(oldpath string, newpath string) (err error) {
	return Symlinkat(oldpath, AT_FDCWD, newpath)
}

// Readlink is readlink(2): what does not fit buf is cut.
func Readlink(path string, buf []byte) (n int, err error) { return Readlinkat(AT_FDCWD, path, buf) }

// Rename is rename(2).
func Rename(oldpath string, newpath string) (err error) {
	return Renameat(AT_FDCWD, oldpath, AT_FDCWD, newpath)
}

// Unlink is unlink(2).
func Unlink(path string) error { return Unlinkat(AT_FDCWD, path, 0) }

// Rmdir is rmdir(2).
func Rmdir(path string) error { return Unlinkat(AT_FDCWD, path, AT_REMOVEDIR) }

// Mkdir is mkdir(2).
func Mkdir(path string, mode uint32) (err error) { return Mkdirat(AT_FDCWD, path, mode) }

// Mknod is mknod(2).
func Mknod(path string, mode uint32, dev int) (err error) { return Mknodat(AT_FDCWD, path, mode, dev) }

// Mkfifo is mkfifo(3).
func Mkfifo(path string, mode uint32) error { return Mknodat(AT_FDCWD, path, mode|S_IFIFO, 0) }

// Mkfifoat is mkfifoat(3).
func Mkfifoat(dirfd int, path string, mode uint32) error {
	return Mknodat(dirfd, path, mode|S_IFIFO, 0)
}

// Getwd returns the path of the working folder. It is not always one that leads there: ENOENT says that the folder
// was removed or lies outside the root.
func Getwd() (wd string, err error) {
	var buf [PathMax]byte
	n, err := Getcwd(buf[:])
	if err != nil {
		return "", err
	}
	if n < 1 || n > len(buf) || buf[n-1] != 0 {
		return "", EINVAL
	}
	if buf[0] != '/' { // "(unreachable)…"
		return "", ENOENT
	}
	return string(buf[:n-1]), nil
}

// Stat is stat(2): it follows symbolic links.
func Stat(path string, stat *Stat_t) (err error) { return Fstatat(AT_FDCWD, path, stat, 0) }

// Lstat is lstat(2): [Stat] of a symbolic link itself.
func Lstat(path string, stat *Stat_t) (err error) {
	return Fstatat(AT_FDCWD, path, stat, AT_SYMLINK_NOFOLLOW)
}
