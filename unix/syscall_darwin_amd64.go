package unix

// The structures of these calls have inodes of 64 bits; under the plain names are those for programs from before
// macOS 10.5.

//sys	Fstat(fd int, stat *Stat_t) (err error) = fstat64
//sys	Fstatat(dirfd int, path string, stat *Stat_t, flags int) (err error) = fstatat64
//sys	Fstatfs(fd int, buf *Statfs_t) (err error) = fstatfs64
//sys	getfsstat(buf unsafe.Pointer, size uintptr, flags int) (n int, err error) = getfsstat64
//sys	Lstat(path string, stat *Stat_t) (err error) = lstat64
//sys	Stat(path string, stat *Stat_t) (err error) = stat64
//sys	Statfs(path string, buf *Statfs_t) (err error) = statfs64
