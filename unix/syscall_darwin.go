// The calls of macOS that others do not have, or have otherwise, as prototypes for internal/abi/emit/mksyscall.

package unix

//sys	Clonefile(src string, dst string, flags int) (err error)
//sys	Clonefileat(srcDirfd int, src string, dstDirfd int, dst string, flags int) (err error)
//sys	closedir(dir cPointer) (err error)
//sys	connectx(fd int, endpoints *SaEndpoints, associd SaeAssocID, flags uint32, iov []Iovec, n *uintptr, connid *SaeConnID) (err error)
//sys	Exchangedata(path1 string, path2 string, options int) (err error)
//sys	Fclonefileat(srcDirfd int, dstDirfd int, dst string, flags int) (err error)
//sys	fdopendir(fd int) (dir cPointer, err error)
//sys	fgetxattr(fd int, attr string, dest *byte, size int, position uint32, options int) (sz int, err error)
//sys	flistxattr(fd int, dest *byte, size int, options int) (sz int, err error)
//sys	fremovexattr(fd int, attr string, options int) (err error)
//sys	fsetxattr(fd int, attr string, data *byte, size int, position uint32, options int) (err error)
//sysnb	Getdtablesize() (size int)
//sys	getxattr(path string, attr string, dest *byte, size int, position uint32, options int) (sz int, err error)
//sys	libcCwd(buf []byte) (path cPointer, err error) = getcwd
//sys	listxattr(path string, dest *byte, size int, options int) (sz int, err error)
//sys	Mknod(path string, mode uint32, dev int) (err error)
//sys	Mount(fsType string, dir string, flags int, data unsafe.Pointer) (err error)
// PthreadChdir is pthread_chdir_np(3): [Chdir] of the calling thread alone.
//sys	PthreadChdir(path string) (err error) = pthread_chdir_np
// PthreadFchdir is pthread_fchdir_np(3): [Fchdir] of the calling thread alone.
//sys	PthreadFchdir(fd int) (err error) = pthread_fchdir_np
//sys	ptrace(request int, pid int, addr uintptr, data uintptr) (err error)
//sys	readdirInto(dir cPointer, entry *Dirent, result **Dirent) (errno int32) = readdir_r
//sys	removexattr(path string, attr string, options int) (err error)
// RenameatxNp is renameatx_np(2): a flag may ask not to replace, or to exchange.
//sys	RenameatxNp(fromfd int, from string, tofd int, to string, flag uint32) (err error)
// RenamexNp is renamex_np(2): [RenameatxNp] from the working folder.
//sys	RenamexNp(from string, to string, flag uint32) (err error)
//sys	sendfile(infd int, outfd int, offset int64, len *int64, hdtr unsafe.Pointer, flags int) (err error)
//sys	Setattrlist(path string, attrlist *Attrlist, attrBuf []byte, options int) (err error)
//sys	Setlogin(name string) (err error)
//sysnb	Setprivexec(flag int) (err error)
//sys	setxattr(path string, attr string, data *byte, size int, position uint32, options int) (err error)
//sys	shmat(id int, addr uintptr, flag int) (ret uintptr, err error)
//sys	shmctl(id int, cmd int, buf *SysvShmDesc) (result int, err error)
//sys	shmdt(addr uintptr) (err error)
//sys	shmget(key int, size int, flag int) (id int, err error)
//sys	sysctl(mib []int32, old *byte, oldlen *uintptr, new *byte, newlen uintptr) (err error)
//sys	Undelete(path string) (err error)
