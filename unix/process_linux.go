package unix

import (
	"syscall"
	"unsafe"
)

// Prlimit is prlimit(2). newlimit and old may be nil.
func Prlimit(pid, resource int, newlimit, old *Rlimit) error {
	return syscallPrlimit(pid, resource, (*syscall.Rlimit)(unsafe.Pointer(newlimit)),
		(*syscall.Rlimit)(unsafe.Pointer(old)))
}

// Getrlimit is getrlimit(2).
func Getrlimit(resource int, rlim *Rlimit) (err error) {
	err = Prlimit(0, resource, nil, rlim)
	if err == nil && rlim == nil { // prlimit(2) may be asked for nothing
		err = EFAULT
	}
	return err
}

// Setrlimit is setrlimit(2).
func Setrlimit(resource int, rlim *Rlimit) error { return Prlimit(0, resource, rlim, nil) }

// Reboot is reboot(2).
func Reboot(cmd int) (err error) {
	return reboot(LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, cmd, nil)
}

// Klogctl is syslog(2), also known as klogctl(3), with a buffer.
func Klogctl(typ int, buf []byte) (n int, err error) {
	return syslog(typ, (*byte)(bytesOrZero(buf)), len(buf))
}

// Klogset is syslog(2) with a number.
func Klogset(typ int, arg int) (err error) {
	_, err = syslog(typ, nil, arg)
	return err
}
