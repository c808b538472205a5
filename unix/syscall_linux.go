// The calls that all architectures make alike, as prototypes for internal/abi/emit/mksyscall. What differs is in the
// files beside this one, whose names or build constraints say where; what takes more than a system call is in files
// named for their subject.

package unix

// Files by name.

//sys	Acct(path string) (err error)
//sys	Chdir(path string) (err error)
//sys	Chroot(path string) (err error)
//sys	faccessat(dirfd int, path string, mode uint32) (err error)
//sys	Faccessat2(dirfd int, path string, mode uint32, flags int) (err error)
//sys	fchmodat(dirfd int, path string, mode uint32) (err error)
//sys	fchmodat2(dirfd int, path string, mode uint32, flags int) (err error)
//sys	Fchownat(dirfd int, path string, uid int, gid int, flags int) (err error)
//sys	Getcwd(buf []byte) (n int, err error)
//sys	Linkat(olddirfd int, oldpath string, newdirfd int, newpath string, flags int) (err error)
//sys	Mkdirat(dirfd int, path string, mode uint32) (err error)
//sys	Mknodat(dirfd int, path string, mode uint32, dev int) (err error)
//sys	nameToHandleAt(dirfd int, path string, fh *byte, mountID unsafe.Pointer, flags int) (err error) = SYS_NAME_TO_HANDLE_AT
//sys	openat(dirfd int, path string, flags int, mode uint32) (fd int, err error)
//sys	openat2(dirfd int, path string, how *OpenHow, size int) (fd int, err error)
//sys	openByHandleAt(mountfd int, fh *byte, flags int) (fd int, err error) = SYS_OPEN_BY_HANDLE_AT
//sys	PivotRoot(newroot string, putold string) (err error)
//sys	Readlinkat(dirfd int, path string, buf []byte) (n int, err error)
// Renameat2 is renameat2(2). A flag may ask not to replace, or to exchange.
//sys	Renameat2(olddirfd int, oldpath string, newdirfd int, newpath string, flags uint) (err error) = SYS_RENAMEAT2
//sys	Statx(dirfd int, path string, flags int, mask int, stat *Statx_t) (err error)
//sys	Symlinkat(oldpath string, newdirfd int, newpath string) (err error)
//sys	Unlinkat(dirfd int, path string, flags int) (err error)
//sys	utimensat(dirfd int, path *byte, times *[2]Timespec, flags int) (err error)

// Files by descriptor.

// Close is close(2). The descriptor is gone even when it returns an error.
//sys	Close(fd int) (err error)
//sys	CloseRange(first uint, last uint, flags uint) (err error)
//sys	CopyFileRange(rfd int, roff *int64, wfd int, woff *int64, len int, flags int) (n int, err error)
//sys	Dup(fd int) (nfd int, err error)
//sys	Dup3(oldfd int, newfd int, flags int) (err error)
//sys	Fallocate(fd int, mode uint32, off int64, len int64) (err error)
//sys	Fchdir(fd int) (err error)
//sys	Fchmod(fd int, mode uint32) (err error)
//sys	Fdatasync(fd int) (err error)
// Flock is flock(2): an advisory lock on the open file of fd.
//sys	Flock(fd int, how int) (err error)
//sys	Fsync(fd int) (err error)
//sys	Getdents(fd int, buf []byte) (n int, err error) = SYS_GETDENTS64
//sys	pread(fd int, p []byte, offset int64) (n int, err error) = SYS_PREAD64
//sys	preadv(fd int, iovs []Iovec, low uintptr, high uintptr) (n int, err error)
//sys	preadv2(fd int, iovs []Iovec, low uintptr, high uintptr, flags int) (n int, err error) = SYS_PREADV2
//sys	pwrite(fd int, p []byte, offset int64) (n int, err error) = SYS_PWRITE64
//sys	pwritev(fd int, iovs []Iovec, low uintptr, high uintptr) (n int, err error)
//sys	pwritev2(fd int, iovs []Iovec, low uintptr, high uintptr, flags int) (n int, err error) = SYS_PWRITEV2
//sys	read(fd int, p []byte) (n int, err error)
//sys	readv(fd int, iovs []Iovec) (n int, err error)
//sys	Sync()
//sys	Syncfs(fd int) (err error)
//sys	Tee(rfd int, wfd int, len int, flags int) (n int64, err error)
//sys	Vmsplice(fd int, iovs []Iovec, flags int) (n int, err error)
//sys	write(fd int, p []byte) (n int, err error)
//sys	writev(fd int, iovs []Iovec) (n int, err error)
//sysnb	pipe2(p *[2]int32, flags int) (err error)

// Extended attributes; see xattr(7).

//sys	Fgetxattr(fd int, attr string, dest []byte) (n int, err error)
//sys	Flistxattr(fd int, dest []byte) (n int, err error)
//sys	Fremovexattr(fd int, attr string) (err error)
//sys	Fsetxattr(fd int, attr string, data []byte, flags int) (err error)
//sys	Getxattr(path string, attr string, dest []byte) (n int, err error)
//sys	Lgetxattr(path string, attr string, dest []byte) (n int, err error)
//sys	Listxattr(path string, dest []byte) (n int, err error)
//sys	Llistxattr(path string, dest []byte) (n int, err error)
//sys	Lremovexattr(path string, attr string) (err error)
//sys	Lsetxattr(path string, attr string, data []byte, flags int) (err error)
//sys	Removexattr(path string, attr string) (err error)
//sys	Setxattr(path string, attr string, data []byte, flags int) (err error)

// Mounts.

//sys	Fsmount(fd int, flags int, mountAttrs int) (fsfd int, err error)
//sys	Fsopen(fsName string, flags int) (fd int, err error)
//sys	Fspick(dirfd int, pathName string, flags int) (fd int, err error)
//sys	fsconfig(fd int, cmd uint, key *byte, value *byte, aux int) (err error)
//sys	mount(source string, target string, fstype string, flags uintptr, data *byte) (err error)
//sys	mountSetattr(dirfd int, path string, flags uint, attr *MountAttr, size uintptr) (err error) = SYS_MOUNT_SETATTR
//sys	MoveMount(fromDirfd int, fromPathName string, toDirfd int, toPathName string, flags int) (err error)
//sys	OpenTree(dfd int, fileName string, flags uint) (r int, err error)
//sys	Unmount(target string, flags int) (err error) = SYS_UMOUNT2

// Memory.

//sys	Madvise(b []byte, advice int) (err error)
//sys	MemfdCreate(name string, flags int) (fd int, err error)
//sys	Mlock(b []byte) (err error)
//sys	Mlockall(flags int) (err error)
//sys	Mprotect(b []byte, prot int) (err error)
//sys	mremap(old uintptr, oldlen uintptr, newlen uintptr, flags int, new uintptr) (addr uintptr, err error)
//sys	Mseal(b []byte, flags uint) (err error)
//sys	Msync(b []byte, flags int) (err error)
//sys	Munlock(b []byte) (err error)
//sys	Munlockall() (err error)
//sys	munmap(addr uintptr, length uintptr) (err error)
// ProcessVMReadv is process_vm_readv(2).
//sys	ProcessVMReadv(pid int, local []Iovec, remote []RemoteIovec, flags uint) (n int, err error) = SYS_PROCESS_VM_READV
// ProcessVMWritev is process_vm_writev(2).
//sys	ProcessVMWritev(pid int, local []Iovec, remote []RemoteIovec, flags uint) (n int, err error) = SYS_PROCESS_VM_WRITEV
//sys	setMemPolicy(mode int, mask unsafe.Pointer, bits uintptr) (err error) = SYS_SET_MEMPOLICY
//sys	shmat(id int, addr uintptr, flag int) (ret uintptr, err error)
//sys	shmctl(id int, cmd int, buf *SysvShmDesc) (result int, err error)
//sys	shmdt(addr uintptr) (err error)
//sys	SysvShmGet(key int, size int, flag int) (id int, err error) = SYS_SHMGET

// Processes and threads.

// Capget is capget(2). By LINUX_CAPABILITY_VERSION_3 there are two sets of 32 capabilities: data must be the first of
// two CapUserData.
//sysnb	Capget(hdr *CapUserHeader, data *CapUserData) (err error)
// Capset is capset(2), of the calling thread. data is as that of [Capget].
//sysnb	Capset(hdr *CapUserHeader, data *CapUserData) (err error)
//sys	Exit(code int) = SYS_EXIT_GROUP
//sysnb	Getpgid(pid int) (pgid int, err error)
//sysnb	Getpid() (pid int)
//sysnb	Getppid() (ppid int)
// Getpriority is getpriority(2) as the kernel answers it: 20 less the nice value, so that it is never negative.
//sys	Getpriority(which int, who int) (prio int, err error)
//sysnb	Getrusage(who int, rusage *Rusage) (err error)
//sysnb	Getsid(pid int) (sid int, err error)
//sysnb	Gettid() (tid int)
//sysnb	Kill(pid int, sig syscall.Signal) (err error)
//sys	PerfEventOpen(attr *PerfEventAttr, pid int, cpu int, groupFd int, flags int) (fd int, err error)
//sys	PidfdGetfd(pidfd int, targetfd int, flags int) (fd int, err error)
//sys	PidfdOpen(pid int, flags int) (fd int, err error)
//sys	PidfdSendSignal(pidfd int, sig Signal, info *Siginfo, flags int) (err error)
//sys	PrctlArg5Ptr(option int, arg2 uintptr, arg3 uintptr, arg4 uintptr, arg5 unsafe.Pointer) (err error) = SYS_PRCTL
// PrctlRetInt is prctl(2) for the options that answer with a number.
//sys	PrctlRetInt(option int, arg2 uintptr, arg3 uintptr, arg4 uintptr, arg5 uintptr) (ret int, err error) = SYS_PRCTL
// Prctl is prctl(2). Most options act on the calling thread.
//sys	Prctl(option int, arg2 uintptr, arg3 uintptr, arg4 uintptr, arg5 uintptr) (err error)
//sys	ptracePtr(request int, pid int, addr uintptr, data unsafe.Pointer) (err error) = SYS_PTRACE
//sysnb	rtSigprocmask(how int, set *Sigset_t, oldset *Sigset_t, size uintptr) (err error) = SYS_RT_SIGPROCMASK
//sysnb	schedGetaffinity(pid int, size uintptr, mask unsafe.Pointer) (n int, err error) = SYS_SCHED_GETAFFINITY
//sysnb	schedSetaffinity(pid int, size uintptr, mask unsafe.Pointer) (err error) = SYS_SCHED_SETAFFINITY
//sys	schedGetattr(pid int, attr *SchedAttr, size uint, flags uint) (err error) = SYS_SCHED_GETATTR
//sys	schedSetattr(pid int, attr *SchedAttr, flags uint) (err error) = SYS_SCHED_SETATTR
//sys	Setdomainname(p []byte) (err error)
//sys	Sethostname(p []byte) (err error)
// Setns is setns(2): it moves the calling thread into the namespace of fd. nstype is one of the CLONE_NEW*
// constants, or zero for whatever fd is.
//sys	Setns(fd int, nstype int) (err error)
//sysnb	Setpgid(pid int, pgid int) (err error)
//sys	Setpriority(which int, who int, prio int) (err error)
//sysnb	Setsid() (pid int, err error)
//sys	signalfd(fd int, mask *Sigset_t, size uintptr, flags int) (newfd int, err error) = SYS_SIGNALFD4
//sysnb	Sysinfo(info *Sysinfo_t) (err error)
//sysnb	Tgkill(tgid int, tid int, sig syscall.Signal) (err error)
//sysnb	Times(tms *Tms) (ticks uintptr, err error)
//sysnb	Umask(mask int) (oldmask int)
//sysnb	Uname(buf *Utsname) (err error)
// Unshare is unshare(2): it moves the calling thread into new namespaces, of the kinds that flags name.
//sys	Unshare(flags int) (err error)
//sys	wait4(pid int, status *int32, options int, rusage *Rusage) (wpid int, err error)
//sys	Waitid(idType int, id int, info *Siginfo, options int, rusage *Rusage) (err error)

// Time.

//sysnb	Adjtimex(buf *Timex) (state int, err error)
//sysnb	ClockAdjtime(clockid int32, buf *Timex) (state int, err error)
//sysnb	ClockGetres(clockid int32, res *Timespec) (err error)
//sysnb	ClockGettime(clockid int32, time *Timespec) (err error)
//sys	ClockNanosleep(clockid int32, flags int, request *Timespec, remain *Timespec) (err error)
//sysnb	ClockSettime(clockid int32, time *Timespec) (err error)
//sysnb	getitimer(which int, value *Itimerval) (err error)
//sysnb	Gettimeofday(tv *Timeval) (err error)
//sys	Nanosleep(time *Timespec, leftover *Timespec) (err error)
//sysnb	setitimer(which int, value *Itimerval, old *Itimerval) (err error)
//sysnb	Settimeofday(tv *Timeval) (err error)
//sysnb	TimerfdCreate(clockid int, flags int) (fd int, err error)
//sysnb	TimerfdGettime(fd int, value *ItimerSpec) (err error)
//sysnb	TimerfdSettime(fd int, flags int, value *ItimerSpec, old *ItimerSpec) (err error)

// Waiting for many things.

//sysnb	EpollCreate1(flag int) (fd int, err error)
//sysnb	EpollCtl(epfd int, op int, fd int, event *EpollEvent) (err error)
//sys	epollPwait(epfd int, events []EpollEvent, msec int, mask *Sigset_t, size uintptr) (n int, err error) = SYS_EPOLL_PWAIT
//sysnb	Eventfd(initval uint, flags int) (fd int, err error) = SYS_EVENTFD2
//sys	ppoll(fds *PollFd, nfds int, timeout *Timespec, mask *Sigset_t, size uintptr) (n int, err error)
//sys	pselect6(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timespec, mask *sigsetAndSize) (n int, err error) = SYS_PSELECT6

// Watching files.

//sys	FanotifyInit(flags uint, eventFFlags uint) (fd int, err error)
//sys	fanotifyMark(fd int, flags uint, mask uint64, dirFd int, path *byte) (err error) = SYS_FANOTIFY_MARK
//sys	InotifyAddWatch(fd int, path string, mask uint32) (watchdesc int, err error)
//sysnb	InotifyInit1(flags int) (fd int, err error)
//sysnb	InotifyRmWatch(fd int, watchdesc uint32) (success int, err error)

// Keys; see keyrings(7).

//sys	AddKey(keyType string, description string, payload []byte, ringid int) (id int, err error)
//sys	keyctlBytes(cmd int, a2 int, buf []byte, a5 int) (ret int, err error) = SYS_KEYCTL
//sys	keyctlDH(cmd int, params *KeyctlDHParams, buf []byte) (ret int, err error) = SYS_KEYCTL
// KeyctlInt is keyctl(2) for the commands whose arguments are numbers.
//sys	KeyctlInt(cmd int, arg2 int, arg3 int, arg4 int, arg5 int) (ret int, err error) = SYS_KEYCTL
//sys	keyctlIOV(cmd int, id int, payload []Iovec, ringid int) (err error) = SYS_KEYCTL
//sys	keyctlJoin(cmd int, name string) (ret int, err error) = SYS_KEYCTL
//sys	keyctlRestrict(cmd int, ringid int, keyType string, restriction string) (err error) = SYS_KEYCTL
//sys	keyctlSearch(cmd int, ringid int, keyType string, description string, destRingid int) (ret int, err error) = SYS_KEYCTL
//sys	RequestKey(keyType string, description string, callback string, destRingid int) (id int, err error)

// The kernel itself.

//sys	reboot(magic1 uint, magic2 uint, cmd int, arg *byte) (err error)
//sys	Cachestat(fd uint, crange *CachestatRange, cstat *Cachestat_t, flags uint) (err error)
//sys	DeleteModule(name string, flags int) (err error)
//sys	FinitModule(fd int, params string, flags int) (err error)
//sys	Getrandom(buf []byte, flags int) (n int, err error)
//sys	InitModule(moduleImage []byte, params string) (err error)
//sys	ioctl(fd int, req uint, arg uintptr) (ret int, err error)
//sys	ioctlPtr(fd int, req uint, arg unsafe.Pointer) (ret int, err error) = SYS_IOCTL
//sys	Listns(req *NsIdReq, ids []uint64, flags uint) (n int, err error)
//sys	syslog(typ int, buf *byte, size int) (n int, err error)

// Calls that golang.org/x/sys/unix has not.

//sys	epollPwait2(epfd int, events []EpollEvent, timeout *KernelTimespec, sigmask *Sigset_t, size uintptr) (n int, err error) = SYS_EPOLL_PWAIT2
// Kcmp is kcmp(2): whether two processes share something (KCMP_…), and if not, an order of the two.
//sys	Kcmp(pid1 int, pid2 int, typ int, idx1 uintptr, idx2 uintptr) (order int, err error)
//sys	landlockAddRule(ruleset int, typ int, attr unsafe.Pointer, flags uint) (err error) = SYS_LANDLOCK_ADD_RULE
//sys	landlockCreateRuleset(attr *LandlockRulesetAttr, size uintptr, flags uint) (fd int, err error) = SYS_LANDLOCK_CREATE_RULESET
// LandlockRestrictSelf is landlock_restrict_self(2), Linux 5.13. It is about the calling thread, which needs
// PR_SET_NO_NEW_PRIVS or CAP_SYS_ADMIN.
//sys	LandlockRestrictSelf(ruleset int, flags uint) (err error) = SYS_LANDLOCK_RESTRICT_SELF
// Membarrier is membarrier(2): memory barriers on all threads of the process, or of all that registered
// (MEMBARRIER_CMD_…).
//sys	Membarrier(cmd int, flags uint, cpu int) (n int, err error)
// PkeyAlloc is pkey_alloc(2): a protection key with rights (PKEY_DISABLE_…) for the calling thread.
//sys	PkeyAlloc(flags uint, rights uint) (key int, err error) = SYS_PKEY_ALLOC
// PkeyFree is pkey_free(2).
//sys	PkeyFree(key int) (err error) = SYS_PKEY_FREE
// PkeyMprotect is pkey_mprotect(2): Mprotect that gives the pages a key, too.
//sys	PkeyMprotect(b []byte, prot int, key int) (err error) = SYS_PKEY_MPROTECT
// ProcessMadvise is process_madvise(2), Linux 5.10: advice about memory of the process of a pidfd. n is the bytes
// advised.
//sys	ProcessMadvise(pidfd int, iovs []Iovec, advice int, flags uint) (n int, err error) = SYS_PROCESS_MADVISE
// ProcessMrelease is process_mrelease(2), Linux 5.15: frees the memory of a process that is being killed.
//sys	ProcessMrelease(pidfd int, flags uint) (err error) = SYS_PROCESS_MRELEASE
