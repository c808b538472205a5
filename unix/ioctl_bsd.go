//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

import "unsafe"

// IoctlSetInt makes an ioctl(2) whose argument is value itself.
func IoctlSetInt(fd int, req uint, value int) error { return ioctl(fd, req, uintptr(value)) }

// IoctlSetPointerInt makes an ioctl(2) that reads a number: a C int, or as many bytes as req says.
func IoctlSetPointerInt(fd int, req uint, value int) error {
	var words ioctlWords
	p := words.room(req)
	ioctlPutInt(p, req, value)
	return ioctlPointer(fd, req, p)

}

// IoctlGetInt makes an ioctl(2) that stores a number: a C int, or as many bytes as req says.
func IoctlGetInt(fd int, req uint) (int, error) {
	var words ioctlWords
	p := words.room(req)
	err := ioctlPointer(fd, req, p)
	return ioctlInt(p, req), err
}

// IoctlSetString makes an ioctl(2) that reads a string.
func IoctlSetString(fd int, req uint, value string) error {
	b := append([]byte(value), 0)
	return ioctlPointer(fd, req, unsafe.Pointer(&b[0]))
}

// IoctlGetTermios returns how a terminal is set, for req TIOCGETA; see termios(4).
func IoctlGetTermios(fd int, req uint) (*Termios, error) {
	v := new(Termios)
	err := ioctlPointer(fd, req, unsafe.Pointer(v))
	return v, err
}

// IoctlSetTermios sets a terminal, for requests such as TIOCSETA; see termios(4).
func IoctlSetTermios(fd int, req uint, value *Termios) error {
	return ioctlPointer(fd, req, unsafe.Pointer(value))
}

// IoctlGetWinsize returns the size of a terminal's window, for req TIOCGWINSZ; see tty(4).
func IoctlGetWinsize(fd int, req uint) (*Winsize, error) {
	v := new(Winsize)
	err := ioctlPointer(fd, req, unsafe.Pointer(v))
	return v, err
}

// IoctlSetWinsize sets the size of a terminal's window, for req TIOCSWINSZ; see tty(4).
func IoctlSetWinsize(fd int, req uint, value *Winsize) error {
	return ioctlPointer(fd, req, unsafe.Pointer(value))
}
