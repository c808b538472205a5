//go:build linux && (arm || ppc)

package unix

// Fadvise is posix_fadvise(2).
func Fadvise(fd int, offset int64, length int64, advice int) (err error) {
	return fadvise(fd, advice, offset, length)
}
