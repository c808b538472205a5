//go:build linux || darwin || openbsd || illumos

package unix

// Readv is readv(2).
func Readv(fd int, iovs [][]byte) (n int, err error) {
	var some [minIovec]Iovec
	return readv(fd, appendBytes(some[:0], iovs))
}

// Writev is writev(2).
func Writev(fd int, iovs [][]byte) (n int, err error) {
	var some [minIovec]Iovec
	return writev(fd, appendBytes(some[:0], iovs))
}

// Preadv is preadv(2).
func Preadv(fd int, iovs [][]byte, offset int64) (n int, err error) {
	var some [minIovec]Iovec
	return preadvAt(fd, appendBytes(some[:0], iovs), offset)
}

// Pwritev is pwritev(2).
func Pwritev(fd int, iovs [][]byte, offset int64) (n int, err error) {
	var some [minIovec]Iovec
	return pwritevAt(fd, appendBytes(some[:0], iovs), offset)
}
