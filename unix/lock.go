//go:build unix && !linux

package unix

import "unsafe"

// FcntlFlock is fcntl(2) for the commands of locks, such as F_SETLK.
func FcntlFlock(fd uintptr, cmd int, lk *Flock_t) error {
	_, err := fcntlPointer(fd, cmd, unsafe.Pointer(lk))
	return err
}
