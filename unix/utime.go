//go:build unix

package unix

// Utimes is utimes(2): the times of last access and modification, or nil for now.
func Utimes(path string, tv []Timeval) error { return utimes(AT_FDCWD, path, tv, 0) }

// Lutimes is lutimes(3): [Utimes] of a symbolic link itself.
func Lutimes(path string, tv []Timeval) error { return utimes(AT_FDCWD, path, tv, AT_SYMLINK_NOFOLLOW) }

// UtimesNano is utimensat(2) from the working folder, following symbolic links.
func UtimesNano(path string, ts []Timespec) error { return UtimesNanoAt(AT_FDCWD, path, ts, 0) }

// UtimesNanoAt is utimensat(2): the times of last access and modification, or nil for now. A Nsec of UTIME_NOW or
// UTIME_OMIT sets one of them to now, or not at all.
func UtimesNanoAt(dirfd int, path string, ts []Timespec, flags int) error {
	if ts == nil {
		return utimensAt(dirfd, path, nil, flags)
	}
	if len(ts) != 2 {
		return EINVAL
	}
	return utimensAt(dirfd, path, (*[2]Timespec)(ts), flags)
}

func utimes(dirfd int, path string, tv []Timeval, flags int) error {
	ts, err := timevals(tv)
	if err != nil {
		return err
	}
	return utimensAt(dirfd, path, ts, flags)
}

func timevals(tv []Timeval) (*[2]Timespec, error) {
	if tv == nil {
		return nil, nil
	}
	if len(tv) != 2 {
		return nil, EINVAL
	}
	var ts [2]Timespec
	for i := range tv {
		// Microseconds may be those of several seconds, or negative. In nanoseconds the sum could overflow.
		sec, usec := int64(tv[i].Usec)/1e6, int64(tv[i].Usec)%1e6
		if usec < 0 {
			sec, usec = sec-1, usec+1e6
		}
		sum := int64(tv[i].Sec) + sec
		ts[i] = makeTimespec(sum, usec*1000)
		if int64(ts[i].Sec) != sum || (sum < int64(tv[i].Sec)) != (sec < 0) {
			return nil, EINVAL
		}
	}
	return &ts, nil
}

func utimensAt(dirfd int, path string, ts *[2]Timespec, flags int) error {
	var b shortString
	p, err := b.pointer(path)
	if err != nil {
		return err
	}
	return utimensat(dirfd, p, ts, flags)
}
