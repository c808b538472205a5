package unix

import "unsafe"

// Queue returns the contents of a signal with a value, SI_QUEUE or SI_MESGQ.
func (s *Siginfo) Queue() *SiginfoQueue { return (*SiginfoQueue)(unsafe.Pointer(s)) }

// Siginfo returns the signal to send.
func (s *SiginfoQueue) Siginfo() *Siginfo { return (*Siginfo)(unsafe.Pointer(s)) }

// Sigqueue is sigqueue(3): it sends a signal with a value to the process pid.
func Sigqueue(pid int, sig Signal, value uintptr) error {
	info := SiginfoQueue{Signo: int32(sig), Code: SI_QUEUE, Pid: int32(Getpid()), Uid: uint32(Getuid()), Value: value}
	return RtSigqueueinfo(pid, sig, info.Siginfo())
}

// RtSigqueueinfo is rt_sigqueueinfo(2): it sends a signal to the process pid, with what info says. To other processes
// its Code must be less than 0 and not SI_TKILL.
func RtSigqueueinfo(pid int, sig Signal, info *Siginfo) error { return rtSigqueueinfo(pid, sig, info) }

// RtTgsigqueueinfo is rt_tgsigqueueinfo(2): [RtSigqueueinfo] to the thread tid of the process tgid.
func RtTgsigqueueinfo(tgid, tid int, sig Signal, info *Siginfo) error {
	return rtTgsigqueueinfo(tgid, tid, sig, info)
}

// RtSigpending is rt_sigpending(2): the signals that wait for the calling thread to take them no longer blocked.
func RtSigpending(set *Sigset_t) error {
	*set = Sigset_t{}
	return rtSigpending(set, sigsetSize)
}

// RtSigsuspend is rt_sigsuspend(2): with mask blocked and nothing else, the calling thread waits until a signal was
// handled; the error is EINTR then.
func RtSigsuspend(mask *Sigset_t) error { return rtSigsuspend(mask, sigsetSize) }

// RtSigtimedwait is rt_sigtimedwait(2): it takes a signal of set, which the calling thread must have blocked, from
// those pending or to come, without a handler. info, which may be nil, says more of it. timeout is relative, nil for
// ever; past it, EAGAIN. On 32-bit architectures: Linux 5.1.
func RtSigtimedwait(set *Sigset_t, info *Siginfo, timeout *KernelTimespec) (Signal, error) {
	sig, err := rtSigtimedwait(set, info, timeout, sigsetSize)
	return Signal(sig), err
}

// TimerCreate is timer_create(2): a timer of a clock. event says what happens when it expires, SIGEV_NONE,
// SIGEV_SIGNAL or SIGEV_THREAD_ID; nil is SIGALRM for the process. [TimerSettime] starts it.
func TimerCreate(clockid int32, event *Sigevent) (id int32, err error) {
	err = timerCreate(clockid, event, &id)
	return id, err
}
