package unix

import (
	"syscall"
	"unsafe"
)

// Getpid is getpid(2): the process's number.
func Getpid() int { return syscall.Getpid() }

// Gettid is gettid(2): the calling thread's number.
func Gettid() int { return syscall.Gettid() }

// Kill is kill(2).
func Kill(pid int, sig syscall.Signal) error { return syscall.Kill(pid, sig) }

// PidfdOpen is pidfd_open(2) (Linux 5.3): a descriptor for a process.
func PidfdOpen(pid int, flags int) (int, error) {
	fd, _, e := syscall.RawSyscall(SYS_PIDFD_OPEN, uintptr(pid), uintptr(flags), 0)
	if e != 0 {
		return -1, e
	}
	return int(fd), nil
}

// Prctl is prctl(2). Most options act on the calling thread.
func Prctl(option int, arg2 uintptr, arg3 uintptr, arg4 uintptr, arg5 uintptr) error {
	_, _, e := syscall.RawSyscall6(SYS_PRCTL, uintptr(option), arg2, arg3, arg4, arg5, 0)
	return errOf(e)
}

// Setns is setns(2): it moves the calling thread into the namespace of fd. nstype is one of the CLONE_NEW*
// constants, or zero for whatever fd is.
func Setns(fd int, nstype int) error {
	_, _, e := syscall.Syscall(SYS_SETNS, uintptr(fd), uintptr(nstype), 0)
	return errOf(e)
}

// Unshare is unshare(2): it moves the calling thread into new namespaces, of the kinds that flags name.
func Unshare(flags int) error { return syscall.Unshare(flags) }

// Mount is mount(2).
func Mount(source string, target string, fstype string, flags uintptr, data string) error {
	return syscall.Mount(source, target, fstype, flags, data)
}

// Unmount is umount2(2).
func Unmount(target string, flags int) error { return syscall.Unmount(target, flags) }

// IoctlSetInt makes an ioctl(2) whose argument is value itself.
func IoctlSetInt(fd int, req uint, value int) error {
	_, _, e := syscall.Syscall(SYS_IOCTL, uintptr(fd), uintptr(req), uintptr(value))
	return errOf(e)
}

// IoctlGetInt makes an ioctl(2) that stores a C int.
func IoctlGetInt(fd int, req uint) (int, error) {
	var v int32
	_, _, e := syscall.Syscall(SYS_IOCTL, uintptr(fd), uintptr(req), uintptr(unsafe.Pointer(&v)))
	return int(v), errOf(e)
}

// IoctlSetPointerInt makes an ioctl(2) that reads a C int.
func IoctlSetPointerInt(fd int, req uint, value int) error {
	v := int32(value)
	_, _, e := syscall.Syscall(SYS_IOCTL, uintptr(fd), uintptr(req), uintptr(unsafe.Pointer(&v)))
	return errOf(e)
}

// IoctlRetInt makes an ioctl(2) without argument and returns its result.
func IoctlRetInt(fd int, req uint) (int, error) {
	r, _, e := syscall.Syscall(SYS_IOCTL, uintptr(fd), uintptr(req), 0)
	if e != 0 {
		return 0, e
	}
	return int(r), nil
}
