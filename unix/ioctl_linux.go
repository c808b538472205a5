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

// IoctlSetString makes an ioctl(2) that reads a string with a NUL. A request that reads more, as FS_IOC_SETFSLABEL,
// finds zeros there.
func IoctlSetString(fd int, req uint, value string) error {
	b := make([]byte, max(len(value)+1, ioctlSize(req)))
	copy(b, value)
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

// IoctlSetTermios sets a terminal, for requests such as TCSETS; see ioctl_tty(2).
func IoctlSetTermios(fd int, req uint, value *Termios) error { return ioctlSet(fd, req, value) }

// IoctlGetWinsize returns the size of a terminal's window, for req TIOCGWINSZ; see ioctl_tty(2).
func IoctlGetWinsize(fd int, req uint) (*Winsize, error) { return ioctlGet[Winsize](fd, req) }

// IoctlSetWinsize sets the size of a terminal's window, for req TIOCSWINSZ; see ioctl_tty(2).
func IoctlSetWinsize(fd int, req uint, value *Winsize) error { return ioctlSet(fd, req, value) }

// IoctlPidfdInfo asks for what info.Mask says of the process that fd, a pidfd, stands for: PIDFD_GET_INFO.
func IoctlPidfdInfo(fd int, info *PidfdInfo) error { return ioctlSet(fd, PIDFD_GET_INFO, info) }
