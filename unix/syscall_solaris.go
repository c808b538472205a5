// The calls of illumos and Solaris that others do not have, or have otherwise, as prototypes for
// internal/abi/emit/mksyscall.

package unix

//sys	accept(s int, rsa *RawSockaddrAny, addrlen *uint32) (fd int, err error) = libsocket.accept
//sys	acct(path *byte) (err error)
//sys	bind(s int, addr unsafe.Pointer, addrlen uint32) (err error) = libsocket.__xnet_bind
//sys	connect(s int, addr unsafe.Pointer, addrlen uint32) (err error) = libsocket.__xnet_connect
//sys	Creat(path string, mode uint32) (fd int, err error)
//sys	Fdatasync(fd int) (err error)
//sys	Fstatvfs(fd int, buf *Statvfs_t) (err error)
//sys	futimesat(fd int, path *byte, times *[2]Timeval) (err error)
//sys	Getdents(fd int, buf []byte, basep *uintptr) (n int, err error)
//sys	gethostname(name *byte, size int) (err error)
//sys	getmsg(fd int, ctl *strbuf, data *strbuf, flags *int32) (more int, err error)
//sysnb	getpeername(fd int, rsa *RawSockaddrAny, addrlen *uint32) (err error) = libsocket.getpeername
//sys	getpeerucred(fd uintptr, ucred *uintptr) (err error)
//sysnb	Getpgrp() (pgid int, err error)
//sysnb	getsockname(fd int, rsa *RawSockaddrAny, addrlen *uint32) (err error) = libsocket.getsockname
//sys	getsockopt(s int, level int, name int, val unsafe.Pointer, vallen *uint32) (err error) = libsocket.__xnet_getsockopt
//sys	libcCwd(buf []byte) (path uintptr, err error) = getcwd
//sys	Listen(s int, n int) (err error) = libsocket.__xnet_listen
//sys	Pause() (err error)
//sys	portAssociate(port int, source int, object uintptr, events int, user *byte) (n int, err error) = port_associate
//sys	portCreate() (n int, err error) = port_create
//sys	portDissociate(port int, source int, object uintptr) (n int, err error) = port_dissociate
//sys	portGet(port int, pe *portEvent, timeout *Timespec) (n int, err error) = port_get
//sys	portGetn(port int, pe *portEvent, max uint32, nget *uint32, timeout *Timespec) (n int, err error) = port_getn
//sys	putmsg(fd int, ctl *strbuf, data *strbuf, flags int) (err error)
//sys	recvfrom(fd int, p []byte, flags int, from *RawSockaddrAny, fromlen *uint32) (n int, err error) = libsocket.recvfrom
//sys	recvmsg(s int, msg *Msghdr, flags int) (n int, err error) = libsocket.__xnet_recvmsg
//sys	sendfile(outfd int, infd int, offset *int64, count int) (written int, err error) = libsendfile.sendfile
//sys	sendmsg(s int, msg *Msghdr, flags int) (n int, err error) = libsocket.__xnet_sendmsg
//sys	sendto(s int, buf []byte, flags int, to unsafe.Pointer, addrlen uint32) (n int, err error) = libsocket.__xnet_sendto
//sys	Sethostname(p []byte) (err error)
//sys	setsockopt(s int, level int, name int, val unsafe.Pointer, vallen uintptr) (err error) = libsocket.setsockopt
//sys	Shutdown(fd int, how int) (err error) = libsocket.shutdown
//sysnb	socket(domain int, typ int, proto int) (fd int, err error) = libsocket.__xnet_socket
//sysnb	socketpair(domain int, typ int, proto int, fd *[2]int32) (err error) = libsocket.__xnet_socketpair
//sys	Statvfs(path string, buf *Statvfs_t) (err error)
//sys	Sync() (err error)
//sys	Sysconf(which int) (n int64, err error)
//sysnb	Times(tms *Tms) (ticks uintptr, err error)
//sys	ucredFree(ucred uintptr) = ucred_free
//sys	ucredGet(pid int) (ucred uintptr, err error) = ucred_get
//sys	ucredGetegid(ucred uintptr) (gid int) = ucred_getegid
//sys	ucredGeteuid(ucred uintptr) (uid int) = ucred_geteuid
//sys	ucredGetpid(ucred uintptr) (pid int) = ucred_getpid
//sys	ucredGetrgid(ucred uintptr) (gid int) = ucred_getrgid
//sys	ucredGetruid(ucred uintptr) (uid int) = ucred_getruid
//sys	ucredGetsgid(ucred uintptr) (gid int) = ucred_getsgid
//sys	ucredGetsuid(ucred uintptr) (uid int) = ucred_getsuid
//sysnb	Uname(buf *Utsname) (err error)
// Unmount is umount2(2). flags are MS_*.
//sys	Unmount(target string, flags int) (err error) = umount2
//sys	Ustat(dev int, ubuf *Ustat_t) (err error)
//sys	Utime(path string, buf *Utimbuf) (err error)
