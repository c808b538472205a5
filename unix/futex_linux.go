package unix

import (
	"math"
	"runtime"
	"unsafe"
)

// The functions FutexOp… are futex(2), one for each operation, named so because FutexWait, FutexWake and FutexRequeue
// are calls of their own. Their flags are FUTEX_PRIVATE_FLAG, for a futex that is of this process alone, and
// FUTEX_CLOCK_REALTIME, for a deadline of that clock. With a timeout or deadline they need Linux 5.1 on 32-bit
// architectures. A value that is another one than expected is EAGAIN, a time that has passed ETIMEDOUT.

// FutexOpWait is FUTEX_WAIT of futex(2): it waits for a wake-up if *addr is val. timeout is relative, nil for ever.
func FutexOpWait(addr *uint32, val uint32, timeout *KernelTimespec, flags int) error {
	_, err := futex(addr, FUTEX_WAIT|flags, val, timeout, nil, 0)
	return err
}

// FutexOpWaitBitset is FUTEX_WAIT_BITSET of futex(2): it waits for a wake-up that has a bit of mask, if *addr is val.
// deadline is of CLOCK_MONOTONIC, nil for none.
func FutexOpWaitBitset(addr *uint32, val uint32, deadline *KernelTimespec, mask uint32, flags int) error {
	_, err := futex(addr, FUTEX_WAIT_BITSET|flags, val, deadline, nil, mask)
	return err
}

// FutexOpWake is FUTEX_WAKE of futex(2): it wakes up to count who wait, and returns how many.
func FutexOpWake(addr *uint32, count int, flags int) (n int, err error) {
	return futexCount(addr, FUTEX_WAKE|flags, count32(count), 0, nil, 0)
}

// FutexOpWakeBitset is FUTEX_WAKE_BITSET of futex(2): [FutexOpWake] of those who wait for a bit of mask.
func FutexOpWakeBitset(addr *uint32, count int, mask uint32, flags int) (n int, err error) {
	return futexCount(addr, FUTEX_WAKE_BITSET|flags, count32(count), 0, nil, mask)
}

// FutexOpRequeue is FUTEX_REQUEUE of futex(2): it wakes up to wake who wait at addr, and has up to requeue of the
// others wait at addr2. n is how many it woke.
func FutexOpRequeue(addr *uint32, wake int, addr2 *uint32, requeue int, flags int) (n int, err error) {
	return futexCount(addr, FUTEX_REQUEUE|flags, count32(wake), uintptr(count32(requeue)), addr2, 0)
}

// FutexOpCmpRequeue is FUTEX_CMP_REQUEUE of futex(2): [FutexOpRequeue] if *addr is val. n is how many it woke or
// moved.
func FutexOpCmpRequeue(addr *uint32, val uint32, wake int, addr2 *uint32, requeue int, flags int) (n int, err error) {
	return futexCount(addr, FUTEX_CMP_REQUEUE|flags, count32(wake), uintptr(count32(requeue)), addr2, val)
}

// FutexOpWakeOp is FUTEX_WAKE_OP of futex(2): it changes *addr2 as op says, wakes up to wake at addr and, if the old
// *addr2 compares as op says, up to wake2 at addr2. [FutexOperation] makes op.
func FutexOpWakeOp(addr *uint32, wake int, addr2 *uint32, wake2 int, op uint32, flags int) (n int, err error) {
	return futexCount(addr, FUTEX_WAKE_OP|flags, count32(wake), uintptr(count32(wake2)), addr2, op)
}

// FutexOperation is the operation of [FutexOpWakeOp]: op (FUTEX_OP_SET and others) with arg, then a comparison cmp
// (FUTEX_OP_CMP_…) of the old value with cmparg. The arguments are numbers of 12 bits.
func FutexOperation(op, arg, cmp, cmparg int) uint32 {
	return uint32(op&0xf)<<28 | uint32(cmp&0xf)<<24 | uint32(arg&0xfff)<<12 | uint32(cmparg&0xfff)
}

// FutexOpLockPI is FUTEX_LOCK_PI of futex(2): it takes a lock that lends the priority of waiters to its holder; see
// futex(7) for what *addr is. The lock is the thread's. deadline is of CLOCK_REALTIME, nil for none.
func FutexOpLockPI(addr *uint32, deadline *KernelTimespec, flags int) error {
	_, err := futex(addr, FUTEX_LOCK_PI|flags, 0, deadline, nil, 0)
	return err
}

// FutexOpLockPI2 is FUTEX_LOCK_PI2 of futex(2), Linux 5.14: [FutexOpLockPI] with a deadline of CLOCK_MONOTONIC.
func FutexOpLockPI2(addr *uint32, deadline *KernelTimespec, flags int) error {
	_, err := futex(addr, FUTEX_LOCK_PI2|flags, 0, deadline, nil, 0)
	return err
}

// FutexOpTrylockPI is FUTEX_TRYLOCK_PI of futex(2): [FutexOpLockPI] that does not wait.
func FutexOpTrylockPI(addr *uint32, flags int) error {
	_, err := futexCount(addr, FUTEX_TRYLOCK_PI|flags, 0, 0, nil, 0)
	return err
}

// FutexOpUnlockPI is FUTEX_UNLOCK_PI of futex(2), by the thread that has the lock.
func FutexOpUnlockPI(addr *uint32, flags int) error {
	_, err := futexCount(addr, FUTEX_UNLOCK_PI|flags, 0, 0, nil, 0)
	return err
}

// FutexOpWaitRequeuePI is FUTEX_WAIT_REQUEUE_PI of futex(2): it waits at addr, if that is val, to be moved to the
// lock addr2 by [FutexOpCmpRequeuePI], and to get it. deadline is of CLOCK_MONOTONIC, nil for none.
func FutexOpWaitRequeuePI(addr *uint32, val uint32, deadline *KernelTimespec, addr2 *uint32, flags int) error {
	_, err := futex(addr, FUTEX_WAIT_REQUEUE_PI|flags, val, deadline, addr2, 0)
	return err
}

// FutexOpCmpRequeuePI is FUTEX_CMP_REQUEUE_PI of futex(2): if *addr is val, it gives the lock addr2 to the first who
// waits at addr if it is free, and has up to requeue others wait for it. n is how many were woken or moved.
func FutexOpCmpRequeuePI(addr *uint32, val uint32, addr2 *uint32, requeue int, flags int) (n int, err error) {
	return futexCount(addr, FUTEX_CMP_REQUEUE_PI|flags, 1, uintptr(count32(requeue)), addr2, val)
}

// count32 returns n as the kernel takes it, an int that is not negative.
func count32(n int) uint32 { return uint32(min(n, math.MaxInt32)) }

// FutexWaiter is a futex to wait for: its address, the value expected, and flags as for [FutexWait].
type FutexWaiter struct {
	Addr  unsafe.Pointer
	Val   uint64
	Flags uint32
}

// raw returns waiters as the kernel has them, with their futexes pinned.
func rawWaiters(pin *runtime.Pinner, waiters []FutexWaiter) []FutexWaitv_t {
	raw := make([]FutexWaitv_t, len(waiters))
	for i, w := range waiters {
		pin.Pin(w.Addr)
		raw[i] = FutexWaitv_t{Val: w.Val, Uaddr: uint64(uintptr(w.Addr)), Flags: w.Flags}
	}
	return raw
}

// FutexWaitv is futex_waitv(2), Linux 5.16: it waits for a wake-up of any of up to FUTEX_WAITV_MAX futexes, and
// returns the index of it. flags must be 0. deadline is of clockid, CLOCK_MONOTONIC or CLOCK_REALTIME, nil for none.
func FutexWaitv(waiters []FutexWaiter, flags uint, deadline *KernelTimespec, clockid int32) (index int, err error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	raw := rawWaiters(&pin, waiters)
	return futexWaitv(unsafe.SliceData(raw), len(raw), flags, deadline, clockid)
}

// FutexRequeue is futex_requeue(2), Linux 6.7: if the futex from has its value, up to wake who wait there are woken,
// and up to requeue of the others wait at to from then on. flags must be 0. n is how many were woken or moved.
func FutexRequeue(from, to FutexWaiter, flags uint, wake, requeue int) (n int, err error) {
	var pin runtime.Pinner
	defer pin.Unpin()
	raw := rawWaiters(&pin, []FutexWaiter{from, to})
	return futexRequeue(&raw[0], flags, wake, requeue)
}

// GetRobustList is get_robust_list(2): the address and size of the list of futexes of the thread pid, or of the
// calling one for 0, that the kernel unlocks when it ends. The address is one of that process.
func GetRobustList(pid int) (head, size uintptr, err error) {
	err = getRobustList(pid, &head, &size)
	return head, size, err
}

// SetRobustList is set_robust_list(2): the list of futexes of the calling thread that the kernel unlocks when it
// ends. The kernel reads it then: it must be memory that is not the garbage collector's, as from [MmapPtr], and stay.
// A goroutine must be locked to its thread. In programs with cgo the C library has a list, which this takes away. nil
// is no list.
func SetRobustList(head *RobustListHead) error { return setRobustList(head, unsafe.Sizeof(*head)) }

// Rseq is rseq(2), Linux 4.18: from now on the kernel keeps in area on which processor the calling thread runs, or
// with RSEQ_FLAG_UNREGISTER no more. size is 32, or the size in the auxiliary vector. sig is
// in front of every abort handler, and the same to unregister. The kernel writes to area until then: it must be
// memory that is not the garbage collector's, as from [MmapPtr], aligned to its size. A goroutine must be locked to
// its thread. In programs with cgo the C library has registered one, EBUSY. Sequences to restart take assembly.
func Rseq(area *Rseq_t, size uint32, flags int, sig uint32) error {
	return rseq(area, size, flags, sig)
}
