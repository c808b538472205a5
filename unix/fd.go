//go:build unix

package unix

// FcntlInt is fcntl(2) for the commands whose argument is an int.
func FcntlInt(fd uintptr, cmd, arg int) (int, error) { return fcntl(fd, cmd, uintptr(arg)) }

// CloseOnExec sets FD_CLOEXEC. To open with O_CLOEXEC leaves no moment in between.
func CloseOnExec(fd int) { _, _ = fcntl(uintptr(fd), F_SETFD, FD_CLOEXEC) }

// SetNonblock sets or clears O_NONBLOCK of the open file.
func SetNonblock(fd int, nonblocking bool) (err error) {
	flags, err := fcntl(uintptr(fd), F_GETFL, 0)
	if err != nil {
		return err
	}
	if flags&O_NONBLOCK != 0 == nonblocking {
		return nil
	}
	_, err = fcntl(uintptr(fd), F_SETFL, uintptr(flags^O_NONBLOCK))
	return err
}
