package unix_test

import (
	"encoding/binary"
	"testing"
	"time"
	"unsafe"

	"kern.sys/unix"
)

func TestClocks(t *testing.T) {
	near := func(what string, sec int64) {
		t.Helper()
		if d := time.Since(time.Unix(sec, 0)); d < -2*time.Second || d > time.Minute {
			t.Errorf("%s is %v ago", what, d)
		}
	}
	var ts unix.Timespec
	ok(t, unix.ClockGettime(unix.CLOCK_REALTIME, &ts))
	near("ClockGettime", int64(ts.Sec))
	var tv unix.Timeval
	ok(t, unix.Gettimeofday(&tv))
	near("Gettimeofday", int64(tv.Sec))
	var tt unix.Time_t
	got, err := unix.Time(&tt)
	ok(t, err)
	near("Time", int64(got))
	if got != tt {
		t.Errorf("Time returns %d and stores %d", got, tt)
	}
	ok(t, unix.ClockGetres(unix.CLOCK_REALTIME, &ts))
	if ts.Nano() <= 0 || ts.Nano() > 1e9 {
		t.Errorf("resolution %v", ts)
	}
	fails(t, unix.ClockGettime(1000, &ts), unix.EINVAL)
	var tx unix.Timex
	if _, err := unix.Adjtimex(&tx); err != nil {
		t.Error(err)
	}
	near("Adjtimex", int64(tx.Time.Sec))
	if _, err := unix.ClockAdjtime(unix.CLOCK_REALTIME, &tx); err != nil {
		t.Error(err)
	}
	if unix.FdToClockID(5) != -45 { // ~5 is -6
		t.Errorf("%d", unix.FdToClockID(5))
	}
}

func TestSleeps(t *testing.T) {
	wait := unix.NsecToTimespec(2e6)
	for name, call := range map[string]func() error{
		"Nanosleep":      func() error { return unix.Nanosleep(&wait, nil) },
		"ClockNanosleep": func() error { return unix.ClockNanosleep(unix.CLOCK_MONOTONIC, 0, &wait, nil) },
		"Poll":           func() error { _, err := unix.Poll(nil, 2); return err },
		"Ppoll":          func() error { left := wait; _, err := unix.Ppoll(nil, &left, nil); return err },
		"Select": func() error {
			tv := unix.NsecToTimeval(2e6)
			_,
				err := unix.Select(0, nil, nil, nil, &tv)
			return err
		},
		"Pselect": func() error {
			_, err := unix.Pselect(0, nil, nil, nil, &wait, new(unix.Sigset_t))
			return err
		},
	} {
		start := time.Now()
		err := call()
		for err == unix.EINTR {
			err = call()
		}
		if d := time.Since(start); err != nil || d < 2*time.Millisecond {
			t.Errorf("%s: %v after %v", name, err, d)
		}
	}
	if wait.Nano() != 2e6 {
		t.Errorf("a timeout became %v", wait)
	}
	fails(t, unix.Nanosleep(&unix.Timespec{Nsec: -1}, nil), unix.EINVAL)
	_, err := unix.Select(0, nil, nil, nil, &unix.Timeval{Sec: -1})
	fails(t, err, unix.EINVAL)
}

func TestTimers(t *testing.T) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	ok(t, err)
	defer unix.Close(fd)
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(3600e9)}
	ok(t, unix.TimerfdSettime(fd, 0, &spec, nil))
	var now unix.ItimerSpec
	ok(t, unix.TimerfdGettime(fd, &now))
	if left := now.Value.Nano(); left > 3600e9 || left < 3500e9 {
		t.Errorf("%d left", left)
	}
	spec.Value = unix.NsecToTimespec(1)
	ok(t, unix.TimerfdSettime(fd, 0, &spec, &now))
	if left := now.Value.Nano(); left > 3600e9 || left < 3500e9 {
		t.Errorf("%d left", left)
	}
	var count [8]byte
	if n, err := unix.Read(fd, count[:]); n != 8 || err != nil {
		t.Errorf("%d, %v", n, err)
	}

	long := unix.MakeItimerval(time.Hour, 2*time.Hour)
	if long.Interval.Nano() != 3600e9 || long.Value.Nano() != 7200e9 {
		t.Errorf("%+v", long)
	}
	old, err := unix.Setitimer(unix.ITIMER_REAL, long)
	ok(t, err)
	it, err := unix.Getitimer(unix.ITIMER_REAL)
	if it.Interval.Nano() != 3600e9 || it.Value.Nano() < 7100e9 || err != nil {
		t.Errorf("%+v, %v", it, err)
	}
	_, err = unix.Setitimer(unix.ITIMER_REAL, old)
	ok(t, err)
	_, err = unix.Getitimer(99)
	fails(t, err, unix.EINVAL)
}

func TestConversions(t *testing.T) {
	for _, nsec := range []int64{0, 1, -1, 999999999, 1e9, -1e9, -1500000000, 1 << 60} {
		ts := unix.NsecToTimespec(nsec)
		if ts.Nsec < 0 || ts.Nsec >= 1e9 {
			t.Errorf("%d gives %+v", nsec, ts)
		}
		if unsafe.Sizeof(ts.Sec) == 8 || nsec/1e9 == int64(int32(nsec/1e9)) {
			if ts.Nano() != nsec || unix.TimespecToNsec(ts) != nsec {
				t.Errorf("%d gives %+v", nsec, ts)
			}
		}
	}
	for nsec, want := range map[int64]int64{0: 0, 1: 1000, 1000: 1000, 1001: 2000, -1: 0, -1000: -1000, 999999001: 1e9,
		5e9: 5e9} {
		tv := unix.NsecToTimeval(nsec)
		if tv.Usec < 0 || tv.Usec >= 1e6 || tv.Nano() != want || unix.TimevalToNsec(tv) != want {
			t.Errorf("%d gives %+v, want %d", nsec, tv, want)
		}
	}
	ts, err := unix.TimeToTimespec(time.Unix(5, 6))
	if sec, nsec := ts.Unix(); sec != 5 || nsec != 6 || err != nil {
		t.Errorf("%+v, %v", ts, err)
	}
	_, err = unix.TimeToTimespec(time.Unix(1<<33, 0))
	if unsafe.Sizeof(ts.Sec) == 4 {
		fails(t, err, unix.ERANGE)
	} else {
		ok(t, err)
	}
	tv := unix.NsecToTimeval(7e9 + 8000)
	if sec, nsec := tv.Unix(); sec != 7 || nsec != 8000 {
		t.Errorf("%d, %d", sec, nsec)
	}
}

func TestPollAndSelect(t *testing.T) {
	var p [2]int
	ok(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
	defer unix.Close(p[0])
	defer unix.Close(p[1])
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	ok(t, err)
	defer unix.Close(ep)
	ok(t, unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, p[0], &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(p[0])}))
	events := make([]unix.EpollEvent, 4)
	ready := func(want int) {
		t.Helper()
		fds := []unix.PollFd{{Fd: int32(p[0]), Events: unix.POLLIN}}
		if n, err := unix.Poll(fds, 0); n != want || err != nil {
			t.Errorf("Poll: %d, %v", n, err)
		}
		if n, err := unix.EpollWait(ep, events, 0); n != want || err != nil {
			t.Errorf("EpollWait: %d, %v", n, err)
		}
		var r unix.FdSet
		r.Set(p[0])
		if n, err := unix.Select(p[0]+1, &r, nil, nil, &unix.Timeval{}); n != want || err != nil ||
			r.IsSet(p[0]) != (want == 1) {
			t.Errorf("Select: %d, %v", n, err)
		}
		r.Zero()
		r.Set(p[0])
		if n, err := unix.Pselect(p[0]+1, &r, nil, nil, &unix.Timespec{}, nil); n != want || err != nil ||
			r.IsSet(p[0]) != (want == 1) {
			t.Errorf("Pselect: %d, %v", n, err)
		}
	}
	ready(0)
	_, err = unix.Write(p[1], []byte("x"))
	ok(t, err)
	ready(1)
	if int(events[0].Fd) != p[0] || events[0].Events != unix.EPOLLIN {
		t.Errorf("%+v", events[0])
	}
	_, err = unix.EpollWait(ep, nil, 0)
	fails(t, err, unix.EINVAL)
	fd, err := unix.EpollCreate(1)
	ok(t, err)
	ok(t, unix.Close(fd))
	_, err = unix.EpollCreate(0)
	fails(t, err, unix.EINVAL)

	ev, err := unix.Eventfd(5, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	ok(t, err)
	defer unix.Close(ev)
	var count [8]byte
	if n, err := unix.Read(ev, count[:]); n != 8 || err != nil || binary.NativeEndian.Uint64(count[:]) != 5 {
		t.Errorf("%d, %v, %v", n, err, count)
	}
	_, err = unix.Read(ev, count[:])
	fails(t, err, unix.EAGAIN)
}

func TestFdSet(t *testing.T) {
	var s unix.FdSet
	for fd := range 1024 {
		s.Set(fd)
		if !s.IsSet(fd) || fd > 0 && s.IsSet(fd-1) {
			t.Fatalf("%d: %v", fd, s)
		}
		s.Clear(fd)
	}
	if s != (unix.FdSet{}) {
		t.Errorf("%v", s)
	}
}
