// Package tour is the demonstration: two hosts, a router between them and real
// traffic, in network namespaces that end with it.
package tour

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"kern.sys/cmd/kern/internal/cli"
	"kern.sys/unix"
)

// insideEnv is set where the program runs in a user namespace made for the
// tour.
const insideEnv = "KERN_DEMO_INSIDE"

// Usage is the grammar of "demo".
func Usage() string {
	return `demo
`
}

// Run is the tour. All that it makes hangs on descriptors of
// this process, so nothing is left when it ends, however it does.
func Run(c *cli.Command) error {
	if c.HelpAsked() {
		return c.ShowUsage()
	}
	if c.More() {
		return cli.NoWord("demo", c.Peek())
	}
	ctx, stop := signal.NotifyContext(c.Ctx, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	err := newTour(ctx, c).run()
	if errors.Is(err, unix.EPERM) && os.Getenv(insideEnv) == "" {
		return demoInside(ctx, c)
	}
	if ctx.Err() != nil {
		return cli.Exit(130, "demo: interrupted; nothing is left behind")
	}
	return err
}

// demoInside runs the tour in a user namespace of its own, where an ordinary
// user may make network namespaces.
func demoInside(ctx context.Context, c *cli.Command) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	runtime.LockOSThread() // Pdeathsig is about the thread that starts the process
	defer runtime.UnlockOSThread()
	cmd := exec.CommandContext(ctx, self, "demo")
	cmd.Env = append(os.Environ(), insideEnv+"=1")
	cmd.Stdout, cmd.Stderr = c.Stdout, c.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	if err := cmd.Start(); err != nil {
		return cli.Exit(cli.StatusFailed, "demo: this system lets neither this user make network namespaces nor an "+
			"ordinary user make a user namespace (%v).\n"+
			"Run it as root (sudo %s demo), or have user namespaces allowed: sysctl kernel.unprivileged_userns_clone=1,\n"+
			"kernel.apparmor_restrict_unprivileged_userns=0 or user.max_user_namespaces=1000, whichever the system has.", err,
			c.Name)
	}
	err = cmd.Wait()
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) && failed.ExitCode() >= 0 {
		return cli.Exit(failed.ExitCode(), "") // it has said why
	}
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}
