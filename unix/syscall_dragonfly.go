// The calls of DragonFly that others do not have, or have otherwise, as prototypes for internal/abi/emit/mksyscall.

package unix

//sys	accept4(s int, rsa *RawSockaddrAny, addrlen *uint32, flags int) (fd int, err error)
//sys	extpread(fd int, p []byte, flags int, offset int64) (n int, err error)
//sys	extpwrite(fd int, p []byte, flags int, offset int64) (n int, err error)
//sys	Getdents(fd int, buf []byte) (n int, err error)
// Getdirentries is getdirentries(2). It stores where in the folder the entries come from in basep, if that is not nil.
//sys	Getdirentries(fd int, buf []byte, basep *uintptr) (n int, err error)
//sysnb	Getdtablesize() (size int)
//sys	kernelCwd(buf []byte) (n int, err error) = SYS___GETCWD
//sys	sendfile(infd int, outfd int, offset int64, count int, headers uintptr, sent *int64, flags int) (err error)
//sys	Setlogin(name string) (err error)
//sysnb	Setresgid(rgid int, egid int, sgid int) (err error)
//sysnb	Setresuid(ruid int, euid int, suid int) (err error)
//sys	sysctl(mib []int32, old *byte, oldlen *uintptr, new *byte, newlen uintptr) (err error) = SYS___SYSCTL
//sys	Undelete(path string) (err error)
