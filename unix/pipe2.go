//go:build freebsd || netbsd || openbsd || solaris

package unix

// Pipe is pipe(2). p must have two places.
func Pipe(p []int) error { return Pipe2(p, 0) }

// Pipe2 is pipe2(2). p must have two places.
func Pipe2(p []int, flags int) error {
	if len(p) != 2 {
		return EINVAL
	}
	var fds [2]int32
	err := pipe2(&fds, flags)
	if err == nil {
		p[0], p[1] = int(fds[0]), int(fds[1])
	}
	return err
}
