package unix

import "unsafe"

// Preadv2 is preadv2(2) (Linux 4.6): [Preadv] with RWF_* flags, and at the file's own position for offset -1.
func Preadv2(fd int, iovs [][]byte, offset int64, flags int) (n int, err error) {
	var some [minIovec]Iovec
	low, high := offsetWords(offset)
	return preadv2(fd, appendBytes(some[:0], iovs), low, high, flags)
}

// Pwritev2 is pwritev2(2) (Linux 4.6): [Pwritev] with RWF_* flags, and at the file's own position for offset -1.
func Pwritev2(fd int, iovs [][]byte, offset int64, flags int) (n int, err error) {
	var some [minIovec]Iovec
	low, high := offsetWords(offset)
	return pwritev2(fd, appendBytes(some[:0], iovs), low, high, flags)
}

// offsetWords splits an offset into two C longs, the lower one first on every architecture.
func offsetWords(offset int64) (low, high uintptr) {
	const bits = 8 * unsafe.Sizeof(low)
	return uintptr(offset), uintptr(offset >> (bits - 1) >> 1) // one shift by 64 would be none to C
}

// RemoteIovec is an [Iovec] in the memory of another process.
type RemoteIovec struct {
	Base uintptr
	Len  int
}

func preadvAt(fd int, iovs []Iovec, offset int64) (n int, err error) {
	low, high := offsetWords(offset)
	return preadv(fd, iovs, low, high)
}

func pwritevAt(fd int, iovs []Iovec, offset int64) (n int, err error) {
	low, high := offsetWords(offset)
	return pwritev(fd, iovs, low, high)
}
