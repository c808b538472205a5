package unix_test

import (
	"os"
	"os/signal"
	"testing"
	"time"
	"unsafe"

	"kern.sys/unix"
)

// only returns a set with one signal.
func only(sig unix.Signal) *unix.Sigset_t {
	var set unix.Sigset_t
	word := 8 * int(unsafe.Sizeof(set.Val[0]))
	set.Val[(int(sig)-1)/word] |= 1 << ((int(sig) - 1) % word)
	return &set
}

// blocking runs f on a thread of its own that does not take sig.
func blocking(t *testing.T, sig unix.Signal, f func(tid int)) {
	t.Helper()
	onOwnThread(t, func() {
		var old unix.Sigset_t
		if err := unix.PthreadSigmask(unix.SIG_BLOCK, only(sig), &old); err != nil {
			t.Error(err)
			return
		}
		f(unix.Gettid())
		if err := unix.PthreadSigmask(unix.SIG_SETMASK, &old, nil); err != nil {
			t.Error(err)
		}
	})
}

// long is a timeout that no test reaches.
var long = &unix.KernelTimespec{Sec: 10}

func TestSignalsAreTakenWithWhatTheySay(t *testing.T) {
	const sig = unix.SIGUSR2
	blocking(t, sig, func(tid int) {
		pending := func() bool {
			var set unix.Sigset_t
			set.Val[len(set.Val)-1]-- // what there was does not matter
			if err := unix.RtSigpending(&set); err != nil {
				t.Error(err)
			}
			word := 8 * int(unsafe.Sizeof(set.Val[0]))
			return set.Val[(int(sig)-1)/word]&(1<<((int(sig)-1)%word)) != 0
		}
		if pending() {
			t.Error("pending before it is sent")
		}
		info := unix.SiginfoQueue{Code: unix.SI_QUEUE, Pid: 77, Uid: 88, Value: 0xfedcba98}
		if err := unix.RtTgsigqueueinfo(os.Getpid(), tid, sig, info.Siginfo()); err != nil {
			t.Error(err)
		}
		if !pending() {
			t.Error("not pending after it was sent")
		}
		var got unix.Siginfo
		if s, err := unix.RtSigtimedwait(only(sig), &got, long); s != sig || err != nil {
			t.Errorf("%v, %v", s, err)
		}
		if q := got.Queue(); q.Signo != int32(sig) || q.Code != unix.SI_QUEUE || q.Pid != 77 || q.Uid != 88 ||
			q.Value != 0xfedcba98 {
			t.Errorf("%+v", q)
		}
		if pending() {
			t.Error("pending after it was taken")
		}
		began := time.Now()
		if s, err := unix.RtSigtimedwait(only(sig), nil, &unix.KernelTimespec{Nsec: 1e6}); err != unix.EAGAIN {
			t.Errorf("%v, %v", s, err)
		}
		if d := time.Since(began); d < time.Millisecond {
			t.Errorf("waited for %v", d)
		}
		if err := unix.Tkill(tid, sig); err != nil {
			t.Error(err)
		}
		if s, err := unix.RtSigtimedwait(only(sig), &got, long); s != sig || err != nil || got.Code != unix.SI_TKILL {
			t.Errorf("%v, %v, %+v", s, err, got)
		}
	})
	fails(t, unix.Tkill(1<<30, 0), unix.ESRCH)
	fails(t, unix.Tkill(-1, 0), unix.EINVAL)
	fails(t, unix.RtTgsigqueueinfo(1<<30, 1<<30, 0, &unix.Siginfo{Code: unix.SI_QUEUE}), unix.ESRCH)
}

func TestSigqueue(t *testing.T) {
	ok(t, unix.Sigqueue(os.Getpid(), 0, 1))
	fails(t, unix.Sigqueue(1<<30, 0, 1), unix.ESRCH)
	fails(t, unix.Sigqueue(os.Getpid(), 1000, 1), unix.EINVAL)
	if os.Getppid() > 0 {
		fails(t, unix.RtSigqueueinfo(os.Getppid(), 0, &unix.Siginfo{Code: unix.SI_USER}), unix.EPERM)
	}
	got := make(chan os.Signal, 1)
	signal.Notify(got, unix.SIGUSR2)
	defer signal.Stop(got)
	ok(t, unix.Sigqueue(os.Getpid(), unix.SIGUSR2, 1))
	if s := <-got; s != unix.SIGUSR2 {
		t.Error(s)
	}
}

func TestRtSigsuspend(t *testing.T) {
	const sig = unix.SIGUSR1
	got := make(chan os.Signal, 1)
	signal.Notify(got, sig)
	defer signal.Stop(got)
	blocking(t, sig, func(tid int) {
		if err := unix.Tgkill(os.Getpid(), tid, sig); err != nil {
			t.Error(err)
		}
		select {
		case <-got:
			t.Error("a signal that is blocked was handled")
		default:
		}
		if err := unix.RtSigsuspend(new(unix.Sigset_t)); err != unix.EINTR {
			t.Error(err)
		}
		if s := <-got; s != sig {
			t.Error(s)
		}
		var mask unix.Sigset_t
		if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &mask); err != nil || mask.Val != only(sig).Val {
			t.Errorf("the mask is %v, %v", mask.Val, err)
		}
	})
}

func TestTimer(t *testing.T) {
	const sig = unix.SIGUSR2
	blocking(t, sig, func(tid int) {
		id, err := unix.TimerCreate(unix.CLOCK_MONOTONIC,
			&unix.Sigevent{Notify: unix.SIGEV_THREAD_ID, Signo: int32(sig), Tid: int32(tid), Value: 1234})
		if err != nil {
			t.Error(err)
			return
		}
		every := unix.KernelItimerspec{Value: unix.KernelTimespec{Nsec: 2e6}, Interval: unix.KernelTimespec{Sec: 50}}
		began := time.Now()
		if err := unix.TimerSettime(id, 0, &every, nil); err != nil {
			t.Error(err)
		}
		var info unix.Siginfo
		if s, err := unix.RtSigtimedwait(only(sig), &info, long); s != sig || err != nil || info.Code != unix.SI_TIMER &&
			!emulated() || info.Queue().Value != 1234 {
			t.Errorf("%v, %v, %+v", s, err, info.Queue())
		}
		if d := time.Since(began); d < 2*time.Millisecond {
			t.Errorf("expired after %v", d)
		}
		if n, err := unix.TimerGetoverrun(id); n != 0 || err != nil {
			t.Errorf("%d overruns, %v", n, err)
		}
		var now, old unix.KernelItimerspec
		if err := unix.TimerGettime(id, &now); err != nil || now.Interval != every.Interval || now.Value.Sec < 40 ||
			now.Value.Sec > 50 {
			t.Errorf("%+v, %v", now, err)
		}
		// An interval of nanoseconds has expired more than once by the time that the signal is taken.
		if err := unix.TimerSettime(id, 0, &unix.KernelItimerspec{Value: unix.KernelTimespec{Nsec: 1},
			Interval: unix.KernelTimespec{Nsec: 1000}}, &old); err != nil || old.Interval != every.Interval {
			t.Errorf("%+v, %v", old, err)
		}
		for end := time.Now().Add(2 * time.Millisecond); time.Now().Before(end); {
		}
		if s, err := unix.RtSigtimedwait(only(sig), &info, long); s != sig || err != nil {
			t.Errorf("%v, %v", s, err)
		}
		if n, err := unix.TimerGetoverrun(id); n == 0 || err != nil {
			t.Errorf("%d overruns, %v", n, err)
		}
		if err := unix.TimerDelete(id); err != nil {
			t.Error(err)
		}
		if err := unix.TimerDelete(id); err != unix.EINVAL {
			t.Error(err)
		}
		_, _ = unix.RtSigtimedwait(only(sig), nil, &unix.KernelTimespec{}) // one may have come since
	})
	_, err := unix.TimerCreate(9999, nil)
	fails(t, err, unix.EINVAL)
	id, err := unix.TimerCreate(unix.CLOCK_REALTIME, &unix.Sigevent{Notify: unix.SIGEV_NONE})
	ok(t, err)
	// What 32 bits do not hold.
	far := unix.KernelItimerspec{Value: unix.KernelTimespec{Sec: time.Now().Unix() + 1<<32}}
	ok(t, unix.TimerSettime(id, unix.TIMER_ABSTIME, &far, nil))
	var now unix.KernelItimerspec
	if err := unix.TimerGettime(id, &now); err != nil || now.Value.Sec < 1<<32-60 {
		t.Errorf("%+v, %v", now, err)
	}
	fails(t, unix.TimerSettime(id, 0, &unix.KernelItimerspec{Value: unix.KernelTimespec{Nsec: -1}}, nil), unix.EINVAL)
	ok(t, unix.TimerDelete(id))
	fails(t, unix.TimerGettime(id, &now), unix.EINVAL)
	_, err = unix.TimerGetoverrun(id)
	fails(t, err, unix.EINVAL)
}
