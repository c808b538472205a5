// The calls of NetBSD that others do not have, or have otherwise, as prototypes for internal/abi/emit/mksyscall.

package unix

//sys	Dup3(oldfd int, newfd int, flags int) (err error)
//sys	Fstatvfs1(fd int, buf *Statvfs_t, flags int) (err error) = SYS_FSTATVFS1
//sys	Getdents(fd int, buf []byte) (n int, err error)
//sys	getvfsstat(buf unsafe.Pointer, size uintptr, flags int) (n int, err error)
//sys	kernelCwd(buf []byte) (n int, err error) = SYS___GETCWD
//sys	mknod(path string, mode uint32, dev int64) (err error)
//sys	mknodat(dirfd int, path string, mode uint32, pad int, dev int64) (err error)
//sys	mremapTo(old uintptr, oldlen uintptr, new uintptr, newlen uintptr, flags int) (addr uintptr, err error) = SYS_MREMAP
//sys	posixFadvise(fd int, pad int, offset int64, length int64, advice int) (errno int32, err error) = SYS_POSIX_FADVISE
//sys	pread(fd int, p []byte, pad int, offset int64) (n int, err error)
//sys	pwrite(fd int, p []byte, pad int, offset int64) (n int, err error)
//sys	Statvfs1(path string, buf *Statvfs_t, flags int) (err error) = SYS_STATVFS1
//sys	sysctl(mib []int32, old *byte, oldlen *uintptr, new *byte, newlen uintptr) (err error) = SYS___SYSCTL

// Calls that NetBSD gained in version 10.

// Eventfd is eventfd(2): a descriptor that counts. flags are EFD_*.
//sys	Eventfd(initval uint, flags int) (fd int, err error)
// TimerfdCreate is timerfd_create(2). flags are TFD_*.
//sys	TimerfdCreate(clockid int, flags int) (fd int, err error)

// Calls that NetBSD gained in version 11.

// EpollCreate1 is epoll_create1(2): a descriptor that others are watched by. flags are EPOLL_CLOEXEC or none.
//sys	EpollCreate1(flags int) (fd int, err error)
// EpollCtl is epoll_ctl(2): it adds fd to those that epfd watches, or changes or ends that. op is EPOLL_CTL_*.
//sys	EpollCtl(epfd int, op int, fd int, event *EpollEvent) (err error)
//sys	epollPwait2(epfd int, events []EpollEvent, timeout *Timespec, mask unsafe.Pointer) (n int, err error)

// MemfdCreate is memfd_create(2): a file of memory. flags are MFD_*.
//sys	MemfdCreate(name string, flags uint) (fd int, err error)
// Semget is semget(2): the id of n semaphores. flags are IPC_CREAT, IPC_EXCL, and permissions.
//sys	Semget(key int, n int, flags int) (id int, err error)
// Semop is semop(2): operations on the semaphores of id, all of them or none.
//sys	Semop(id int, ops []Sembuf) (err error)
// Semtimedop is [Semop] that fails with EAGAIN after a time: semtimedop(2). nil is no end.
//sys	Semtimedop(id int, ops []Sembuf, timeout *Timespec) (err error)
//sys	semctl(id int, num int, cmd int, arg unsafe.Pointer) (n int, err error) = SYS___SEMCTL
