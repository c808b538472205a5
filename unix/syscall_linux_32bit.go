//go:build linux && (386 || arm || mips || mipsle || ppc)

// The calls whose first versions have file offsets of 32 bits.

package unix

//sys	fcntl(fd uintptr, cmd int, arg uintptr) (ret int, err error) = SYS_FCNTL64
//sys	Fstat(fd int, stat *Stat_t) (err error) = SYS_FSTAT64
//sys	Fstatat(dirfd int, path string, stat *Stat_t, flags int) (err error) = SYS_FSTATAT64
//sys	fstatfs64(fd int, size uintptr, buf *Statfs_t) (err error) = SYS_FSTATFS64
//sys	Ftruncate(fd int, length int64) (err error) = SYS_FTRUNCATE64
//sys	llseek(fd int, high uintptr, low uintptr, result *int64, whence int) (err error) = SYS__LLSEEK
//sys	mmap2(addr uintptr, length uintptr, prot int, flags int, fd int, page uintptr) (xaddr uintptr, err error) = SYS_MMAP2
// Sendfile is sendfile(2).
//sys	Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) = SYS_SENDFILE64
// Splice is splice(2).
//sys	Splice(rfd int, roff *int64, wfd int, woff *int64, len int, flags int) (n int, err error)
//sys	statfs64(path string, size uintptr, buf *Statfs_t) (err error) = SYS_STATFS64
//sys	Truncate(path string, length int64) (err error) = SYS_TRUNCATE64
