package ip

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

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/internal/native"
	"kern.sys/netns"
	"kern.sys/unix"
)

// execNetns is "netns exec": it runs a command in a namespace, as this process
// where nothing comes after.
func execNetns(c *cli.Command) error {
	if c.All {
		return execAll(c)
	}
	name, err := nextNetns(c, noNetns)
	if err != nil {
		return err
	}
	if !c.More() {
		return cli.Exit(cli.StatusFailed, "No command specified")
	}
	if c.Batch {
		return runIn(c, name, c.Rest)
	}
	if err := c.Flush(); err != nil {
		return err
	}
	runtime.LockOSThread() // for good: the thread becomes the command
	if err := enterNetns(name); err != nil {
		return err
	}
	return execFailed(c.Rest[0], cli.Execvp(c.Rest, func(path string, words []string) error {
		return unix.Exec(path, words, os.Environ())
	}))
}

// execAll runs a command in all named namespaces, one after the other.
func execAll(c *cli.Command) error {
	if !c.More() {
		return cli.Exit(cli.StatusFailed, "No command specified")
	}
	names, err := netnsNames()
	if err != nil {
		return err
	}
	for _, name := range names {
		c.Out.Raw("\nnetns: " + name + "\n")
		if err := c.Flush(); err != nil {
			return err
		}
		err := runIn(c, name, c.Rest)
		var killed *killedError
		if errors.As(err, &killed) {
			return cli.Exit(cli.StatusFailed, "")
		}
		if err == nil {
			continue
		}
		if text, _ := c.Explain(err); text != "" {
			fmt.Fprintln(c.Stderr, text)
		}
	}
	return nil
}

// killedError says that a command was ended by a signal.
type killedError struct{ signal syscall.Signal }

func (e *killedError) Error() string { return e.signal.String() }

// runIn runs a command in a namespace and waits for it. The thread that it is
// started from ends: it cannot be brought back to the mounts it had.
func runIn(c *cli.Command, name string, words []string) error {
	if _, err := c.Dial(); err != nil { // what a batch has queued is done first
		return err
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		if err := enterNetns(name); err != nil {
			done <- childFailed(c, err)
			return
		}
		var cmd *exec.Cmd
		err := cli.Execvp(words, func(path string, words []string) error {
			cmd = &exec.Cmd{Path: path, Args: words, Stdin: c.Stdin, Stdout: c.Stdout, Stderr: c.Stderr}
			return cmd.Start()
		})
		if err == nil {
			err = cmd.Wait()
		}
		done <- err
	}()
	err := <-done
	var ended *exec.ExitError
	if !errors.As(err, &ended) {
		return execFailed(words[0], err)
	}
	if status, ok := ended.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return &killedError{status.Signal()}
	}
	return cli.Exit(ended.ExitCode(), "")
}

// execFailed says why a command could not be run.
func execFailed(word string, err error) error {
	var done *cli.ExitError
	if err == nil || errors.As(err, &done) {
		return err
	}
	return cli.Exit(cli.StatusFailed, "exec of %q failed: %s", word, cli.Cause(err))
}

// childFailed is the error of a command that was not run because its namespace
// could not be entered: ip says why in a process of its own, which ends with 1.
func childFailed(c *cli.Command, err error) error {
	text, _ := c.Explain(err)
	return cli.Exit(cli.StatusFailed, "%s", text)
}

// enterNetns moves the calling thread, for good, into a named namespace, with a
// /sys that shows it and with the files of /etc/netns/NAME in /etc.
func enterNetns(name string) error {
	ns, err := netns.GetFromName(name)
	if errors.Is(err, unix.EINVAL) {
		return cli.Exit(cli.StatusUsage, "setting the network namespace %q failed: %s", name, cli.Cause(err))
	}
	if err != nil {
		return cli.Exit(cli.StatusUsage, "Cannot open network namespace %q: %s", name, cli.Cause(err))
	}
	defer ns.Close()
	if err := netns.Set(ns); err != nil {
		return cli.Exit(cli.StatusUsage, "setting the network namespace %q failed: %s", name, cli.Cause(err))
	}
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return cli.Exit(cli.StatusUsage, "unshare failed: %s", cli.Cause(err))
	}
	if err := unix.Mount("", "/", "none", unix.MS_SLAVE|unix.MS_REC, ""); err != nil {
		return cli.Exit(cli.StatusUsage, "\"mount --make-rslave /\" failed: %s", cli.Cause(err))
	}
	if err := mountSys(name); err != nil {
		return err
	}
	return bindEtc(name)
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
		return cli.Exit(cli.StatusUsage, "mount of /sys failed: %s", cli.Cause(err))
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
			fmt.Fprintf(os.Stderr, "Bind %s -> %s failed: %s\n", from, to, cli.Cause(err))
		}
	}
	return nil
}

// monitorNetns is "netns monitor": it shows names as they come and go, until
// it is interrupted.
func monitorNetns(c *cli.Command) error {
	if err := os.MkdirAll(netnsDir, 0o755); err != nil {
		return cli.Exit(cli.StatusFailed, "mkdir %s failed: %s", netnsDir, cli.Cause(err))
	}
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return cli.Exit(cli.StatusFailed, "inotify_init1 failed: %s", cli.Cause(err))
	}
	events := os.NewFile(uintptr(fd), "inotify")
	defer events.Close()
	if _, err := unix.InotifyAddWatch(fd, netnsDir, unix.IN_CREATE|unix.IN_DELETE); err != nil {
		return cli.Exit(cli.StatusFailed, "inotify_add_watch failed: %s", cli.Cause(err))
	}
	ctx, stop := signal.NotifyContext(c.Ctx, os.Interrupt)
	defer stop()
	defer context.AfterFunc(ctx, func() { events.Close() })()
	b := make([]byte, 16*(unix.SizeofInotifyEvent+cli.MaxFileName+1))
	for {
		n, err := events.Read(b)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return cli.Exit(cli.StatusFailed, "read failed: %s", cli.Cause(err))
		}
		showInotify(c, b[:n])
		if err := c.Flush(); err != nil {
			return err
		}
	}
}

// showInotify prints the names in a run of struct inotify_event.
func showInotify(c *cli.Command, b []byte) {
	for len(b) >= unix.SizeofInotifyEvent {
		mask, n := native.Uint32(b[4:]), int(native.Uint32(b[12:]))
		b = b[unix.SizeofInotifyEvent:]
		if n > len(b) {
			return
		}
		name := strings.TrimRight(string(b[:n]), "\x00")
		b = b[n:]
		if mask&unix.IN_CREATE != 0 {
			c.Out.Raw("add " + name + "\n")
		}
		if mask&unix.IN_DELETE != 0 {
			c.Out.Raw("delete " + name + "\n")
		}
	}
}
