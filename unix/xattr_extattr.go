//go:build freebsd || netbsd

package unix

import (
	"strings"
	"unsafe"
)

// Extended attributes under Linux's names: "user.NAME" and "system.NAME" are attributes NAME of these two name spaces.

var extattrSpaces = [...]struct {
	name string
	id   int
}{{"user", EXTATTR_NAMESPACE_USER}, {"system", EXTATTR_NAMESPACE_SYSTEM}}

// extattrName splits a name into the name space and the rest; ENOATTR for one without.
func extattrName(name string) (space int, attr string, err error) {
	before, attr, ok := strings.Cut(name, ".")
	for _, s := range extattrSpaces {
		if ok && s.name == before {
			return s.id, attr, nil
		}
	}
	return -1, "", ENOATTR
}

// extattrRoom is where a value goes: nil asks for its size, which no bytes are not.
func extattrRoom(dest []byte) unsafe.Pointer {
	if dest == nil {
		return nil
	}
	return bytesOrZero(dest)
}

func extattrGet[T any](of T, name string, dest []byte,
	get func(T, int, string, unsafe.Pointer, int) (int, error)) (int, error) {
	space, attr, err := extattrName(name)
	if err != nil {
		return -1, err
	}
	return get(of, space, attr, extattrRoom(dest), len(dest))
}

func extattrSet[T any](of T, name string, data []byte,
	set func(T, int, string, unsafe.Pointer, int) (int, error)) error {
	space, attr, err := extattrName(name)
	if err == nil {
		_, err = set(of, space, attr, bytesOrZero(data), len(data))
	}
	return err
}

func extattrRemove[T any](of T, name string, remove func(T, int, string) error) error {
	space, attr, err := extattrName(name)
	if err != nil {
		return err
	}
	return remove(of, space, attr)
}

// extattrList stores the names of both name spaces as the kernel has them: without their space, each behind a byte
// with its length. Names of a space that may not be read are left out.
func extattrList[T any](of T, dest []byte, list func(T, int, unsafe.Pointer, int) (int, error)) (int, error) {
	size := 0
	for _, s := range extattrSpaces {
		room := dest
		if dest != nil {
			room = dest[min(size, len(dest)):]
		}
		n, err := extattrListIn(of, s.id, room, list)
		if err == EPERM && s.id != EXTATTR_NAMESPACE_USER {
			continue
		}
		if err != nil {
			return size, err
		}
		size += n
	}
	return size, nil
}

func extattrListIn[T any](of T, space int, dest []byte, list func(T, int, unsafe.Pointer, int) (int, error)) (int,
	error) {
	return list(of, space, extattrRoom(dest), len(dest))
}

// Getxattr stores the value of an attribute of a file in dest, and returns its size; nil asks for the size alone.
func Getxattr(file string, attr string, dest []byte) (sz int, err error) {
	return extattrGet(file, attr, dest, extattrGetFile)
}

// Setxattr sets an attribute of a file. There are no flags.
func Setxattr(file string, attr string, data []byte, flags int) (err error) {
	return extattrSet(file, attr, data, extattrSetFile)
}

// Removexattr removes an attribute of a file.
func Removexattr(file string, attr string) (err error) {
	return extattrRemove(file, attr, ExtattrDeleteFile)
}

// Listxattr stores the names of attributes of a file in dest, each behind a byte with its length, and
// returns their size; nil asks for the size alone.
func Listxattr(file string, dest []byte) (sz int, err error) {
	return extattrList(file, dest, extattrListFile)
}

// ListxattrNS stores the names of attributes of a file in one name space, as [Listxattr] does.
func ListxattrNS(file string, nsid int, dest []byte) (sz int, err error) {
	return extattrListIn(file, nsid, dest, extattrListFile)
}

// Lgetxattr stores the value of an attribute of a symbolic link itself in dest, and returns its size; nil asks for
// the size alone.
func Lgetxattr(link string, attr string, dest []byte) (sz int, err error) {
	return extattrGet(link, attr, dest, extattrGetLink)
}

// Lsetxattr sets an attribute of a symbolic link itself. There are no flags.
func Lsetxattr(link string, attr string, data []byte, flags int) (err error) {
	return extattrSet(link, attr, data, extattrSetLink)
}

// Lremovexattr removes an attribute of a symbolic link itself.
func Lremovexattr(link string, attr string) (err error) {
	return extattrRemove(link, attr, ExtattrDeleteLink)
}

// Llistxattr stores the names of attributes of a symbolic link itself in dest, each behind a byte with its length, and
// returns their size; nil asks for the size alone.
func Llistxattr(link string, dest []byte) (sz int, err error) {
	return extattrList(link, dest, extattrListLink)
}

// LlistxattrNS stores the names of attributes of a symbolic link itself in one name space, as [Llistxattr] does.
func LlistxattrNS(link string, nsid int, dest []byte) (sz int, err error) {
	return extattrListIn(link, nsid, dest, extattrListLink)
}

// Fgetxattr stores the value of an attribute of an open file in dest, and returns its size; nil asks for the size
// alone.
func Fgetxattr(fd int, attr string, dest []byte) (sz int, err error) {
	return extattrGet(fd, attr, dest, extattrGetFd)
}

// Fsetxattr sets an attribute of an open file. There are no flags.
func Fsetxattr(fd int, attr string, data []byte, flags int) (err error) {
	return extattrSet(fd, attr, data, extattrSetFd)
}

// Fremovexattr removes an attribute of an open file.
func Fremovexattr(fd int, attr string) (err error) { return extattrRemove(fd, attr, ExtattrDeleteFd) }

// Flistxattr stores the names of attributes of an open file in dest, each behind a byte with its length, and
// returns their size; nil asks for the size alone.
func Flistxattr(fd int, dest []byte) (sz int, err error) { return extattrList(fd, dest, extattrListFd) }

// FlistxattrNS stores the names of attributes of an open file in one name space, as [Flistxattr] does.
func FlistxattrNS(fd int, nsid int, dest []byte) (sz int, err error) {
	return extattrListIn(fd, nsid, dest, extattrListFd)
}
