//go:build linux && (386 || arm || mips || mipsle || ppc)

// The calls with seconds of 64 bits, all since Linux 5.1, where the first ones have 32. syscall_linux_time_64bit.go
// has the same for the other architectures.

package unix

// ClockAdjtime64 is clock_adjtime(2) with seconds of 64 bits on every architecture; on those of 32 bits, Linux 5.1.
//sysnb	ClockAdjtime64(clockid int32, buf *KernelTimex) (state int, err error) = SYS_CLOCK_ADJTIME64
// ClockGetres64 is clock_getres(2) with seconds of 64 bits on every architecture; on those of 32 bits, Linux 5.1.
//sysnb	ClockGetres64(clockid int32, res *KernelTimespec) (err error) = SYS_CLOCK_GETRES_TIME64
// ClockGettime64 is clock_gettime(2) with seconds of 64 bits on every architecture; on those of 32 bits, Linux 5.1.
//sysnb	ClockGettime64(clockid int32, time *KernelTimespec) (err error) = SYS_CLOCK_GETTIME64
// ClockNanosleep64 is clock_nanosleep(2) with seconds of 64 bits on every architecture; on those of 32 bits, Linux
// 5.1.
//sys	ClockNanosleep64(clockid int32, flags int, request *KernelTimespec, remain *KernelTimespec) (err error) = SYS_CLOCK_NANOSLEEP_TIME64
// ClockSettime64 is clock_settime(2) with seconds of 64 bits on every architecture; on those of 32 bits, Linux 5.1.
//sysnb	ClockSettime64(clockid int32, time *KernelTimespec) (err error) = SYS_CLOCK_SETTIME64
//sys	futex(addr *uint32, op int, val uint32, timeout *KernelTimespec, addr2 *uint32, val3 uint32) (n int, err error) = SYS_FUTEX_TIME64
// MqTimedreceive is mq_timedreceive(2): the oldest message of the highest priority. msg must have room for any message
// of the queue, else EMSGSIZE. prio may be nil. deadline is of CLOCK_REALTIME, nil for none; past it, ETIMEDOUT.
// On 32-bit architectures: Linux 5.1.
//sys	MqTimedreceive(mqd int, msg []byte, prio *uint32, deadline *KernelTimespec) (n int, err error) = SYS_MQ_TIMEDRECEIVE_TIME64
// MqTimedsend is mq_timedsend(2): a message of a priority below MQ_PRIO_MAX. deadline is of CLOCK_REALTIME, nil
// for none; past it, ETIMEDOUT. On 32-bit architectures: Linux 5.1.
//sys	MqTimedsend(mqd int, msg []byte, prio uint32, deadline *KernelTimespec) (err error) = SYS_MQ_TIMEDSEND_TIME64
//sys	ppoll64(fds *PollFd, nfds int, timeout *KernelTimespec, mask *Sigset_t, size uintptr) (n int, err error) = SYS_PPOLL_TIME64
//sys	rtSigtimedwait(set *Sigset_t, info *Siginfo, timeout *KernelTimespec, size uintptr) (sig int, err error) = SYS_RT_SIGTIMEDWAIT_TIME64
// SchedRrGetInterval is sched_rr_get_interval(2): the time slice of the thread pid, or of the calling one for 0, if it
// is under SCHED_RR. On 32-bit architectures: Linux 5.1.
//sysnb	SchedRrGetInterval(pid int, interval *KernelTimespec) (err error) = SYS_SCHED_RR_GET_INTERVAL_TIME64
// Semtimedop is semtimedop(2): [Semop] that returns EAGAIN when it had to wait for longer than timeout, nil for ever.
// On 32-bit architectures, ppc64, ppc64le, s390x and sparc64: Linux 5.1.
//sys	Semtimedop(id int, sops []Sembuf, timeout *KernelTimespec) (err error) = SYS_SEMTIMEDOP_TIME64
// TimerGettime is timer_gettime(2): the time until a timer expires, and its interval. On 32-bit architectures: Linux
// 5.1.
//sysnb	TimerGettime(id int32, value *KernelItimerspec) (err error) = SYS_TIMER_GETTIME64
// TimerSettime is timer_settime(2): it starts or, with a value of zero, stops a timer. flags may have TIMER_ABSTIME.
// old may be nil, else what the timer had is stored there. On 32-bit architectures: Linux 5.1.
//sysnb	TimerSettime(id int32, flags int, value *KernelItimerspec, old *KernelItimerspec) (err error) = SYS_TIMER_SETTIME64
// TimerfdGettime64 is timerfd_gettime(2) with seconds of 64 bits on every architecture; on those of 32 bits, Linux
// 5.1.
//sysnb	TimerfdGettime64(fd int, value *KernelItimerspec) (err error) = SYS_TIMERFD_GETTIME64
// TimerfdSettime64 is timerfd_settime(2) with seconds of 64 bits on every architecture; on those of 32 bits, Linux
// 5.1.
//sysnb	TimerfdSettime64(fd int, flags int, value *KernelItimerspec, old *KernelItimerspec) (err error) = SYS_TIMERFD_SETTIME64
//sys	utimensat64(dirfd int, path *byte, times *[2]KernelTimespec, flags int) (err error) = SYS_UTIMENSAT_TIME64
