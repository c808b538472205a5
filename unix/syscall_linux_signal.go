//go:build linux

// Signals; see signal(7).

package unix

//sysnb	rtSigpending(set *Sigset_t, size uintptr) (err error) = SYS_RT_SIGPENDING
//sysnb	rtSigqueueinfo(tgid int, sig Signal, info *Siginfo) (err error) = SYS_RT_SIGQUEUEINFO
//sys	rtSigsuspend(mask *Sigset_t, size uintptr) (err error) = SYS_RT_SIGSUSPEND
//sysnb	rtTgsigqueueinfo(tgid int, tid int, sig Signal, info *Siginfo) (err error) = SYS_RT_TGSIGQUEUEINFO
// Tkill is tkill(2): Tgkill for whatever process the thread is of, so that it may hit a new thread of the same number.
//sysnb	Tkill(tid int, sig Signal) (err error)
