package nstest

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"
	"testing"

	"kern.sys/unix"
)

// insideEnv is set where Main has run the test binary again. Its value is "root" or "user": who did.
const insideEnv = "KERN_NSTEST_INSIDE"

// unavailable says why this process may not have namespaces of its own; nil: it has them.
var unavailable error

// Main runs the test binary once more in new mount and network namespaces, and in a new user namespace where the
// caller is not root, and exits with its status. In there, /run is an empty tmpfs, mounts are private and "lo" is up.
// After the tests it fails the run for descriptors, goroutines or polluted threads that they leave behind, and
// says on the last lines which features they skipped.
//
// Where the system forbids namespaces to the caller, the tests run where they are, and those that call [Private],
// [New] or [Do] are skipped there.
func Main(m *testing.M) {
	if os.Getenv(insideEnv) == "" {
		code, err := rerun()
		if err == nil {
			os.Exit(code)
		}
		unavailable = err
	} else if err := prepare(); errors.Is(err, os.ErrPermission) {
		unavailable = err // some systems give an ordinary user a user namespace and no rights in it
	} else if err != nil {
		fmt.Fprintln(os.Stderr, "nstest:", err)
		os.Exit(1)
	}
	os.Exit(run(m))
}

// run runs the tests and checks what they leave behind.
func run(m *testing.M) int {
	// Keeps the process's first thread from the tests. The runtime cannot end that one: a test that gives up its
	// thread would leave /proc/self in a foreign namespace.
	runtime.LockOSThread()
	startSignals()
	before, err := takeStock()
	if err != nil {
		fmt.Fprintln(os.Stderr, "nstest:", err)
		return 1
	}
	if unavailable != nil {
		skipExamples()
	}
	code := m.Run()
	if code == 0 {
		if err := before.compare(); err != nil {
			fmt.Fprintln(os.Stderr, "nstest:", err)
			code = 1
		}
	}
	printSkips(os.Stdout)
	if err := appendSkips(); err != nil {
		fmt.Fprintln(os.Stderr, "nstest:", err)
		code = max(code, 1)
	}
	return code
}

// startSignals starts the goroutine that package os/signal has from its first use on, which is no leak: go test
// -fuzz uses it.
func startSignals() {
	c := make(chan os.Signal, 1)
	signal.Notify(c, os.Interrupt)
	signal.Stop(c)
}

// skipExamples leaves out the package's examples, which have no way to skip themselves.
func skipExamples() {
	flag.Parse()
	if f := flag.Lookup("test.skip"); f.Value.String() == "" {
		_ = f.Value.Set("^Example") // a string flag takes any
		countSkip("examples in network namespaces")
	}
}

// rerun runs this test binary in new namespaces. The error says that it could not even be started there.
func rerun() (code int, err error) {
	if os.Geteuid() == 0 {
		code, err = rerunAs("root", &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWNET})
		if !errors.Is(err, unix.EPERM) {
			return code, err
		}
	}
	return rerunAs("user", &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNS | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	})
}

func rerunAs(who string, attr *syscall.SysProcAttr) (code int, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, err
	}
	// Pdeathsig is about the thread that starts the process, not about the process that it is of.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	attr.Pdeathsig = unix.SIGKILL
	cmd := &exec.Cmd{
		Path: self, Args: os.Args, Env: append(os.Environ(), insideEnv+"="+who),
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, SysProcAttr: attr,
	}
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("namespaces are forbidden to this %s: %w", who, err)
	}
	err = cmd.Wait()
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		fmt.Fprintln(os.Stderr, "nstest:", err)
		return 1, nil
	}
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		fmt.Fprintln(os.Stderr, "nstest: tests ended by", status.Signal())
		return 128 + int(status.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}

// prepare makes the new namespaces fit for tests.
func prepare() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	if err := unix.Mount("nstest", "/run", "tmpfs", 0, "mode=0755"); err != nil {
		return fmt.Errorf("mount tmpfs on /run: %w", err)
	}
	return loopbackUp()
}

// loopbackUp sets "lo" up in the calling thread's network namespace.
func loopbackUp() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socket: %w", err)
	}
	defer unix.Close(fd)
	if err := setUp(fd, "lo"); err != nil {
		return fmt.Errorf("set lo up: %w", err)
	}
	return nil
}
