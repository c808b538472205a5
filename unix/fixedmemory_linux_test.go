package unix_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"unsafe"

	"kern.sys/internal/nstest"
	"kern.sys/unix"
)

// atEnd returns a T in the last bytes that can be accessed: behind it is a page that cannot.
func atEnd[T any](t testing.TB) *T {
	t.Helper()
	return (*T)(bytesAtEnd(t, int(unsafe.Sizeof(*new(T)))))
}

func bytesAtEnd(t testing.TB, size int) unsafe.Pointer {
	t.Helper()
	page := os.Getpagesize()
	front := (size + page - 1) / page * page
	b, err := unix.Mmap(-1, 0, front+page, unix.PROT_READ|unix.PROT_WRITE, anonymous)
	ok(t, err)
	t.Cleanup(func() { _ = unix.Munmap(b) })
	ok(t, unix.Mprotect(b[front:], unix.PROT_NONE))
	return unsafe.Pointer(&b[front-size])
}

// storesIn are the calls that have the kernel store what has a fixed size, as it does not know how much room there
// is. Each is made with its argument right in front of memory that cannot be written: EFAULT says that the kernel
// stores more than the Go type has.
var storesIn = map[string]func(t *testing.T) error{
	"Adjtimex":     func(t *testing.T) error { _, err := unix.Adjtimex(atEnd[unix.Timex](t)); return err },
	"ClockAdjtime": func(t *testing.T) error { _, err := unix.ClockAdjtime(0, atEnd[unix.Timex](t)); return err },
	"ClockAdjtime64": func(t *testing.T) error {
		_, err := unix.ClockAdjtime64(0, atEnd[unix.KernelTimex](t))
		return err
	},
	"ClockGetres":    func(t *testing.T) error { return unix.ClockGetres(0, atEnd[unix.Timespec](t)) },
	"ClockGetres64":  func(t *testing.T) error { return unix.ClockGetres64(0, atEnd[unix.KernelTimespec](t)) },
	"ClockGettime":   func(t *testing.T) error { return unix.ClockGettime(0, atEnd[unix.Timespec](t)) },
	"ClockGettime64": func(t *testing.T) error { return unix.ClockGettime64(0, atEnd[unix.KernelTimespec](t)) },
	"Cachestat": func(t *testing.T) error {
		fd := opened(t, temp(t, "text"), unix.O_RDONLY)
		return unix.Cachestat(uint(fd), atEnd[unix.CachestatRange](t), atEnd[unix.Cachestat_t](t), 0)
	},
	"Capget": func(t *testing.T) error { // two of them: see its documentation
		h := atEnd[unix.CapUserHeader](t)
		h.Version = unix.LINUX_CAPABILITY_VERSION_3
		return unix.Capget(h, &atEnd[[2]unix.CapUserData](t)[0])
	},
	"CopyFileRange": func(t *testing.T) error {
		in, out := opened(t, temp(t, "text"), unix.O_RDONLY), opened(t, temp(t, ""), unix.O_RDWR)
		_, err := unix.CopyFileRange(in, atEnd[int64](t), out, atEnd[int64](t), 4, 0)
		return err
	},
	"Fstat":   func(t *testing.T) error { return unix.Fstat(opened(t, "/", unix.O_PATH), atEnd[unix.Stat_t](t)) },
	"Fstatat": func(t *testing.T) error { return unix.Fstatat(unix.AT_FDCWD, "/", atEnd[unix.Stat_t](t), 0) },
	"Fstatfs": func(t *testing.T) error { return unix.Fstatfs(opened(t, "/", unix.O_RDONLY), atEnd[unix.Statfs_t](t)) },
	"Statfs":  func(t *testing.T) error { return unix.Statfs("/", atEnd[unix.Statfs_t](t)) },
	"Statx": func(t *testing.T) error {
		const more = unix.STATX_MNT_ID_UNIQUE | unix.STATX_DIOALIGN | unix.STATX_WRITE_ATOMIC
		return unix.Statx(unix.AT_FDCWD, "/", 0, unix.STATX_BASIC_STATS|more, atEnd[unix.Statx_t](t))
	},
	"Getrusage":    func(t *testing.T) error { return unix.Getrusage(0, atEnd[unix.Rusage](t)) },
	"Gettimeofday": func(t *testing.T) error { return unix.Gettimeofday(atEnd[unix.Timeval](t)) },
	"IoSetup": func(t *testing.T) error {
		ctx := atEnd[unix.AioContext_t](t)
		err := unix.IoSetup(1, ctx)
		if err == nil {
			err = unix.IoDestroy(*ctx)
		}
		return err
	},
	"IoUringSetup": func(t *testing.T) error {
		fd, err := unix.IoUringSetup(1, atEnd[unix.IoUringParams](t))
		if err == nil {
			err = unix.Close(fd)
		}
		return err
	},
	"SchedGetparam":      func(t *testing.T) error { return unix.SchedGetparam(0, atEnd[unix.SchedParam](t)) },
	"SchedRrGetInterval": func(t *testing.T) error { return unix.SchedRrGetInterval(0, atEnd[unix.KernelTimespec](t)) },
	"Sendfile": func(t *testing.T) error {
		in, out := opened(t, temp(t, "text"), unix.O_RDONLY), opened(t, temp(t, ""), unix.O_RDWR)
		_, err := unix.Sendfile(out, in, atEnd[int64](t), 4)
		return err
	},
	"Splice": func(t *testing.T) error {
		var p [2]int
		ok(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
		defer func() { _, _ = unix.Close(p[0]), unix.Close(p[1]) }()
		_, err := unix.Splice(opened(t, temp(t, "text"), unix.O_RDONLY), atEnd[int64](t), p[1], nil, 4, 0)
		return err
	},
	"Sysinfo": func(t *testing.T) error { return unix.Sysinfo(atEnd[unix.Sysinfo_t](t)) },
	"TimerGettime": func(t *testing.T) error {
		id, err := unix.TimerCreate(unix.CLOCK_MONOTONIC, &unix.Sigevent{Notify: unix.SIGEV_NONE})
		if err != nil {
			return err
		}
		defer func() { ok(t, unix.TimerDelete(id)) }()
		return unix.TimerGettime(id, atEnd[unix.KernelItimerspec](t))
	},
	"TimerSettime": func(t *testing.T) error {
		id, err := unix.TimerCreate(unix.CLOCK_MONOTONIC, &unix.Sigevent{Notify: unix.SIGEV_NONE})
		if err != nil {
			return err
		}
		defer func() { ok(t, unix.TimerDelete(id)) }()
		return unix.TimerSettime(id, 0, atEnd[unix.KernelItimerspec](t), atEnd[unix.KernelItimerspec](t))
	},
	"TimerfdGettime": func(t *testing.T) error { return unix.TimerfdGettime(timerfd(t), atEnd[unix.ItimerSpec](t)) },
	"TimerfdGettime64": func(t *testing.T) error {
		return unix.TimerfdGettime64(timerfd(t),
			atEnd[unix.KernelItimerspec](t))
	},
	"TimerfdSettime": func(t *testing.T) error {
		return unix.TimerfdSettime(timerfd(t), 0, atEnd[unix.ItimerSpec](t), atEnd[unix.ItimerSpec](t))
	},
	"TimerfdSettime64": func(t *testing.T) error {
		return unix.TimerfdSettime64(timerfd(t), 0, atEnd[unix.KernelItimerspec](t), atEnd[unix.KernelItimerspec](t))
	},
	"Times": func(t *testing.T) error { _, err := unix.Times(atEnd[unix.Tms](t)); return err },
	"Uname": func(t *testing.T) error { return unix.Uname(atEnd[unix.Utsname](t)) },
	"Ustat": func(t *testing.T) error {
		var st unix.Stat_t
		ok(t, unix.Stat("/", &st))
		return unix.Ustat(int(st.Dev), atEnd[unix.Ustat_t](t))
	},
	"Waitid": func(t *testing.T) error {
		return childEnded(t, func(pid int) error {
			return unix.Waitid(unix.P_PID, pid, atEnd[unix.Siginfo](t), unix.WEXITED, atEnd[unix.Rusage](t))
		})
	},
	"wait4": func(t *testing.T) error {
		return childEnded(t, func(pid int) error {
			_, err := unix.Wait4At(pid, atEnd[int32](t), 0, atEnd[unix.Rusage](t))
			return err
		})
	},
	"getMempolicy": func(t *testing.T) error {
		const bits = 8*unsafe.Sizeof(unix.CPUSet{}) + 1 // as GetMemPolicy says
		return unix.GetMempolicyAt(atEnd[int32](t), unsafe.Pointer(atEnd[unix.CPUSet](t)), bits, nil, 0)
	},
	"getRobustList": func(t *testing.T) error { return unix.GetRobustListAt(0, atEnd[uintptr](t), atEnd[uintptr](t)) },
	"getcpu":        func(t *testing.T) error { return unix.GetcpuAt(atEnd[uint32](t), atEnd[uint32](t), 0) },
	"getitimer":     func(t *testing.T) error { return unix.GetitimerAt(unix.ITIMER_PROF, atEnd[unix.Itimerval](t)) },
	"setitimer": func(t *testing.T) error {
		return unix.SetitimerAt(unix.ITIMER_VIRTUAL, atEnd[unix.Itimerval](t), atEnd[unix.Itimerval](t))
	},
	"getresgid": func(t *testing.T) error {
		return unix.GetresgidAt(atEnd[uint32](t), atEnd[uint32](t), atEnd[uint32](t))
	},
	"getresuid": func(t *testing.T) error {
		return unix.GetresuidAt(atEnd[uint32](t), atEnd[uint32](t), atEnd[uint32](t))
	},
	"nameToHandleAt": func(t *testing.T) error {
		path := temp(t, "text")
		fh, _, err := unix.NameToHandleAt(unix.AT_FDCWD, path, 0)
		if err != nil {
			return err
		}
		at := bytesAtEnd(t, 8+fh.Size())
		*(*uint32)(at) = uint32(fh.Size())
		id, unique := unsafe.Pointer(atEnd[int32](t)), unsafe.Pointer(atEnd[uint64](t))
		if err := unix.NameToHandleAtMemory(unix.AT_FDCWD, path, (*byte)(at), id, 0); err != nil {
			return err
		}
		err = unix.NameToHandleAtMemory(unix.AT_FDCWD, path, (*byte)(at), unique, unix.AT_HANDLE_MNT_ID_UNIQUE)
		if err == unix.EINVAL { // Linux 6.12
			err = nil
		}
		return err
	},
	"mqGetsetattr": func(t *testing.T) error {
		name := fmt.Sprintf("/kern-%d-fixed", os.Getpid())
		mqd, err := unix.MqOpen(name, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600, nil)
		if err != nil {
			return err
		}
		defer func() { _, _ = unix.MqUnlink(name), unix.Close(mqd) }()
		return unix.MqGetsetattr(mqd, nil, atEnd[unix.MqAttr](t))
	},
	"msgctl": func(t *testing.T) error {
		id, err := unix.Msgget(unix.IPC_PRIVATE, unix.IPC_CREAT|0o600)
		if err != nil {
			return err
		}
		defer func() { _, _ = unix.Msgctl(id, unix.IPC_RMID, nil) }()
		for _, cmd := range []int{unix.IPC_STAT, unix.IPC_INFO, unix.MSG_INFO} {
			if _, err := unix.Msgctl(id, cmd, atEnd[unix.Msqid_ds](t)); err != nil {
				return err
			}
		}
		_, err = unix.MsgctlInfo(unix.MSG_INFO, atEnd[unix.Msginfo](t))
		return err
	},
	"semctlPtr": func(t *testing.T) error {
		id, err := unix.Semget(unix.IPC_PRIVATE, 3, unix.IPC_CREAT|0o600)
		if err != nil {
			return err
		}
		defer func() { _, _ = unix.Semctl(id, 0, unix.IPC_RMID, 0) }()
		if _, err := unix.SemctlDesc(id, unix.IPC_STAT, atEnd[unix.Semid_ds](t)); err != nil {
			return err
		}
		if err := unix.SemctlAll(id, unix.GETALL, atEnd[[3]uint16](t)[:]); err != nil {
			return err
		}
		_, err = unix.SemctlInfo(unix.SEM_INFO, atEnd[unix.Seminfo](t))
		return err
	},
	"shmctl": func(t *testing.T) error {
		id, err := unix.SysvShmGet(unix.IPC_PRIVATE, 4096, unix.IPC_CREAT|0o600)
		if err != nil {
			return err
		}
		defer func() { _, _ = unix.SysvShmCtl(id, unix.IPC_RMID, nil) }()
		for _, cmd := range []int{unix.IPC_STAT, unix.IPC_INFO, unix.SHM_INFO} {
			if _, err := unix.SysvShmCtl(id, cmd, atEnd[unix.SysvShmDesc](t)); err != nil {
				return err
			}
		}
		return nil
	},
	"pipe2":      func(t *testing.T) error { return closedAfter(atEnd[[2]int32](t), unix.Pipe2At) },
	"socketpair": func(t *testing.T) error { return closedAfter(atEnd[[2]int32](t), unix.SocketpairAt) },
	"pselect6": func(t *testing.T) error {
		manyDescriptors(t)
		r, w, e := atEnd[unix.FdSet](t), atEnd[unix.FdSet](t), atEnd[unix.FdSet](t)
		_, err := unix.Pselect(unix.FD_SETSIZE+64, r, w, e, atEnd[unix.Timespec](t), atEnd[unix.Sigset_t](t))
		return err
	},
	"selectFds": func(t *testing.T) error {
		manyDescriptors(t)
		r, w, e := atEnd[unix.FdSet](t), atEnd[unix.FdSet](t), atEnd[unix.FdSet](t)
		_, err := unix.Select(unix.FD_SETSIZE+64, r, w, e, atEnd[unix.Timeval](t))
		return err
	},
	"ptracePtr": func(t *testing.T) error {
		var err error
		self, err2 := os.Executable()
		ok(t, err2)
		regs, word := atEnd[unix.PtraceRegs](t), atEnd[uint](t)
		traced(t, func(pid int) {
			if err = unix.PtraceGetRegs(pid, regs); err == nil {
				err = unix.PtracePtrAt(unix.PTRACE_GETEVENTMSG, pid, 0, unsafe.Pointer(word))
			}
			if err == nil {
				err = unix.PtracePtrAt(unix.PTRACE_PEEKTEXT, pid, uintptr(regs.PC())&^15, unsafe.Pointer(word))
			}
		}, self, "-test.run=^$")
		return err
	},
	"rtSigtimedwait": func(t *testing.T) (err error) {
		set, info, timeout := atEnd[unix.Sigset_t](t), atEnd[unix.Siginfo](t), atEnd[unix.KernelTimespec](t)
		set.Val[0] = 1 << (unix.SIGUSR2 - 1)
		timeout.Sec = 60
		onOwnThread(t, func() {
			if err = unix.PthreadSigmask(unix.SIG_BLOCK, set, nil); err == nil {
				if err = unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGUSR2); err == nil {
					_, err = unix.RtSigtimedwait(set, info, timeout)
				}
			}
		})
		return err
	},
	"timerCreate": func(t *testing.T) error {
		id := atEnd[int32](t)
		err := unix.TimerCreateAt(unix.CLOCK_MONOTONIC, &unix.Sigevent{Notify: unix.SIGEV_NONE}, id)
		if err == nil {
			err = unix.TimerDelete(*id)
		}
		return err
	},
	// The calls below are given the size of their memory, and that size is the Go type's.
	"schedGetaffinity": func(t *testing.T) error { return unix.SchedGetaffinity(0, atEnd[unix.CPUSet](t)) },
	"rtSigpending":     func(t *testing.T) error { return unix.RtSigpending(atEnd[unix.Sigset_t](t)) },
	"rtSigprocmask": func(t *testing.T) error {
		return unix.PthreadSigmask(unix.SIG_BLOCK, nil,
			atEnd[unix.Sigset_t](t))
	},
	"fileGetattr": func(t *testing.T) error {
		return unix.FileGetattr(unix.AT_FDCWD, temp(t, "text"), atEnd[unix.FileAttr](t), 0)
	},
}

// storesElsewhere says for each other call with a pointer why it cannot store more than there is room for.
var storesElsewhere = map[string]string{
	"accept4":               "told a size",
	"ArchPrctlPtr":          "64 bits or a long, for which there are 64",
	"bind":                  "read",
	"Bpf":                   "told a size",
	"bpfCommon":             "told a size",
	"Capset":                "read",
	"ClockNanosleep":        "what is left after a signal, in a type that ClockGettime tests",
	"ClockNanosleep64":      "what is left after a signal, in a type that ClockGettime64 tests",
	"ClockSettime":          "read",
	"ClockSettime64":        "read",
	"connect":               "read",
	"EpollCtl":              "read",
	"epollPwait":            "told a number",
	"epollPwait2":           "told a number",
	"execveat":              "read",
	"fanotifyMark":          "read",
	"fileSetattr":           "read",
	"fsconfig":              "read",
	"fstat":                 "as Fstat",
	"fstatat":               "as Fstatat",
	"fstatfs64":             "told a size",
	"futex":                 "an int that both know",
	"futexCount":            "an int that both know",
	"futexRequeue":          "read",
	"FutexWait":             "read",
	"futexWaitv":            "read",
	"FutexWake":             "an address",
	"getgroups":             "told a number",
	"getpeername":           "told a size",
	"getsockname":           "told a size",
	"getsockopt":            "told a size, which some protocols do not look at: see TestOptionsThatIgnoreTheirSize",
	"getxattrat":            "told a size",
	"ioCancel":              "an event that no kernel since 4.18 stores",
	"ioctlPtr":              "see TestRequestsHaveTheirSize",
	"ioGetevents":           "told a number",
	"ioPgetevents":          "told a number",
	"ioSubmit":              "read",
	"ioUringEnter":          "read",
	"IoUringRegister":       "the caller's memory, of its operation",
	"kexecLoad":             "read",
	"keyctlDH":              "told a size",
	"landlockAddRule":       "read",
	"landlockCreateRuleset": "read",
	"Listmount":             "told a number",
	"Listns":                "told a number",
	"llseek":                "64 bits, as the type says",
	"lsmGetSelfAttr":        "told a size",
	"lsmListModules":        "told a size",
	"lsmSetSelfAttr":        "read",
	"mbind":                 "read",
	"migratePages":          "read",
	"mincore":               "a byte for each page, which Mincore counts",
	"mount":                 "read",
	"mountSetattr":          "read",
	"movePages":             "an int for each page, which MovePages counts",
	"mqNotify":              "read",
	"mqOpen":                "read",
	"MqTimedreceive":        "told a size, and an int",
	"MqTimedsend":           "read",
	"mqUnlink":              "read",
	"msgrcv":                "told a size",
	"msgsnd":                "read",
	"Nanosleep":             "as ClockNanosleep",
	"openat2":               "read",
	"openByHandleAt":        "read",
	"openTreeAttr":          "read",
	"PerfEventOpen":         "a size in front; the kernel stores its own size there",
	"PidfdSendSignal":       "read",
	"ppoll":                 "told a number",
	"ppoll64":               "told a number",
	"Prctl":                 "the caller's address",
	"PrctlArg5Ptr":          "the caller's memory, of its option",
	"PrctlRetInt":           "the caller's address",
	"pread":                 "told a size",
	"ptraceRegs":            "as ptracePtr",
	"ptraceUserArea":        "told a size",
	"quotactl":              "the caller's memory, of its command",
	"QuotactlFd":            "the caller's memory, of its command",
	"reboot":                "read",
	"recvfrom":              "told a size",
	"recvmmsg":              "told sizes",
	"recvmsg":               "told sizes",
	"riscvFlushIcache":      "an address",
	"riscvHWProbe":          "told a size",
	"rseq":                  "told a size",
	"rtSigqueueinfo":        "read",
	"rtSigsuspend":          "read",
	"rtTgsigqueueinfo":      "read",
	"S390Sthyi":             "a page and 64 bits, as the types say",
	"schedGetattr":          "told a size",
	"schedSetaffinity":      "read",
	"schedSetattr":          "read",
	"SchedSetparam":         "read",
	"SchedSetscheduler":     "read",
	"Seccomp":               "the caller's memory, of its operation",
	"Semtimedop":            "read",
	"sendmsg":               "read",
	"sendto":                "read",
	"setgroups":             "read",
	"setMemPolicy":          "read",
	"setRobustList":         "read",
	"setsockopt":            "read",
	"Settimeofday":          "read",
	"setxattrat":            "read",
	"signalfd":              "read",
	"statfs64":              "told a size",
	"Statmount":             "told a size",
	"statx":                 "as Statx",
	"syslog":                "told a size",
	"ustat":                 "as Ustat",
	"utimensat":             "read",
	"utimensat64":           "read",
}

// manyDescriptors opens one above those that a set has places for. From then on the kernel looks at sets of that size.
func manyDescriptors(t *testing.T) {
	t.Helper()
	fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, unix.FD_SETSIZE+100)
	if err == unix.EINVAL || err == unix.EMFILE {
		t.Skip("feature many descriptors: the process may not have so many")
	}
	ok(t, err)
	t.Cleanup(func() { ok(t, unix.Close(fd)) })
}

func timerfd(t *testing.T) int {
	t.Helper()
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	ok(t, err)
	t.Cleanup(func() { ok(t, unix.Close(fd)) })
	return fd
}

// childEnded calls f with a process that ends, and which f waits for.
func childEnded(t *testing.T, f func(pid int) error) error {
	t.Helper()
	onKernel(t, "programs of its own machine")
	self, err := os.Executable()
	ok(t, err)
	p, err := os.StartProcess(self, []string{self, "-test.run=^$"}, &os.ProcAttr{})
	ok(t, err)
	return f(p.Pid)
}

// closedAfter closes the descriptors that a call stored.
func closedAfter(fds *[2]int32, call func(*[2]int32) error) error {
	err := call(fds)
	if err == nil {
		_, _ = unix.Close(int(fds[0])), unix.Close(int(fds[1]))
	}
	return err
}

func TestMemoryOfFixedSize(t *testing.T) {
	since := map[string]string{"Cachestat": "6.5", "IoUringSetup": "5.1", "fileGetattr": "6.17"}
	for name, call := range storesIn {
		t.Run(name, func(t *testing.T) {
			switch err := call(t); {
			case err == unix.EFAULT:
				onKernel(t, "the end of memory")
				t.Error("the kernel stores more than there is room for")
			case err == unix.EINVAL && emulated():
				nstest.Need(t, name, "", unix.ENOSYS)
			case name == "Ustat" && err == unix.ENOSYS:
				t.Skip("feature ustat: the architecture has none")
			case name == "getMempolicy":
				nstest.NeedOption(t, "CONFIG_NUMA", "", err)
			default:
				need(t, name, since[name], err)
			}
		})
	}
}

// TestMemoryIsListed finds each prototype with a pointer in one of the lists.
func TestMemoryIsListed(t *testing.T) {
	needSources(t)
	prototype := regexp.MustCompile(`^//sys(?:nb)?\t(\w+)\(([^)]*)\)`)
	seen := map[string]bool{"Prctl": true, "PrctlRetInt": true, "pread": true}
	for _, s := range sources(t) {
		if s.isTest() || !strings.HasPrefix(s.name, "syscall_linux") {
			continue
		}
		b, err := os.ReadFile(s.name)
		ok(t, err)
		for line := range strings.Lines(string(b)) {
			m := prototype.FindStringSubmatch(line)
			if m == nil || !strings.Contains(m[2], "*") && !strings.Contains(m[2], "unsafe.Pointer") {
				continue
			}
			seen[m[1]] = true
			if (storesIn[m[1]] == nil) == (storesElsewhere[m[1]] == "") {
				t.Errorf("%s of %s is in no list of what the kernel stores, or in both", m[1], s.name)
			}
		}
	}
	for name := range storesIn {
		if !seen[name] {
			t.Errorf("storesIn has %s, which no prototype with a pointer is", name)
		}
	}
	for name := range storesElsewhere {
		if !seen[name] {
			t.Errorf("storesElsewhere has %s, which no prototype with a pointer is", name)
		}
	}
}
