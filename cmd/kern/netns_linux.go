package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"kern.sys/netns"
	"kern.sys/unix"
)

// execNetns is "netns exec": it runs a command in a namespace, as this process
// where nothing comes after.
func (c *command) execNetns() error {
	if c.all {
		return c.execAll()
	}
	name, err := c.nextNetns(noNetns)
	if err != nil {
		return err
	}
	if !c.More() {
		return exit(statusFailed, "No command specified")
	}
	if c.batchFile != "" {
		return c.runIn(name, c.Rest)
	}
	if err := c.flush(); err != nil {
		return err
	}
	runtime.LockOSThread() // for good: the thread becomes the command
	path, err := enterNetns(name, c.Rest[0])
	if err != nil {
		return err
	}
	return execFailed(c.Rest[0], unix.Exec(path, c.Rest, os.Environ()))
}

// execAll runs a command in all named namespaces, one after the other.
func (c *command) execAll() error {
	if !c.More() {
		return exit(statusFailed, "No command specified")
	}
	names, err := netnsNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		c.p.Raw("\nnetns: " + name + "\n")
		if err := c.flush(); err != nil {
			return err
		}
		err := c.runIn(name, c.Rest)
		var killed *killedError
		if errors.As(err, &killed) {
			return exit(statusFailed, "")
		}
		if err == nil {
			continue
		}
		if text, _ := c.explain(err); text != "" {
			fmt.Fprintln(c.stderr, text)
		}
	}
	return nil
}

// killedError says that a command was ended by a signal.
type killedError struct{ signal syscall.Signal }

func (e *killedError) Error() string { return e.signal.String() }

// runIn runs a command in a namespace and waits for it. The thread that it is
// started from ends: it cannot be brought back to the mounts it had.
func (c *command) runIn(name string, words []string) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		path, err := enterNetns(name, words[0])
		if err != nil {
			done <- err
			return
		}
		cmd := &exec.Cmd{Path: path, Args: words, Stdin: c.stdin, Stdout: c.stdout, Stderr: c.stderr}
		done <- cmd.Run()
	}()
	err := <-done
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		return execFailed(words[0], err)
	}
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &killedError{status.Signal()}
	}
	return exit(ended.ExitCode(), "")
}

// execFailed says why a command could not be run.
func execFailed(word string, err error) error {
	var done *exitError
	if err == nil || errors.As(err, &done) {
		return err
	}
	return exit(statusFailed, "exec of %q failed: %s", word, cause(err))
}

// enterNetns moves the calling thread, for good, into a named namespace, with a
// /sys that shows it and with the files of /etc/netns/NAME in /etc. It returns
// the file of a command.
func enterNetns(name, command string) (string, error) {
	ns, err := netns.GetFromName(name)
	if errors.Is(err, unix.EINVAL) {
		return "", exit(statusUsage, "setting the network namespace %q failed: %s", name, cause(err))
	}
	if err != nil {
		return "", exit(statusUsage, "Cannot open network namespace %q: %s", name, cause(err))
	}
	defer ns.Close()
	if err := netns.Set(ns); err != nil {
		return "", exit(statusUsage, "setting the network namespace %q failed: %s", name, cause(err))
	}
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return "", exit(statusUsage, "unshare failed: %s", cause(err))
	}
	if err := unix.Mount("", "/", "none", unix.MS_SLAVE|unix.MS_REC, ""); err != nil {
		return "", exit(statusUsage, "\"mount --make-rslave /\" failed: %s", cause(err))
	}
	if err := mountSys(name); err != nil {
		return "", err
	}
	if err := bindEtc(name); err != nil {
		return "", err
	}
	path, err := exec.LookPath(command)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", execFailed(command, unix.ENOENT)
	case errors.Is(err, unix.EISDIR):
		return "", execFailed(command, unix.EACCES) // as execve(2) has it
	case err != nil && !errors.Is(err, exec.ErrDot):
		return "", execFailed(command, err)
	}
	return path, nil
}

// mountSys mounts a /sys of the thread's network namespace, read-only where
// the other one was.
func mountSys(name string) error {
	var flags uintptr
	var st unix.Statfs_t
	if err := unix.Statfs("/sys", &st); err == nil && st.Flags&unix.MS_RDONLY != 0 {
		flags = unix.MS_RDONLY
	}
	// Where there is none, nothing is to be taken away.
	_ = unix.Unmount("/sys", unix.MNT_DETACH)
	if err := unix.Mount(name, "/sys", "sysfs", flags, ""); err != nil {
		return exit(statusUsage, "mount of /sys failed: %s", cause(err))
	}
	return nil
}

// bindEtc puts what /etc/netns/NAME has over the files of /etc.
func bindEtc(name string) error {
	dir := filepath.Join("/etc/netns", name)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // most namespaces have none
	}
	for _, e := range entries {
		from, to := filepath.Join(dir, e.Name()), filepath.Join("/etc", e.Name())
		if err := unix.Mount(from, to, "none", unix.MS_BIND, ""); err != nil {
			fmt.Fprintf(os.Stderr, "Bind %s -> %s failed: %s\n", from, to, cause(err))
		}
	}
	return nil
}

// monitorNetns is "netns monitor": it tells of names as they come and go, until
// it is interrupted.
func (c *command) monitorNetns() error {
	if err := os.MkdirAll(netnsDir, 0o755); err != nil {
		return exit(statusFailed, "mkdir %s failed: %s", netnsDir, cause(err))
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return exit(statusFailed, "inotify_init1 failed: %s", cause(err))
	}
	events := os.NewFile(uintptr(fd), "inotify")
	defer events.Close()
	if _, err := unix.InotifyAddWatch(fd, netnsDir, unix.IN_CREATE|unix.IN_DELETE); err != nil {
		return exit(statusFailed, "inotify_add_watch failed: %s", cause(err))
	}
	ctx, stop := signal.NotifyContext(c.ctx, os.Interrupt)
	defer stop()
	defer context.AfterFunc(ctx, func() { events.Close() })()
	b := make([]byte, 16*(unix.SizeofInotifyEvent+maxFileName+1))
	for {
		n, err := events.Read(b)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return exit(statusFailed, "read failed: %s", cause(err))
		}
		c.showInotify(b[:n])
		if err := c.flush(); err != nil {
			return err
		}
	}
}

// showInotify prints the names in a run of struct inotify_event.
func (c *command) showInotify(b []byte) {
	for len(b) >= unix.SizeofInotifyEvent {
		mask, n := native.Uint32(b[4:]), int(native.Uint32(b[12:]))
		b = b[unix.SizeofInotifyEvent:]
		if n > len(b) {
			return
		}
		name := strings.TrimRight(string(b[:n]), "\x00")
		b = b[n:]
		if mask&unix.IN_CREATE != 0 {
			c.p.Raw("add " + name + "\n")
		}
		if mask&unix.IN_DELETE != 0 {
			c.p.Raw("delete " + name + "\n")
		}
	}
}
