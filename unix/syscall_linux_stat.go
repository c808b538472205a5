//go:build linux && (amd64 || arm64 || ppc64 || ppc64le || riscv64 || s390x)

package unix

//sys	Fstat(fd int, stat *Stat_t) (err error)
//sys	Fstatat(dirfd int, path string, stat *Stat_t, flags int) (err error) = SYS_NEWFSTATAT
