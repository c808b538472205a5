//go:build linux && (mips64 || mips64le)

package unix

//sys	fstat(fd int, stat *stat_t) (err error)
//sys	fstatat(dirfd int, path string, stat *stat_t, flags int) (err error) = SYS_NEWFSTATAT
