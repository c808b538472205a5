package unix_test

import (
	"testing"

	"kern.sys/unix"
)

// Tests of what NetBSD gained in version 11.

func TestMemfd(t *testing.T) {
	fd, err := unix.MemfdCreate("kern", unix.MFD_CLOEXEC)
	must(t, "memfd_create", err)
	defer func() { _ = unix.Close(fd) }()
	if n, err := unix.Pwrite(fd, []byte("memory"), 4); n != 6 || err != nil {
		t.Fatal(n, err)
	}
	var st unix.Stat_t
	must(t, "fstat", unix.Fstat(fd, &st))
	if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); st.Size != 10 || flags != unix.FD_CLOEXEC ||
		err != nil {
		t.Errorf("%d bytes, flags %#x, %v", st.Size, flags, err)
	}
	if _, err := unix.MemfdCreate("kern", 1<<20); err != unix.EINVAL {
		t.Errorf("unknown flags: %v", err)
	}
}

func TestEpoll(t *testing.T) {
	var p [2]int
	must(t, "pipe2", unix.Pipe2(p[:], unix.O_CLOEXEC))
	defer func() { _, _ = unix.Close(p[0]), unix.Close(p[1]) }()
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	must(t, "epoll_create1", err)
	defer func() { _ = unix.Close(ep) }()
	must(t, "epoll_ctl", unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, p[0],
		&unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(p[0]), Pad: 7}))
	events := make([]unix.EpollEvent, 2)
	if n, err := unix.EpollWait(ep, events, 10); n != 0 || err != nil {
		t.Fatalf("nothing to read: %d, %v", n, err)
	}
	if _, err := unix.Write(p[1], []byte("x")); err != nil {
		t.Fatal(err)
	}
	must(t, "epoll_ctl", unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, p[1],
		&unix.EpollEvent{Events: unix.EPOLLOUT, Fd: int32(p[1])}))
	n, err := unix.EpollWait(ep, events, -1)
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	ready := map[int32]unix.EpollEvent{events[0].Fd: events[0], events[1].Fd: events[1]}
	if in := ready[int32(p[0])]; in.Events != unix.EPOLLIN || in.Pad != 7 {
		t.Errorf("to read: %+v", events)
	}
	if out := ready[int32(p[1])]; out.Events != unix.EPOLLOUT || out.Pad != 0 {
		t.Errorf("to write: %+v", events)
	}
	must(t, "epoll_ctl", unix.EpollCtl(ep, unix.EPOLL_CTL_DEL, p[1], nil))
	if n, err := unix.EpollWait(ep, events, -1); n != 1 || err != nil || events[0].Fd != int32(p[0]) {
		t.Errorf("one taken out: %d, %v, %+v", n, err, events[0])
	}
	if _, err := unix.EpollWait(ep, nil, 0); err != unix.EINVAL {
		t.Errorf("room for nothing: %v", err)
	}
	if err := unix.EpollCtl(ep, unix.EPOLL_CTL_MOD, p[1], &unix.EpollEvent{}); err != unix.ENOENT {
		t.Errorf("what is not watched: %v", err)
	}
}

func TestSemaphores(t *testing.T) {
	id, err := unix.Semget(unix.IPC_PRIVATE, 2, unix.IPC_CREAT|0o600)
	must(t, "semget", err)
	defer func() {
		if _, err := unix.SemctlInt(id, 0, unix.IPC_RMID, 0); err != nil {
			t.Error(err)
		}
	}()
	if _, err := unix.SemctlInt(id, 1, unix.SETVAL, 3); err != nil {
		t.Fatal(err)
	}
	must(t, "semop", unix.Semop(id, []unix.Sembuf{{Num: 0, Op: 2}, {Num: 1, Op: -1}}))
	for num, want := range []int{2, 2} {
		if n, err := unix.SemctlInt(id, num, unix.GETVAL, 0); n != want || err != nil {
			t.Errorf("semaphore %d is %d, %v", num, n, err)
		}
	}
	// None of several is done where one cannot be.
	ops := []unix.Sembuf{{Num: 0, Op: 1}, {Num: 1, Op: -3}}
	if err := unix.Semtimedop(id, ops, &unix.Timespec{Nsec: 1e6}); err != unix.EAGAIN {
		t.Errorf("after a time: %v", err)
	}
	ops[1].Flg = unix.IPC_NOWAIT
	if err := unix.Semtimedop(id, ops, nil); err != unix.EAGAIN {
		t.Errorf("at once: %v", err)
	}
	if n, err := unix.SemctlInt(id, 0, unix.GETVAL, 0); n != 2 || err != nil {
		t.Errorf("semaphore 0 is %d, %v", n, err)
	}
	if err := unix.Semop(id, nil); err != nil && err != unix.EINVAL {
		t.Errorf("no operations: %v", err)
	}
	if err := unix.Semop(-1, ops); err != unix.EINVAL {
		t.Errorf("no semaphores: %v", err)
	}
}
