package unix

import "unsafe"

// Ppoll64 is [Ppoll] with seconds of 64 bits on every architecture; on those of 32 bits, Linux 5.1.
func Ppoll64(fds []PollFd, timeout *KernelTimespec, sigmask *Sigset_t) (n int, err error) {
	return ppoll64(unsafe.SliceData(fds), len(fds), timeout, sigmask, sigsetSize)
}

// UtimesNanoAt64 is [UtimesNanoAt] with seconds of 64 bits on every architecture; on those of 32 bits, Linux 5.1.
func UtimesNanoAt64(dirfd int, path string, ts []KernelTimespec, flags int) error {
	if ts != nil && len(ts) != 2 {
		return EINVAL
	}
	var b shortString
	p, err := b.pointer(path)
	if err != nil {
		return err
	}
	return utimensat64(dirfd, p, (*[2]KernelTimespec)(unsafe.Pointer(unsafe.SliceData(ts))), flags)
}
