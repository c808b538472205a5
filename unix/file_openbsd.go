package unix

import "unsafe"

// Getresuid is getresuid(2).
func Getresuid() (ruid, euid, suid int) {
	var r, e, s uint32
	_ = getresuid(&r, &e, &s) // fails only for a bad pointer
	return int(r), int(e), int(s)
}

// Getresgid is getresgid(2).
func Getresgid() (rgid, egid, sgid int) {
	var r, e, s uint32
	_ = getresgid(&r, &e, &s)
	return int(r), int(e), int(s)
}

// Ppoll is ppoll(2). timeout and sigmask may be nil.
func Ppoll(fds []PollFd, timeout *Timespec, sigmask *Sigset_t) (n int, err error) {
	return ppoll(unsafe.SliceData(fds), len(fds), timeout, sigmask)
}

// getcwd stores a path and a NUL. The library's function returns a null pointer for a failure, of which the number is
// not to be had.
func getcwd(buf []byte) error {
	if len(buf) == 0 {
		return EINVAL
	}
	if libcCwd(buf) != 0 {
		return nil
	}
	if err := Access(".", F_OK); err != nil {
		return err
	}
	return ERANGE
}

// Sendfile returns ENOSYS: there is no such call.
func Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) {
	return -1, ENOSYS
}

// SysctlUvmexp returns "vm.uvmexp", the statistics of memory.
func SysctlUvmexp(name string) (*Uvmexp, error) {
	v := new(Uvmexp)
	if err := sysctlAt(name, nil, unsafe.Pointer(v), unsafe.Sizeof(*v)); err != nil {
		return nil, err
	}
	return v, nil
}
