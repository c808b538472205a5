package unix

// Utime is utime(2). Without buf both times are now.
func Utime(path string, buf *Utimbuf) error {
	if buf == nil {
		return utimensAt(AT_FDCWD, path, nil, 0)
	}
	ts := [2]Timespec{makeTimespec(int64(buf.Actime), 0), makeTimespec(int64(buf.Modtime), 0)}
	return utimensAt(AT_FDCWD, path, &ts, 0)
}

// Futimesat is futimesat(2).
func Futimesat(dirfd int, path string, tv []Timeval) error { return utimes(dirfd, path, tv, 0) }

// Futimes is futimes(3): [Utimes] of an open file.
func Futimes(fd int, tv []Timeval) error {
	ts, err := timevals(tv)
	if err != nil {
		return err
	}
	return utimensat(fd, nil, ts, 0)
}
