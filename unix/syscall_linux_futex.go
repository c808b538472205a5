//go:build linux

// Futexes and restartable sequences; see futex(7).

package unix

//sys	futexCount(addr *uint32, op int, val uint32, val2 uintptr, addr2 *uint32, val3 uint32) (n int, err error) = SYS_FUTEX
//sys	futexRequeue(waiters *FutexWaitv_t, flags uint, wake int, requeue int) (n int, err error) = SYS_FUTEX_REQUEUE
// FutexWait is futex_wait(2), Linux 6.7: it waits for a wake-up whose mask has a bit of mask, if the futex at addr is
// val. flags have its size (FUTEX2_SIZE_…; Linux 7.3 has FUTEX2_SIZE_U32 alone) and FUTEX2_PRIVATE. deadline is of
// clockid, CLOCK_MONOTONIC or CLOCK_REALTIME, nil for none. EAGAIN says that the value is another one, ETIMEDOUT that
// the deadline has passed.
//sys	FutexWait(addr unsafe.Pointer, val uintptr, mask uintptr, flags uint, deadline *KernelTimespec, clockid int32) (err error) = SYS_FUTEX_WAIT
//sys	futexWaitv(waiters *FutexWaitv_t, count int, flags uint, deadline *KernelTimespec, clockid int32) (index int, err error) = SYS_FUTEX_WAITV
// FutexWake is futex_wake(2), Linux 6.7: it wakes up to count who wait at addr with a bit of mask, and returns how
// many. flags are those of [FutexWait].
//sys	FutexWake(addr unsafe.Pointer, mask uintptr, count int, flags uint) (n int, err error) = SYS_FUTEX_WAKE
//sysnb	getRobustList(pid int, head *uintptr, size *uintptr) (err error) = SYS_GET_ROBUST_LIST
//sysnb	rseq(area *Rseq_t, size uint32, flags int, sig uint32) (err error)
// RseqSliceYield is rseq_slice_yield(2), Linux 7.0: it gives the processor back early when the kernel has granted
// more time by Slice_ctrl of the thread's [Rseq_t]. yielded is 1 if it had, else 0.
//sys	RseqSliceYield() (yielded int, err error) = SYS_RSEQ_SLICE_YIELD
//sysnb	setRobustList(head *RobustListHead, size uintptr) (err error) = SYS_SET_ROBUST_LIST
