package unix

// EpollWait is epoll_wait(2): it waits until one of the descriptors of epfd is ready, stores no more events than there
// is room for, and returns how many. The timeout is in milliseconds; negative is none.
func EpollWait(epfd int, events []EpollEvent, msec int) (n int, err error) {
	if msec < 0 {
		return epollPwait2(epfd, events, nil, nil)
	}
	timeout := NsecToTimespec(int64(msec) * 1e6)
	return epollPwait2(epfd, events, &timeout, nil)
}
