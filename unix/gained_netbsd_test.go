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
