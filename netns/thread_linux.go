package netns

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"

	"kern.sys/unix"
)

// Get returns a handle of the network namespace that the calling thread is in.
func Get() (NsHandle, error) {
	ns, err := current()
	if err != nil {
		return None(), refused(err, "get", currentPath)
	}
	return ns, nil
}

func current() (NsHandle, error) {
	fd, err := unix.Open(currentPath, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return None(), err
	}
	return NsHandle(fd), nil
}

// currentPath is the calling thread's own network namespace.
const currentPath = "/proc/thread-self/ns/net"

// New moves the calling thread into a new network namespace, as "unshare --net" does, and returns a handle of it. The
// goroutine must be locked to its thread (runtime.LockOSThread). On an error the thread is where it was.
func New() (NsHandle, error) {
	ns, err := newAt("", enter)
	if err != nil {
		if bare, ok := plain(err); ok {
			return None(), bare
		}
		return None(), fmt.Errorf("netns new: %w", err)
	}
	return ns, nil
}

// CreateUnnamed makes a network namespace and returns a handle of it. It is [New] for a thread that stays where it
// is: any goroutine may call it, and [Do] works in what it made. The namespace ends with its handle, unless something
// else uses it by then.
func CreateUnnamed() (NsHandle, error) {
	ns, err := newAt("", stay)
	if err != nil {
		return None(), fmt.Errorf("netns create: %w", err)
	}
	return ns, nil
}

// Where newAt leaves the calling thread.
const (
	stay  = false
	enter = true
)

// newAt makes a namespace and mounts it on the file path, unless that is "". It moves the calling thread into it, for
// good or only while it works. On an error nothing is mounted, and the thread is where it was.
func newAt(path string, enter bool) (NsHandle, error) {
	runtime.LockOSThread() // until it is clear that the thread is where it should be
	origin, err := current()
	if err != nil {
		runtime.UnlockOSThread()
		return None(), os.NewSyscallError("open "+currentPath, err)
	}
	defer closeQuietly(origin)
	if err := unix.Unshare(CLONE_NEWNET); err != nil {
		runtime.UnlockOSThread()
		return None(), err
	}
	ns, err := current()
	if err == nil && path != "" {
		err = os.NewSyscallError("mount", unix.Mount(currentPath, path, "", unix.MS_BIND, ""))
	}
	if err == nil && enter {
		runtime.UnlockOSThread()
		return ns, nil
	}
	if err = restore(origin, err); err == nil {
		return ns, nil
	}
	closeQuietly(ns)
	if path != "" { // where it stays mounted, the caller cannot remove the file, and says so
		_ = unix.Unmount(path, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
	}
	return None(), err
}

// Set moves the calling thread into the network namespace ns; see setns(2).
func Set(ns NsHandle) error { return Setns(ns, CLONE_NEWNET) }

// Setns moves the calling thread into the namespace ns, which must be of the kind nstype, one of the CLONE_NEW*
// constants; zero takes any. Kinds other than network have their own conditions: see setns(2).
func Setns(ns NsHandle, nstype int) error {
	if err := unix.Setns(int(ns), nstype); err != nil {
		if !ErrorDetails {
			return err
		}
		return setError(ns, err)
	}
	return nil
}

func setError(ns NsHandle, err error) error { return fmt.Errorf("netns set %v: %w", ns, err) }

// GetFromPath returns a handle of the namespace whose file is path, such as /proc/PID/ns/net or a bind mount of
// it. A file that is no namespace is an error that is EINVAL.
func GetFromPath(path string) (NsHandle, error) { return open(path, path) }

// GetFromPid returns a handle of the network namespace of the process pid.
func GetFromPid(pid int) (NsHandle, error) {
	return open(pidPath(pid), pidObject(pid))
}

func pidPath(pid int) string { return fmt.Sprintf("/proc/%d/ns/net", pid) }

func pidObject(pid int) string { return "process " + strconv.Itoa(pid) }

// GetFromThread returns a handle of the network namespace of the thread tid of the process pid.
func GetFromThread(pid, tid int) (NsHandle, error) {
	return open(fmt.Sprintf("/proc/%d/task/%d/ns/net", pid, tid), fmt.Sprintf("process %d thread %d", pid, tid))
}

// open opens the namespace file path; errors with details name it object.
func open(path, object string) (NsHandle, error) {
	ns, err := openFile(path)
	if err != nil {
		return None(), refused(err, "get", object)
	}
	return ns, nil
}

func openFile(path string) (NsHandle, error) {
	// Without O_NONBLOCK a FIFO in the place of a namespace would hang the caller.
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK|unix.O_NOCTTY, 0)
	if err != nil {
		return None(), err
	}
	if _, err := unix.IoctlRetInt(fd, unix.NS_GET_NSTYPE); err != nil {
		closeQuietly(NsHandle(fd))
		return None(), errNoNamespace
	}
	return NsHandle(fd), nil
}

// errNoNamespace says that a file is no namespace: the EINVAL that setns would give.
var errNoNamespace = &errnoError{"not a namespace", unix.EINVAL}

// errnoError is an errno with what it means here. Errors of this type are laid out by the compiler: fmt.Errorf would
// be called at the start of every program.
type errnoError struct {
	text  string
	errno unix.Errno
}

func (e *errnoError) Error() string { return e.text + ": " + e.errno.Error() }

func (e *errnoError) Unwrap() error { return e.errno }

// closeQuietly closes a descriptor of nsfs, for which close(2) has nothing to report.
func closeQuietly(ns NsHandle) { _ = unix.Close(int(ns)) }

// plain returns what an error of the system is without details, and whether it is to be that.
func plain(err error) (error, bool) {
	switch e := err.(type) {
	case unix.Errno, *os.PathError:
		return err, !ErrorDetails
	case *os.SyscallError:
		return e.Err, !ErrorDetails
	}
	return nil, false
}

// refused is the error of a function that other libraries have too.
func refused(err error, op, object string) error {
	if bare, ok := plain(err); ok {
		return bare
	}
	return opError(op, object, err)
}

// opError is an *os.PathError around an errno where there is one, so that os.IsNotExist and its like work as errors.Is
// does: they look no deeper.
func opError(op, object string, err error) error {
	object = strconv.Quote(object)
	switch e := err.(type) {
	case *os.SyscallError:
		object, err = object+": "+e.Syscall, e.Err
	case *os.PathError: // of the object's file
		err = e.Err
	}
	return &os.PathError{Op: "netns " + op, Path: object, Err: err}
}

// alsoFailed adds to err what went wrong after it, if anything did.
func alsoFailed(err, then error) error {
	if then == nil {
		return err
	}
	return errors.Join(err, then)
}
