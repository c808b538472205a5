//go:build freebsd || netbsd

package unix

// Extended attributes; see extattr(2). attrnamespace is an EXTATTR_NAMESPACE_*; data is an address, for which
// Functions such as [Getxattr] have slices.

//sys	ExtattrDeleteFd(fd int, attrnamespace int, attrname string) (err error)
//sys	ExtattrDeleteFile(file string, attrnamespace int, attrname string) (err error)
//sys	ExtattrDeleteLink(link string, attrnamespace int, attrname string) (err error)
//sys	ExtattrGetFd(fd int, attrnamespace int, attrname string, data uintptr, nbytes int) (ret int, err error)
//sys	ExtattrGetFile(file string, attrnamespace int, attrname string, data uintptr, nbytes int) (ret int, err error)
//sys	ExtattrGetLink(link string, attrnamespace int, attrname string, data uintptr, nbytes int) (ret int, err error)
//sys	ExtattrListFd(fd int, attrnamespace int, data uintptr, nbytes int) (ret int, err error)
//sys	ExtattrListFile(file string, attrnamespace int, data uintptr, nbytes int) (ret int, err error)
//sys	ExtattrListLink(link string, attrnamespace int, data uintptr, nbytes int) (ret int, err error)
//sys	ExtattrSetFd(fd int, attrnamespace int, attrname string, data uintptr, nbytes int) (ret int, err error)
//sys	ExtattrSetFile(file string, attrnamespace int, attrname string, data uintptr, nbytes int) (ret int, err error)
//sys	ExtattrSetLink(link string, attrnamespace int, attrname string, data uintptr, nbytes int) (ret int, err error)
//sys	extattrGetFd(fd int, ns int, name string, data unsafe.Pointer, size int) (ret int, err error)
//sys	extattrGetFile(file string, ns int, name string, data unsafe.Pointer, size int) (ret int, err error)
//sys	extattrGetLink(link string, ns int, name string, data unsafe.Pointer, size int) (ret int, err error)
//sys	extattrListFd(fd int, ns int, data unsafe.Pointer, size int) (ret int, err error)
//sys	extattrListFile(file string, ns int, data unsafe.Pointer, size int) (ret int, err error)
//sys	extattrListLink(link string, ns int, data unsafe.Pointer, size int) (ret int, err error)
//sys	extattrSetFd(fd int, ns int, name string, data unsafe.Pointer, size int) (ret int, err error)
//sys	extattrSetFile(file string, ns int, name string, data unsafe.Pointer, size int) (ret int, err error)
//sys	extattrSetLink(link string, ns int, name string, data unsafe.Pointer, size int) (ret int, err error)
