package main

import (
	"runtime"
	"syscall"

	peerns "github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"kern.sys/netns"
)

var netnsDo = workload{
	name: "netns/do", title: "run a function in another network namespace",
	each: "call", objects: 20_000, atMost: true,
	goals: []goal{{kern, floor, 1.2, 0}},
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
