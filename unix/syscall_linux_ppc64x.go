//go:build linux && (ppc64 || ppc64le)

package unix

//sys	syncFileRange(fd int, flags int, off int64, n int64) (err error) = SYS_SYNC_FILE_RANGE2
