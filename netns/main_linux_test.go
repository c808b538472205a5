package netns_test

import (
	"errors"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/netns"
	"kern.sys/unix"
)

func TestMain(m *testing.M) { nstest.Main(m) }

// detailed gives errors all details until the test ends.
func detailed(t *testing.T) {
	netns.ErrorDetails = true
	t.Cleanup(func() { netns.ErrorDetails = false })
}

// get returns the calling thread's namespace.
func get(t *testing.T) netns.NsHandle {
	t.Helper()
	ns, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ns.Close() })
	return ns
}

// lock locks the test to a thread, and fails it when it does not end in the namespace it began in.
func lock(t *testing.T) (origin netns.NsHandle) {
	t.Helper()
	runtime.LockOSThread()
	origin = get(t)
	t.Cleanup(func() {
		if now := get(t); !now.Equal(origin) {
			t.Errorf("thread is left in %v, came from %v", now, origin)
			return // and ends the thread with the test
		}
		runtime.UnlockOSThread()
	})
	return origin
}

// ip runs iproute2's command and returns its output.
func ip(t *testing.T, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("ip")
	if err != nil {
		t.Skip("iproute2 is not installed")
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// child starts a process in a network namespace of its own that ends with the test.
func child(t *testing.T) (pid int) {
	t.Helper()
	cmd := exec.Command("cat")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stdin.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return cmd.Process.Pid
}

// childEnv marks the process that inProcess runs its function in.
const childEnv = "KERN_NETNS_TEST_CHILD"

// inProcess runs fn, which is all of a test but what is before it, in a process that has mounts of its own, with an
// empty /run, and the other namespaces of attr.
func inProcess(t *testing.T, attr *syscall.SysProcAttr, fn func()) {
	t.Helper()
	nstest.Private(t)
	if os.Getenv(childEnv) != "" {
		fn()
		return
	}
	names := strings.Split(t.Name(), "/")
	for i, name := range names {
		names[i] = "^" + regexp.QuoteMeta(name) + "$"
	}
	cmd := exec.Command("/proc/self/exe", "-test.run="+strings.Join(names, "/"))
	cmd.Env = append(os.Environ(), childEnv+"=1")
	attr.Cloneflags |= unix.CLONE_NEWNS
	cmd.SysProcAttr = attr
	out, err := cmd.CombinedOutput()
	if errors.Is(err, os.ErrPermission) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EUSERS) {
		nstest.Need(t, "user namespaces", "", err)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	} else if !strings.HasPrefix(string(out), "PASS") {
		t.Errorf("did not run: %s", out)
	}
}

// inUserNamespace runs fn in a process that has a user namespace of its own, whose limits it may change.
func inUserNamespace(t *testing.T, fn func()) {
	t.Helper()
	inProcess(t, &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}, fn)
}

// loseCapabilities empties the calling thread's effective capabilities and returns what gives them back.
func loseCapabilities(t *testing.T) (regain func()) {
	t.Helper()
	header := struct {
		version uint32
		pid     int32
	}{version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps, none [2]struct{ effective, permitted, inheritable uint32 }
	call := func(trap uintptr, data unsafe.Pointer) {
		if _, _, e := syscall.RawSyscall(trap, uintptr(unsafe.Pointer(&header)), uintptr(data), 0); e != 0 {
			t.Fatal(e)
		}
	}
	call(unix.SYS_CAPGET, unsafe.Pointer(&caps))
	none = caps
	for i := range none {
		none[i].effective = 0
	}
	call(unix.SYS_CAPSET, unsafe.Pointer(&none))
	return func() { call(unix.SYS_CAPSET, unsafe.Pointer(&caps)) }
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
