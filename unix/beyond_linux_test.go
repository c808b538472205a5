package unix_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
	"unsafe"

	"kern.sys/unix"
)

func TestEpollPwait2(t *testing.T) {
	epfd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(epfd)
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	ev := unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(p[0])}
	if err := unix.EpollCtl(epfd, unix.EPOLL_CTL_ADD, p[0], &ev); err != nil {
		t.Fatal(err)
	}
	events := make([]unix.EpollEvent, 4)
	began := time.Now()
	n, err := unix.EpollPwait2(epfd, events, &unix.KernelTimespec{Nsec: 2_000_000}, &unix.Sigset_t{})
	need(t, "epoll_pwait2", "5.11", err)
	if n != 0 || err != nil || time.Since(began) < 2*time.Millisecond {
		t.Errorf("nothing to read: %d, %v after %v", n, err, time.Since(began))
	}
	if _, err := unix.Write(p[1], []byte{1}); err != nil {
		t.Fatal(err)
	}
	if n, err := unix.EpollPwait2(epfd, events, nil, nil); n != 1 || err != nil || events[0].Fd != int32(p[0]) {
		t.Errorf("one byte to read: %d, %v, %+v", n, err, events[0])
	}
	if _, err := unix.EpollPwait2(-1, events, nil, nil); err != unix.EBADF {
		t.Errorf("no epoll: %v", err)
	}
}

func TestKcmp(t *testing.T) {
	pid := os.Getpid()
	fd, err := unix.Dup(1)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	order, err := unix.Kcmp(pid, pid, unix.KCMP_FILE, 1, uintptr(fd))
	if errors.Is(err, unix.EPERM) {
		t.Skip("feature kcmp: not allowed here")
	}
	need(t, "kcmp", "3.5", err)
	if order != 0 || err != nil {
		t.Errorf("a copy of a descriptor: %d, %v", order, err)
	}
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC); err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	if order, err := unix.Kcmp(pid, pid, unix.KCMP_FILE, uintptr(p[0]), uintptr(p[1])); order == 0 || err != nil {
		t.Errorf("two ends of a pipe: %d, %v", order, err)
	}
}

// TestLandlock restricts a thread of its own, which ends with the test.
func TestLandlock(t *testing.T) {
	abi, err := unix.LandlockABI()
	need(t, "landlock", "5.13", err)
	if err != nil || abi < 1 {
		t.Fatalf("version %d, %v", abi, err)
	}
	open, closed := t.TempDir(), t.TempDir()
	for _, dir := range []string{open, closed} {
		if err := os.WriteFile(filepath.Join(dir, "f"), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	read := func(dir string) error {
		fd, err := unix.Open(filepath.Join(dir, "f"), unix.O_RDONLY|unix.O_CLOEXEC, 0)
		if err == nil {
			unix.Close(fd)
		}
		return err
	}
	type result struct {
		setup, open, closed error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends
		var r result
		r.setup = func() error {
			attr := unix.LandlockRulesetAttr{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_READ_FILE}
			fd, err := unix.LandlockCreateRuleset(&attr, 0)
			if err != nil {
				return err
			}
			defer unix.Close(fd)
			dir, err := unix.Open(open, unix.O_PATH|unix.O_CLOEXEC, 0)
			if err != nil {
				return err
			}
			defer unix.Close(dir)
			rule := unix.LandlockPathBeneathAttr{Allowed_access: unix.LANDLOCK_ACCESS_FS_READ_FILE, Parent_fd: int32(dir)}
			if err := unix.LandlockAddPathBeneath(fd, &rule, 0); err != nil {
				return err
			}
			if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
				return err
			}
			return unix.LandlockRestrictSelf(fd, 0)
		}()
		r.open, r.closed = read(open), read(closed)
		done <- r
	}()
	r := <-done
	if r.setup != nil || r.open != nil || r.closed != unix.EACCES {
		t.Errorf("setting up: %v; the open directory: %v; the closed: %v", r.setup, r.open, r.closed)
	}
	if err := read(closed); err != nil {
		t.Errorf("another thread: %v", err)
	}
	if _, err := unix.LandlockCreateRuleset(&unix.LandlockRulesetAttr{}, 0); err == nil {
		t.Error("a ruleset of nothing: no error")
	}
}

func TestMembarrier(t *testing.T) {
	have, err := unix.Membarrier(unix.MEMBARRIER_CMD_QUERY, 0, 0)
	need(t, "membarrier", "4.3", err)
	if err != nil || have&unix.MEMBARRIER_CMD_GLOBAL == 0 {
		t.Fatalf("have %#x, %v", have, err)
	}
	if _, err := unix.Membarrier(1<<30, 0, 0); err != unix.EINVAL {
		t.Errorf("no such command: %v", err)
	}
}

func TestPkeys(t *testing.T) {
	since := map[string]string{"386": "4.9", "amd64": "4.9", "ppc64": "4.16", "ppc64le": "4.16",
		"arm64": "6.12"}[runtime.GOARCH]
	if since == "" {
		fails(t, unix.PkeyFree(-1), unix.ENOSYS)
		t.Skip("feature pkeys: the architecture has none")
	}
	if err := unix.PkeyFree(-1); err != unix.EINVAL {
		need(t, "pkey_free", since, err)
		t.Error("no key: no error")
	}
	key, err := unix.PkeyAlloc(0, unix.PKEY_DISABLE_WRITE)
	if err == unix.ENOSPC || err == unix.EINVAL || err == unix.ENOSYS {
		t.Skip("feature pkeys: the processor has none")
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(b)
	if err := unix.PkeyMprotect(b, unix.PROT_READ|unix.PROT_WRITE, key); err != nil {
		t.Error(err)
	}
	if err := unix.PkeyMprotect(b, unix.PROT_READ|unix.PROT_WRITE, 0); err != nil {
		t.Error(err)
	}
	if err := unix.PkeyFree(key); err != nil {
		t.Error(err)
	}
}

func TestProcessMadviseAndMrelease(t *testing.T) {
	self, err := unix.PidfdOpen(os.Getpid(), 0)
	need(t, "pidfd_open", "5.3", err)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(self)
	b, err := unix.Mmap(-1, 0, 4*os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Munmap(b)
	iov := unix.Iovec{Base: unsafe.SliceData(b)}
	iov.SetLen(len(b))
	n, err := unix.ProcessMadvise(self, []unix.Iovec{iov}, unix.MADV_COLD, 0)
	need(t, "process_madvise", "5.10", err)
	if n != len(b) || err != nil {
		t.Errorf("advised %d bytes of %d, %v", n, len(b), err)
	}
	cmd := exec.Command("cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	child, err := unix.PidfdOpen(cmd.Process.Pid, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(child)
	if err := unix.ProcessMrelease(child, 0); err != unix.EINVAL {
		need(t, "process_mrelease", "5.15", err)
		t.Error("a process that nobody kills: no error")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	for start := time.Now(); ; runtime.Gosched() {
		err := unix.ProcessMrelease(child, 0)
		if err == nil || err == unix.ESRCH { // it may have ended
			break
		}
		if err != unix.EINVAL || time.Since(start) > 10*time.Second { // it may not have begun to end
			t.Errorf("a process that is killed: %v", err)
			break
		}
	}
	_ = cmd.Wait() // it was killed
}

func TestIgnoringEINTR(t *testing.T) {
	calls := 0
	err := unix.IgnoringEINTR(func() error {
		if calls++; calls < 3 {
			return unix.EINTR
		}
		return unix.EIO
	})
	if calls != 3 || err != unix.EIO {
		t.Errorf("%d calls, %v", calls, err)
	}
}
