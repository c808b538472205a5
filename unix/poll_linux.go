package unix

import (
	"math"
	"unsafe"
)

// Poll is poll(2). The timeout is in milliseconds; negative is none.
func Poll(fds []PollFd, timeout int) (n int, err error) {
	if timeout < 0 {
		return Ppoll(fds, nil, nil)
	}
	ts := makeTimespec(int64(timeout/1000), int64(timeout%1000)*1e6)
	return Ppoll(fds, &ts, nil)
}

// Ppoll is ppoll(2). timeout and sigmask may be nil; the kernel stores the remaining time in timeout.
func Ppoll(fds []PollFd, timeout *Timespec, sigmask *Sigset_t) (n int, err error) {
	return ppoll(unsafe.SliceData(fds), len(fds), timeout, sigmask, sigsetSize)
}

// Pselect is pselect(2). timeout and sigmask may be nil; timeout stays as it is. Descriptors from FD_SETSIZE on, for
// which a set has no place, are in none.
func Pselect(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timespec, sigmask *Sigset_t) (n int, err error) {
	nfd = min(nfd, FD_SETSIZE)
	var copied Timespec
	if timeout != nil {
		copied = *timeout // the kernel stores what is left
		timeout = &copied
	}
	if sigmask == nil {
		return pselect6(nfd, r, w, e, timeout, nil)
	}
	return pselect6(nfd, r, w, e, timeout, &sigsetAndSize{sigmask, sigsetSize})
}

// sigsetAndSize is the last argument of pselect6(2).
type sigsetAndSize struct {
	set  *Sigset_t
	size uintptr
}

// EpollCreate is epoll_create(2). Of size it matters only that it is more than zero.
func EpollCreate(size int) (fd int, err error) {
	if size <= 0 {
		return -1, EINVAL
	}
	return EpollCreate1(0)
}

// EpollWait is epoll_wait(2). The timeout is in milliseconds, at most 24 days; negative is none.
func EpollWait(epfd int, events []EpollEvent, msec int) (n int, err error) {
	return epollPwait(epfd, events, min(max(msec, -1), math.MaxInt32), nil, sigsetSize) // the kernel takes 32 bits
}
