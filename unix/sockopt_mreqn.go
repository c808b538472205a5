//go:build linux || darwin || freebsd

package unix

import "unsafe"

// GetsockoptIPMreqn is getsockopt(2) for a group, and an interface by address or index.
func GetsockoptIPMreqn(fd, level, opt int) (*IPMreqn, error) {
	v := new(IPMreqn)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// SetsockoptIPMreqn is setsockopt(2) for a group, and an interface by address or index.
func SetsockoptIPMreqn(fd, level, opt int, mreq *IPMreqn) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(mreq), unsafe.Sizeof(*mreq))
}
