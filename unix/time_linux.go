package unix

import "time"

// Unix returns ts as seconds and nanoseconds.
func (ts *Timespec) Unix() (sec int64, nsec int64) { return int64(ts.Sec), int64(ts.Nsec) }

// Nano returns ts in nanoseconds.
func (ts *Timespec) Nano() int64 { return int64(ts.Sec)*1e9 + int64(ts.Nsec) }

// Unix returns tv as seconds and nanoseconds.
func (tv *Timeval) Unix() (sec int64, nsec int64) { return int64(tv.Sec), int64(tv.Usec) * 1000 }

// Nano returns tv in nanoseconds.
func (tv *Timeval) Nano() int64 { return int64(tv.Sec)*1e9 + int64(tv.Usec)*1000 }

// TimespecToNsec returns ts in nanoseconds.
func TimespecToNsec(ts Timespec) int64 { return ts.Nano() }

// TimevalToNsec returns tv in nanoseconds.
func TimevalToNsec(tv Timeval) int64 { return tv.Nano() }

// NsecToTimespec returns a time in nanoseconds; Nsec is never negative.
func NsecToTimespec(nsec int64) Timespec {
	sec, rest := nsec/1e9, nsec%1e9
	if rest < 0 {
		sec, rest = sec-1, rest+1e9
	}
	return makeTimespec(sec, rest)
}

// NsecToTimeval returns a time in nanoseconds, rounded up to microseconds; Usec is never negative.
func NsecToTimeval(nsec int64) Timeval {
	sec, rest := nsec/1e9, nsec%1e9
	if rest < 0 {
		sec, rest = sec-1, rest+1e9
	}
	usec := (rest + 999) / 1000
	if usec == 1e6 {
		sec, usec = sec+1, 0
	}
	var tv Timeval
	set(&tv.Sec, sec)
	set(&tv.Usec, usec)
	return tv
}

// TimeToTimespec returns t, or ERANGE if its seconds do not fit, as after January 2038 on 32-bit architectures.
func TimeToTimespec(t time.Time) (Timespec, error) {
	ts := makeTimespec(t.Unix(), int64(t.Nanosecond()))
	if int64(ts.Sec) != t.Unix() {
		return Timespec{}, ERANGE
	}
	return ts, nil
}

func makeTimespec(sec, nsec int64) Timespec {
	var ts Timespec
	set(&ts.Sec, sec)
	set(&ts.Nsec, nsec)
	return ts
}

// Time is time(2): the seconds since 1970, also stored in t if that is not nil.
func Time(t *Time_t) (tt Time_t, err error) {
	var tv Timeval
	if err := Gettimeofday(&tv); err != nil {
		return 0, err
	}
	tt = Time_t(tv.Sec)
	if t != nil {
		*t = tt
	}
	return tt, nil
}

// ItimerWhich is one of the ITIMER_* constants.
type ItimerWhich int

// The timers of a process: of the time that passes, that it runs, and that it or the kernel runs for it.
const (
	ItimerReal    ItimerWhich = ITIMER_REAL
	ItimerVirtual ItimerWhich = ITIMER_VIRTUAL
	ItimerProf    ItimerWhich = ITIMER_PROF
)

// Getitimer is getitimer(2).
func Getitimer(which ItimerWhich) (Itimerval, error) {
	var it Itimerval
	err := getitimer(int(which), &it)
	return it, err
}

// Setitimer is setitimer(2). It returns what the timer was set to before.
func Setitimer(which ItimerWhich, it Itimerval) (Itimerval, error) {
	var old Itimerval
	err := setitimer(int(which), &it, &old)
	return old, err
}

// MakeItimerval returns the setting of a timer that expires first after value and then every interval.
func MakeItimerval(interval, value time.Duration) Itimerval {
	return Itimerval{Interval: NsecToTimeval(interval.Nanoseconds()), Value: NsecToTimeval(value.Nanoseconds())}
}

// FdToClockID returns the id of the clock that fd, an open character device as /dev/ptp0, stands for; see clock_gettime(2).
func FdToClockID(fd int) int32 { return int32(^fd<<3 | 3) }
