//go:build freebsd || netbsd

package unix

// TimerfdGettime is timerfd_gettime(2): the time to the next expiry, and between those that follow.
//sys	TimerfdGettime(fd int, value *ItimerSpec) (err error)
// TimerfdSettime is timerfd_settime(2): it sets a timer, and stores in old what was set unless that is nil. flags are
// TFD_TIMER_*.
//sys	TimerfdSettime(fd int, flags int, value *ItimerSpec, old *ItimerSpec) (err error)
