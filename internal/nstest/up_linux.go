package nstest

import "kern.sys/unix"

// setUp sets a link without other flags up, through any socket of its namespace.
func setUp(fd int, link string) error {
	r, err := unix.NewIfreq(link)
	if err != nil {
		return err
	}
	r.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, r)
}
