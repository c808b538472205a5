package unix_test

import (
	"bytes"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

func TestIdsOfProcess(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"Getpid", unix.Getpid(), os.Getpid()},
		{"Getppid", unix.Getppid(), os.Getppid()},
		{"Getuid", unix.Getuid(), os.Getuid()},
		{"Geteuid", unix.Geteuid(), os.Geteuid()},
		{"Getgid", unix.Getgid(), os.Getgid()},
		{"Getegid", unix.Getegid(), os.Getegid()},
		{"Getpgrp", unix.Getpgrp(), syscall.Getpgrp()},
		{"Getpagesize", unix.Getpagesize(), os.Getpagesize()},
	} {
		if c.got != c.want {
			t.Errorf("%s is %d, want %d", c.name, c.got, c.want)
		}
	}
	onOwnThread(t, func() {
		// A thread's number is in the name of its folder.
		link, err := os.Readlink("/proc/thread-self")
		if err != nil || !strings.HasSuffix(link, "/task/"+strconv.Itoa(unix.Gettid())) {
			t.Errorf("Gettid is %d in %s, %v", unix.Gettid(), link, err)
		}
	})
	r, e, s := unix.Getresuid()
	if r != os.Getuid() || e != os.Geteuid() || s != e {
		t.Errorf("Getresuid: %d %d %d", r, e, s)
	}
	r, e, s = unix.Getresgid()
	if r != os.Getgid() || e != os.Getegid() || s != e {
		t.Errorf("Getresgid: %d %d %d", r, e, s)
	}
	got, err := unix.Getgroups()
	want, err2 := os.Getgroups()
	if !slices.Equal(got, want) || err != nil || err2 != nil {
		t.Errorf("Getgroups: %v, want %v", got, want)
	}
	pgid, err := unix.Getpgid(0)
	if pgid != unix.Getpgrp() || err != nil {
		t.Errorf("Getpgid: %d, %v", pgid, err)
	}
	_, err = unix.Getpgid(1 << 30)
	fails(t, err, unix.ESRCH)
	_, err = unix.Getsid(0)
	ok(t, err)
	fails(t, unix.Setpgid(1<<30, 0), unix.ESRCH)
}

func TestSetIds(t *testing.T) {
	u, g := os.Getuid(), os.Getgid()
	ok(t, unix.Setuid(u))
	ok(t, unix.Setgid(g))
	ok(t, unix.Setreuid(u, -1))
	ok(t, unix.Setregid(-1, g))
	ok(t, unix.Setresuid(u, u, u))
	ok(t, unix.Setresgid(g, g, g))
	groups, err := unix.Getgroups()
	ok(t, err)
	if err := unix.Setgroups(groups); err != nil && err != unix.EPERM {
		t.Error(err)
	}
	onOwnThread(t, func() {
		if old, err := unix.SetfsuidRetUid(u); old != u || err != nil {
			t.Errorf("SetfsuidRetUid: %d, %v", old, err)
		}
		if old, err := unix.SetfsgidRetGid(g); old != g || err != nil {
			t.Errorf("SetfsgidRetGid: %d, %v", old, err)
		}
		if err := unix.Setfsuid(u); err != nil {
			t.Error(err)
		}
		if err := unix.Setfsgid(g); err != nil {
			t.Error(err)
		}
	})
}

func TestRlimit(t *testing.T) {
	var lim, old unix.Rlimit
	ok(t, unix.Getrlimit(unix.RLIMIT_CORE, &lim))
	defer func() { _ = unix.Setrlimit(unix.RLIMIT_CORE, &lim) }()
	ok(t, unix.Prlimit(0, unix.RLIMIT_CORE, &unix.Rlimit{Cur: 0, Max: lim.Max}, &old))
	if old != lim {
		t.Errorf("%+v, want %+v", old, lim)
	}
	ok(t, unix.Setrlimit(unix.RLIMIT_CORE, &lim))
	ok(t, unix.Getrlimit(unix.RLIMIT_CORE, &old))
	if old != lim {
		t.Errorf("%+v, want %+v", old, lim)
	}
	fails(t, unix.Getrlimit(1000, &lim), unix.EINVAL)
	fails(t, unix.Getrlimit(unix.RLIMIT_CORE, nil), unix.EFAULT)
}

func TestUsage(t *testing.T) {
	var u unix.Rusage
	ok(t, unix.Getrusage(unix.RUSAGE_SELF, &u))
	if u.Maxrss == 0 {
		t.Errorf("%+v", u)
	}
	var tms unix.Tms
	ticks, err := unix.Times(&tms)
	if ticks == 0 || err != nil {
		t.Errorf("Times: %d, %v", ticks, err)
	}
	var info unix.Sysinfo_t
	ok(t, unix.Sysinfo(&info))
	if info.Uptime <= 0 || info.Totalram == 0 || info.Unit == 0 {
		t.Errorf("%+v", info)
	}
	var name unix.Utsname
	ok(t, unix.Uname(&name))
	release, err := os.ReadFile("/proc/sys/kernel/osrelease")
	ok(t, err)
	if unix.ByteSliceToString(name.Sysname[:]) != "Linux" ||
		unix.ByteSliceToString(name.Release[:]) != strings.TrimSpace(string(release)) {
		t.Errorf("%s", name.Release)
	}
	if _, err := unix.Getpriority(unix.PRIO_PROCESS, 0); err != nil {
		t.Error(err)
	}
	onOwnThread(t, func() {
		before, err := unix.Getpriority(unix.PRIO_PROCESS, 0)
		if err != nil {
			t.Error(err)
		}
		nice := 20 - before
		if err := unix.Setpriority(unix.PRIO_PROCESS, 0, min(nice+1, 19)); err != nil {
			t.Error(err)
		}
		if after, err := unix.Getpriority(unix.PRIO_PROCESS, 0); after != 20-min(nice+1, 19) || err != nil {
			t.Errorf("priority %d after %d, %v", after, before, err)
		}
	})
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	ok(t, unix.Capget(&hdr, &caps[0]))
	onOwnThread(t, func() {
		if err := unix.Capset(&hdr, &caps[0]); err != nil {
			t.Error(err)
		}
	})
	buf := make([]byte, 16)
	if n, err := unix.Getrandom(buf, 0); n != 16 || err != nil || bytes.Equal(buf, make([]byte, 16)) {
		t.Errorf("Getrandom: %d, %v, %x", n, err, buf)
	}
	auxv, err := unix.Auxv()
	if err != nil || !slices.Contains(auxv, [2]uintptr{6, uintptr(os.Getpagesize())}) { // AT_PAGESZ
		t.Errorf("Auxv: %v, %v", auxv, err)
	}
}

func TestPrctl(t *testing.T) {
	onOwnThread(t, func() {
		name, err := unix.BytePtrFromString("kern-test")
		if err != nil {
			t.Error(err)
		}
		if err := unix.Prctl(unix.PR_SET_NAME, uintptr(unsafe.Pointer(name)), 0, 0, 0); err != nil {
			t.Error(err)
		}
		if comm, err := os.ReadFile("/proc/thread-self/comm"); string(comm) != "kern-test\n" || err != nil {
			t.Errorf("%q, %v", comm, err)
		}
		if n, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); n < 0 || n > 2 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if err := unix.PrctlArg5Ptr(-1, 0, 0, 0, nil); err != unix.EINVAL {
			t.Error(err)
		}
	})
}

func TestHostname(t *testing.T) {
	nstest.Private(t)
	onOwnThread(t, func() {
		if err := unix.Unshare(unix.CLONE_NEWUTS); err != nil {
			t.Error(err)
			return
		}
		if err := unix.Sethostname([]byte("host-of-test")); err != nil {
			t.Error(err)
		}
		if err := unix.Setdomainname([]byte("domain-of-test")); err != nil {
			t.Error(err)
		}
		var name unix.Utsname
		if err := unix.Uname(&name); err != nil {
			t.Error(err)
		}
		if unix.ByteSliceToString(name.Nodename[:]) != "host-of-test" ||
			unix.ByteSliceToString(name.Domainname[:]) != "domain-of-test" {
			t.Errorf("%s %s", name.Nodename, name.Domainname)
		}
	})
}

func TestAffinity(t *testing.T) {
	onOwnThread(t, func() {
		var set, now unix.CPUSet
		if err := unix.SchedGetaffinity(0, &set); err != nil {
			t.Error(err)
		}
		dyn := unix.NewCPUSet(2000)
		if err := unix.SchedGetaffinityDynamic(0, dyn); err != nil {
			t.Error(err)
		}
		if set.Count() == 0 || set.Count() != dyn.Count() {
			t.Errorf("%d processors, %d", set.Count(), dyn.Count())
		}
		first := 0
		for !set.IsSet(first) {
			first++
		}
		var one unix.CPUSet
		one.Set(first)
		if err := unix.SchedSetaffinity(0, &one); err != nil {
			t.Error(err)
		}
		if err := unix.SchedGetaffinity(0, &now); now != one || err != nil {
			t.Errorf("%v, %v; want %v", now, err, one)
		}
		if err := unix.SchedSetaffinityDynamic(0, dyn); err != nil {
			t.Error(err)
		}
		if err := unix.SchedSetaffinity(0, new(unix.CPUSet)); err != unix.EINVAL {
			t.Error(err)
		}
		fails(t, unix.SchedGetaffinity(0, nil), unix.EFAULT)
		fails(t, unix.SchedSetaffinity(0, nil), unix.EFAULT)
		// What the set held before is gone after an answer, and still there without one.
		now.Fill()
		if err := unix.SchedGetaffinity(1<<30, &now); err != unix.ESRCH || now.Count() != 1024 {
			t.Errorf("%v, %d processors", err, now.Count())
		}
		dyn.Fill()
		ok(t, unix.SchedGetaffinity(0, &now))
		ok(t, unix.SchedGetaffinityDynamic(0, dyn))
		if now.Count() != dyn.Count() || now.Count() > set.Count() {
			t.Errorf("%d and %d processors of %d", now.Count(), dyn.Count(), set.Count())
		}
		attr, err := unix.SchedGetAttr(0, 0)
		if err != nil || attr.Policy != unix.SCHED_NORMAL {
			t.Errorf("%+v, %v", attr, err)
			return
		}
		if err := unix.SchedSetAttr(0, attr, 0); err != nil {
			t.Error(err)
		}
		if err := unix.SchedSetAttr(0, nil, 0); err != unix.EINVAL {
			t.Error(err)
		}
	})
}

func TestCPUSet(t *testing.T) {
	var s unix.CPUSet
	for _, cpu := range []int{0, 63, 64, 1023, -1, 1024} {
		s.Set(cpu)
	}
	if s.Count() != 4 || !s.IsSet(64) || s.IsSet(1) || s.IsSet(-1) || s.IsSet(5000) {
		t.Errorf("%v", s)
	}
	s.Clear(64)
	s.Clear(4000)
	if s.Count() != 3 || s.IsSet(64) {
		t.Errorf("%v", s)
	}
	s.Fill()
	if s.Count() != 1024 {
		t.Errorf("%d", s.Count())
	}
	s.Zero()
	if s.Count() != 0 {
		t.Errorf("%d", s.Count())
	}
	if d := unix.NewCPUSet(65); len(d)*8*int(unsafe.Sizeof(d[0])) < 65 {
		t.Errorf("%d words", len(d))
	}
	if len(unix.NewCPUSet(-1)) != 1 || len(unix.NewCPUSet(0)) != 1 {
		t.Error("a set of less than nothing")
	}
}

func TestSetMemPolicy(t *testing.T) {
	onOwnThread(t, func() {
		var nodes unix.CPUSet
		nodes.Set(0)
		dyn := unix.NewCPUSet(64)
		dyn.Set(0)
		for name, err := range map[string]error{
			"bind":    unix.SetMemPolicy(unix.MPOL_BIND, &nodes),
			"dynamic": unix.SetMemPolicyDynamic(unix.MPOL_BIND, dyn),
			"default": unix.SetMemPolicy(unix.MPOL_DEFAULT, nil),
		} {
			if err != nil && err != unix.ENOSYS {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := unix.SetMemPolicy(unix.MPOL_BIND, nil); err != unix.EINVAL && err != unix.ENOSYS {
			t.Error(err)
		}
	})
}

func TestWait(t *testing.T) {
	for _, c := range []struct {
		script string
		check  func(w unix.WaitStatus) bool
	}{
		{"exit 3", func(w unix.WaitStatus) bool {
			return w.Exited() && w.ExitStatus() == 3 && !w.Signaled() && !w.Stopped() && !w.Continued() && w.Signal() == -1 &&
				w.StopSignal() == -1 && w.TrapCause() == -1
		}},
		{"kill -TERM $$", func(w unix.WaitStatus) bool {
			return w.Signaled() && w.Signal() == unix.SIGTERM && !w.Exited() && w.ExitStatus() == -1 && !w.CoreDump()
		}},
		{"kill -STOP $$", func(w unix.WaitStatus) bool {
			return w.Stopped() && w.StopSignal() == unix.SIGSTOP && !w.Signaled() && !w.Exited() && w.TrapCause() == -1
		}},
	} {
		cmd := exec.Command("/bin/sh", "-c", c.script)
		ok(t, cmd.Start())
		pid := cmd.Process.Pid
		var w unix.WaitStatus
		var u unix.Rusage
		got, err := unix.Wait4(pid, &w, unix.WUNTRACED, &u)
		if got != pid || err != nil || !c.check(w) {
			t.Errorf("%s: %d, %#x, %v", c.script, got, w, err)
		}
		if w.Stopped() {
			ok(t, unix.Kill(pid, unix.SIGCONT))
			_, err = unix.Wait4(pid, &w, unix.WCONTINUED, nil)
			if err == nil && w.Continued() {
				_, err = unix.Wait4(pid, &w, 0, nil)
			}
			ok(t, err)
			if !w.Exited() {
				t.Errorf("%#x after it was continued", w)
			}
		}
	}
	_, err := unix.Wait4(unix.Getpid(), nil, 0, nil)
	fails(t, err, unix.ECHILD)
}

func TestWaitStatusOfTrap(t *testing.T) {
	w := unix.WaitStatus(unix.PTRACE_EVENT_EXEC<<16 | int(unix.SIGTRAP)<<8 | 0x7f)
	if w.TrapCause() != unix.PTRACE_EVENT_EXEC || !w.Stopped() {
		t.Errorf("%#x: %d", w, w.TrapCause())
	}
	if w := unix.WaitStatus(0x8b); !w.CoreDump() || w.Signal() != unix.SIGSEGV {
		t.Errorf("%#x", w)
	}
	if w := unix.WaitStatus(0xffff); !w.Continued() || w.Signaled() || w.Exited() {
		t.Errorf("%#x", w)
	}
}

func TestPidfd(t *testing.T) {
	cmd := exec.Command("/bin/sleep", "60")
	ok(t, cmd.Start())
	defer func() { _, _ = cmd.Process.Kill(), cmd.Wait() }()
	fd, err := unix.PidfdOpen(cmd.Process.Pid, 0)
	need(t, "pidfd_open", "5.3", err)
	defer unix.Close(fd)
	info := unix.PidfdInfo{Mask: unix.PIDFD_INFO_PID}
	if err := unix.IoctlPidfdInfo(fd, &info); err == nil && int(info.Pid) != cmd.Process.Pid {
		t.Errorf("%+v", info)
	}
	other, err := unix.PidfdGetfd(fd, 0, 0)
	if err == nil {
		ok(t, unix.Close(other))
	} else if err != unix.EPERM && err != unix.ENOSYS {
		t.Error(err)
	}
	ok(t, unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0))
	var si unix.Siginfo
	var u unix.Rusage
	ok(t, unix.Waitid(unix.P_PIDFD, fd, &si, unix.WEXITED|unix.WNOWAIT, &u))
	if syscall.Signal(si.Signo) != unix.SIGCHLD || si.Code != 2 { // CLD_KILLED
		t.Errorf("%+v", si)
	}
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	if n, err := unix.Poll(fds, -1); n != 1 || err != nil || fds[0].Revents != unix.POLLIN {
		t.Errorf("Poll: %d, %v, %+v", n, err, fds)
	}
}

func TestSignalsOfThread(t *testing.T) {
	onOwnThread(t, func() {
		bits := 8 * unsafe.Sizeof(unix.Sigset_t{}.Val[0])
		var set, old, now unix.Sigset_t
		sig := uint(unix.SIGUSR2) - 1
		set.Val[uintptr(sig)/bits] |= 1 << (uintptr(sig) % bits)
		if err := unix.PthreadSigmask(unix.SIG_BLOCK, &set, &old); err != nil {
			t.Error(err)
		}
		if err := unix.PthreadSigmask(unix.SIG_BLOCK, nil, &now); err != nil || now.Val[0]&set.Val[0] == 0 ||
			old.Val[0]&set.Val[0] != 0 {
			t.Errorf("%v, %v, %v", old.Val[0], now.Val[0], err)
		}
		if err := unix.PthreadSigmask(99, &set, nil); err != unix.EINVAL {
			t.Error(err)
		}
		fd, err := unix.Signalfd(-1, &set, unix.SFD_CLOEXEC)
		if err != nil {
			t.Error(err)
			return
		}
		defer unix.Close(fd)
		if err := unix.Tgkill(unix.Getpid(), unix.Gettid(), unix.SIGUSR2); err != nil {
			t.Error(err)
		}
		var info unix.SignalfdSiginfo
		n, err := unix.Read(fd, unsafe.Slice((*byte)(unsafe.Pointer(&info)), unsafe.Sizeof(info)))
		if uintptr(n) != unsafe.Sizeof(info) || err != nil || syscall.Signal(info.Signo) != unix.SIGUSR2 ||
			int(info.Pid) != unix.Getpid() {
			t.Errorf("%d, %v, %+v", n, err, info)
		}
		// A pause ends with a signal that has a handler; the runtime has one for SIGURG.
		tid := unix.Gettid()
		stop, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for tick := time.Tick(time.Millisecond); ; { // there is no telling when the pause begins
				select {
				case <-stop:
					return
				case <-tick:
					_ = unix.Tgkill(unix.Getpid(), tid, unix.SIGURG)
				}
			}
		}()
		if err := unix.Pause(); err != unix.EINTR {
			t.Error(err)
		}
		close(stop)
		<-stopped
	})
	fails(t, unix.Kill(unix.Getpid(), 200), unix.EINVAL)
	fails(t, unix.Tgkill(unix.Getpid(), 1<<30, 0), unix.ESRCH)
}

func TestNamesOfErrorsAndSignals(t *testing.T) {
	if got := unix.ErrnoName(unix.ENOENT); got != "ENOENT" {
		t.Errorf("%q", got)
	}
	if got := unix.ErrnoName(0) + unix.ErrnoName(99999); got != "" {
		t.Errorf("%q", got)
	}
	if got := unix.SignalName(unix.SIGUSR1); got != "SIGUSR1" {
		t.Errorf("%q", got)
	}
	if got := unix.SignalName(0) + unix.SignalName(-1) + unix.SignalName(99999); got != "" {
		t.Errorf("%q", got)
	}
	if got := unix.SignalNum("SIGKILL"); got != unix.SIGKILL {
		t.Errorf("%d", got)
	}
	if got := unix.SignalNum("KILL"); got != 0 {
		t.Errorf("%d", got)
	}
}

func TestPtrace(t *testing.T) {
	onKernel(t, "ptrace")
	onOwnThread(t, func() {
		self, err := os.Executable() // another program may be of another architecture
		if err != nil {
			t.Error(err)
		}
		cmd := exec.Command(self, "-test.run=^$")
		cmd.SysProcAttr = &unix.SysProcAttr{Ptrace: true}
		if err := cmd.Start(); err != nil {
			t.Log("no ptrace here:", err)
			return
		}
		pid := cmd.Process.Pid
		defer func() { _ = cmd.Process.Kill(); var w unix.WaitStatus; _, _ = unix.Wait4(pid, &w, 0, nil) }()
		var w unix.WaitStatus
		if _, err := unix.Wait4(pid, &w, 0, nil); err != nil || !w.Stopped() || w.StopSignal() != unix.SIGTRAP {
			t.Errorf("%#x, %v", w, err)
			return
		}
		must := func(what string, err error) {
			t.Helper()
			if err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		must("options", unix.PtraceSetOptions(pid, unix.PTRACE_O_EXITKILL|unix.PTRACE_O_TRACESYSGOOD))
		var regs unix.PtraceRegs
		must("registers", unix.PtraceGetRegs(pid, &regs))
		pc := uintptr(regs.PC())
		// The memory at the program counter, from the kernel's other way to it.
		mem, err := os.Open("/proc/" + strconv.Itoa(pid) + "/mem")
		must("mem", err)
		defer mem.Close()
		want := make([]byte, 13)
		_, err = mem.ReadAt(want, int64(pc)+3)
		must("mem", err)
		got := make([]byte, 13)
		n, err := unix.PtracePeekText(pid, pc+3, got)
		if n != 13 || err != nil || !bytes.Equal(got, want) {
			t.Errorf("%x, %v; want %x", got, err, want)
		}
		n, err = unix.PtracePokeText(pid, pc+5, []byte("poked"))
		if n != 5 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		copy(want[2:], "poked")
		n, err = unix.PtracePeekData(pid, pc+3, got)
		if n != 13 || err != nil || !bytes.Equal(got, want) {
			t.Errorf("%x, %v; want %x", got, err, want)
		}
		if n, err := unix.PtracePokeData(pid, pc+3, got[:0]); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if _, err := unix.PtracePeekData(pid, 1, got); err != unix.EIO && err != unix.EFAULT {
			t.Errorf("peek at 1: %v", err)
		}
		word := make([]byte, unsafe.Sizeof(uintptr(0)))
		if n, err := unix.PtracePeekUser(pid, 0, word); n != len(word) || err != nil {
			t.Logf("PtracePeekUser: %d, %v", n, err) // some architectures have nothing there
		} else if n, err := unix.PtracePokeUser(pid, 0, word); n != len(word) || err != nil {
			t.Errorf("PtracePokeUser: %d, %v", n, err)
		}
		must("set registers", unix.PtraceSetRegs(pid, &regs))
		var again unix.PtraceRegs
		must("registers", unix.PtraceGetRegs(pid, &again))
		if again != regs {
			t.Errorf("%+v, want %+v", again, regs)
		}
		again.SetPC(regs.PC() + 4)
		if again.PC() != regs.PC()+4 {
			t.Errorf("%x", again.PC())
		}
		if err := unix.PtraceSingleStep(pid); err != nil && err != unix.EIO {
			t.Error(err)
		}
	})
	fails(t, unix.PtraceAttach(1<<30), unix.ESRCH)
	fails(t, unix.PtraceSeize(1<<30), unix.ESRCH)
	fails(t, unix.PtraceCont(1<<30, 0), unix.ESRCH)
	fails(t, unix.PtraceSyscall(1<<30, 0), unix.ESRCH)
	fails(t, unix.PtraceDetach(1<<30), unix.ESRCH)
	fails(t, unix.PtraceInterrupt(1<<30), unix.ESRCH)
	_, err := unix.PtraceGetEventMsg(1 << 30)
	fails(t, err, unix.ESRCH)
}

// Calls that would change the machine are made so that they fail.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want []error
	}{
		"Reboot":       {unix.Reboot(0x1234), []error{unix.EINVAL, unix.EPERM}},
		"Settimeofday": {unix.Settimeofday(&unix.Timeval{Usec: 2000000}), []error{unix.EINVAL, unix.EPERM}},
		"ClockSettime": {unix.ClockSettime(unix.CLOCK_MONOTONIC, &unix.Timespec{}), []error{unix.EINVAL, unix.EPERM}},
		"Klogset":      {unix.Klogset(99, 0), []error{unix.EINVAL, unix.EPERM}},
		"Ustat":        {unix.Ustat(0x123456, new(unix.Ustat_t)), []error{unix.EINVAL, unix.ENOSYS}},
		"Syncfs":       {unix.Syncfs(-1), []error{unix.EBADF}},
		"InitModule":   {unix.InitModule([]byte("not a module"), ""), []error{unix.ENOEXEC, unix.EPERM, unix.ENOSYS}},
		"DeleteModule": {unix.DeleteModule("no-such-module", 0), []error{unix.ENOENT, unix.EPERM, unix.ENOSYS}},
		"Setpriority":  {unix.Setpriority(99, 0, 0), []error{unix.EINVAL}},
	} {
		if !slices.Contains(c.want, c.err) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if _, err := unix.Klogctl(99, make([]byte, 1)); err != unix.EINVAL && err != unix.EPERM {
		t.Error(err)
	}
	_, err := unix.PerfEventOpen(&unix.PerfEventAttr{Type: 0xffff}, 0, -1, -1, 0)
	if err == nil {
		t.Error("PerfEventOpen of no known type")
	}
	_, err = unix.Setsid()
	if err != nil && err != unix.EPERM {
		t.Error(err)
	}
	unix.Sync()
}

func TestEnvironment(t *testing.T) {
	t.Setenv("KERN_TEST", "1")
	if v, ok := unix.Getenv("KERN_TEST"); v != "1" || !ok {
		t.Errorf("%q, %v", v, ok)
	}
	ok(t, unix.Setenv("KERN_TEST", "2"))
	if !slices.Contains(unix.Environ(), "KERN_TEST=2") {
		t.Error(unix.Environ())
	}
	ok(t, unix.Unsetenv("KERN_TEST"))
	if _, ok := unix.Getenv("KERN_TEST"); ok {
		t.Error("still set")
	}
	fails(t, unix.Setenv("", ""), unix.EINVAL)
}

func TestStrings(t *testing.T) {
	b, err := unix.ByteSliceFromString("ab")
	if string(b) != "ab\x00" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
	p, err := unix.BytePtrFromString("")
	if err != nil || *p != 0 {
		t.Errorf("%v", err)
	}
	for in, want := range map[string]string{"": "", "a": "a", "ab\x00c": "ab", "\x00": ""} {
		if got := unix.ByteSliceToString([]byte(in)); got != want {
			t.Errorf("%q gives %q", in, got)
		}
		b := append([]byte(in), 0)
		if got := unix.BytePtrToString(&b[0]); got != want {
			t.Errorf("%q gives %q", in, got)
		}
	}
	if unix.BytePtrToString(nil) != "" {
		t.Error("no string at nil")
	}
}
