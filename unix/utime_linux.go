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

// Futimes is futimes(3): [Utimes] of an open file; of one that was opened by O_PATH, Linux 5.8.
func Futimes(fd int, tv []Timeval) error {
	ts, err := timevals(tv)
	if err != nil {
		return err
	}
	if int(int32(fd)) != fd || fd < 0 { // AT_FDCWD would be an address without a path
		return EBADF
	}
	err = utimensat(fd, nil, ts, 0)
	if err == EBADF { // of an O_PATH descriptor, or none
		if err2 := utimensat(fd, new(byte), ts, AT_EMPTY_PATH); err2 != EINVAL { // as before Linux 5.8
			err = err2
		}
	}
	return err
}
