package wire_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"sync/atomic"
	"syscall"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/internal/uapi"
	"kern.sys/unix"
)

// interruptedEnv says to be the process that interrupts itself.
const interruptedEnv = "KERN_TEST_INTERRUPTED"

// TestEveryCallIsInterrupted has every second call that sends or receives fail with
// EINTR, in a process of its own: a filter on system calls cannot be taken off.
func TestEveryCallIsInterrupted(t *testing.T) {
	if os.Getenv(interruptedEnv) != "" {
		beInterrupted(t)
		return
	}
	nstest.Private(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestEveryCallIsInterrupted$")
	cmd.Env = append(os.Environ(), interruptedEnv+"=1")
	out, err := cmd.CombinedOutput()
	if m := regexp.MustCompile(`needs (.*)`).FindSubmatch(out); m != nil {
		nstest.Need(t, "notifications of system calls to user space", "5.7", fmt.Errorf("%s: %w", m[1], unix.ENOSYS))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, call := range []string{"sendto", "recvfrom", "recvmmsg"} {
		if !regexp.MustCompile(call + ` [1-9]`).Match(out) {
			t.Errorf("%s was never interrupted:\n%s", call, out)
		}
	}
}

// beInterrupted ends the process.
func beInterrupted(t *testing.T) {
	runtime.GOMAXPROCS(4) // calls that the scheduler does not see wait for another goroutine
	var counts [3]atomic.Int64
	calls := [3]uint32{unix.SYS_SENDTO, unix.SYS_RECVFROM, unix.SYS_RECVMMSG}
	if err := interruptEverySecond(calls[:], func(i int) { counts[i].Add(1) }); err != nil {
		fmt.Println("needs", err)
		os.Exit(1)
	}
	c, ns := connect(t)
	loUp(t, c)
	l := listen(t, ns, uapi.RTNLGRP_IPV4_IFADDR)
	const n = 50
	for i := range n {
		if err := c.Do(context.Background(), address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE, test10(i))); err != nil {
			t.Fatal(err)
		}
	}
	b := c.NewBatch()
	for i := range n {
		b.Add(address(uapi.RTM_NEWADDR, uapi.NLM_F_CREATE, test10(n+i)))
	}
	if errs := b.Flush(context.Background()); errs != nil {
		t.Fatal(errs)
	}
	if got, err := dumpAddresses(c); got != 2*n+1 || err != nil {
		t.Fatalf("%d addresses, %v", got, err)
	}
	seen := 0
	for _, err := range l.Messages(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		if seen++; seen == 2*n {
			break
		}
	}
	for i, name := range []string{"sendto", "recvfrom", "recvmmsg"} {
		fmt.Println(name, counts[i].Load())
	}
	if t.Failed() {
		os.Exit(1)
	}
	os.Exit(0)
}

// seccompNotif and seccompAnswer are struct seccomp_notif and seccomp_notif_resp.
type seccompNotif struct {
	id         uint64
	pid, flags uint32
	nr         int32
	arch       uint32
	pc         uint64
	args       [6]uint64
}

type seccompAnswer struct {
	id    uint64
	val   int64
	error int32
	flags uint32
}

// interruptEverySecond has every second of a thread's calls to each of calls fail
// with EINTR.
func interruptEverySecond(calls []uint32, interrupted func(i int)) error {
	program := []unix.SockFilter{{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}} // the call's number
	for i, nr := range calls {
		program = append(program, unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jt: uint8(len(calls) - i),
			K: nr})
	}
	program = append(program, unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
		unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_USER_NOTIF})
	prog := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return err
	}
	const flags = unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_TSYNC |
		unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH
	fd, _, e := syscall.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
	if e != 0 {
		return e
	}
	go func() {
		last := map[uint64]bool{} // of a thread and a call: it was interrupted
		for {
			var n seccompNotif
			if _, _, e := syscall.Syscall(syscall.SYS_IOCTL, fd, unix.SECCOMP_IOCTL_NOTIF_RECV,
				uintptr(unsafe.Pointer(&n))); e != 0 {
				continue // a signal
			}
			a := seccompAnswer{id: n.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}
			key := uint64(n.pid)<<32 | uint64(n.nr)
			if last[key] = !last[key]; last[key] {
				a.flags, a.error = 0, -int32(unix.EINTR)
				for i, nr := range calls {
					if nr == uint32(n.nr) {
						interrupted(i)
					}
				}
			}
			_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, fd, unix.SECCOMP_IOCTL_NOTIF_SEND, uintptr(unsafe.Pointer(&a)))
		}
	}()
	return nil
}
