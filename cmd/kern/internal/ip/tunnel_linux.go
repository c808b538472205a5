package ip

import (
	"unsafe"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netns"
	"kern.sys/unix"
)

// tunnelIoctl makes an ioctl(2) about a tunnel. The kernel reads from data and writes to it.
func tunnelIoctl(c *cli.Command, family int, cmd uint32, dev string, data []byte) error {
	if _, err := c.Dial(); err != nil { // what a batch has queued is done first
		return err
	}
	fd, err := socketIn(c, family)
	if err != nil {
		return cli.Exit(cli.StatusFailed, "create socket failed: %s", cli.Cause(err))
	}
	defer unix.Close(fd)
	var ifr struct {
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte // the rest of the union in struct ifreq
	}
	copy(ifr.name[:unix.IFNAMSIZ-1], dev)
	ifr.data = unsafe.Pointer(unsafe.SliceData(data))
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(cmd), uintptr(unsafe.Pointer(&ifr)))
	if errno != 0 {
		return errno
	}
	return nil
}

// socketIn opens a socket for datagrams in the session's namespace.
func socketIn(c *cli.Command, family int) (fd int, err error) {
	socket := func() (err error) {
		fd, err = unix.Socket(family, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
		return err
	}
	if c.NS.IsOpen() {
		err = netns.Do(c.NS, socket)
	} else {
		err = socket()
	}
	return fd, err
}
