//go:build linux && (mips64 || mips64le)

package unix

// The kernel's structure has times of 32 bits here, ours have 64.

// Fstat is fstat(2).
func Fstat(fd int, stat *Stat_t) (err error) {
	var st stat_t
	if err := fstat(fd, &st); err != nil {
		return err
	}
	*stat = widen(&st)
	return nil
}

// Fstatat is fstatat(2).
func Fstatat(dirfd int, path string, stat *Stat_t, flags int) (err error) {
	var st stat_t
	if err := fstatat(dirfd, path, &st, flags); err != nil {
		return err
	}
	*stat = widen(&st)
	return nil
}

func widen(st *stat_t) Stat_t {
	return Stat_t{
		Dev: st.Dev, Ino: st.Ino, Mode: st.Mode, Nlink: st.Nlink, Uid: st.Uid, Gid: st.Gid, Rdev: st.Rdev,
		Size: st.Size, Blksize: st.Blksize, Blocks: int64(st.Blocks),
		Atim: makeTimespec(int64(st.Atime), int64(st.Atime_nsec)),
		Mtim: makeTimespec(int64(st.Mtime), int64(st.Mtime_nsec)),
		Ctim: makeTimespec(int64(st.Ctime), int64(st.Ctime_nsec)),
	}
}
