package main

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/jsimonetti/rtnetlink/v2"
	peer "github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"kern.sys/internal/uapi"
	"kern.sys/netlink"
)

func openKern(w *world) (*netlink.Handle, error) {
	h, err := netlink.NewHandle(uapi.NETLINK_ROUTE)
	if err == nil {
		w.onClose(func() { h.Close() })
	}
	return h, err
}

func openVishvananda(w *world) (*peer.Handle, error) {
	h, err := peer.NewHandle(unix.NETLINK_ROUTE)
	if err == nil {
		w.onClose(h.Close)
	}
	return h, err
}

func openRtnetlink(w *world) (*rtnetlink.Conn, error) {
	c, err := rtnetlink.Dial(nil)
	if err == nil {
		w.onClose(func() { c.Close() })
	}
	return c, err
}

// repeat is an operation that does one thing for each object.
func repeat(w *world, one func(i int) error) op {
	return func() (int, error) {
		for i := range w.n {
			if err := one(i); err != nil {
				return i, err
			}
		}
		return w.n, nil
	}
}

// inParallel is repeat by some goroutines, with a function each that does one
// thing.
func inParallel(w *world, workers int, start func() (func(i int) error, error)) (op, error) {
	ones := make([]func(i int) error, workers)
	for k := range ones {
		var err error
		if ones[k], err = start(); err != nil {
			return nil, err
		}
	}
	return func() (int, error) {
		var next, done atomic.Int64
		errs := make([]error, workers)
		var wg sync.WaitGroup
		for k, one := range ones {
			wg.Go(func() {
				for i := next.Add(1) - 1; i < int64(w.n) && errs[k] == nil; i = next.Add(1) - 1 {
					if errs[k] = one(int(i)); errs[k] == nil {
						done.Add(1)
					}
				}
			})
		}
		wg.Wait()
		return int(done.Load()), join(errs...)
	}, nil
}

var errWrong = errors.New("the answer is wrong")

func oneOf(n int, err error) error {
	if err == nil && n != 1 {
		err = fmt.Errorf("%d objects, want one", n)
	}
	return err
}

// join is the first error of several.
func join(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
