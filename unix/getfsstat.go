//go:build darwin || dragonfly || freebsd || openbsd

package unix

import "unsafe"

// Getfsstat is getfsstat(2): the file systems that are mounted, into buf, or with none how many there are. flags is
// MNT_WAIT or MNT_NOWAIT.
func Getfsstat(buf []Statfs_t, flags int) (n int, err error) {
	return getfsstat(unsafe.Pointer(unsafe.SliceData(buf)), uintptr(len(buf))*unsafe.Sizeof(Statfs_t{}), flags)
}
