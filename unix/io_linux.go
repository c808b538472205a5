package unix

import "unsafe"

// Read is read(2). To the race detector, what a goroutine did before it wrote comes before what another one does after
// it has read, through whichever descriptor.
func Read(fd int, p []byte) (n int, err error) {
	n, err = read(fd, p)
	if raceEnabled {
		raceFilled(p, n)
		if err == nil {
			raceAcquire()
		}
	}
	return n, err
}

// Write is write(2), and to the race detector what [Read] says.
func Write(fd int, p []byte) (n int, err error) {
	if raceEnabled {
		raceReleaseMerge()
	}
	n, err = write(fd, p)
	if raceEnabled {
		raceTaken(p, n)
	}
	return n, err
}

// Pread is pread(2).
func Pread(fd int, p []byte, offset int64) (n int, err error) { return pread(fd, p, offset) }

// Pwrite is pwrite(2).
func Pwrite(fd int, p []byte, offset int64) (n int, err error) { return pwrite(fd, p, offset) }

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
	low, high := offsetWords(offset)
	return preadv(fd, appendBytes(some[:0], iovs), low, high)
}

// Pwritev is pwritev(2).
func Pwritev(fd int, iovs [][]byte, offset int64) (n int, err error) {
	var some [minIovec]Iovec
	low, high := offsetWords(offset)
	return pwritev(fd, appendBytes(some[:0], iovs), low, high)
}

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

// minIovec is how many buffers a call takes before it allocates.
const minIovec = 8

func appendBytes(vecs []Iovec, bs [][]byte) []Iovec {
	for _, b := range bs {
		v := Iovec{Base: (*byte)(unsafe.Pointer(&zero))}
		v.SetLen(len(b))
		if len(b) > 0 {
			v.Base = &b[0]
		}
		vecs = append(vecs, v)
	}
	return vecs
}

// offsetWords splits an offset into two C longs, the lower one first on every architecture.
func offsetWords(offset int64) (low, high uintptr) {
	const bits = 8 * unsafe.Sizeof(low)
	return uintptr(offset), uintptr(offset >> (bits - 1) >> 1) // one shift by 64 would be none to C
}

// SetLen sets the length, whatever its width is on this architecture.
func (iov *Iovec) SetLen(length int) { set(&iov.Len, int64(length)) }

// RemoteIovec is an [Iovec] in the memory of another process.
type RemoteIovec struct {
	Base uintptr
	Len  int
}
