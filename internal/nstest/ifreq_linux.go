package nstest

import (
	"syscall"
	"unsafe"

	"kern.sys/internal/uapi"
	"kern.sys/unix"
)

// ifreq is struct ifreq with the flags that SIOCSIFFLAGS takes; see netdevice(7).
type ifreq struct {
	name  [uapi.IFNAMSIZ]byte
	flags uint16
	_     [22]byte
}

// setUp sets a link without other flags up, through any socket of its namespace.
func setUp(fd int, link string) error {
	r := ifreq{flags: unix.IFF_UP}
	copy(r.name[:], link)
	_, _, e := syscall.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCSIFFLAGS, uintptr(unsafe.Pointer(&r)))
	if e != 0 {
		return e
	}
	return nil
}
