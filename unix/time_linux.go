package unix

import "time"

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

// FdToClockID returns the id of the clock that fd, an open character device as /dev/ptp0, stands for; see
// clock_gettime(2).
func FdToClockID(fd int) int32 { return int32(^fd<<3 | 3) }
