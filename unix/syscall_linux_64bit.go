//go:build linux && !386 && !arm && !mips && !mipsle && !ppc

package unix

//sys	fcntl(fd uintptr, cmd int, arg uintptr) (ret int, err error)
//sys	Fstatfs(fd int, buf *Statfs_t) (err error)
//sys	Ftruncate(fd int, length int64) (err error)
//sys	Seek(fd int, offset int64, whence int) (off int64, err error) = SYS_LSEEK
//sys	Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error)
//sys	Splice(rfd int, roff *int64, wfd int, woff *int64, len int, flags int) (n int64, err error)
//sys	Statfs(path string, buf *Statfs_t) (err error)
//sys	Truncate(path string, length int64) (err error)
