package unix_test

import (
	"testing"
	"time"

	"kern.sys/unix"
)

func TestClocks64(t *testing.T) {
	var ts, res unix.KernelTimespec
	before := time.Now().Unix()
	ok(t, unix.ClockGettime64(unix.CLOCK_REALTIME, &ts))
	if ts.Sec < before || ts.Sec > time.Now().Unix() || ts.Nsec < 0 || ts.Nsec >= 1e9 {
		t.Errorf("%+v, not %d", ts, before)
	}
	fails(t, unix.ClockGettime64(9999, &ts), unix.EINVAL)
	ok(t, unix.ClockGetres64(unix.CLOCK_MONOTONIC, &res))
	if res.Sec != 0 || res.Nsec <= 0 {
		t.Errorf("%+v", res)
	}
	fails(t, unix.ClockGetres64(9999, &res), unix.EINVAL)
	fails(t, unix.ClockSettime64(unix.CLOCK_MONOTONIC, &ts), unix.EINVAL)
	fails(t, unix.ClockSettime64(unix.CLOCK_REALTIME, &unix.KernelTimespec{Nsec: 1e9}), unix.EINVAL)
	var timex unix.KernelTimex
	state, err := unix.ClockAdjtime64(unix.CLOCK_REALTIME, &timex)
	ok(t, err)
	if state < unix.TIME_OK || state > unix.TIME_ERROR || timex.Time.Sec < before || timex.Tick == 0 {
		t.Errorf("%d, %+v", state, timex)
	}
	_, err = unix.ClockAdjtime64(unix.CLOCK_MONOTONIC, &timex)
	fails(t, err, unix.EOPNOTSUPP)
}

func TestClockNanosleep64(t *testing.T) {
	began := time.Now()
	ok(t, unix.ClockNanosleep64(unix.CLOCK_MONOTONIC, 0, &unix.KernelTimespec{Nsec: 2e6}, nil))
	if d := time.Since(began); d < 2*time.Millisecond {
		t.Errorf("slept for %v", d)
	}
	ok(t, unix.ClockNanosleep64(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &unix.KernelTimespec{Nsec: 1}, nil))
	fails(t, unix.ClockNanosleep64(unix.CLOCK_MONOTONIC, 0, &unix.KernelTimespec{Nsec: -1}, nil), unix.EINVAL)
}

func TestTimerfd64(t *testing.T) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	ok(t, err)
	defer unix.Close(fd)
	far := unix.KernelItimerspec{Value: unix.KernelTimespec{Sec: 1 << 32, Nsec: 5}, Interval: unix.KernelTimespec{Sec: 3}}
	ok(t, unix.TimerfdSettime64(fd, 0, &far, nil))
	var now, old unix.KernelItimerspec
	ok(t, unix.TimerfdGettime64(fd, &now))
	if now.Value.Sec < 1<<32-60 || now.Interval != far.Interval {
		t.Errorf("%+v", now)
	}
	ok(t, unix.TimerfdSettime64(fd, 0, &unix.KernelItimerspec{Value: unix.KernelTimespec{Nsec: 1}}, &old))
	if old.Value.Sec < 1<<32-60 {
		t.Errorf("%+v", old)
	}
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Ppoll64(fds, nil, nil); n != 1 || err != nil || fds[0].Revents != unix.POLLIN {
		t.Errorf("%d, %v, %+v", n, err, fds)
	}
	fails(t, unix.TimerfdSettime64(fd, 0, &unix.KernelItimerspec{Value: unix.KernelTimespec{Nsec: -1}}, nil), unix.EINVAL)
	fails(t, unix.TimerfdGettime64(closed, &now), unix.EBADF)
}

func TestPpoll64(t *testing.T) {
	timeout := unix.KernelTimespec{Nsec: 2e6}
	began := time.Now()
	n, err := unix.Ppoll64(nil, &timeout, new(unix.Sigset_t))
	if d := time.Since(began); n != 0 || err != nil || d < 2*time.Millisecond || timeout.Nsec != 0 {
		t.Errorf("%d, %v after %v, %+v", n, err, d, timeout)
	}
	_, err = unix.Ppoll64(nil, &unix.KernelTimespec{Nsec: -1}, nil)
	fails(t, err, unix.EINVAL)
}

func TestUtimesNanoAt64(t *testing.T) {
	path := temp(t, "text")
	// Beyond January 2038; the file system may have no such times, and has the last one that it knows then.
	ts := []unix.KernelTimespec{{Sec: 1 << 31, Nsec: 1e6}, {Sec: 5, Nsec: 7e6}}
	ok(t, unix.UtimesNanoAt64(unix.AT_FDCWD, path, ts, 0))
	var st unix.Statx_t
	ok(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BASIC_STATS, &st))
	if st.Atime.Sec < 1<<31-1 || st.Mtime.Sec != 5 || st.Mtime.Nsec != 7e6 {
		t.Errorf("%+v, %+v", st.Atime, st.Mtime)
	}
	ok(t, unix.UtimesNanoAt64(unix.AT_FDCWD, path, nil, 0))
	ok(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_BASIC_STATS, &st))
	if st.Mtime.Sec < time.Now().Unix()-60 {
		t.Errorf("%+v", st.Mtime)
	}
	fails(t, unix.UtimesNanoAt64(unix.AT_FDCWD, path, ts[:1], 0), unix.EINVAL)
	fails(t, unix.UtimesNanoAt64(unix.AT_FDCWD, "a\x00b", ts, 0), unix.EINVAL)
	fails(t, unix.UtimesNanoAt64(unix.AT_FDCWD, path+"/x", ts, 0), unix.ENOTDIR)
}
