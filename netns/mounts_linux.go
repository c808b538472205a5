package netns

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"kern.sys/unix"
)

// ShareNamed mounts /run/netns onto itself, shared, as "ip netns add" does before it makes a name: names that come
// and go later then do so also in the mount namespaces that are made of this one. A program that wants that calls it
// before its first [Create].
//
// Where something is mounted below /run/netns already and it is no mount point itself, ShareNamed does nothing:
// whoever mounted that could neither unmount nor remove it any more.
func ShareNamed() error {
	dir := namedDir()
	if err := shareNamed(dir); err != nil {
		return opError("share", dir, err)
	}
	return nil
}

// shareNamed holds the lock: two bind mounts made at a time would hide each other's content.
func shareNamed(dir string) error {
	unlock, err := makeNamedDir(dir)
	if err != nil {
		return err
	}
	defer unlock()
	err = unix.Mount("", dir, "", unix.MS_SHARED|unix.MS_REC, "")
	if err != unix.EINVAL {
		return os.NewSyscallError("mount", err)
	}
	// EINVAL: it is no mount point yet.
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		return err
	}
	mounts, err := readMounts(os.DirFS("/"))
	if err != nil {
		return err
	}
	if slices.ContainsFunc(mounts, func(m mount) bool { return strings.HasPrefix(m.dir, real+"/") }) {
		return nil
	}
	if err := unix.Mount(dir, dir, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return os.NewSyscallError("mount", err)
	}
	return os.NewSyscallError("mount", unix.Mount("", dir, "", unix.MS_SHARED|unix.MS_REC, ""))
}

// unlinkMounted removes the file path together with all that is mounted on it in places that no path leads to: below
// a mount that covers the folder, or in another view of it. The kernel refuses to unlink a mount point of the caller's
// mount namespace; in all others it unmounts what is on an unlinked file. So a thread takes a copy of its
// mount namespace, unmounts everything there, and unlinks the file. EBUSY if it cannot unmount enough.
func unlinkMounted(path string) error {
	dir, err := unix.Open(filepath.Dir(path), unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(dir)
	return onThrowAwayThread(func() error {
		if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
			return os.NewSyscallError("unshare", err)
		}
		if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
			return os.NewSyscallError("mount", err)
		}
		mounts, err := readMounts(os.DirFS("/"))
		if err != nil {
			return err
		}
		// The last one first: it may cover earlier ones. It matters only whether the file is free at the end.
		for _, m := range slices.Backward(mounts) {
			if m.dir != "/" {
				_ = unix.Unmount(m.dir, unix.MNT_DETACH|unix.UMOUNT_NOFOLLOW)
			}
		}
		err = unix.Unlinkat(dir, filepath.Base(path), 0)
		if err == unix.EBUSY {
			return fmt.Errorf("a mount on it is out of reach: %w", err)
		}
		return err
	})
}

// onThrowAwayThread runs fn on a thread that runs nothing after it. It is not the process's first one, which the
// runtime keeps: /proc/self would show what fn left there.
func onThrowAwayThread(fn func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if unix.Gettid() == unix.Getpid() {
			err := onThrowAwayThread(fn) // on another thread, since this goroutine holds this one
			runtime.UnlockOSThread()
			done <- err
			return
		}
		done <- fn() // and the thread ends with the goroutine, which is still locked to it
	}()
	return <-done
}

// mount is a line of /proc/thread-self/mounts.
type mount struct{ dir, fstype string }

// readMounts returns the mounts of the calling thread's mount namespace in the order they were made.
func readMounts(host fs.FS) ([]mount, error) {
	b, err := fs.ReadFile(host, "proc/thread-self/mounts")
	if err != nil {
		return nil, err
	}
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\043`, "#", `\134`, `\`)
	var mounts []mount
	for line := range bytes.Lines(b) {
		fields := bytes.Fields(line) // source, folder, type, options, …
		if len(fields) < 3 {
			continue
		}
		mounts = append(mounts, mount{unescape.Replace(string(fields[1])), string(fields[2])})
	}
	return mounts, nil
}
