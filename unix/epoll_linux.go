package unix

// EpollPwait2 is epoll_pwait2(2), Linux 5.11: EpollWait with a timeout of nanoseconds, nil for none, and a mask of
// signals for the time of the call, nil for the one there is.
func EpollPwait2(epfd int, events []EpollEvent, timeout *KernelTimespec, sigmask *Sigset_t) (n int, err error) {
	return epollPwait2(epfd, events, timeout, sigmask, sigsetSize)
}
