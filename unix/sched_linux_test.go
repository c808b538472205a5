package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestScheduler(t *testing.T) {
	ok(t, unix.SchedYield())
	for _, c := range []struct{ policy, min, max int }{{unix.SCHED_NORMAL, 0, 0}, {unix.SCHED_FIFO, 1, 99}} {
		low, err := unix.SchedGetPriorityMin(c.policy)
		ok(t, err)
		high, err := unix.SchedGetPriorityMax(c.policy)
		ok(t, err)
		if low != c.min || high != c.max {
			t.Errorf("policy %d has priorities from %d to %d, want %+v", c.policy, low, high, c)
		}
	}
	_, err := unix.SchedGetPriorityMin(99)
	fails(t, err, unix.EINVAL)
	_, err = unix.SchedGetPriorityMax(99)
	fails(t, err, unix.EINVAL)
	onOwnThread(t, func() {
		var param unix.SchedParam
		if policy, err := unix.SchedGetscheduler(0); policy != unix.SCHED_NORMAL || err != nil {
			t.Errorf("policy %d, %v", policy, err)
		}
		if err := unix.SchedSetscheduler(0, unix.SCHED_BATCH|unix.SCHED_RESET_ON_FORK, &param); err != nil {
			t.Error(err)
		}
		if policy, err := unix.SchedGetscheduler(unix.Gettid()); policy != unix.SCHED_BATCH|unix.SCHED_RESET_ON_FORK ||
			err != nil {
			t.Errorf("policy %#x, %v", policy, err)
		}
		if err := unix.SchedSetparam(0, &unix.SchedParam{Priority: 1}); err != unix.EINVAL {
			t.Errorf("a priority under SCHED_BATCH: %v", err)
		}
		if err := unix.SchedSetparam(0, &param); err != nil {
			t.Error(err)
		}
		param.Priority = 55
		if err := unix.SchedGetparam(0, &param); err != nil || param.Priority != 0 {
			t.Errorf("%+v, %v", param, err)
		}
	})
	fails(t, unix.SchedSetscheduler(0, 99, &unix.SchedParam{}), unix.EINVAL)
	_, err = unix.SchedGetscheduler(1 << 30)
	fails(t, err, unix.ESRCH)
	fails(t, unix.SchedGetparam(1<<30, &unix.SchedParam{}), unix.ESRCH)
	fails(t, unix.SchedSetparam(1<<30, &unix.SchedParam{}), unix.ESRCH)
}

func TestRoundRobin(t *testing.T) {
	onOwnThread(t, func() {
		interval := unix.KernelTimespec{Sec: 77, Nsec: 77}
		if err := unix.SchedRrGetInterval(1<<30, &interval); err != unix.ESRCH {
			t.Error(err)
		}
		if err := unix.SchedRrGetInterval(0, &interval); err != nil || interval.Sec != 0 || interval.Nsec < 0 ||
			interval.Nsec >= 1e9 {
			t.Errorf("%+v, %v", interval, err)
		}
		err := unix.SchedSetscheduler(0, unix.SCHED_RR, &unix.SchedParam{Priority: 1})
		if err == unix.EPERM {
			return // the limit RLIMIT_RTPRIO is 0
		}
		if err != nil {
			t.Error(err)
			return
		}
		var param unix.SchedParam
		if err := unix.SchedGetparam(0, &param); err != nil || param.Priority != 1 {
			t.Errorf("%+v, %v", param, err)
		}
		if err := unix.SchedRrGetInterval(0, &interval); err != nil || interval.Sec != 0 || interval.Nsec == 0 {
			t.Errorf("%+v, %v", interval, err)
		}
	})
}

func TestGetcpu(t *testing.T) {
	onOwnThread(t, func() {
		var set, one unix.CPUSet
		if err := unix.SchedGetaffinity(0, &set); err != nil {
			t.Error(err)
		}
		for cpu := range 1024 {
			if !set.IsSet(cpu) {
				continue
			}
			one.Zero()
			one.Set(cpu)
			if err := unix.SchedSetaffinity(0, &one); err != nil {
				t.Error(err)
			}
			if got, node, err := unix.Getcpu(); got != cpu || node < 0 || node >= 1024 || err != nil {
				t.Errorf("on processor %d of node %d, %v; want %d", got, node, err, cpu)
			}
		}
	})
}

func TestPersonality(t *testing.T) {
	const ask = 0xffffffff
	onOwnThread(t, func() {
		old, err := unix.Personality(ask)
		if err != nil {
			t.Error(err)
		}
		want := old | unix.ADDR_NO_RANDOMIZE
		if got, err := unix.Personality(uint32(want)); got != old || err != nil {
			t.Errorf("%#x, %v, want %#x", got, err, old)
		}
		if got, err := unix.Personality(ask); got != want || err != nil {
			t.Errorf("%#x, %v, want %#x", got, err, want)
		}
	})
}
