//go:build freebsd || netbsd

package unix_test

import (
	"encoding/binary"
	"testing"

	"kern.sys/unix"
)

// Tests of what FreeBSD and NetBSD gained of Linux's calls.

func TestEventfdCounts(t *testing.T) {
	fd, err := unix.Eventfd(3, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	must(t, "eventfd", err)
	defer func() { _ = unix.Close(fd) }()
	b := binary.NativeEndian.AppendUint64(nil, 4)
	if n, err := unix.Write(fd, b); n != 8 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := unix.Read(fd, b); n != 8 || err != nil || binary.NativeEndian.Uint64(b) != 7 {
		t.Errorf("read: %d, %v, %d", n, err, b)
	}
	if _, err := unix.Read(fd, b); err != unix.EAGAIN {
		t.Errorf("nothing there: %v", err)
	}
}

func TestTimerfd(t *testing.T) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	answered(t, "timerfd", err)
	defer func() { _ = unix.Close(fd) }()
	long := unix.ItimerSpec{Interval: unix.Timespec{Sec: 5}, Value: unix.Timespec{Sec: 3600}}
	must(t, "settime", unix.TimerfdSettime(fd, 0, &long, nil))
	var now, old unix.ItimerSpec
	must(t, "gettime", unix.TimerfdGettime(fd, &now))
	if now.Interval != long.Interval || now.Value.Sec < 3000 || now.Value.Sec > 3600 {
		t.Errorf("%+v is set", now)
	}
	must(t, "settime", unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Value: unix.Timespec{Nsec: 1}}, &old))
	if old.Interval != long.Interval {
		t.Errorf("%+v was set", old)
	}
	b := make([]byte, 8)
	if n, err := unix.Read(fd, b); n != 8 || err != nil || binary.NativeEndian.Uint64(b) != 1 {
		t.Errorf("read: %d, %v, %v", n, err, b)
	}
	if err := unix.TimerfdSettime(-1, 0, &long, nil); err != unix.EBADF {
		t.Errorf("no descriptor: %v", err)
	}
}
