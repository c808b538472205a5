package ip

import (
	"io"
	"os"

	"kern.sys/unix"
)

// hideInput has a terminal not show what is typed, until restore is called.
func hideInput(in io.Reader) (restore func()) {
	none := func() {}
	f, ok := in.(*os.File)
	if !ok {
		return none
	}
	fd := int(f.Fd())
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return none // no terminal
	}
	quiet := *t
	quiet.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(fd, unix.TCSETSF, &quiet) != nil {
		return none
	}
	return func() { unix.IoctlSetTermios(fd, unix.TCSETSF, t) }
}
