//go:build dragonfly || freebsd || netbsd || openbsd

package unix_test

import (
	"os"
	"os/exec"
	"os/signal"
	"testing"
	"time"
	"unsafe"

	"kern.sys/unix"
)

// queue makes a kqueue.
func queue(t *testing.T) int {
	t.Helper()
	kq, err := unix.Kqueue()
	must(t, "kqueue", err)
	t.Cleanup(func() { _ = unix.Close(kq) })
	return kq
}

func change(fd, filter, flags int) []unix.Kevent_t {
	k := make([]unix.Kevent_t, 1)
	unix.SetKevent(&k[0], fd, filter, flags)
	return k
}

// wait is kevent(2), which signals interrupt after it has made the changes: the runtime of Go sends some.
func wait(kq int, changes, events []unix.Kevent_t, timeout *unix.Timespec) (int, error) {
	for {
		n, err := unix.Kevent(kq, changes, events, timeout)
		if err != unix.EINTR {
			return n, err
		}
		changes = nil
	}
}

func TestKqueueOfDescriptors(t *testing.T) {
	kq := queue(t)
	var p [2]int
	must(t, "pipe", unix.Pipe(p[:]))
	defer func() { _ = unix.Close(p[0]) }()
	both := append(change(p[0], unix.EVFILT_READ, unix.EV_ADD),
		change(p[1], unix.EVFILT_WRITE, unix.EV_ADD|unix.EV_ONESHOT)...)
	mark := byte(7)
	set(&both[0], &mark)
	events := make([]unix.Kevent_t, 4)
	n, err := wait(kq, both, events, &unix.Timespec{Sec: 5})
	if n != 1 || err != nil || int(events[0].Ident) != p[1] || int32(events[0].Filter) != unix.EVFILT_WRITE {
		t.Fatalf("ready to write: %d, %v, %+v", n, err, events[0])
	}
	if n, err := wait(kq, nil, events, &unix.Timespec{}); n != 0 || err != nil {
		t.Errorf("once only: %d, %v", n, err)
	}
	if _, err := unix.Write(p[1], []byte("four")); err != nil {
		t.Fatal(err)
	}
	n, err = wait(kq, nil, events, &unix.Timespec{Sec: 5})
	if n != 1 || err != nil || int(events[0].Ident) != p[0] || events[0].Data != 4 || mark != 7 ||
		!same(&events[0], &mark) {
		t.Errorf("ready to read: %d, %v, %+v", n, err, events[0])
	}
	must(t, "close", unix.Close(p[1]))
	n, err = wait(kq, nil, events, &unix.Timespec{Sec: 5})
	if n != 1 || err != nil || int64(events[0].Flags)&unix.EV_EOF == 0 {
		t.Errorf("end: %d, %v, %+v", n, err, events[0])
	}
	if n, err := wait(kq, change(p[0], unix.EVFILT_READ, unix.EV_DELETE), nil, nil); n != 0 || err != nil {
		t.Errorf("delete: %d, %v", n, err)
	}
	if n, err := wait(kq, change(p[0], unix.EVFILT_READ, unix.EV_DELETE), nil, nil); n != -1 || err != unix.ENOENT {
		t.Errorf("delete of what is not there: %d, %v", n, err)
	}
	n, err = wait(kq, change(p[0], unix.EVFILT_READ, unix.EV_DELETE), events, nil)
	if n != 1 || err != nil || int64(events[0].Flags)&unix.EV_ERROR == 0 || unix.Errno(events[0].Data) != unix.ENOENT {
		t.Errorf("an error as an event: %d, %v, %+v", n, err, events[0])
	}
}

func TestKqueueOfTimersAndUsers(t *testing.T) {
	kq := queue(t)
	events := make([]unix.Kevent_t, 2)
	timer := change(1, unix.EVFILT_TIMER, unix.EV_ADD|unix.EV_ONESHOT)
	timer[0].Data = 5 // milliseconds
	began := time.Now()
	if n, err := wait(kq, timer, events, &unix.Timespec{Sec: 5}); n != 1 || err != nil || events[0].Ident != 1 ||
		time.Since(began) < 5*time.Millisecond {
		t.Errorf("timer: %d, %v, %+v after %v", n, err, events[0], time.Since(began))
	}
	user := change(42, unix.EVFILT_USER, unix.EV_ADD|unix.EV_CLEAR)
	if n, err := wait(kq, user, nil, nil); n != 0 || err != nil {
		t.Fatal(n, err)
	}
	go func() {
		trigger := change(42, unix.EVFILT_USER, 0)
		trigger[0].Fflags = unix.NOTE_TRIGGER
		_, _ = wait(kq, trigger, nil, nil)
	}()
	if n, err := wait(kq, nil, events, &unix.Timespec{Sec: 5}); n != 1 || err != nil || events[0].Ident != 42 {
		t.Errorf("event of the user: %d, %v, %+v", n, err, events[0])
	}
}

func TestKeventAllocatesNothing(t *testing.T) {
	kq := queue(t)
	var p [2]int
	must(t, "pipe", unix.Pipe(p[:]))
	defer func() { _, _ = unix.Close(p[0]), unix.Close(p[1]) }()
	if allocs := testing.AllocsPerRun(20, func() {
		var k [1]unix.Kevent_t
		unix.SetKevent(&k[0], p[1], unix.EVFILT_WRITE, unix.EV_ADD)
		if n, err := wait(kq, k[:], k[:], &unix.Timespec{Sec: 5}); n != 1 || err != nil {
			t.Error(n, err)
		}
	}); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}

func TestPollWaits(t *testing.T) {
	var p [2]int
	must(t, "pipe", unix.Pipe(p[:]))
	defer func() { _, _ = unix.Close(p[0]), unix.Close(p[1]) }()
	fds := []unix.PollFd{{Fd: int32(p[0]), Events: unix.POLLIN}}
	if n, err := poll(fds, 1); n != 0 || err != nil {
		t.Errorf("nothing there: %d, %v", n, err)
	}
	go func() { _, _ = unix.Write(p[1], []byte("x")) }()
	if n, err := poll(fds, 5000); n != 1 || err != nil || fds[0].Revents != unix.POLLIN {
		t.Errorf("poll: %d, %v, %+v", n, err, fds[0])
	}
}

func poll(fds []unix.PollFd, timeout int) (n int, err error) {
	err = unix.IgnoringEINTR(func() error {
		n, err = unix.Poll(fds, timeout)
		return err
	})
	return n, err
}

func TestProcesses(t *testing.T) {
	cmd := exec.Command("/bin/sh", "-c", "exit 3")
	must(t, "start", cmd.Start())
	var ws unix.WaitStatus
	var usage unix.Rusage
	pid := 0
	err := unix.IgnoringEINTR(func() (err error) {
		pid, err = unix.Wait4(cmd.Process.Pid, &ws, 0, &usage)
		return err
	})
	if pid != cmd.Process.Pid || err != nil || !ws.Exited() || ws.ExitStatus() != 3 {
		t.Errorf("exit: %d, %v, %#x", pid, err, uint32(ws))
	}
	cmd = exec.Command("/bin/sleep", "60")
	must(t, "start", cmd.Start())
	must(t, "kill", unix.Kill(cmd.Process.Pid, unix.SIGUSR1))
	err = unix.IgnoringEINTR(func() error {
		pid, err = unix.Wait4(cmd.Process.Pid, &ws, 0, nil)
		return err
	})
	if pid != cmd.Process.Pid || err != nil || !ws.Signaled() || ws.Signal() != unix.SIGUSR1 {
		t.Errorf("signal: %d, %v, %#x", pid, err, uint32(ws))
	}
	if _, err := unix.Wait4(-1, &ws, unix.WNOHANG, nil); err != unix.ECHILD {
		t.Errorf("no children: %v", err)
	}
}

func TestSignalsArrive(t *testing.T) {
	got := make(chan os.Signal, 1)
	signal.Notify(got, unix.SIGUSR2)
	defer signal.Stop(got)
	must(t, "kill", unix.Kill(unix.Getpid(), unix.SIGUSR2))
	if s := <-got; s != unix.SIGUSR2 {
		t.Error(s)
	}
	must(t, "no signal", unix.Kill(unix.Getpid(), 0))
	if err := unix.Kill(1<<30, 0); err != unix.ESRCH {
		t.Errorf("no process: %v", err)
	}
}

// TestFaultsArePanics makes the runtime handle a signal of the processor and go on.
func TestFaultsArePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	var p *int
	*p = 1
}

func TestLimitsAndPriorities(t *testing.T) {
	var old, now unix.Rlimit
	must(t, "getrlimit", unix.Getrlimit(unix.RLIMIT_CORE, &old))
	want := unix.Rlimit{Cur: 0, Max: old.Max}
	must(t, "setrlimit", unix.Setrlimit(unix.RLIMIT_CORE, &want))
	defer func() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &old) }()
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &now); err != nil || now != want {
		t.Errorf("limit %+v, %v", now, err)
	}
	var usage unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &usage); err != nil || usage.Maxrss == 0 || usage.Utime.Nano()+
		usage.Stime.Nano() == 0 {
		t.Errorf("usage %+v, %v", usage, err)
	}
	prio, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
	must(t, "getpriority", err)
	must(t, "setpriority", unix.Setpriority(unix.PRIO_PROCESS, 0, prio))
	mask := unix.Umask(0o27)
	if got := unix.Umask(mask); got != 0o27 {
		t.Errorf("umask %o", got)
	}
	if pgid, err := unix.Getpgid(0); err != nil || pgid != unix.Getpgrp() {
		t.Errorf("process group %d, %v", pgid, err)
	}
	// The number is 0 where the session's leader is outside the process's own PID namespace.
	if own, err := unix.Getsid(0); err != nil || own < 0 {
		t.Errorf("session %d, %v", own, err)
	} else if sid, err := unix.Getsid(os.Getpid()); err != nil || sid != own {
		t.Errorf("session %d by process number, %d without, %v", sid, own, err)
	}
	if sid, err := unix.Getsid(1<<30 - 1); err != unix.ESRCH {
		t.Errorf("session of no process: %d, %v", sid, err)
	}
	if unix.Geteuid() != os.Geteuid() || unix.Getegid() != os.Getegid() || unix.Getgid() != os.Getgid() ||
		unix.Getppid() != os.Getppid() {
		t.Error("ids differ from those of package os")
	}
}

func TestTime(t *testing.T) {
	var a, b unix.Timespec
	must(t, "clock", unix.ClockGettime(unix.CLOCK_MONOTONIC, &a))
	must(t, "nanosleep", unix.IgnoringEINTR(func() error { return unix.Nanosleep(&unix.Timespec{Nsec: 3e6}, nil) }))
	must(t, "clock", unix.ClockGettime(unix.CLOCK_MONOTONIC, &b))
	if b.Nano()-a.Nano() < 3e6 {
		t.Errorf("slept %d ns", b.Nano()-a.Nano())
	}
	if err := unix.ClockGettime(0x7ffe, &a); err != unix.EINVAL {
		t.Errorf("no clock: %v", err)
	}
}

func TestMappedFiles(t *testing.T) {
	fd := file(t, t.TempDir()+"/file", string(make([]byte, 3*unix.Getpagesize())))
	b, err := unix.Mmap(fd, int64(unix.Getpagesize()), unix.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE,
		unix.MAP_SHARED)
	must(t, "mmap", err)
	copy(b, "stored")
	must(t, "msync", unix.Msync(b, unix.MS_SYNC))
	must(t, "madvise", unix.Madvise(b, unix.MADV_NORMAL))
	must(t, "mlock", unix.Mlock(b))
	must(t, "munlock", unix.Munlock(b))
	got := make([]byte, 6)
	if n, err := unix.Pread(fd, got, int64(unix.Getpagesize())); n != 6 || err != nil || string(got) != "stored" {
		t.Errorf("in the file: %q, %v", got, err)
	}
	must(t, "munmap", unix.Munmap(b))
	if _, err := unix.Mmap(fd, 1, 4096, unix.PROT_READ, unix.MAP_SHARED); err != unix.EINVAL {
		t.Errorf("an odd offset: %v", err)
	}
}

func TestTerminals(t *testing.T) {
	fd, err := unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no /dev/ptmx:", err)
	}
	defer func() { _ = unix.Close(fd) }()
	must(t, "set size", unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 99}))
	if ws, err := unix.IoctlGetWinsize(fd, unix.TIOCGWINSZ); err != nil || ws.Row != 24 || ws.Col != 99 {
		t.Errorf("size %+v, %v", ws, err)
	}
	old, err := unix.IoctlGetTermios(fd, unix.TIOCGETA)
	must(t, "settings", err)
	raw := *old
	raw.Lflag &^= unix.ECHO | unix.ICANON
	raw.Cc[unix.VMIN], raw.Cc[unix.VTIME] = 3, 0
	must(t, "set", unix.IoctlSetTermios(fd, unix.TIOCSETA, &raw))
	now, err := unix.IoctlGetTermios(fd, unix.TIOCGETA)
	if err != nil || now.Lflag&(unix.ECHO|unix.ICANON) != 0 || old.Lflag&unix.ECHO == 0 || now.Cc[unix.VMIN] != 3 ||
		now.Cflag != old.Cflag {
		t.Errorf("settings %+v, were %+v, %v", now, old, err)
	}
	if _, err := unix.IoctlGetTermios(-1, unix.TIOCGETA); err != unix.EBADF {
		t.Errorf("no descriptor: %v", err)
	}
}

// set and same are about what a change has for its user: a pointer or a number, by system.
func set(k *unix.Kevent_t, mark *byte) {
	*(*unsafe.Pointer)(unsafe.Pointer(&k.Udata)) = unsafe.Pointer(mark)
}

func same(k *unix.Kevent_t, mark *byte) bool {
	return *(*unsafe.Pointer)(unsafe.Pointer(&k.Udata)) == unsafe.Pointer(mark)
}
