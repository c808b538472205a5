//go:build darwin || freebsd

package unix

// GetsockoptXucred is getsockopt(2) for the credentials of a peer, LOCAL_PEERCRED at level SOL_LOCAL; see unix(4).
func GetsockoptXucred(fd, level, opt int) (*Xucred, error) {
	return getOptionPtr[Xucred](fd, level, opt)
}
