//go:build linux

// Mounts, seen one by one; quota and swap.

package unix

// Fchroot is fchroot(2), newer than Linux 7.0: [Chroot] to the folder of fd. flags must be 0. All threads that share
// the root of the calling one follow, which in a Go program is all of them.
//sys	Fchroot(fd int, flags uint) (err error)
// Listmount is listmount(2), Linux 6.8: the unique IDs of the mounts right below the mount req.Id, or of all below
// LSMT_ROOT, that come after the ID req.Param. req.Size is [SizeofMntIdReq]. [ListmountSeq] asks until there are no
// more.
//sys	Listmount(req *MntIdReq, ids []uint64, flags uint) (n int, err error)
//sys	openTreeAttr(dirfd int, path string, flags uint, attr *MountAttr, size uintptr) (fd int, err error) = SYS_OPEN_TREE_ATTR
//sys	quotactl(cmd int, special *byte, id int, addr unsafe.Pointer) (err error)
// QuotactlFd is quotactl_fd(2), Linux 5.14: [Quotactl] for the file system that fd is of.
//sys	QuotactlFd(fd int, cmd int, id int, addr unsafe.Pointer) (err error) = SYS_QUOTACTL_FD
// Statmount is statmount(2), Linux 6.8: it fills buf with what req.Param asks for (STATMOUNT_…) of the mount with the
// unique ID req.Id. req.Size is [SizeofMntIdReq]. EOVERFLOW says that buf is too short. [ParseStatmount] reads buf,
// [ReadStatmount] finds a buffer by itself.
//sys	Statmount(req *MntIdReq, buf []byte, flags uint) (err error)
// Swapoff is swapoff(2).
//sys	Swapoff(path string) (err error)
// Swapon is swapon(2): it swaps to a device or file that mkswap(8) prepared. flags are SWAP_FLAG_….
//sys	Swapon(path string, flags int) (err error)
