package unix

import (
	"unsafe"
)

// ioctlGet makes an ioctl(2) that fills a T.
func ioctlGet[T any](fd int, req uint) (*T, error) {
	v := new(T)
	_, err := ioctlPtr(fd, req, unsafe.Pointer(v))
	return v, err
}

// ioctlSet makes an ioctl(2) that reads, and maybe changes, a T.
func ioctlSet[T any](fd int, req uint, v *T) error {
	_, err := ioctlPtr(fd, req, unsafe.Pointer(v))
	return err
}

// IoctlSetInt makes an ioctl(2) whose argument is value itself.
func IoctlSetInt(fd int, req uint, value int) error {
	_, err := ioctl(fd, req, uintptr(value))
	return err
}

// IoctlGetInt makes an ioctl(2) that stores a C int.
func IoctlGetInt(fd int, req uint) (int, error) {
	v, err := ioctlGet[int32](fd, req)
	return int(*v), err
}

// IoctlGetUint32 makes an ioctl(2) that stores a C unsigned int.
func IoctlGetUint32(fd int, req uint) (uint32, error) {
	v, err := ioctlGet[uint32](fd, req)
	return *v, err
}

// IoctlSetPointerInt makes an ioctl(2) that reads a C int.
func IoctlSetPointerInt(fd int, req uint, value int) error {
	v := int32(value)
	return ioctlSet(fd, req, &v)
}

// IoctlSetString makes an ioctl(2) that reads a string.
func IoctlSetString(fd int, req uint, value string) error {
	b := append([]byte(value), 0)
	return ioctlSet(fd, req, &b[0])
}

// IoctlRetInt makes an ioctl(2) without argument and returns its result.
func IoctlRetInt(fd int, req uint) (int, error) {
	r, err := ioctl(fd, req, 0)
	if err != nil {
		return 0, err
	}
	return r, nil
}

// IoctlGetTermios returns how a terminal is set, for req TCGETS; see ioctl_tty(2).
func IoctlGetTermios(fd int, req uint) (*Termios, error) { return ioctlGet[Termios](fd, req) }

// IoctlSetTermios sets a terminal, for req TCSETS and the like; see ioctl_tty(2).
func IoctlSetTermios(fd int, req uint, value *Termios) error { return ioctlSet(fd, req, value) }

// IoctlGetWinsize returns the size of a terminal's window, for req TIOCGWINSZ; see ioctl_tty(2).
func IoctlGetWinsize(fd int, req uint) (*Winsize, error) { return ioctlGet[Winsize](fd, req) }

// IoctlSetWinsize sets the size of a terminal's window, for req TIOCSWINSZ; see ioctl_tty(2).
func IoctlSetWinsize(fd int, req uint, value *Winsize) error { return ioctlSet(fd, req, value) }

// IoctlPidfdInfo asks for what info.Mask says of the process that fd, a pidfd, stands for: PIDFD_GET_INFO.
func IoctlPidfdInfo(fd int, info *PidfdInfo) error { return ioctlSet(fd, PIDFD_GET_INFO, info) }
