//go:build linux || darwin || freebsd

package unix

// GetsockoptIPMreqn is getsockopt(2) for a group, and an interface by address or index.
func GetsockoptIPMreqn(fd, level, opt int) (*IPMreqn, error) {
	return getOptionPtr[IPMreqn](fd, level, opt)
}

// SetsockoptIPMreqn is setsockopt(2) for a group, and an interface by address or index.
func SetsockoptIPMreqn(fd, level, opt int, mreq *IPMreqn) (err error) {
	return setOption(fd, level, opt, mreq)
}
