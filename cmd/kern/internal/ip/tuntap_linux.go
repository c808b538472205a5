package ip

import (
	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/netlink"
	"kern.sys/netns"
	"kern.sys/unix"
)

// addTuntap makes a device that stays.
func addTuntap(c *cli.Command, w *tuntapWords) error {
	return withTuntap(c, w, unix.IFF_TUN_EXCL, func(fd int) error {
		for _, id := range []struct {
			choice[int]
			req  uint
			name string
		}{{w.owner, unix.TUNSETOWNER, "TUNSETOWNER"}, {w.group, unix.TUNSETGROUP, "TUNSETGROUP"}} {
			if !id.given || id.value == -1 {
				continue
			}
			if err := unix.IoctlSetInt(fd, id.req, id.value); err != nil {
				return tuntapFailed(id.name, err)
			}
		}
		return tuntapFailed("TUNSETPERSIST", unix.IoctlSetInt(fd, unix.TUNSETPERSIST, 1))
	})
}

// deleteTuntap has a device go when the last program has left it.
func deleteTuntap(c *cli.Command, w *tuntapWords) error {
	return withTuntap(c, w, 0, func(fd int) error {
		return tuntapFailed("TUNSETPERSIST", unix.IoctlSetInt(fd, unix.TUNSETPERSIST, 0))
	})
}

// withTuntap calls fn with a queue of the device, which is opened in the session's namespace.
func withTuntap(c *cli.Command, w *tuntapWords, flags uint16, fn func(fd int) error) error {
	if _, err := c.Dial(); err != nil { // what a batch has queued is done first
		return err
	}
	work := func() error {
		fd, err := unix.Open(netlink.TUN, unix.O_RDWR|unix.O_CLOEXEC, 0)
		if err != nil {
			return cli.Exit(cli.StatusFailed, "open: %s", cli.Cause(err))
		}
		defer unix.Close(fd)
		ifr := new(unix.Ifreq)
		if w.name != "" {
			if ifr, err = unix.NewIfreq(w.name); err != nil {
				return err
			}
		}
		ifr.SetUint16(w.flags | flags)
		if err := unix.IoctlIfreq(fd, unix.TUNSETIFF, ifr); err != nil {
			return tuntapFailed("TUNSETIFF", err)
		}
		c.ForgetLinks()
		return fn(fd)
	}
	if c.NS.IsOpen() {
		return netns.Do(c.NS, work)
	}
	return work()
}

func tuntapFailed(request string, err error) error {
	if err == nil {
		return nil
	}
	return cli.Exit(cli.StatusFailed, "ioctl(%s): %s", request, cli.Cause(err))
}
