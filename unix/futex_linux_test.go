package unix_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

const private = unix.FUTEX_PRIVATE_FLAG

// sleeper is a goroutine that waits, and what came of it.
type sleeper chan error

// asleep starts wait and returns when the kernel has it wait in a call of one of the names at addr, or anywhere for
// nil.
func asleep(t *testing.T, addr *uint32, wait func() error, names ...string) sleeper {
	t.Helper()
	onKernel(t, "the system calls of threads")
	s, tids := make(sleeper, 1), make(chan int, 1)
	go onOwnThread(t, func() {
		tids <- unix.Gettid()
		s <- wait()
	})
	tid := <-tids
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		b, err := os.ReadFile(fmt.Sprintf("/proc/self/task/%d/syscall", tid))
		ok(t, err)
		words := strings.Fields(string(b)) // number, arguments, stack, program counter; or "running"
		for _, name := range names {
			num, has := unix.SyscallNumber(name)
			if has && words[0] == strconv.Itoa(int(num)) &&
				(addr == nil || words[1] == fmt.Sprintf("%#x", uintptr(unsafe.Pointer(addr)))) {
				return s
			}
		}
	}
	t.Fatalf("nobody waits in %v", names)
	return nil
}

// onFutex is [asleep] in a call of futex.
func onFutex(t *testing.T, addr *uint32, wait func() error) sleeper {
	t.Helper()
	return asleep(t, addr, wait, "futex", "futex_time64")
}

// woken returns what a sleeper returned.
func (s sleeper) woken(t *testing.T) error {
	t.Helper()
	select {
	case err := <-s:
		return err
	case <-time.After(10 * time.Second):
		t.Fatal("nobody woke the sleeper")
		return nil
	}
}

func TestFutexOpWait(t *testing.T) {
	var word uint32 = 5
	fails(t, unix.FutexOpWait(&word, 6, nil, private), unix.EAGAIN)
	began := time.Now()
	fails(t, unix.FutexOpWait(&word, 5, &unix.KernelTimespec{Nsec: 2e6}, private), unix.ETIMEDOUT)
	if d := time.Since(began); d < 2*time.Millisecond {
		t.Errorf("timed out after %v", d)
	}
	fails(t, unix.FutexOpWait(&word, 5, &unix.KernelTimespec{Nsec: -1}, private), unix.EINVAL)
	fails(t, unix.FutexOpWaitBitset(&word, 5, &unix.KernelTimespec{Sec: 0, Nsec: 1}, 1, private), unix.ETIMEDOUT)
	fails(t, unix.FutexOpWaitBitset(&word, 5, nil, 0, private), unix.EINVAL)

	s := onFutex(t, &word, func() error { return unix.FutexOpWait(&word, 5, nil, private) })
	if n, err := unix.FutexOpWakeBitset(&word, 0, 0, private); err != unix.EINVAL {
		t.Errorf("%d, %v", n, err)
	}
	if n, err := unix.FutexOpWake(&word, 10, private); n != 1 || err != nil {
		t.Errorf("%d woken, %v", n, err)
	}
	ok(t, s.woken(t))
	if n, err := unix.FutexOpWake(&word, 10, private); n != 0 || err != nil {
		t.Errorf("%d woken, %v", n, err)
	}
	s = onFutex(t, &word, func() error { return unix.FutexOpWaitBitset(&word, 5, nil, 2, private) })
	if n, err := unix.FutexOpWakeBitset(&word, 10, 1, private); n != 0 || err != nil {
		t.Errorf("%d woken by another bit, %v", n, err)
	}
	if n, err := unix.FutexOpWakeBitset(&word, 10, 3, private); n != 1 || err != nil {
		t.Errorf("%d woken, %v", n, err)
	}
	ok(t, s.woken(t))
}

func TestFutexOpRequeue(t *testing.T) {
	var from, to uint32
	a := onFutex(t, &from, func() error { return unix.FutexOpWait(&from, 0, nil, private) })
	b := onFutex(t, &from, func() error { return unix.FutexOpWait(&from, 0, nil, private) })
	_, err := unix.FutexOpCmpRequeue(&from, 1, 1, &to, 1, private)
	fails(t, err, unix.EAGAIN)
	if n, err := unix.FutexOpCmpRequeue(&from, 0, 1, &to, 1, private); n != 2 || err != nil {
		t.Errorf("%d woken or moved, %v", n, err)
	}
	if n, err := unix.FutexOpRequeue(&to, 0, &from, 1, private); n != 0 && n != 1 || err != nil {
		t.Errorf("%d woken, %v", n, err)
	}
	if n, err := unix.FutexOpWake(&from, 10, private); n != 1 || err != nil {
		t.Errorf("%d had been moved back, %v", n, err)
	}
	ok(t, a.woken(t))
	ok(t, b.woken(t))
}

func TestFutexOpWakeOp(t *testing.T) {
	var a, b uint32 = 0, 7
	s := onFutex(t, &b, func() error { return unix.FutexOpWait(&b, 7, nil, private) })
	add5 := unix.FutexOperation(unix.FUTEX_OP_ADD, 5, unix.FUTEX_OP_CMP_EQ, 8)
	if n, err := unix.FutexOpWakeOp(&a, 1, &b, 1, add5, private); n != 0 || err != nil || b != 12 {
		t.Errorf("%d woken, %v, %d", n, err, b)
	}
	set1 := unix.FutexOperation(unix.FUTEX_OP_SET, 1, unix.FUTEX_OP_CMP_GT, 11)
	if n, err := unix.FutexOpWakeOp(&a, 1, &b, 1, set1, private); n != 1 || err != nil || b != 1 {
		t.Errorf("%d woken, %v, %d", n, err, b)
	}
	ok(t, s.woken(t))
}

func TestFutexPI(t *testing.T) {
	onKernel(t, "futexes that lend priority")
	onOwnThread(t, func() {
		var lock, cond uint32
		if err := unix.FutexOpLockPI(&lock, nil, private); err != nil || int(lock) != unix.Gettid() {
			t.Errorf("%v, %d", err, lock)
			return
		}
		fails(t, unix.FutexOpTrylockPI(&lock, private), unix.EDEADLK)
		other := make(chan error, 3)
		onOwnThread(t, func() {
			other <- unix.FutexOpTrylockPI(&lock, private)
			other <- unix.FutexOpLockPI2(&lock, &unix.KernelTimespec{Nsec: 1}, private)
			other <- unix.FutexOpUnlockPI(&lock, private)
		})
		fails(t, <-other, unix.EAGAIN)
		if err := <-other; err != unix.ETIMEDOUT && err != unix.ENOSYS {
			t.Error(err)
		}
		fails(t, <-other, unix.EPERM)
		// One who waits for cond gets the lock, which is free.
		if err := unix.FutexOpUnlockPI(&lock, private); err != nil {
			t.Error(err)
		}
		s := onFutex(t, &cond, func() error {
			if err := unix.FutexOpWaitRequeuePI(&cond, 0, nil, &lock, private); err != nil {
				return err
			}
			return unix.FutexOpUnlockPI(&lock, private)
		})
		_, err := unix.FutexOpCmpRequeuePI(&cond, 1, &lock, 0, private)
		fails(t, err, unix.EAGAIN)
		if n, err := unix.FutexOpCmpRequeuePI(&cond, 0, &lock, 0, private); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
			return
		}
		if err := s.woken(t); err != nil {
			t.Error(err)
		}
	})
}

const futex32 = unix.FUTEX2_SIZE_U32 | unix.FUTEX2_PRIVATE

func TestFutexWaitAndWake(t *testing.T) {
	var word, other uint32 = 5, 9
	p := unsafe.Pointer(&word)
	err := unix.FutexWait(p, 6, 1, futex32, nil, unix.CLOCK_MONOTONIC)
	if err != unix.EAGAIN {
		need(t, "futex_wait", "6.7", err)
	}
	fails(t, unix.FutexWait(p, 5, 1, futex32, &unix.KernelTimespec{Nsec: 1}, unix.CLOCK_MONOTONIC), unix.ETIMEDOUT)
	fails(t, unix.FutexWait(p, 5, 0, futex32, nil, unix.CLOCK_MONOTONIC), unix.EINVAL)
	s := asleep(t, &word, func() error { return unix.FutexWait(p, 5, 2, futex32, nil, unix.CLOCK_MONOTONIC) },
		"futex_wait")
	if n, err := unix.FutexWake(p, 1, 10, futex32); n != 0 || err != nil {
		t.Errorf("%d woken by another bit, %v", n, err)
	}
	from := unix.FutexWaiter{Addr: p, Val: 6, Flags: futex32}
	to := unix.FutexWaiter{Addr: unsafe.Pointer(&other), Flags: futex32}
	_, err = unix.FutexRequeue(from, to, 0, 0, 1)
	fails(t, err, unix.EAGAIN)
	from.Val = 5
	if n, err := unix.FutexRequeue(from, to, 0, 0, 1); n != 1 || err != nil {
		t.Errorf("%d moved, %v", n, err)
	}
	if n, err := unix.FutexWake(p, 3, 10, futex32); n != 0 || err != nil {
		t.Errorf("%d woken where none waits, %v", n, err)
	}
	if n, err := unix.FutexWake(unsafe.Pointer(&other), 3, 10, futex32); n != 1 || err != nil {
		t.Errorf("%d woken, %v", n, err)
	}
	ok(t, s.woken(t))
}

func TestFutexWaitv(t *testing.T) {
	var a, b uint32 = 1, 2
	waiters := []unix.FutexWaiter{
		{Addr: unsafe.Pointer(&a), Val: 1, Flags: futex32},
		{Addr: unsafe.Pointer(&b), Val: 3, Flags: futex32},
	}
	_, err := unix.FutexWaitv(waiters, 0, nil, unix.CLOCK_MONOTONIC)
	if err != unix.EAGAIN {
		need(t, "futex_waitv", "5.16", err)
		t.Error("waited for what has another value")
	}
	waiters[1].Val = 2
	_, err = unix.FutexWaitv(waiters, 0, &unix.KernelTimespec{Nsec: 1}, unix.CLOCK_MONOTONIC)
	fails(t, err, unix.ETIMEDOUT)
	_, err = unix.FutexWaitv(nil, 0, nil, unix.CLOCK_MONOTONIC)
	fails(t, err, unix.EINVAL)
	_, err = unix.FutexWaitv(make([]unix.FutexWaiter, unix.FUTEX_WAITV_MAX+1), 0, nil, unix.CLOCK_MONOTONIC)
	fails(t, err, unix.EINVAL)
	var index atomic.Int64
	s := asleep(t, nil, func() error {
		i, err := unix.FutexWaitv(waiters, 0, nil, unix.CLOCK_MONOTONIC)
		index.Store(int64(i))
		return err
	}, "futex_waitv")
	if n, err := unix.FutexOpWake(&b, 1, private); n != 1 || err != nil {
		t.Errorf("%d woken, %v", n, err)
	}
	if err := s.woken(t); err != nil || index.Load() != 1 {
		t.Errorf("%v, index %d", err, index.Load())
	}
}

// mapped returns a page that is not the garbage collector's.
func mapped(t testing.TB) unsafe.Pointer {
	t.Helper()
	size := uintptr(os.Getpagesize())
	p, err := unix.MmapPtr(-1, 0, nil, size, unix.PROT_READ|unix.PROT_WRITE, anonymous)
	ok(t, err)
	t.Cleanup(func() { _ = unix.MunmapPtr(p, size) })
	return p
}

func TestRobustList(t *testing.T) {
	onKernel(t, "robust lists")
	// The head, one lock that is its only entry, and the futex of that.
	type lock struct {
		entry unix.RobustList
		word  uint32
	}
	page := mapped(t)
	head, held := (*unix.RobustListHead)(page), (*lock)(unsafe.Add(page, 256))
	head.List.Next, held.entry.Next = &held.entry, &head.List
	set := unsafe.Offsetof(held.word)
	if unsafe.Sizeof(uintptr(0)) == 8 {
		*(*int64)(unsafe.Pointer(&head.Futex_offset)) = int64(set)
	} else {
		*(*int32)(unsafe.Pointer(&head.Futex_offset)) = int32(set)
	}
	tid := 0
	list := func() {
		if tid = unix.Gettid(); tid == os.Getpid() {
			return // the first thread does not end before the process, and is nobody's again
		}
		if err := unix.SetRobustList(head); err != nil {
			t.Error(err)
		}
		at, size, err := unix.GetRobustList(0)
		if at != uintptr(page) || size != unsafe.Sizeof(*head) || err != nil {
			t.Errorf("%#x, %d, %v", at, size, err)
		}
		held.word = uint32(tid) | unix.FUTEX_WAITERS
	}
	for held.word == 0 {
		onOwnThread(t, list)
	}
	_, _, err := unix.GetRobustList(1 << 30)
	fails(t, err, unix.ESRCH)
	// The kernel says in the futex that the owner died, when the thread ends.
	for {
		word := atomic.LoadUint32(&held.word)
		if word&unix.FUTEX_OWNER_DIED != 0 {
			return
		}
		if err := unix.FutexOpWait(&held.word, word, &unix.KernelTimespec{Sec: 10}, 0); err == unix.ETIMEDOUT {
			t.Fatalf("%#x, of thread %#x", word, tid)
		}
	}
}

func TestRseq(t *testing.T) {
	onKernel(t, "restartable sequences")
	area := (*unix.Rseq_t)(mapped(t))
	onOwnThread(t, func() {
		const sig = 0x53053053
		err := unix.Rseq(area, 32, 0, sig)
		if err == unix.EBUSY || err == unix.EINVAL {
			t.Log("the C library has registered one:", err)
			return
		}
		if err != nil {
			need(t, "rseq", "4.18", err)
		}
		var one unix.CPUSet
		for cpu := range 1024 {
			one.Zero()
			one.Set(cpu)
			if unix.SchedSetaffinity(0, &one) != nil {
				continue
			}
			if got := atomic.LoadUint32(&area.Cpu_id); int(got) != cpu {
				t.Errorf("on processor %d, not %d", got, cpu)
			}
			if got, _, err := unix.Getcpu(); got != cpu || err != nil {
				t.Errorf("Getcpu returns %d, %v, not %d", got, err, cpu)
			}
		}
		if err := unix.Rseq(area, 32, 0, sig); err != unix.EBUSY {
			t.Error(err)
		}
		if err := unix.Rseq(area, 32, unix.RSEQ_FLAG_UNREGISTER, sig+1); err != unix.EPERM {
			t.Error(err)
		}
		if err := unix.Rseq(area, 32, unix.RSEQ_FLAG_UNREGISTER, sig); err != nil {
			t.Error(err)
		}
		if int32(area.Cpu_id) != unix.RSEQ_CPU_ID_UNINITIALIZED {
			t.Errorf("still on processor %d", area.Cpu_id)
		}
	})
}

func TestRseqSliceYield(t *testing.T) {
	yielded, err := unix.RseqSliceYield()
	nstest.NeedOption(t, "CONFIG_RSEQ_SLICE_EXTENSION", "7.0", err)
	if yielded != 0 {
		t.Errorf("%d: gave back what it was not granted", yielded)
	}
}
