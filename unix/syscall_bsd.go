//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

//sys	Chflags(path string, flags int) (err error)
//sys	Fchflags(fd int, flags int) (err error)
//sys	futimes(fd int, times *[2]Timeval) (err error)
//sysnb	Getpgrp() (pgrp int)
//sysnb	Issetugid() (tainted bool)
// Kqueue is kqueue(2).
//sys	Kqueue() (fd int, err error)
//sys	kevent(kq int, change unsafe.Pointer, nchange int, event unsafe.Pointer, nevent int, timeout *Timespec) (n int, err error)
//sys	Linkat(olddirfd int, oldpath string, newdirfd int, newpath string, flags int) (err error)
//sys	Readlinkat(dirfd int, path string, buf []byte) (n int, err error)
//sys	Revoke(path string) (err error)
//sysnb	Settimeofday(tv *Timeval) (err error)
//sys	Symlinkat(oldpath string, newdirfd int, newpath string) (err error)
//sys	Sync() (err error)
//sys	Unmount(path string, flags int) (err error)
