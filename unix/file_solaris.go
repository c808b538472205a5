package unix

import "unsafe"

// Acct is acct(2): accounting of processes into the file path, or none for "".
func Acct(path string) (err error) {
	p, err := optional(path)
	if err != nil {
		return err
	}
	return acct(p)
}

func getcwd(buf []byte) error {
	_, err := libcCwd(buf)
	return err
}

// ReadDirent reads entries of a folder, for [ParseDirent].
func ReadDirent(fd int, buf []byte) (n int, err error) { return Getdents(fd, buf, new(uintptr)) }

// Gethostname is gethostname(3C).
func Gethostname() (name string, err error) {
	var buf [MaxHostNameLen]byte
	if err := gethostname(&buf[0], len(buf)); err != nil {
		return "", err
	}
	return ByteSliceToString(buf[:]), nil
}

// Sendfile is sendfile(3EXT): count bytes of the file infd go to outfd. offset is from where, and is moved on; nil is
// the file's own position.
func Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) {
	if raceEnabled {
		raceReleaseMerge()
	}
	return sendfile(outfd, infd, offset, count)
}

// Futimes is [Utimes] of an open file.
func Futimes(fd int, tv []Timeval) error { return futimesatOf(fd, nil, tv) }

// Futimesat is futimesat(2).
func Futimesat(dirfd int, path string, tv []Timeval) error {
	p, err := BytePtrFromString(path)
	if err != nil {
		return err
	}
	return futimesatOf(dirfd, p, tv)
}

func futimesatOf(fd int, path *byte, tv []Timeval) error {
	if tv == nil {
		return futimesat(fd, path, nil)
	}
	if len(tv) != 2 {
		return EINVAL
	}
	return futimesat(fd, path, (*[2]Timeval)(tv))
}

// IoctlSetIntRetInt makes an ioctl(2) whose argument is arg itself, and returns its result.
func IoctlSetIntRetInt(fd int, req int, arg int) (int, error) { return ioctl(fd, req, uintptr(arg)) }

// IoctlGetTermio returns how a terminal is set, for req TCGETA; see termio(4I).
func IoctlGetTermio(fd int, req int) (*Termio, error) {
	v := new(Termio)
	_, err := ioctlPointer(fd, req, unsafe.Pointer(v))
	return v, err
}

// IoctlSetTermio sets a terminal, for requests such as TCSETA; see termio(4I).
func IoctlSetTermio(fd int, req int, value *Termio) error {
	_, err := ioctlPointer(fd, req, unsafe.Pointer(value))
	return err
}

// IoctlLifreq makes an ioctl(2) for an interface; see if_tcp(4P).
func IoctlLifreq(fd int, req int, l *Lifreq) error {
	_, err := ioctlPointer(fd, req, unsafe.Pointer(l))
	return err
}

// IoctlSetStrioctlRetInt makes an ioctl(2) of a STREAMS device, for req I_STR, and returns its result; see
// streamio(4I).
func IoctlSetStrioctlRetInt(fd int, req int, s *Strioctl) (int, error) {
	return ioctlPointer(fd, req, unsafe.Pointer(s))
}

// SetInt makes i the data that goes with the request.
func (s *Strioctl) SetInt(i int) {
	s.Len = int32(unsafe.Sizeof(i))
	s.Dp = (*int8)(unsafe.Pointer(&i))
}

// SetName sets the interface's name; EINVAL if it is too long.
func (l *Lifreq) SetName(name string) error {
	if len(name) >= len(l.Name) {
		return EINVAL
	}
	l.Name = [len(l.Name)]int8{}
	putText(l.Name[:], name)
	return nil
}

// SetLifruInt sets the union lifr_lifru to an int.
func (l *Lifreq) SetLifruInt(d int) { *(*int)(unsafe.Pointer(&l.Lifru)) = d }

// GetLifruInt returns the union lifr_lifru as an int.
func (l *Lifreq) GetLifruInt() int { return *(*int)(unsafe.Pointer(&l.Lifru)) }

// SetLifruUint sets the union lifr_lifru to an unsigned int.
func (l *Lifreq) SetLifruUint(d uint) { *(*uint)(unsafe.Pointer(&l.Lifru)) = d }

// GetLifruUint returns the union lifr_lifru as an unsigned int.
func (l *Lifreq) GetLifruUint() uint { return *(*uint)(unsafe.Pointer(&l.Lifru)) }

// Putmsg is putmsg(2): it sends a control part and data on a stream.
func Putmsg(fd int, cl []byte, data []byte, flags int) (err error) {
	return putmsg(fd, streamPart(cl), streamPart(data), flags)
}

// Getmsg is getmsg(2): it receives a control part into cl and data into data, and returns what came of each.
func Getmsg(fd int, cl []byte, data []byte) (retCl []byte, retData []byte, flags int, err error) {
	c, d := streamPart(cl), streamPart(data)
	var f int32
	if _, err := getmsg(fd, c, d, &f); err != nil {
		return nil, nil, 0, err
	}
	if c != nil && c.Len >= 0 { // -1 means no such part
		retCl = cl[:c.Len]
	}
	if d != nil && d.Len >= 0 {
		retData = data[:d.Len]
	}
	return retCl, retData, int(f), nil
}

// streamPart is nil for no bytes.
func streamPart(b []byte) *strbuf {
	if len(b) == 0 {
		return nil
	}
	return &strbuf{Maxlen: int32(len(b)), Len: int32(len(b)), Buf: (*int8)(unsafe.Pointer(&b[0]))}
}
