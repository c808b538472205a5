//go:build unix

package unix

import (
	"time"
)

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
