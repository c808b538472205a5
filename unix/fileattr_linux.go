package unix

import (
	"math"
	"unsafe"
)

// Getxattrat is getxattrat(2), Linux 6.13: [Getxattr] for a path from the folder dirfd. flags are AT_EMPTY_PATH, for
// dirfd itself where path is "", and AT_SYMLINK_NOFOLLOW.
func Getxattrat(dirfd int, path string, flags uint, attr string, dest []byte) (n int, err error) {
	args := xattrArgs(dest, 0)
	return getxattrat(dirfd, path, flags, attr, &args, unsafe.Sizeof(args))
}

// Setxattrat is setxattrat(2), Linux 6.13: [Setxattr] for a path from the folder dirfd. flags are as those of
// [Getxattrat], xflags are XATTR_CREATE and XATTR_REPLACE.
func Setxattrat(dirfd int, path string, flags uint, attr string, data []byte, xflags uint32) error {
	args := xattrArgs(data, xflags)
	return setxattrat(dirfd, path, flags, attr, &args, unsafe.Sizeof(args))
}

func xattrArgs(value []byte, flags uint32) XattrArgs {
	args := XattrArgs{Size: uint32(min(uint64(len(value)), math.MaxUint32)), Flags: flags} // no value is so long
	if len(value) > 0 {
		args.Value.Ptr = &value[0]
	}
	return args
}

// FileGetattr is file_getattr(2), Linux 6.17: flags (FS_XFLAG_…), hints and project of a file, also of one that cannot
// be opened. flags are AT_EMPTY_PATH and AT_SYMLINK_NOFOLLOW. EOPNOTSUPP where the file system has none.
func FileGetattr(dirfd int, path string, attr *FileAttr, flags uint) error {
	return fileGetattr(dirfd, path, attr, unsafe.Sizeof(*attr), flags)
}

// FileSetattr is file_setattr(2), Linux 6.17: it gives a file all attributes that [FileGetattr] returns.
func FileSetattr(dirfd int, path string, attr *FileAttr, flags uint) error {
	return fileSetattr(dirfd, path, attr, unsafe.Sizeof(*attr), flags)
}
