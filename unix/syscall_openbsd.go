// The calls of OpenBSD that others do not have, or have otherwise, as prototypes for internal/abi/emit/mksyscall.

package unix

//sys	accept4(s int, rsa *RawSockaddrAny, addrlen *uint32, flags int) (fd int, err error)
//sys	Dup3(oldfd int, newfd int, flags int) (err error)
//sys	Getdents(fd int, buf []byte) (n int, err error)
//sysnb	getresgid(rgid *uint32, egid *uint32, sgid *uint32) (err error)
//sysnb	getresuid(ruid *uint32, euid *uint32, suid *uint32) (err error)
// Getrtable is getrtable(2): the routing table of the process.
//sysnb	Getrtable() (rtable int, err error)
//sys	libcCwd(buf []byte) (path uintptr) = getcwd
//sys	Mount(fsType string, dir string, flags int, data unsafe.Pointer) (err error)
//sys	pledge(promises *byte, execpromises *byte) (err error)
//sys	ppoll(fds *PollFd, nfds int, timeout *Timespec, sigmask *Sigset_t) (n int, err error)
//sys	Setlogin(name string) (err error)
//sysnb	Setresgid(rgid int, egid int, sgid int) (err error)
//sysnb	Setresuid(ruid int, euid int, suid int) (err error)
// Setrtable is setrtable(2).
//sysnb	Setrtable(rtable int) (err error)
//sys	sysctl(mib []int32, old *byte, oldlen *uintptr, new *byte, newlen uintptr) (err error)
//sys	unveil(path *byte, permissions *byte) (err error)
