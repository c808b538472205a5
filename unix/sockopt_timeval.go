//go:build unix && !linux

package unix

import "unsafe"

// GetsockoptTimeval is getsockopt(2) for a time, as SO_RCVTIMEO.
func GetsockoptTimeval(fd, level, opt int) (*Timeval, error) {
	v := new(Timeval)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// SetsockoptTimeval is setsockopt(2) for a time, as SO_RCVTIMEO.
func SetsockoptTimeval(fd, level, opt int, tv *Timeval) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(tv), unsafe.Sizeof(*tv))
}
