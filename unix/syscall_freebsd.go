// The calls of FreeBSD that others do not have, or have otherwise, as prototypes for internal/abi/emit/mksyscall.

package unix

//sys	accept4(s int, rsa *RawSockaddrAny, addrlen *uint32, flags int) (fd int, err error)
// CapEnter is cap_enter(2): from now on the process opens nothing by a name of the whole system.
//sys	CapEnter() (err error)
//sys	capRightsGet(version int, fd int, rights *CapRights) (err error) = SYS___CAP_RIGHTS_GET
//sys	capRightsLimit(fd int, rights *CapRights) (err error)
//sys	Fstat(fd int, stat *Stat_t) (err error)
//sys	Fstatat(dirfd int, path string, stat *Stat_t, flags int) (err error)
//sys	getdirentries(fd int, buf []byte, base *uint64) (n int, err error)
//sysnb	Getdtablesize() (size int)
//sys	kernelCwd(buf []byte) (n int, err error) = SYS___GETCWD
//sys	Mknodat(dirfd int, path string, mode uint32, dev uint64) (err error)
//sys	posixFadvise(fd int, offset int64, length int64, advice int) (errno int32, err error) = SYS_POSIX_FADVISE
//sys	ptrace(request int, pid int, addr uintptr, data int) (err error)
//sys	ptracePointer(request int, pid int, addr unsafe.Pointer, data int) (err error) = SYS_PTRACE
//sys	sendfile(infd int, outfd int, offset int64, count int, headers uintptr, sent *int64, flags int) (err error)
//sys	Setlogin(name string) (err error)
//sysnb	Setresgid(rgid int, egid int, sgid int) (err error)
//sysnb	Setresuid(ruid int, euid int, suid int) (err error)
//sys	sysctl(mib []int32, old *byte, oldlen *uintptr, new *byte, newlen uintptr) (err error) = SYS___SYSCTL
//sys	Undelete(path string) (err error)

// Calls that FreeBSD gained.

// CloseRange is close_range(2) (FreeBSD 12.2): it closes descriptors from first to last. flags is 0 or
// CLOSE_RANGE_CLOEXEC.
//sys	CloseRange(first uint, last uint, flags int) (err error)
// CopyFileRange is copy_file_range(2) (FreeBSD 13). Offsets may be nil for the files' own positions.
//sys	CopyFileRange(rfd int, roff *int64, wfd int, woff *int64, len int, flags int) (n int, err error)
// JailAttach is jail_attach(2).
//sys	JailAttach(jid int) (err error)
// JailRemove is jail_remove(2).
//sys	JailRemove(jid int) (err error)
//sys	jailGet(iovs []Iovec, flags int) (jid int, err error) = SYS_JAIL_GET
//sys	jailSet(iovs []Iovec, flags int) (jid int, err error) = SYS_JAIL_SET
// CapFcntlsLimit is cap_fcntls_limit(2): the fcntl commands that a descriptor allows from now on, CAP_FCNTL_*.
//sys	CapFcntlsLimit(fd int, rights uint32) (err error)
// CapFcntlsGet is cap_fcntls_get(2).
//sys	CapFcntlsGet(fd int, rights *uint32) (err error)
//sys	capGetmode(mode *uint32) (err error) = SYS_CAP_GETMODE
//sys	capIoctlsGet(fd int, cmds *uint, n int) (has int, err error) = SYS_CAP_IOCTLS_GET
//sys	capIoctlsLimit(fd int, cmds *uint, n int) (err error) = SYS_CAP_IOCTLS_LIMIT
//sys	eventfd(kind int, args unsafe.Pointer, size uintptr) (fd int, err error) = SYS___SPECIALFD
// KqueueX is kqueuex(2) (FreeBSD 14): [Kqueue] with flags, as KQUEUE_CLOEXEC.
//sys	KqueueX(flags uint) (fd int, err error) = SYS_KQUEUEX
// TimerfdCreate is timerfd_create(2) (FreeBSD 14).
//sys	TimerfdCreate(clockid int, flags int) (fd int, err error)
// InotifyAddWatchAt is inotify_add_watch_at(2) (FreeBSD 15): [InotifyAddWatch] of a path that begins at dirfd.
//sys	InotifyAddWatchAt(fd int, dirfd int, path string, mask uint32) (watchdesc int, err error)
//sys	inotifyRmWatch(fd int, watchdesc int) (err error) = SYS_INOTIFY_RM_WATCH
// Procctl is procctl(2): idtype and id say which processes (P_PID and a process, for one), cmd is PROC_*, and data
// what that takes.
//sys	Procctl(idtype int, id int64, cmd int, data unsafe.Pointer) (err error)
