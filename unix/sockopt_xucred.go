//go:build darwin || freebsd

package unix

import "unsafe"

// GetsockoptXucred is getsockopt(2) for the credentials of a peer, LOCAL_PEERCRED at level SOL_LOCAL; see unix(4).
func GetsockoptXucred(fd, level, opt int) (*Xucred, error) {
	v := new(Xucred)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}
