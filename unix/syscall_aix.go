// The calls of AIX that others do not have, or have otherwise, as prototypes for internal/abi/emit/mksyscall.

package unix

//sys	Acct(path string) (err error)
//sys	Fdatasync(fd int) (err error)
//sys	fsyncRange(fd int, how int, start int64, length int64) (err error) = fsync_range
//sys	fstat(fd int, stat *Stat_t) (err error)
//sys	fstatat(dirfd int, path string, stat *Stat_t, flags int) (err error)
//sys	Fstatfs(fd int, buf *Statfs_t) (err error)
//sys	Ftruncate(fd int, length int64) (err error)
//sys	Getdents(fd int, buf []byte) (n int, err error) = getdirent
//sysnb	Getpgrp() (pid int)
//sys	Getsystemcfg(label int) (n uint64) = getsystemcfg
//sysnb	gettimeofday(tv *Timeval, tz *Timezone) (err error)
//sysnb	Kill(pid int, sig Signal) (err error)
//sys	Klogctl(typ int, buf []byte) (n int, err error) = syslog
//sys	libcCwd(buf []byte) (path uintptr, err error) = getcwd
//sys	lstat(path string, stat *Stat_t) (err error)
//sys	mmap(addr uintptr, length uintptr, prot int, flags int, fd int, offset int64) (ret uintptr, err error) = mmap64
//sys	Open(path string, mode int, perm uint32) (fd int, err error) = open64
//sys	Openat(dirfd int, path string, flags int, mode uint32) (fd int, err error)
//sys	Pause() (err error)
//sys	poll(fds *PollFd, nfds int, timeout int) (n int, err error)
//sys	posixFadvise(fd int, offset int64, length int64, advice int) (errno int32, err error) = posix_fadvise64
//sys	pread(fd int, p []byte, offset int64) (n int, err error) = pread64
//sys	Pselect(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timespec, sigmask *Sigset_t) (n int, err error)
//sys	pwrite(fd int, p []byte, offset int64) (n int, err error) = pwrite64
//sys	recvmsg(s int, msg *Msghdr, flags int) (n int, err error) = nrecvmsg
//sys	Seek(fd int, offset int64, whence int) (off int64, err error) = lseek
//sys	sendmsg(s int, msg *Msghdr, flags int) (n int, err error) = nsendmsg
//sys	Setdomainname(p []byte) (err error)
//sys	Sethostname(p []byte) (err error)
//sysnb	Settimeofday(tv *Timeval) (err error)
//sys	Splice(rfd int, roff *int64, wfd int, woff *int64, len int, flags int) (n int64, err error)
//sys	stat(path string, stat *Stat_t) (err error)
//sys	Statfs(path string, buf *Statfs_t) (err error)
//sys	Statx(dirfd int, path string, flags int, mask int, stat *Statx_t) (err error)
//sys	Sync()
//sysnb	Time(t *Time_t) (tt Time_t, err error)
//sysnb	Times(tms *Tms) (ticks uintptr, err error)
//sys	Truncate(path string, length int64) (err error)
//sys	umount(target string) (err error)
//sysnb	Uname(buf *Utsname) (err error)
//sys	Ustat(dev int, ubuf *Ustat_t) (err error)
//sys	Utime(path string, buf *Utimbuf) (err error)
