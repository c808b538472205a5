//go:build unix

package unix

import "syscall"

// IgnoringEINTR calls fn until it returns anything but EINTR: a call that a signal interrupted before it did anything.
// Not for Close, which frees the descriptor even then, and not for calls with a relative timeout, which would begin
// again.
func IgnoringEINTR(fn func() error) error {
	for {
		if err := fn(); err != syscall.EINTR {
			return err
		}
	}
}
