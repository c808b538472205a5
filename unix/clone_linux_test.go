package unix_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/unix"
)

// child makes a child that runs a script, and returns what it wrote and how it ended.
func child(t *testing.T, args unix.CloneArgs, script string) (pid, pidfd int, out string, w unix.WaitStatus) {
	t.Helper()
	file := temp(t, "")
	pid, pidfd, err := unix.Clone3(&args, "/bin/sh", []string{"sh", "-c", "exec >$FILE; " + script},
		[]string{"FILE=" + file, "PATH=/bin:/usr/bin"})
	need(t, "clone3", "5.5", err)
	got, err := unix.Wait4(pid, &w, unix.WALL, nil)
	if got != pid || err != nil {
		t.Errorf("waited for %d, not %d: %v", got, pid, err)
	}
	b, err := os.ReadFile(file)
	ok(t, err)
	return pid, pidfd, string(b), w
}

func TestClone3(t *testing.T) {
	onKernel(t, "clone3")
	pid, pidfd, out, w := child(t, unix.CloneArgs{Exit_signal: uint64(unix.SIGCHLD)}, "echo $PPID $$; exit 7")
	if want := strconv.Itoa(os.Getpid()) + " " + strconv.Itoa(pid) + "\n"; out != want || w.ExitStatus() != 7 ||
		pidfd != -1 {
		t.Errorf("%q, want %q; %#x, %d", out, want, w, pidfd)
	}
	// The signals of the thread are blocked no more, in neither.
	onOwnThread(t, func() {
		_, _, out, _ := child(t, unix.CloneArgs{Exit_signal: uint64(unix.SIGCHLD)},
			`while read -r line; do case $line in SigBlk*) echo "$line";; esac; done </proc/self/status`)
		b, err := os.ReadFile("/proc/thread-self/status")
		if err != nil || out == "" || !strings.Contains(string(b), out) {
			t.Errorf("%q is not of the parent, %v", out, err)
		}
	})
}

func TestClone3GivesWhatIsAskedFor(t *testing.T) {
	onKernel(t, "clone3")
	// A pidfd, of a child without a signal at its end.
	pid, pidfd, _, w := child(t, unix.CloneArgs{Flags: unix.CLONE_PIDFD}, "exit 3")
	if w.ExitStatus() != 3 || pidfd < 0 {
		t.Fatalf("%#x, %d", w, pidfd)
	}
	defer unix.Close(pidfd)
	info := unix.PidfdInfo{Mask: unix.PIDFD_INFO_PID}
	if err := unix.IoctlPidfdInfo(pidfd, &info); err == nil && int(info.Pid) != pid {
		t.Errorf("the descriptor is of %d, not %d", info.Pid, pid)
	}
	fails(t, unix.PidfdSendSignal(pidfd, 0, nil, 0), unix.ESRCH)
	if flags, err := unix.FcntlInt(uintptr(pidfd), unix.F_GETFD, 0); flags != unix.FD_CLOEXEC || err != nil {
		t.Errorf("flags %#x, %v", flags, err)
	}
	// A namespace, and the pid there.
	args := unix.CloneArgs{Flags: unix.CLONE_NEWPID | unix.CLONE_NEWUSER, Exit_signal: uint64(unix.SIGCHLD)}
	if _, _, out, _ := child(t, args, "echo $$ $PPID"); out != "1 0\n" {
		t.Errorf("%q", out)
	}
	// A pid of choice: of a free one, in the namespace where the test is root.
	var pin runtime.Pinner
	defer pin.Unpin()
	tid := int32(1)
	pin.Pin(&tid)
	args.Set_tid, args.Set_tid_size = uint64(uintptr(unsafe.Pointer(&tid))), 1
	if _, _, out, _ := child(t, args, "echo $$"); out != "1\n" {
		t.Errorf("%q", out)
	}
	tid = 77
	_, _, err := unix.Clone3(&args, "/bin/sh", []string{"sh"}, nil)
	fails(t, err, unix.EINVAL) // the first one of a namespace is 1
}

func TestClone3SaysWhatFailed(t *testing.T) {
	onKernel(t, "clone3")
	ok := unix.CloneArgs{Exit_signal: uint64(unix.SIGCHLD)}
	for name, c := range map[string]struct {
		args unix.CloneArgs
		path string
		want error
	}{
		"no such program": {ok, "/no/such/program", unix.ENOENT},
		"no program":      {ok, os.DevNull, unix.EACCES},
		"with a pidfd":    {unix.CloneArgs{Flags: unix.CLONE_PIDFD}, "/no/such/program", unix.ENOENT},
		"a bad path":      {ok, "a\x00b", unix.EINVAL},
		"unknown flags":   {unix.CloneArgs{Flags: 1 << 63}, "/bin/sh", unix.EINVAL},
		"a bad signal":    {unix.CloneArgs{Exit_signal: 1000}, "/bin/sh", unix.EINVAL},
		"shared memory":   {unix.CloneArgs{Flags: unix.CLONE_VM}, "/bin/sh", unix.EINVAL},
		"a thread": {unix.CloneArgs{Flags: unix.CLONE_THREAD | unix.CLONE_SIGHAND | unix.CLONE_VM}, "/bin/sh",
			unix.EINVAL},
		"shared files":   {unix.CloneArgs{Flags: unix.CLONE_FILES}, "/bin/sh", unix.EINVAL},
		"a stack":        {unix.CloneArgs{Stack: 4096, Stack_size: 4096}, "/bin/sh", unix.EINVAL},
		"a place for it": {unix.CloneArgs{Flags: unix.CLONE_PIDFD, Pidfd: 4096}, "/bin/sh", unix.EINVAL},
		"no such cgroup": {unix.CloneArgs{Flags: unix.CLONE_INTO_CGROUP, Cgroup: closed}, "/bin/sh", unix.EBADF},
	} {
		pid, pidfd, err := unix.Clone3(&c.args, c.path, []string{"sh"}, nil)
		if err != c.want || pid != -1 || pidfd != -1 {
			t.Errorf("%s: %d, %d, %v, want %v", name, pid, pidfd, err, c.want)
		}
	}
	// None of them is left to wait for.
	for range 2 {
		pid, err := unix.Wait4(-1, nil, unix.WALL|unix.WNOHANG, nil)
		if err != unix.ECHILD && pid != 0 {
			t.Errorf("child %d was left, %v", pid, err)
		}
	}
}

// TestClone3AmongThreads makes children while other threads allocate and take locks.
func TestClone3AmongThreads(t *testing.T) {
	onKernel(t, "clone3")
	stop, done := make(chan struct{}), make(chan int)
	go func() {
		var kept [][]byte
		for n := 0; ; n++ {
			select {
			case <-stop:
				done <- len(kept)
				return
			default:
				kept = append(kept[:n%100], make([]byte, 1<<12))
			}
		}
	}()
	for range 20 {
		pid, _, err := unix.Clone3(&unix.CloneArgs{}, "/bin/true", []string{"true"}, nil)
		ok(t, err)
		var w unix.WaitStatus
		if got, err := unix.Wait4(pid, &w, unix.WALL, nil); got != pid || err != nil || w != 0 {
			t.Errorf("%d, %v, %#x", got, err, w)
		}
	}
	close(stop)
	<-done
}
