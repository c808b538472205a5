//go:build unix && !linux

package unix

import "unsafe"

// Poll is poll(2). The timeout is in milliseconds; negative is none.
func Poll(fds []PollFd, timeout int) (n int, err error) {
	return poll(unsafe.SliceData(fds), len(fds), timeout)
}
