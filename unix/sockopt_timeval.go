//go:build unix && !linux

package unix

// GetsockoptTimeval is getsockopt(2) for a time, as SO_RCVTIMEO.
func GetsockoptTimeval(fd, level, opt int) (*Timeval, error) {
	return getOptionPtr[Timeval](fd, level, opt)
}

// SetsockoptTimeval is setsockopt(2) for a time, as SO_RCVTIMEO.
func SetsockoptTimeval(fd, level, opt int, tv *Timeval) (err error) {
	return setOption(fd, level, opt, tv)
}
