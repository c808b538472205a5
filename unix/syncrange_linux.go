//go:build linux && (arm || ppc || ppc64 || ppc64le)

package unix

// SyncFileRange is sync_file_range(2).
func SyncFileRange(fd int, off int64, n int64, flags int) error {
	return syncFileRange(fd, flags, off, n)
}
