//go:build dragonfly || netbsd

package unix

// Calls with an unused word before an offset, so that it is aligned where it takes two.

//sys	Ftruncate(fd int, pad int, length int64) (err error)
//sys	mmap(addr uintptr, length uintptr, prot int, flags int, fd int, pad int, offset int64) (ret uintptr, err error)
//sys	Seek(fd int, pad int, offset int64, whence int) (newoffset int64, err error) = SYS_LSEEK
//sys	Truncate(path string, pad int, length int64) (err error)
