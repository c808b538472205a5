//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

// Futimes is futimes(2): [Utimes] of an open file.
func Futimes(fd int, tv []Timeval) error {
	if tv == nil {
		return futimes(fd, nil)
	}
	if len(tv) != 2 {
		return EINVAL
	}
	return futimes(fd, (*[2]Timeval)(tv))
}
