package netns

import (
	"errors"
	"fmt"
	"runtime"

	"kern.sys/unix"
)

// Do runs fn with its goroutine locked to a thread that is in the network namespace ns, and brings the thread
// back to the namespace it was in, also when fn panics or ends its goroutine. Sockets made in fn stay in ns
// for good; goroutines started in fn run elsewhere. It returns fn's error.
//
// When the thread cannot be brought back, the error says so and the goroutine stays locked to it: the thread
// runs nothing else and ends with the goroutine.
func Do(ns NsHandle, fn func() error) (err error) {
	runtime.LockOSThread()
	origin, err := current()
	if err != nil {
		runtime.UnlockOSThread()
		return opError("get", currentPath, err)
	}
	defer closeQuietly(origin)
	if err := unix.Setns(int(ns), CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return setError(ns, err)
	}
	defer func() { err = restore(origin, err) }()
	return fn()
}

// restore moves the thread back to origin and takes back one runtime.LockOSThread. When it cannot, it leaves
// the lock and adds to err.
func restore(origin NsHandle, err error) error {
	if e := unix.Setns(int(origin), CLONE_NEWNET); e != nil {
		return errors.Join(err, fmt.Errorf("the thread is lost to its namespace: %w", setError(origin, e)))
	}
	runtime.UnlockOSThread()
	return err
}
