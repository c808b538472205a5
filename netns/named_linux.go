package netns

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kern.sys/unix"
)

// Where "ip netns" keeps the named namespaces: a bind mount of a namespace file each. On nearly all systems /var/run
// is a link to /run. Where it is not, iproute2's own default is the second.
const (
	runDir    = "/run/netns"
	varRunDir = "/var/run/netns"
)

// namedDir returns the folder for new names: /run/netns, unless there is only the other one.
func namedDir() string {
	if !exists(runDir) && exists(varRunDir) {
		return varRunDir
	}
	return runDir
}

// exists reports whether something is at path.
func exists(path string) bool {
	var st unix.Stat_t
	return unix.Lstat(path, &st) == nil
}

// NewNamed makes a network namespace called name, moves the calling thread into it and returns a handle of it. The
// goroutine must be locked to its thread (runtime.LockOSThread). On an error the thread is where it was and the name
// is free; a name that is taken is an error that is os.ErrExist. [Create] does the same and leaves the thread where
// it is.
//
// It mounts nothing but the namespace: unlike "ip netns add", it never covers what others have mounted below
// /run/netns. See [ShareNamed].
func NewNamed(name string) (NsHandle, error) {
	ns, err := named(name, func(path string) (NsHandle, error) { return newAt(path, enter) })
	if err != nil {
		return None(), refused(err, "new", name)
	}
	return ns, nil
}

// Create makes a network namespace called name and returns a handle of it. It is [NewNamed] for a thread that stays
// where it is: any goroutine may call it, and [Do] works in what it made. [DeleteNamed] takes the name away again.
// A name that is taken is an error that is os.ErrExist.
func Create(name string) (NsHandle, error) {
	ns, err := named(name, func(path string) (NsHandle, error) { return newAt(path, stay) })
	if err != nil {
		return None(), opError("create", name, err)
	}
	return ns, nil
}

// Attach gives the network namespace ns a name, as "ip netns attach" does. A name that is taken is an error that
// is os.ErrExist.
func Attach(name string, ns NsHandle) error {
	_, err := named(name, func(path string) (NsHandle, error) {
		return ns, os.NewSyscallError("mount", unix.Mount(fdPath(int(ns)), path, "", unix.MS_BIND, ""))
	})
	if err != nil {
		return opError("attach", name, err)
	}
	return nil
}

// named makes the file for a name, and calls mount to mount a namespace on it.
func named(name string, mount func(path string) (NsHandle, error)) (NsHandle, error) {
	dir := namedDir()
	path, err := namedPath(dir, name)
	if err != nil {
		return None(), err
	}
	unlock, err := makeNamedDir(dir)
	if err != nil {
		return None(), err
	}
	defer unlock()
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0)
	if err != nil {
		return None(), &os.PathError{Op: "open", Path: path, Err: err}
	}
	if err := unix.Close(fd); err != nil {
		return None(), errors.Join(err, unix.Unlink(path))
	}
	ns, err := mount(path)
	if err != nil {
		return None(), alsoFailed(err, unix.Unlink(path))
	}
	return ns, nil
}

// fdPath is a path to what a descriptor is of.
func fdPath(fd int) string { return fmt.Sprintf("/proc/thread-self/fd/%d", fd) }

// makeNamedDir makes the folder dir where it is missing, and takes its lock.
func makeNamedDir(dir string) (unlock func(), err error) {
	if err := unix.Mkdir(dir, 0o755); err != nil && err != unix.EEXIST {
		return nil, &os.PathError{Op: "mkdir", Path: dir, Err: err}
	}
	return lockNamed(dir, unix.LOCK_EX)
}

// lockNamed takes the lock on the folder dir that "ip netns add" takes too, LOCK_EX or LOCK_SH, and returns what
// releases it.
func lockNamed(dir string, how int) (unlock func(), err error) {
	fd, err := unix.Open(dir, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
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

// DeleteNamed removes the name of a network namespace, as "ip netns del" does, with all that is mounted on it: also
// what is hidden since /run/netns was covered by a mount, for which "ip netns del" fails with EBUSY. The namespace
// itself ends when nothing uses it any more. On an error the name is as it was.
func DeleteNamed(name string) error {
	if err := deleteNamed(name); err != nil {
		return refused(err, "delete", name)
	}
	return nil
}

func deleteNamed(name string) error {
	path, err := takenPath(name)
	if err != nil {
		return err
	}
	unlock, err := lockNamed(filepath.Dir(path), unix.LOCK_EX)
	if err != nil {
		return err
	}
	defer unlock()
	was, err := unix.Open(path, unix.O_PATH|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(was)
	// More than one mount is there if processes that do not lock made the name at the same time. EINVAL: there
	// is none (any more), as with a file left over from before a reboot, which goes too.
	mounts := 0
	for ; err == nil; mounts++ {
		err = unix.Unmount(path, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
	}
	if err != unix.EINVAL {
		return err
	}
	err = unix.Unlink(path)
	if err == unix.EBUSY {
		err = unlinkMounted(path)
	}
	if errno, ok := err.(unix.Errno); ok {
		err = &os.PathError{Op: "remove", Path: path, Err: errno}
	}
	if err != nil && mounts > 1 { // the last one was EINVAL
		back := unix.Mount(fdPath(was), path, "", unix.MS_BIND, "")
		err = alsoFailed(err, os.NewSyscallError("mount it again", back))
	}
	return err
}

// GetFromName returns a handle of the network namespace called name by [NewNamed] or "ip netns add".
func GetFromName(name string) (NsHandle, error) {
	path, err := takenPath(name)
	if err != nil {
		return None(), refused(err, "get", name)
	}
	ns, err := open(path, name)
	if !errors.Is(err, errNoNamespace) {
		return ns, err
	}
	// Perhaps another thread or process is between making the file and mounting the namespace on it.
	unlock, lockErr := lockNamed(filepath.Dir(path), unix.LOCK_SH)
	if lockErr != nil {
		return None(), err
	}
	defer unlock()
	return open(path, name)
}

// List returns the names of all named network namespaces, sorted, as "ip netns list" shows them.
func List() ([]string, error) {
	dir := namedDir()
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, opError("list", dir, errors.Unwrap(err))
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

var errBadName = &errnoError{"no name for a namespace", unix.EINVAL}

// namedPath returns the file in dir of the namespace called name, for names that can be one.
func namedPath(dir, name string) (string, error) {
	switch {
	case name == "", name == ".", name == "..", strings.ContainsAny(name, "/\x00"):
		return "", errBadName
	case len(name) > 255: // NAME_MAX
		return "", unix.ENAMETOOLONG
	}
	return filepath.Join(dir, name), nil
}

// takenPath returns the file of the namespace called name: in /run/netns, unless only the other folder has it.
func takenPath(name string) (string, error) {
	path, err := namedPath(runDir, name)
	if err != nil || exists(path) {
		return path, err
	}
	if other := filepath.Join(varRunDir, name); exists(other) {
		return other, nil
	}
	return path, nil
}
