package netns

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"kern.sys/unix"
)

// namedDir is where "ip netns" keeps the named namespaces: a bind mount of a namespace file each.
const namedDir = "/run/netns"

// NewNamed makes a network namespace called name, as "ip netns add" does, moves the calling thread into it and
// returns a handle of it. The goroutine must be locked to its thread (runtime.LockOSThread). On an error the
// thread is where it was and the name is free; a name that is taken is an error that is os.ErrExist.
func NewNamed(name string) (NsHandle, error) {
	ns, err := named(name, newAt)
	if err != nil {
		return None(), opError("new", name, err)
	}
	return ns, nil
}

// Attach gives the network namespace ns a name, as "ip netns attach" does. A name that is taken is an error that
// is os.ErrExist.
func Attach(name string, ns NsHandle) error {
	_, err := named(name, func(path string) (NsHandle, error) {
		return ns, os.NewSyscallError("mount", unix.Mount(fmt.Sprintf("/proc/self/fd/%d", int(ns)), path, "", unix.MS_BIND, ""))
	})
	if err != nil {
		return opError("attach", name, err)
	}
	return nil
}

// named makes the file for a name, and calls mount to mount a namespace on it.
func named(name string, mount func(path string) (NsHandle, error)) (NsHandle, error) {
	path, err := namedPath(name)
	if err != nil {
		return None(), err
	}
	if err := unix.Mkdir(namedDir, 0o755); err != nil && err != unix.EEXIST {
		return None(), os.NewSyscallError("mkdir "+namedDir, err)
	}
	unlock, err := lockNamed(unix.LOCK_EX)
	if err != nil {
		return None(), err
	}
	defer unlock()
	if err := shareNamed(); err != nil {
		return None(), err
	}
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
	if err != nil {
		return None(), err
	}
	if err := unix.Close(fd); err != nil {
		return None(), errors.Join(err, unix.Unlink(path))
	}
	ns, err := mount(path)
	if err != nil {
		return None(), errors.Join(err, unix.Unlink(path))
	}
	return ns, nil
}

// newAt makes a namespace and mounts it on the file path.
func newAt(path string) (NsHandle, error) {
	runtime.LockOSThread()
	origin, err := Get()
	if err != nil {
		runtime.UnlockOSThread()
		return None(), err
	}
	defer closeQuietly(origin)
	ns, err := New()
	if err != nil {
		runtime.UnlockOSThread()
		return None(), err
	}
	if err := unix.Mount(currentPath, path, "", unix.MS_BIND, ""); err != nil {
		closeQuietly(ns)
		return None(), restore(origin, os.NewSyscallError("mount", err))
	}
	runtime.UnlockOSThread()
	return ns, nil
}

// shareNamed makes namedDir a mount that is shared with the mount namespaces that come of this one, so that a
// namespace deleted here goes away there too. The caller holds the lock: two bind mounts made at a time would
// hide each other's content.
func shareNamed() error {
	err := unix.Mount("", namedDir, "", unix.MS_SHARED|unix.MS_REC, "")
	if err != unix.EINVAL {
		return os.NewSyscallError("mount", err)
	}
	// EINVAL: it is no mount point yet.
	if err := unix.Mount(namedDir, namedDir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return os.NewSyscallError("mount", err)
	}
	return os.NewSyscallError("mount", unix.Mount("", namedDir, "", unix.MS_SHARED|unix.MS_REC, ""))
}

// lockNamed takes the lock on namedDir that "ip netns add" takes too, LOCK_EX or LOCK_SH, and returns what
// releases it.
func lockNamed(how int) (unlock func(), err error) {
	fd, err := unix.Open(namedDir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	for {
		err = unix.Flock(fd, how)
		if err != unix.EINTR {
			break
		}
	}
	if err != nil {
		return nil, errors.Join(os.NewSyscallError("flock", err), unix.Close(fd))
	}
	return func() { _ = unix.Close(fd) }, nil
}

// DeleteNamed removes the name of a network namespace, as "ip netns del" does. The namespace itself ends when
// nothing uses it any more.
func DeleteNamed(name string) error {
	if err := deleteNamed(name); err != nil {
		return opError("delete", name, err)
	}
	return nil
}

func deleteNamed(name string) error {
	path, err := namedPath(name)
	if err != nil {
		return err
	}
	unlock, err := lockNamed(unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	// More than one mount is there if processes that do not lock made the name at the same time. EINVAL: there
	// is none (any more), as with a file left over from before a reboot, which goes too.
	for err == nil {
		err = unix.Unmount(path, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
	}
	if err != unix.EINVAL {
		return err
	}
	return unix.Unlink(path)
}

// GetFromName returns a handle of the network namespace called name by [NewNamed] or "ip netns add".
func GetFromName(name string) (NsHandle, error) {
	path, err := namedPath(name)
	if err != nil {
		return None(), opError("get", name, err)
	}
	ns, err := open(path, name)
	if !errors.Is(err, errNoNamespace) {
		return ns, err
	}
	// Perhaps another thread or process is between making the file and mounting the namespace on it.
	unlock, lockErr := lockNamed(unix.LOCK_SH)
	if lockErr != nil {
		return None(), err
	}
	defer unlock()
	return open(path, name)
}

// List returns the names of all named network namespaces, sorted, as "ip netns list" shows them.
func List() ([]string, error) {
	entries, err := os.ReadDir(namedDir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, opError("list", namedDir, errors.Unwrap(err))
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

var errBadName = fmt.Errorf("no name for a namespace: %w", unix.EINVAL)

// namedPath returns the file of the namespace called name, for names that can be one.
func namedPath(name string) (string, error) {
	switch {
	case name == "", name == ".", name == "..", strings.ContainsAny(name, "/\x00"):
		return "", errBadName
	case len(name) > 255: // NAME_MAX
		return "", unix.ENAMETOOLONG
	}
	return filepath.Join(namedDir, name), nil
}
