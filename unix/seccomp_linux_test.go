package unix_test

import (
	"os"
	"runtime"
	"testing"
	"unsafe"

	"kern.sys/unix"
)

// filter is a program for seccomp that does action for the system call nr, and allows all others.
func filter(nr uintptr, action uint32) []unix.SockFilter {
	return []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: uint32(unsafe.Offsetof(unix.SeccompData{}.Nr))},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: uint32(nr), Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: action},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
}

// install gives the calling thread a filter.
func install(program []unix.SockFilter, flags uint) (fd int, err error) {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return -1, err
	}
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	return unix.Seccomp(unix.SECCOMP_SET_MODE_FILTER, flags, ptr(&prog))
}

func TestSeccompReports(t *testing.T) {
	action := uint32(unix.SECCOMP_RET_KILL_PROCESS)
	_, err := unix.Seccomp(unix.SECCOMP_GET_ACTION_AVAIL, 0, ptr(&action))
	need(t, "SECCOMP_GET_ACTION_AVAIL", "4.14", err)
	action = 1
	_, err = unix.Seccomp(unix.SECCOMP_GET_ACTION_AVAIL, 0, ptr(&action))
	fails(t, err, unix.EOPNOTSUPP)
	var sizes unix.SeccompNotifSizes
	_, err = unix.Seccomp(unix.SECCOMP_GET_NOTIF_SIZES, 0, ptr(&sizes))
	need(t, "SECCOMP_GET_NOTIF_SIZES", "5.0", err)
	if sizes != (unix.SeccompNotifSizes{Notif: unix.SizeofSeccompNotif, Notif_resp: unix.SizeofSeccompNotifResp,
		Data: unix.SizeofSeccompData}) {
		t.Errorf("%+v", sizes)
	}
	_, err = unix.Seccomp(1<<20, 0, nil)
	fails(t, err, unix.EINVAL)
}

func TestSeccompFilter(t *testing.T) {
	const answer = unix.EXDEV
	var installed error
	var got unix.Errno
	onOwnThread(t, func() {
		_, installed = install(filter(unix.SYS_UMASK, unix.SECCOMP_RET_ERRNO|uint32(answer)), 0)
		_, _, got = unix.RawSyscall(unix.SYS_UMASK, 0o22, 0, 0)
	})
	need(t, "seccomp filters", "3.17", installed)
	if got != answer {
		t.Errorf("the filtered thread: %v", got)
	}
	if _, _, err := unix.RawSyscall(unix.SYS_UMASK, 0o22, 0, 0); err != 0 {
		t.Errorf("another thread: %v", err)
	}
}

// waiting is a system call that waits for what a listener answers.
type waiting struct {
	fd     int // the listener
	err    error
	result chan int // what the call returned, or an error number below zero
}

// notified has a thread call umask, with a filter that leaves it to a listener.
func notified(t *testing.T) *waiting {
	t.Helper()
	w := &waiting{result: make(chan int)}
	started := make(chan struct{})
	go func() {
		runtime.LockOSThread() // and never unlock: the thread ends with the goroutine
		w.fd, w.err = install(filter(unix.SYS_UMASK, unix.SECCOMP_RET_USER_NOTIF), unix.SECCOMP_FILTER_FLAG_NEW_LISTENER)
		close(started)
		if w.err != nil {
			return
		}
		r, _, errno := unix.Syscall(unix.SYS_UMASK, 0o123, 0, 0)
		if errno != 0 {
			r = uintptr(-int(errno))
		}
		w.result <- int(r)
	}()
	<-started
	if w.err == unix.EBUSY {
		t.Skip("feature seccomp listener: the process has one already")
	}
	need(t, "seccomp listeners", "5.0", w.err)
	t.Cleanup(func() { ok(t, unix.Close(w.fd)) })
	return w
}

func TestSeccompListener(t *testing.T) {
	w := notified(t)
	// Linux 6.6
	if err := unix.IoctlSeccompNotifSetFlags(w.fd, unix.SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP); err != nil &&
		err != unix.EINVAL {
		t.Error(err)
	}
	fails(t, unix.IoctlSeccompNotifSetFlags(w.fd, 1<<9), unix.EINVAL)
	req := unix.SeccompNotif{Id: 5} // the call makes it zeros
	ok(t, unix.IgnoringEINTR(func() error { return unix.IoctlSeccompNotifRecv(w.fd, &req) }))
	if req.Data.Nr != unix.SYS_UMASK || req.Data.Args[0] != 0o123 || req.Pid == 0 {
		t.Errorf("%+v", req)
	}
	ok(t, unix.IoctlSeccompNotifIdValid(w.fd, req.Id))
	fails(t, unix.IoctlSeccompNotifIdValid(w.fd, req.Id+1), unix.ENOENT)

	source := opened(t, temp(t, "given"), unix.O_RDONLY)
	newfd, err := unix.IoctlSeccompNotifAddfd(w.fd,
		&unix.SeccompNotifAddfd{Id: req.Id, Srcfd: uint32(source), Newfd_flags: unix.O_CLOEXEC})
	if err == nil {
		buf := make([]byte, 8)
		if n, err := unix.Pread(newfd, buf, 0); string(buf[:max(n, 0)]) != "given" || err != nil {
			t.Errorf("the descriptor that was put in has %q, %v", buf, err)
		}
		ok(t, unix.Close(newfd))
	}
	ok(t, unix.IoctlSeccompNotifSend(w.fd, &unix.SeccompNotifResp{Id: req.Id, Val: 0o4711}))
	if got := <-w.result; got != 0o4711 {
		t.Errorf("the call returned %#o", got)
	}
	fails(t, unix.IoctlSeccompNotifSend(w.fd, &unix.SeccompNotifResp{Id: req.Id}), unix.ENOENT)
	need(t, "SECCOMP_IOCTL_NOTIF_ADDFD", "5.9", err)
}

func TestSeccompListenerRefuses(t *testing.T) {
	w := notified(t)
	var req unix.SeccompNotif
	ok(t, unix.IgnoringEINTR(func() error { return unix.IoctlSeccompNotifRecv(w.fd, &req) }))
	ok(t, unix.IoctlSeccompNotifSend(w.fd, &unix.SeccompNotifResp{Id: req.Id, Error: -int32(unix.EXDEV)}))
	if got := <-w.result; got != -int(unix.EXDEV) {
		t.Errorf("the call returned %d", got)
	}
	null, err := os.Open(os.DevNull)
	ok(t, err)
	defer null.Close()
	fails(t, unix.IoctlSeccompNotifRecv(int(null.Fd()), &req), unix.ENOTTY)
}
