//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

//sys	ioctl(fd int, req uint, arg uintptr) (err error)
//sys	ioctlPointer(fd int, req uint, arg unsafe.Pointer) (err error) = SYS_IOCTL
