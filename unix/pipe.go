//go:build aix || darwin

package unix

// Pipe is pipe(2). p must have two places.
func Pipe(p []int) error {
	if len(p) != 2 {
		return EINVAL
	}
	var fds [2]int32
	err := pipe(&fds)
	if err == nil {
		p[0], p[1] = int(fds[0]), int(fds[1])
	}
	return err
}
