package main

import (
	"runtime"
	"syscall"

	"github.com/jsimonetti/rtnetlink/v2"
	peer "github.com/vishvananda/netlink"
	peerns "github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"kern.sys/netlink"
	"kern.sys/netns"
)

var netnsDo = workload{
	chart: "work in another network namespace",
	name:  "netns/do", title: "run a function in another network namespace",
	each: "call", objects: 20_000, atMost: true,
	goals: []goal{{row: kern, of: floor, times: 1.2}},
	contenders: []contender{
		{floor, func(w *world) (op, error) { // two bare setns
			here, there, err := twoNamespaces(w)
			return lockedOp(repeat(w, func(int) error {
				if err := setns(there); err != nil {
					return err
				}
				return setns(here)
			})), err
		}},
		{kern, func(w *world) (op, error) {
			_, there, err := twoNamespaces(w)
			return repeat(w, func(int) error {
				return netns.Do(netns.NsHandle(there), func() error { return nil })
			}), err
		}},
		{vishvananda, func(w *world) (op, error) {
			_, there, err := twoNamespaces(w)
			return repeat(w, func(int) error {
				runtime.LockOSThread()
				defer runtime.UnlockOSThread()
				origin, err := peerns.Get()
				if err != nil {
					return err
				}
				defer origin.Close()
				if err := peerns.Set(peerns.NsHandle(there)); err != nil {
					return err
				}
				return peerns.Set(origin)
			}), err
		}},
	},
}

var openClose = workload{
	name: "netns/socket", title: "open and close a socket of rtnetlink",
	each: "call", objects: 20_000, atMost: true,
	contenders: []contender{
		{floor, func(w *world) (op, error) {
			return repeat(w, func(int) error {
				fd, _, e := syscall.RawSyscall(unix.SYS_SOCKET, unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC,
					unix.NETLINK_ROUTE)
				if e == 0 {
					_, _, e = syscall.RawSyscall(unix.SYS_CLOSE, fd, 0, 0)
				}
				if e != 0 {
					return e
				}
				return nil
			}), nil
		}},
		{kern, func(w *world) (op, error) {
			return repeat(w, func(int) error {
				h, err := netlink.NewHandle(unix.NETLINK_ROUTE)
				if err != nil {
					return err
				}
				return h.Close()
			}), nil
		}},
		{vishvananda, func(w *world) (op, error) {
			return repeat(w, func(int) error {
				h, err := peer.NewHandle(unix.NETLINK_ROUTE)
				if err == nil {
					h.Close()
				}
				return err
			}), nil
		}},
		{rtnetlink2, func(w *world) (op, error) {
			return repeat(w, func(int) error {
				c, err := rtnetlink.Dial(nil)
				if err != nil {
					return err
				}
				return c.Close()
			}), nil
		}},
	},
}

// twoNamespaces are the one of this process, and a new one.
func twoNamespaces(w *world) (here, there int, err error) {
	h, err := netns.Get()
	if err != nil {
		return 0, 0, err
	}
	w.onClose(func() { h.Close() })
	var t netns.NsHandle
	err = netns.Do(h, func() (err error) {
		t, err = netns.New()
		return err
	})
	if err == nil {
		w.onClose(func() { t.Close() })
	}
	return int(h), int(t), err
}

func setns(fd int) error {
	if _, _, e := syscall.RawSyscall(unix.SYS_SETNS, uintptr(fd), unix.CLONE_NEWNET, 0); e != 0 {
		return e
	}
	return nil
}

// lockedOp runs f on one thread.
func lockedOp(f op) op {
	return func() (int, error) {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		return f()
	}
}
