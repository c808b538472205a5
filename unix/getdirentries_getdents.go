//go:build netbsd || openbsd

package unix

// Getdirentries is getdirentries(3). It stores where in the folder the next entries are in basep, if that is not nil,
// and returns EIO if that does not fit.
func Getdirentries(fd int, buf []byte, basep *uintptr) (n int, err error) {
	n, err = Getdents(fd, buf)
	if err != nil || basep == nil {
		return n, err
	}
	off, err := Seek(fd, 0, seekCur)
	*basep = uintptr(off)
	if err == nil && int64(*basep) != off {
		err = EIO
	}
	return n, err
}

// seekCur is SEEK_CUR of stdio.h: from where the file is.
const seekCur = 1
