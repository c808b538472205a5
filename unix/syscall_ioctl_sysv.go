//go:build aix || solaris

package unix

//sys	ioctl(fd int, req int, arg uintptr) (ret int, err error)
//sys	ioctlPointer(fd int, req int, arg unsafe.Pointer) (ret int, err error) = SYS_IOCTL
