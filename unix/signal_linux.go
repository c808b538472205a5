package unix

// PthreadSigmask is pthread_sigmask(3): the signals that the calling thread does not take now. set and oldset may be
// nil. Only a goroutine that is locked to its thread knows which one that is.
func PthreadSigmask(how int, set, oldset *Sigset_t) error {
	if oldset != nil {
		*oldset = Sigset_t{}
	}
	return rtSigprocmask(how, set, oldset, sigsetSize)
}

// Signalfd is signalfd(2): a descriptor to read the signals of sigmask from. fd is -1, or one to give other signals.
func Signalfd(fd int, sigmask *Sigset_t, flags int) (newfd int, err error) {
	return signalfd(fd, sigmask, sigsetSize, flags)
}

// Pause is pause(2): it waits for a signal, and returns EINTR when one was handled.
func Pause() error {
	_, err := ppoll(nil, 0, nil, nil, 0)
	return err
}
