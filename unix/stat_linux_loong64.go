package unix

// This architecture had neither fstat nor fstatat before Linux 6.11, but always statx.

// Fstat is fstat(2).
func Fstat(fd int, stat *Stat_t) (err error) {
	var none byte
	return statByStatx(fd, &none, stat, AT_EMPTY_PATH)
}

// Fstatat is fstatat(2).
func Fstatat(dirfd int, path string, stat *Stat_t, flags int) (err error) {
	var b shortString
	p, err := b.pointer(path)
	if err != nil {
		return err
	}
	return statByStatx(dirfd, p, stat, flags)
}

func statByStatx(dirfd int, path *byte, stat *Stat_t, flags int) error {
	var x Statx_t
	if err := statx(dirfd, path, flags|AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &x); err != nil {
		return err
	}
	*stat = Stat_t{
		Dev: Mkdev(x.Dev_major, x.Dev_minor), Ino: x.Ino, Mode: uint32(x.Mode), Nlink: x.Nlink, Uid: x.Uid, Gid: x.Gid,
		Rdev: Mkdev(x.Rdev_major, x.Rdev_minor), Size: int64(x.Size), Blksize: int32(x.Blksize), Blocks: int64(x.Blocks),
		Atim: makeTimespec(x.Atime.Sec, int64(x.Atime.Nsec)),
		Mtim: makeTimespec(x.Mtime.Sec, int64(x.Mtime.Nsec)),
		Ctim: makeTimespec(x.Ctime.Sec, int64(x.Ctime.Nsec)),
	}
	return nil
}
