package unix

import "unsafe"

func pread(fd int, p []byte, offset int64) (n int, err error)  { return extpread(fd, p, 0, offset) }
func pwrite(fd int, p []byte, offset int64) (n int, err error) { return extpwrite(fd, p, 0, offset) }

// Pipe is pipe(2). p must have two places.
func Pipe(p []int) error { return Pipe2(p, 0) }

// Pipe2 is pipe2(2). p must have two places.
func Pipe2(p []int, flags int) error {
	if len(p) != 2 {
		return EINVAL
	}
	var unused [2]int32 // the call takes it, and returns the descriptors as its two results
	r, w, e := RawSyscall(SYS_PIPE2, uintptr(unsafe.Pointer(&unused)), uintptr(flags), 0)
	if e != 0 {
		return e
	}
	p[0], p[1] = int(r), int(w)
	return nil
}

// Dup3 is dup3(3). flags is 0 or O_CLOEXEC.
func Dup3(oldfd, newfd, flags int) error {
	if oldfd == newfd || flags&^O_CLOEXEC != 0 {
		return EINVAL
	}
	how := F_DUP2FD
	if flags != 0 {
		how = F_DUP2FD_CLOEXEC
	}
	_, err := fcntl(uintptr(oldfd), how, uintptr(newfd))
	return err
}

// getcwd stores a path and a NUL.
func getcwd(buf []byte) error {
	_, err := kernelCwd(buf)
	return err
}

// Sendfile is sendfile(2): count bytes of the file infd from *offset on go to the socket outfd. It returns how many
// went, also with an error.
func Sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) {
	if offset == nil {
		return -1, EINVAL
	}
	if raceEnabled {
		raceReleaseMerge()
	}
	var sent int64
	err = sendfile(infd, outfd, *offset, count, 0, &sent, 0)
	return int(sent), err
}
