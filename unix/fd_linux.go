package unix

import (
	"unsafe"
)

// Dup2 is dup2(2): newfd is closed first, and stays open only if it is oldfd.
func Dup2(oldfd, newfd int) error {
	if oldfd != newfd {
		return Dup3(oldfd, newfd, 0)
	}
	_, err := fcntl(uintptr(oldfd), F_GETFD, 0) // dup3 would refuse
	return err
}

// FcntlFlock is fcntl(2) for the commands of locks: such as F_SETLK, whose offsets always have 64 bits here.
func FcntlFlock(fd uintptr, cmd int, lk *Flock_t) error {
	_, _, e := Syscall(fcntl64Number, fd, uintptr(cmd), uintptr(unsafe.Pointer(lk)))
	return errOf(e)
}

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
