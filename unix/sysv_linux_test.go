package unix_test

import (
	"os"
	"testing"

	"kern.sys/unix"
)

func TestSysvMessages(t *testing.T) {
	id, err := unix.Msgget(unix.IPC_PRIVATE, unix.IPC_CREAT|0o600)
	need(t, "System V message queues", "5.1", err)
	defer func() {
		_, err := unix.Msgctl(id, unix.IPC_RMID, nil)
		ok(t, err)
		fails(t, unix.Msgsnd(id, 1, nil, unix.IPC_NOWAIT), unix.EINVAL)
	}()
	ok(t, unix.Msgsnd(id, 3, []byte("three"), 0))
	ok(t, unix.Msgsnd(id, 1, []byte("one"), 0))
	ok(t, unix.Msgsnd(id, 2, nil, 0))
	fails(t, unix.Msgsnd(id, 0, []byte("x"), unix.IPC_NOWAIT), unix.EINVAL)

	var desc unix.Msqid_ds
	_, err = unix.Msgctl(id, unix.IPC_STAT, &desc)
	ok(t, err)
	if desc.Qnum != 3 || desc.Cbytes != 8 {
		t.Errorf("%+v", desc)
	}
	if !emulated() { // has 16 bits for the mode and 32 for times where some architectures have more
		if desc.Stime == 0 || int(desc.Lspid) != os.Getpid() || desc.Perm.Mode&0o777 != 0o600 {
			t.Errorf("%+v", desc)
		}
		desc.Perm.Mode = 0o640
		_, err = unix.Msgctl(id, unix.IPC_SET, &desc)
		ok(t, err)
		_, err = unix.Msgctl(id, unix.IPC_STAT, &desc)
		if desc.Perm.Mode&0o777 != 0o640 || err != nil {
			t.Errorf("%+v, %v", desc.Perm, err)
		}
	}
	_, err = unix.Msgctl(id, unix.IPC_STAT, nil)
	fails(t, err, unix.EFAULT)

	buf := make([]byte, 5)
	_, _, err = unix.Msgrcv(id, buf[:4], 3, unix.IPC_NOWAIT)
	fails(t, err, unix.E2BIG)
	for _, c := range []struct {
		typ, got int
		text     string
	}{{-2, 1, "one"}, {0, 3, "three"}, {2, 2, ""}} {
		n, got, err := unix.Msgrcv(id, buf, c.typ, 0)
		ok(t, err)
		if got != c.got || string(buf[:n]) != c.text {
			t.Errorf("%q of type %d, want %+v", buf[:n], got, c)
		}
	}
	_, _, err = unix.Msgrcv(id, buf, 0, unix.IPC_NOWAIT)
	fails(t, err, unix.ENOMSG)
	ok(t, unix.Msgsnd(id, 9, []byte("truncated"), 0))
	if n, got, err := unix.Msgrcv(id, buf, 0, unix.MSG_NOERROR); n != 5 || got != 9 || err != nil ||
		string(buf) != "trunc" {
		t.Errorf("%d, %d, %v, %q", n, got, err, buf)
	}
}

func TestMsgctlInfo(t *testing.T) {
	id, err := unix.Msgget(unix.IPC_PRIVATE, unix.IPC_CREAT|0o600)
	need(t, "System V message queues", "5.1", err)
	defer func() { _, _ = unix.Msgctl(id, unix.IPC_RMID, nil) }()
	var limits, used unix.Msginfo
	last, err := unix.MsgctlInfo(unix.IPC_INFO, &limits)
	ok(t, err)
	if limits.Msgmax <= 0 || limits.Msgmni <= 0 || last < 0 {
		t.Errorf("%d, %+v", last, limits)
	}
	_, err = unix.MsgctlInfo(unix.MSG_INFO, &used)
	ok(t, err)
	if used.Msgpool < 1 {
		t.Errorf("%d queues", used.Msgpool)
	}
	found := false
	for i := 0; i <= last; i++ {
		var desc unix.Msqid_ds
		got, err := unix.Msgctl(i, unix.MSG_STAT, &desc)
		found = found || got == id && err == nil
	}
	if !found {
		t.Errorf("no index up to %d is of %d", last, id)
	}
	_, err = unix.MsgctlInfo(unix.IPC_STAT, &used)
	fails(t, err, unix.EINVAL)
}

func TestSemaphores(t *testing.T) {
	id, err := unix.Semget(unix.IPC_PRIVATE, 3, unix.IPC_CREAT|0o600)
	need(t, "System V semaphores", "5.1", err)
	defer func() {
		_, err := unix.Semctl(id, 0, unix.IPC_RMID, 0)
		ok(t, err)
		_, err = unix.Semctl(id, 0, unix.GETVAL, 0)
		fails(t, err, unix.EINVAL)
	}()
	_, err = unix.Semctl(id, 1, unix.SETVAL, 5)
	ok(t, err)
	_, err = unix.Semctl(id, 1, unix.SETVAL, -1)
	fails(t, err, unix.ERANGE)
	ok(t, unix.Semop(id, []unix.Sembuf{{Num: 1, Op: -2}, {Num: 2, Op: 4}}))
	values := make([]uint16, 3)
	ok(t, unix.SemctlAll(id, unix.GETALL, values))
	if [3]uint16(values) != [3]uint16{0, 3, 4} {
		t.Errorf("%v", values)
	}
	ok(t, unix.SemctlAll(id, unix.SETALL, []uint16{7, 8, 9}))
	for i := range 3 {
		if v, err := unix.Semctl(id, i, unix.GETVAL, 0); v != 7+i || err != nil {
			t.Errorf("semaphore %d is %d, %v", i, v, err)
		}
	}
	if pid, err := unix.Semctl(id, 1, unix.GETPID, 0); pid != os.Getpid() || err != nil {
		t.Errorf("%d, %v", pid, err)
	}
	for _, short := range [][]uint16{nil, make([]uint16, 2), make([]uint16, 4)} {
		fails(t, unix.SemctlAll(id, unix.GETALL, short), unix.EINVAL)
		fails(t, unix.SemctlAll(id, unix.SETALL, short), unix.EINVAL)
	}
	// Nothing is done of what cannot be done in whole.
	fails(t, unix.Semop(id, []unix.Sembuf{{Num: 0, Op: 1}, {Num: 1, Op: -100, Flg: unix.IPC_NOWAIT}}), unix.EAGAIN)
	if v, err := unix.Semctl(id, 0, unix.GETVAL, 0); v != 7 || err != nil {
		t.Errorf("%d, %v", v, err)
	}
	fails(t, unix.Semtimedop(id, []unix.Sembuf{{Num: 0, Op: -100}}, &unix.KernelTimespec{Nsec: 1e6}), unix.EAGAIN)
	fails(t, unix.Semtimedop(id, []unix.Sembuf{{Num: 0, Op: -100}}, &unix.KernelTimespec{Nsec: -1}), unix.EINVAL)
	fails(t, unix.Semop(id, []unix.Sembuf{{Num: 3}}), unix.EFBIG)
	for _, cmd := range []int{unix.GETALL, unix.SETALL, unix.IPC_STAT, unix.IPC_SET, unix.IPC_INFO} {
		_, err := unix.Semctl(id, 0, cmd, 0) // would have the kernel read or write at 0
		fails(t, err, unix.EINVAL)
	}
}

func TestSemctlDesc(t *testing.T) {
	id, err := unix.Semget(unix.IPC_PRIVATE, 2, unix.IPC_CREAT|0o600)
	need(t, "System V semaphores", "5.1", err)
	defer func() { _, _ = unix.Semctl(id, 0, unix.IPC_RMID, 0) }()
	var desc unix.Semid_ds
	_, err = unix.SemctlDesc(id, unix.IPC_STAT, &desc)
	ok(t, err)
	if desc.Nsems != 2 {
		t.Errorf("%+v", desc)
	}
	onKernel(t, "times and permissions of semaphores")
	if desc.Ctime == 0 || desc.Otime != 0 || desc.Perm.Mode&0o777 != 0o600 {
		t.Errorf("%+v", desc)
	}
	desc.Perm.Mode = 0o644
	_, err = unix.SemctlDesc(id, unix.IPC_SET, &desc)
	ok(t, err)
	var limits unix.Seminfo
	last, err := unix.SemctlInfo(unix.IPC_INFO, &limits)
	ok(t, err)
	if limits.Semmsl <= 0 || limits.Semopm <= 0 {
		t.Errorf("%+v", limits)
	}
	_, err = unix.SemctlInfo(unix.SEM_INFO, &limits)
	ok(t, err)
	if limits.Semusz < 1 {
		t.Errorf("%+v", limits)
	}
	found := false
	for i := 0; i <= last; i++ {
		got, err := unix.SemctlDesc(i, unix.SEM_STAT, &desc)
		found = found || got == id && err == nil && desc.Perm.Mode&0o777 == 0o644
	}
	if !found {
		t.Errorf("no index up to %d is of %d", last, id)
	}
	_, err = unix.SemctlDesc(id, unix.GETALL, &desc)
	fails(t, err, unix.EINVAL)
	_, err = unix.SemctlInfo(unix.GETALL, &limits)
	fails(t, err, unix.EINVAL)
	fails(t, unix.SemctlAll(id, unix.GETVAL, make([]uint16, 2)), unix.EINVAL)
}
