//go:build linux && !386 && !arm && !ppc

package unix

// Fadvise is posix_fadvise(2).
//sys	Fadvise(fd int, offset int64, length int64, advice int) (err error) = SYS_FADVISE64
