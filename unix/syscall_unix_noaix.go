//go:build unix && !linux && !aix

package unix

//sys	Access(path string, mode uint32) (err error)
//sys	Adjtime(delta *Timeval, olddelta *Timeval) (err error)
//sys	Chmod(path string, mode uint32) (err error)
//sys	Chown(path string, uid int, gid int) (err error)
//sys	ClockGettime(clockid int32, time *Timespec) (err error) = SYS_CLOCK_GETTIME
// Flock is flock(2): an advisory lock on the open file of fd.
//sys	Flock(fd int, how int) (err error)
//sys	Fpathconf(fd int, name int) (val int, err error)
//sys	Fsync(fd int) (err error)
//sysnb	Gettimeofday(tv *Timeval) (err error)
//sys	Kill(pid int, sig syscall.Signal) (err error)
//sys	Link(oldpath string, newpath string) (err error)
//sys	Mkdir(path string, mode uint32) (err error)
//sys	Open(path string, mode int, perm uint32) (fd int, err error)
//sys	Openat(dirfd int, path string, flags int, mode uint32) (fd int, err error)
//sys	Pathconf(path string, name int) (val int, err error)
//sys	poll(fds *PollFd, nfds int, timeout int) (n int, err error)
//sys	Rename(oldpath string, newpath string) (err error)
//sys	Rmdir(path string) (err error)
//sysnb	Setegid(egid int) (err error)
//sysnb	Seteuid(euid int) (err error)
//sys	Symlink(oldpath string, newpath string) (err error)
