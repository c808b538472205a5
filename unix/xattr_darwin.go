package unix

import "unsafe"

// Extended attributes; see getxattr(2). position is for resource forks, and 0 here.

// Getxattr is getxattr(2). Without dest it returns the size of the value.
func Getxattr(path string, attr string, dest []byte) (sz int, err error) {
	return getxattr(path, attr, xattrRoom(dest), len(dest), 0, 0)
}

// Lgetxattr is [Getxattr] of a symbolic link itself.
func Lgetxattr(link string, attr string, dest []byte) (sz int, err error) {
	return getxattr(link, attr, xattrRoom(dest), len(dest), 0, XATTR_NOFOLLOW)
}

// Fgetxattr is [Getxattr] of an open file.
func Fgetxattr(fd int, attr string, dest []byte) (sz int, err error) {
	return fgetxattr(fd, attr, xattrRoom(dest), len(dest), 0, 0)
}

// Setxattr is setxattr(2).
func Setxattr(path string, attr string, data []byte, flags int) (err error) {
	return setxattr(path, attr, xattrRoom(data), len(data), 0, flags)
}

// Lsetxattr is [Setxattr] of a symbolic link itself.
func Lsetxattr(link string, attr string, data []byte, flags int) (err error) {
	return setxattr(link, attr, xattrRoom(data), len(data), 0, flags|XATTR_NOFOLLOW)
}

// Fsetxattr is [Setxattr] of an open file.
func Fsetxattr(fd int, attr string, data []byte, flags int) (err error) {
	return fsetxattr(fd, attr, xattrRoom(data), len(data), 0, flags)
}

// Removexattr is removexattr(2).
func Removexattr(path string, attr string) (err error) { return removexattr(path, attr, 0) }

// Lremovexattr is [Removexattr] of a symbolic link itself.
func Lremovexattr(link string, attr string) (err error) {
	return removexattr(link, attr, XATTR_NOFOLLOW)
}

// Fremovexattr is [Removexattr] of an open file.
func Fremovexattr(fd int, attr string) (err error) { return fremovexattr(fd, attr, 0) }

// Listxattr is listxattr(2): the names, each with a NUL behind. Without dest it returns their size.
func Listxattr(path string, dest []byte) (sz int, err error) {
	return listxattr(path, xattrRoom(dest), len(dest), 0)
}

// Llistxattr is [Listxattr] of a symbolic link itself.
func Llistxattr(link string, dest []byte) (sz int, err error) {
	return listxattr(link, xattrRoom(dest), len(dest), XATTR_NOFOLLOW)
}

// Flistxattr is [Listxattr] of an open file.
func Flistxattr(fd int, dest []byte) (sz int, err error) {
	return flistxattr(fd, xattrRoom(dest), len(dest), 0)
}

// xattrRoom is nil for no bytes: only then does the kernel return a size.
func xattrRoom(b []byte) *byte {
	if len(b) == 0 {
		return nil
	}
	return unsafe.SliceData(b)
}
