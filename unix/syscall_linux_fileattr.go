//go:build linux

// Attributes of files by folder and path.

package unix

//sys	fileGetattr(dirfd int, path string, attr *FileAttr, size uintptr, flags uint) (err error) = SYS_FILE_GETATTR
//sys	fileSetattr(dirfd int, path string, attr *FileAttr, size uintptr, flags uint) (err error) = SYS_FILE_SETATTR
//sys	getxattrat(dirfd int, path string, flags uint, attr string, args *XattrArgs, size uintptr) (n int, err error)
// Listxattrat is listxattrat(2), Linux 6.13: [Listxattr] for a path from the folder dirfd. flags are AT_EMPTY_PATH and
// AT_SYMLINK_NOFOLLOW.
//sys	Listxattrat(dirfd int, path string, flags uint, dest []byte) (n int, err error)
// Removexattrat is removexattrat(2), Linux 6.13: [Removexattr] for a path from the folder dirfd. flags are as those of
// [Listxattrat].
//sys	Removexattrat(dirfd int, path string, flags uint, attr string) (err error)
//sys	setxattrat(dirfd int, path string, flags uint, attr string, args *XattrArgs, size uintptr) (err error)
