//go:build unix && !darwin && !solaris

package unix

// ReadDirent reads entries of a folder, for [ParseDirent].
func ReadDirent(fd int, buf []byte) (n int, err error) { return Getdents(fd, buf) }
