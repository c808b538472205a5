package unix_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"
	"unsafe"

	"kern.sys/unix"
)

// maxSec is the last second that a Timespec has.
const maxSec = int64(^uint64(0) >> (65 - 8*unsafe.Sizeof(unix.Timespec{}.Sec)))

// ownSelect are the architectures where Select is the system call select, which normalizes its timeout and leaves in
// it what is left, as in golang.org/x/sys/unix; on the others it is pselect6.
var ownSelect = []string{"386", "arm", "mips", "mipsle", "ppc64", "ppc64le", "s390x"}

// rings returns a descriptor that becomes readable after d, for calls that must still wait then.
func rings(t *testing.T, d time.Duration) int {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	ok(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	ok(t, unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(d.Nanoseconds())}, nil))
	return fd
}

// TestLongTimeouts calls what waits with timeouts up to the largest. In nanoseconds they overflow: 18446744074 seconds
// to 0.29.
func TestLongTimeouts(t *testing.T) {
	timespec := func(sec int64) *unix.Timespec {
		ts := unix.NsecToTimespec(999999999)
		setTime(&ts.Sec, sec)
		return &ts
	}
	for name, wait := range map[string]func(fd int, sec int64) (int, error){
		"Select": func(fd int, sec int64) (int, error) {
			tv := unix.NsecToTimeval(999999000)
			setTime(&tv.Sec, sec)
			var r unix.FdSet
			r.Set(fd)
			return unix.Select(fd+1, &r, nil, nil, &tv)
		},
		"Pselect": func(fd int, sec int64) (int, error) {
			var r unix.FdSet
			r.Set(fd)
			return unix.Pselect(fd+1, &r, nil, nil, timespec(sec), nil)
		},
		"Poll": func(fd int, sec int64) (int, error) {
			return unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, int(min(sec, math.MaxInt/1000)*1000))
		},
		"Ppoll": func(fd int, sec int64) (int, error) {
			return unix.Ppoll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, timespec(sec), nil)
		},
		"Ppoll64": func(fd int, sec int64) (int, error) {
			return unix.Ppoll64([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, &unix.KernelTimespec{Sec: sec}, nil)
		},
		"EpollWait": func(fd int, sec int64) (int, error) {
			return unix.EpollWait(epolled(t, fd), make([]unix.EpollEvent, 1), int(min(sec, math.MaxInt/1024)*1024))
		},
		"EpollPwait2": func(fd int, sec int64) (int, error) {
			return unix.EpollPwait2(epolled(t, fd), make([]unix.EpollEvent, 1), &unix.KernelTimespec{Sec: sec}, nil)
		},
	} {
		for _, sec := range []int64{math.MaxInt32, 1 << 32, 4294968, 18446744074, 1 << 40, 1 << 50, 1 << 62, math.MaxInt64} {
			if sec > maxSec {
				continue
			}
			t.Run(fmt.Sprint(name, " ", sec), func(t *testing.T) {
				t.Parallel()
				fd := rings(t, 400*time.Millisecond)
				n, err := wait(fd, sec)
				for err == unix.EINTR {
					n, err = wait(fd, sec)
				}
				if name == "EpollPwait2" {
					need(t, "epoll_pwait2", "5.11", err)
				}
				if n != 1 || err != nil {
					t.Errorf("%d, %v, before the timer", n, err)
				}
			})
		}
	}
}

// epolled returns a descriptor of epoll with fd in it.
func epolled(t *testing.T, fd int) int {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	ok(t, err)
	t.Cleanup(func() { _ = unix.Close(ep) })
	ok(t, unix.EpollCtl(ep, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN}))
	return ep
}

// setTime stores v in a field whose width differs between architectures.
func setTime[T int32 | int64](field *T, v int64) { *field = T(v) }

func TestNegativeTimeouts(t *testing.T) {
	for _, bad := range []int64{-1, -maxSec, -maxSec - 1} {
		tv, ts := unix.Timeval{}, unix.Timespec{}
		setTime(&tv.Sec, bad)
		setTime(&ts.Sec, bad)
		n, err := unix.Select(0, nil, nil, nil, &tv)
		if fails(t, err, unix.EINVAL); n != -1 {
			t.Errorf("Select: %d", n)
		}
		_, err = unix.Pselect(0, nil, nil, nil, &ts, nil)
		fails(t, err, unix.EINVAL)
		_, err = unix.Ppoll(nil, &ts, nil)
		fails(t, err, unix.EINVAL)
		tv, ts = unix.Timeval{}, unix.Timespec{}
		setTime(&tv.Usec, bad)
		setTime(&ts.Nsec, bad)
		if kernelHas(t, "microseconds of select") {
			n, err = unix.Select(0, nil, nil, nil, &tv)
			if fails(t, err, unix.EINVAL); n != -1 {
				t.Errorf("Select: %d", n)
			}
		}
		_, err = unix.Pselect(0, nil, nil, nil, &ts, nil)
		fails(t, err, unix.EINVAL)
		_, err = unix.Ppoll(nil, &ts, nil)
		fails(t, err, unix.EINVAL)
	}
	// Any negative number of milliseconds is no timeout; the kernel takes the lower 32 bits.
	for _, msec := range []int{-1, math.MinInt32, math.MinInt} {
		if n, err := unix.EpollWait(epolled(t, rings(t, 20*time.Millisecond)), make([]unix.EpollEvent, 1), msec); n != 1 &&
			err != unix.EINTR {
			t.Errorf("EpollWait(%d): %d, %v", msec, n, err)
		}
		if n, err := unix.Poll([]unix.PollFd{{Fd: int32(rings(t, 20*time.Millisecond)), Events: unix.POLLIN}},
			msec); n != 1 && err != unix.EINTR {
			t.Errorf("Poll(%d): %d, %v", msec, n, err)
		}
	}
}

// Microseconds of a second and more are for the system call select to add up, and for pselect6 an error.
func TestSelectMicroseconds(t *testing.T) {
	onKernel(t, "microseconds of select")
	for _, usec := range []int64{1e6, 2e6, maxSec/1000 + 1, maxSec} {
		var tv unix.Timeval
		setTime(&tv.Usec, usec)
		fd := rings(t, 20*time.Millisecond)
		var r unix.FdSet
		r.Set(fd)
		n, err := unix.Select(fd+1, &r, nil, nil, &tv)
		switch {
		case !slices.Contains(ownSelect, runtime.GOARCH):
			if n != -1 || err != unix.EINVAL {
				t.Errorf("%d µs: %d, %v", usec, n, err)
			}
		case n != 1 && err != unix.EINTR:
			t.Errorf("%d µs: %d, %v", usec, n, err)
		}
	}
}

// The rest of a timeout stands in it after Ppoll, and on some architectures after Select; never after Pselect.
func TestWhatIsLeftOfTimeouts(t *testing.T) {
	ev, err := unix.Eventfd(1, unix.EFD_CLOEXEC)
	ok(t, err)
	defer unix.Close(ev)
	fds := []unix.PollFd{{Fd: int32(ev), Events: unix.POLLIN}}
	var r unix.FdSet
	r.Set(ev)
	started := func() (unix.Timespec, unix.Timeval, unix.KernelTimespec) {
		return unix.Timespec{Sec: 1000}, unix.Timeval{Sec: 1000}, unix.KernelTimespec{Sec: 1000}
	}
	ts, tv, ts64 := started()
	check := func(what string, n int, err error, left int64, changes bool) {
		t.Helper()
		if n != 1 || err != nil || (left < 1000e9) != changes || left < 900e9 || left > 1000e9 {
			t.Errorf("%s: %d, %v, %d ns left", what, n, err, left)
		}
	}
	n, err := unix.Ppoll(fds, &ts, nil)
	check("Ppoll", n, err, ts.Nano(), true)
	n, err = unix.Ppoll64(fds, &ts64, nil)
	check("Ppoll64", n, err, ts64.Sec*1e9+ts64.Nsec, true)
	ts, _, _ = started()
	n, err = unix.Pselect(ev+1, &r, nil, nil, &ts, nil)
	check("Pselect", n, err, ts.Nano(), false)
	n, err = unix.Select(ev+1, &r, nil, nil, &tv)
	check("Select", n, err, tv.Nano(), slices.Contains(ownSelect, runtime.GOARCH))

	ts = unix.Timespec{Nsec: 1}
	if n, err := unix.Ppoll(nil, &ts, nil); n != 0 || err != nil || ts != (unix.Timespec{}) {
		t.Errorf("%d, %v, %+v left", n, err, ts)
	}
}

func TestConversionsAtTheirBounds(t *testing.T) {
	for _, c := range []struct{ nsec, sec, rest int64 }{
		{math.MaxInt64, 9223372036, 854775807},
		{math.MinInt64, -9223372037, 145224192},
		{math.MaxInt64 - 998, 9223372036, 854774809},
		{math.MaxInt32 * 1e9, math.MaxInt32, 0},
		{math.MinInt32 * 1e9, math.MinInt32, 0},
		{-1, -1, 999999999},
		{-999999999, -1, 1},
	} {
		if c.sec > maxSec || c.sec < -maxSec-1 {
			continue
		}
		ts, tv := unix.NsecToTimespec(c.nsec), unix.NsecToTimeval(c.nsec)
		if sec, nsec := ts.Unix(); sec != c.sec || nsec != c.rest || ts.Nano() != c.nsec {
			t.Errorf("%d gives %+v", c.nsec, ts)
		}
		up := (c.rest + 999) / 1000
		if int64(tv.Sec) != c.sec+up/1e6 || int64(tv.Usec) != up%1e6 {
			t.Errorf("%d gives %+v", c.nsec, tv)
		}
	}
	for _, c := range []time.Duration{math.MaxInt64, math.MaxInt32 * time.Second} {
		it := unix.MakeItimerval(1, c)
		if maxSec > math.MaxInt32 && int64(it.Value.Sec) != int64(c/time.Second) || it.Value.Usec < 0 ||
			it.Interval.Usec != 1 {
			t.Errorf("%d gives %+v", c, it)
		}
	}
	for _, sec := range []int64{maxSec, -maxSec - 1, maxSec / 2, -1, 0} {
		ts, err := unix.TimeToTimespec(time.Unix(sec, 999999999))
		if int64(ts.Sec) != sec || ts.Nsec != 999999999 || err != nil {
			t.Errorf("%d gives %+v, %v", sec, ts, err)
		}
	}
	if maxSec == math.MaxInt32 {
		for _, sec := range []int64{1 << 31, -1<<31 - 1, 1 << 32, math.MaxInt64} {
			ts, err := unix.TimeToTimespec(time.Unix(sec, 1))
			if fails(t, err, unix.ERANGE); ts != (unix.Timespec{}) {
				t.Errorf("%d gives %+v", sec, ts)
			}
		}
	}
}

// Timers and options of sockets take the largest times as they are; the kernel cuts them where it counts nanoseconds.
func TestLongestTimers(t *testing.T) {
	var long unix.Timespec
	setTime(&long.Sec, maxSec)
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	ok(t, err)
	defer unix.Close(fd)
	ok(t, unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Value: long, Interval: long}, nil))
	var it unix.ItimerSpec
	ok(t, unix.TimerfdGettime(fd, &it))
	if int64(it.Value.Sec) < min(maxSec, 9e9)-1000 || int64(it.Interval.Sec) < min(maxSec, 9e9) {
		t.Errorf("%+v", it)
	}
	s := socket(t, unix.AF_UNIX, unix.SOCK_DGRAM, 0)
	ok(t, unix.SetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: math.MaxInt32}))
	tv, err := unix.GetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_RCVTIMEO)
	if err != nil || tv.Sec != 0 && tv.Sec < math.MaxInt32 { // 0 is for ever, where the kernel counts ticks with 32 bits
		t.Errorf("%+v, %v", tv, err)
	}
	fails(t, unix.SetsockoptTimeval(s, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 1e6}), unix.EDOM)
}

// Microseconds need not be less than a second: they are added up, without overflow.
func TestFileTimesAtTheirBounds(t *testing.T) {
	onKernel(t, "nanoseconds of utimensat")
	path := temp(t, "text")
	fd := opened(t, path, unix.O_RDWR)
	for name, call := range map[string]func(tv []unix.Timeval) error{
		"Utimes":    func(tv []unix.Timeval) error { return unix.Utimes(path, tv) },
		"Lutimes":   func(tv []unix.Timeval) error { return unix.Lutimes(path, tv) },
		"Futimes":   func(tv []unix.Timeval) error { return unix.Futimes(fd, tv) },
		"Futimesat": func(tv []unix.Timeval) error { return unix.Futimesat(unix.AT_FDCWD, path, tv) },
	} {
		var most unix.Timeval
		setTime(&most.Usec, min(maxSec, math.MaxInt32*1e6))
		mostUsec := int64(most.Usec)
		for _, c := range []struct {
			tv        unix.Timeval
			sec, nsec int64
		}{
			{unix.Timeval{Sec: 5, Usec: 999999}, 5, 999999000},
			{unix.Timeval{Sec: 5, Usec: 1000000}, 6, 0},
			{unix.Timeval{Sec: 5, Usec: 12500001}, 17, 500001000},
			{unix.Timeval{Sec: 5, Usec: -1}, 4, 999999000},
			{unix.Timeval{Sec: 5, Usec: -1000000}, 4, 0},
			{most, mostUsec / 1e6, mostUsec % 1e6 * 1000},
		} {
			if err := call([]unix.Timeval{{}, c.tv}); err != nil {
				t.Errorf("%s: %+v: %v", name, c.tv, err)
			}
			var st unix.Statx_t
			ok(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_MTIME, &st))
			if st.Mtime.Sec != c.sec || int64(st.Mtime.Nsec) != c.nsec {
				t.Errorf("%s: %+v gives %+v", name, c.tv, st.Mtime)
			}
		}
		var last unix.Timeval
		setTime(&last.Sec, maxSec)
		ok(t, call([]unix.Timeval{{}, last})) // cut by the file system to the last that it has, which is after 1970
		var st unix.Statx_t
		ok(t, unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_MTIME, &st))
		if st.Mtime.Sec < math.MaxInt32 {
			t.Errorf("%s: %d seconds give %+v", name, maxSec, st.Mtime)
		}
		last.Usec = 1e6
		fails(t, call([]unix.Timeval{{}, last}), unix.EINVAL)
		setTime(&last.Sec, -maxSec-1)
		last.Usec = -1
		fails(t, call([]unix.Timeval{{}, last}), unix.EINVAL)
	}
}

// Futimes also takes what was opened by O_PATH, and refuses what is no descriptor, above 32 bits, too.
func TestFutimesOfPaths(t *testing.T) {
	path := temp(t, "text")
	err := unix.Futimes(opened(t, path, unix.O_PATH), []unix.Timeval{{Sec: 5}, {Sec: 6}})
	if err == unix.EBADF {
		err = unix.ENOSYS
	}
	need(t, "AT_EMPTY_PATH of utimensat", "5.8", err)
	var st unix.Stat_t
	ok(t, unix.Stat(path, &st))
	if st.Atim.Sec != 5 || st.Mtim.Sec != 6 {
		t.Errorf("%+v, %+v", st.Atim, st.Mtim)
	}
	fd := opened(t, path, unix.O_RDWR)
	for _, bad := range []int{-1, unix.AT_FDCWD, closed, math.MinInt32, math.MaxInt - math.MaxUint32&math.MaxInt + fd} {
		if bad == fd { // no more than 32 bits here
			continue
		}
		fails(t, unix.Futimes(bad, []unix.Timeval{{}, {}}), unix.EBADF)
	}
}
