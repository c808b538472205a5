//go:build aix || solaris

package unix

import "unsafe"

// IoctlSetInt makes an ioctl(2) whose argument is value itself.
func IoctlSetInt(fd int, req int, value int) error {
	_, err := ioctl(fd, req, uintptr(value))
	return err
}

// IoctlSetPointerInt makes an ioctl(2) that reads a number: a C int, or as many bytes as req says.
func IoctlSetPointerInt(fd int, req int, value int) error {
	var words ioctlWords
	p := words.room(uint(req))
	ioctlPutInt(p, uint(req), value)
	_, err := ioctlPointer(fd, req, p)
	return err
}

// IoctlGetInt makes an ioctl(2) that stores a number: a C int, or as many bytes as req says.
func IoctlGetInt(fd int, req int) (int, error) {
	var words ioctlWords
	p := words.room(uint(req))
	_, err := ioctlPointer(fd, req, p)
	return ioctlInt(p, uint(req)), err
}

// IoctlSetString makes an ioctl(2) that reads a string.
func IoctlSetString(fd int, req int, value string) error {
	b := append([]byte(value), 0)
	_, err := ioctlPointer(fd, req, unsafe.Pointer(&b[0]))
	return err
}

// IoctlGetTermios returns how a terminal is set, for req TCGETS; see termio(7).
func IoctlGetTermios(fd int, req int) (*Termios, error) {
	v := new(Termios)
	_, err := ioctlPointer(fd, req, unsafe.Pointer(v))
	return v, err
}

// IoctlSetTermios sets a terminal, for requests such as TCSETS; see termio(7).
func IoctlSetTermios(fd int, req int, value *Termios) error {
	_, err := ioctlPointer(fd, req, unsafe.Pointer(value))
	return err
}

// IoctlGetWinsize returns the size of a terminal's window, for req TIOCGWINSZ; see termio(7).
func IoctlGetWinsize(fd int, req int) (*Winsize, error) {
	v := new(Winsize)
	_, err := ioctlPointer(fd, req, unsafe.Pointer(v))
	return v, err
}

// IoctlSetWinsize sets the size of a terminal's window, for req TIOCSWINSZ; see termio(7).
func IoctlSetWinsize(fd int, req int, value *Winsize) error {
	_, err := ioctlPointer(fd, req, unsafe.Pointer(value))
	return err
}
