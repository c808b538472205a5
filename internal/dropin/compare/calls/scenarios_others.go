package main

import (
	"math"
	"os"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// rings returns a descriptor that becomes readable while a call waits for it.
func rings() int {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_CLOEXEC)
	check("timerfd", err)
	check("timerfd", unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Value: unix.NsecToTimespec(20e6)}, nil))
	return fd
}

// timeouts are long, negative and short ones of what waits.
func timeouts(note note) {
	for _, nsec := range []int64{0, 1, 999, 1e6, 3600e9, math.MaxInt32 * 1e9, -1, -1e9} {
		fd := rings()
		var set unix.FdSet
		set.Set(fd)
		tv, ts := unix.NsecToTimeval(nsec), unix.NsecToTimespec(nsec)
		waits := nsec > 1e9
		before := tv
		n, err := unix.Select(fd+1, &set, nil, nil, &tv)
		note("select", n, err, set.IsSet(fd), tv == before)
		_ = unix.Close(fd)

		fd = rings()
		set.Zero()
		set.Set(fd)
		n, err = unix.Pselect(fd+1, &set, nil, nil, &ts, nil)
		note("pselect", n, err, ts)
		_ = unix.Close(fd)

		fd = rings()
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err = unix.Ppoll(fds, &ts, nil)
		note("ppoll", n, err, fds[0].Revents, waits && ts.Nano() < nsec && ts.Nano() > nsec-1e9)
		_ = unix.Close(fd)
	}
	for _, msec := range []int{0, 1, math.MaxInt32, -1, math.MinInt32} {
		fd := rings()
		fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, msec)
		note("poll", n, err, fds[0].Revents)
		_ = unix.Close(fd)

		fd = rings()
		check("epoll", unix.EpollCtl(fdEpoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: 7, Pad: 8}))
		events := make([]unix.EpollEvent, 3)
		n, err = unix.EpollWait(fdEpoll, events, msec)
		note("epoll", n, err, events)
		_ = unix.Close(fd)
	}
}

// filesAndNames are changed in a row.
func filesAndNames(note note) {
	note("setxattr", unix.Setxattr("file", "user.a", []byte("value"), 0),
		unix.Lsetxattr("link", "user.a", nil, 0), unix.Fsetxattr(fdFile, "user.b", nil, 0))
	for _, size := range []int{0, 1, 5, 64} {
		buf := make([]byte, size)
		n, err := unix.Getxattr("file", "user.a", buf)
		note("getxattr", n, err, buf)
		n, err = unix.Lgetxattr("file", "user.b", buf)
		note("lgetxattr", n, err, buf)
		n, err = unix.Fgetxattr(fdFile, "user.a", buf)
		note("fgetxattr", n, err, buf)
		n, err = unix.Listxattr("file", buf)
		note("listxattr", n, err, len(buf))
		n, err = unix.Flistxattr(fdFile, buf)
		note("flistxattr", n, err)
		n, err = unix.Readlink("link", buf)
		note("readlink", n, err, buf)
		n, err = unix.Readlinkat(fdDir, "link", buf)
		note("readlinkat", n, err, buf)
		n, err = unix.Getcwd(buf)
		note("getcwd", n, err)
	}
	note("removexattr", unix.Removexattr("file", "user.a"), unix.Lremovexattr("file", "user.a"),
		unix.Fremovexattr(fdFile, "user.b"))
	note("link", unix.Linkat(fdDir, "file", fdDir, "linked", 0), unix.Link("file", "linked"))
	note("fifo", unix.Mkfifoat(fdDir, "fifo", 0o600), unix.Mknodat(fdDir, "node", unix.S_IFREG|0o600, 0))
	note("rename", unix.Renameat(fdDir, "linked", fdDir, "renamed"),
		unix.Renameat2(fdDir, "renamed", fdDir, "file", unix.RENAME_EXCHANGE),
		unix.Renameat2(fdDir, "renamed", fdDir, "file", unix.RENAME_NOREPLACE), unix.Rename("renamed", "dir/renamed"))
	fd, err := unix.Openat2(fdDir, "dir/renamed",
		&unix.OpenHow{Flags: unix.O_RDWR | unix.O_CLOEXEC, Resolve: unix.RESOLVE_BENEATH})
	note("openat2", fd, err)
	n, err := unix.Pwritev(fd, [][]byte{[]byte("a"), {}, nil, []byte("bc")}, 1<<32)
	note("pwritev", n, err)
	buf := make([]byte, 4)
	n, err = unix.Preadv2(fd, [][]byte{buf[:1], nil, buf[1:]}, 1<<32, 0)
	note("preadv2", n, err, buf)
	at, err := unix.Seek(fd, -1, unix.SEEK_END)
	note("seek", at, err)
	var st unix.Stat_t
	note("stat", unix.Fstat(fd, &st), st.Size, st.Mode, st.Nlink)
	var stx unix.Statx_t
	note("statx", unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_BASIC_STATS, &stx), stx.Size, stx.Mode, stx.Mask)
	note("flock", unix.FcntlFlock(uintptr(fd), unix.F_SETLK, &unix.Flock_t{Type: unix.F_WRLCK, Start: 1 << 32, Len: 5}))
	lock := unix.Flock_t{Type: unix.F_WRLCK}
	note("getlk", unix.FcntlFlock(uintptr(fd), unix.F_GETLK, &lock), lock)
	for _, tv := range [][]unix.Timeval{nil, {}, {{Sec: 1}, {Sec: 2, Usec: 3}}, {{Usec: 1500000}, {Sec: 9, Usec: -1}}} {
		note("utimes", unix.Utimes("file", tv), unix.Lutimes("link", tv), unix.Futimes(fd, tv))
		note("file", unix.Stat("file", &st), len(tv) == 2 && st.Mtim.Sec > 1000)
		if len(tv) == 2 {
			note("times", st.Atim, st.Mtim)
		}
	}
	n, err = unix.CopyFileRange(fdFile, nil, fd, nil, 10, 0)
	note("copy", n, err)
	names := make([]byte, 4096)
	n, err = unix.ReadDirent(fdDir, names)
	consumed, count, list := unix.ParseDirent(names[:max(n, 0)], -1, nil)
	note("dirent", n > 0, err, consumed == n, count, strings.Join(list, " "))
}

// handles are of files.
func handles(note note) {
	h, _, err := unix.NameToHandleAt(unix.AT_FDCWD, "file", 0)
	if note("name_to_handle_at", err); err == nil {
		note("handle", h.Type(), h.Size(), len(h.Bytes()))
	}
	for _, b := range [][]byte{nil, {}, []byte("twelve bytes")} {
		h := unix.NewFileHandle(-5, b)
		note("new", h.Type(), h.Size(), h.Bytes())
	}
}

// interfaces of the network, by ioctl.
func interfaces(note note) {
	for _, name := range []string{"lo", "none", "", "fifteen-bytes-l", "sixteen-bytes-lo"} {
		req, err := unix.NewIfreq(name)
		if note("new", err); err != nil {
			continue
		}
		note("name", req.Name())
		for _, cmd := range []uint{unix.SIOCGIFFLAGS, unix.SIOCGIFINDEX, unix.SIOCGIFMTU, unix.SIOCGIFADDR,
			unix.SIOCGIFHWADDR} {
			note("ioctl", unix.IoctlIfreq(fdUDP, cmd, req), req.Uint16(), req.Uint32())
			a, err := req.Inet4Addr()
			note("address", a, err)
		}
		req.SetUint32(math.MaxUint32)
		note("32", req.Uint32(), req.Uint16(), req.Name())
		req.SetUint16(1)
		note("16", req.Uint32(), req.Uint16())
		note("set", req.SetInet4Addr([]byte{127, 0, 0, 9}), req.SetInet4Addr(nil),
			unix.IoctlIfreq(fdUDP, unix.SIOCSIFADDR, req))
		info, err := unix.IoctlGetEthtoolDrvinfo(fdUDP, name)
		if note("driver", err); err == nil {
			note("driver", info.Driver)
		}
	}
}

// memory is mapped, changed and shared.
func memory(note note) {
	b, err := unix.Mmap(-1, 0, pageSize, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	note("mmap", len(b), err)
	note("advice", unix.Madvise(b, unix.MADV_DONTNEED), unix.Mlock(b), unix.Munlock(b),
		unix.Msync(b, unix.MS_SYNC), unix.Mprotect(b, unix.PROT_READ))
	b2, err := unix.Mremap(b, 2*pageSize, unix.MREMAP_MAYMOVE)
	note("mremap", len(b2), err)
	note("munmap", unix.Munmap(b), unix.Munmap(b2[1:]), unix.Munmap(b2), unix.Munmap(b2))
	id, err := unix.SysvShmGet(unix.IPC_PRIVATE, pageSize, 0o600)
	note("shmget", id >= 0, err)
	shm, err := unix.SysvShmAttach(id, 0, 0)
	note("shmat", len(shm), err)
	var desc unix.SysvShmDesc
	n, err := unix.SysvShmCtl(id, unix.IPC_STAT, &desc)
	note("shmctl", n, err, desc.Segsz, desc.Nattch)
	note("shmdt", unix.SysvShmDetach(shm), unix.SysvShmDetach(shm))
	n, err = unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	note("removed", n, err)
	fd, err := unix.MemfdCreate("name", unix.MFD_ALLOW_SEALING)
	note("memfd", fd, err)
	n, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_GROW)
	note("seal", n, err, unix.Ftruncate(fd, 1<<33))
}

// notifications of inotify, signals and processes.
func notifications(note note) {
	wd, err := unix.InotifyAddWatch(fdInotify, "dir", unix.IN_CREATE|unix.IN_DELETE)
	note("watch", wd, err, unix.Mkdir("dir/new", 0o700))
	buf := make([]byte, 256)
	n, err := unix.Read(fdInotify, buf)
	note("event", n, err, buf)
	n, err = unix.InotifyRmWatch(fdInotify, uint32(wd))
	note("unwatched", n, err)
	var set, old unix.Sigset_t
	set.Val[0] = 1 << (unix.SIGUSR1 - 1)
	note("mask", unix.PthreadSigmask(unix.SIG_BLOCK, &set, &old), old.Val[0]&set.Val[0])
	fd, err := unix.Signalfd(-1, &set, unix.SFD_NONBLOCK)
	note("signalfd", fd, err, unix.Kill(unix.Getpid(), unix.SIGUSR1))
	n, err = unix.Read(fd, buf)
	note("signal", n, err, buf[0])
	pidfd, err := unix.PidfdOpen(unix.Getpid(), 0)
	note("pidfd", pidfd, err, unix.PidfdSendSignal(pidfd, 0, nil, 0))
	fd, err = unix.PidfdGetfd(pidfd, fdFile, 0)
	note("getfd", fd, err)
}

// traced is a copy of this program that stops when it begins.
func traced(note note) {
	null := uintptr(fdNull)
	attr := &syscall.ProcAttr{Files: []uintptr{null, null, null}, Sys: &syscall.SysProcAttr{Ptrace: true}}
	pid, err := syscall.ForkExec("/proc/self/exe", os.Args[:1], attr)
	check("fork", err)
	var status unix.WaitStatus
	wait := func() {
		got, err := unix.Wait4(pid, &status, unix.WALL, nil)
		note("wait4", got == pid, err, status)
	}
	wait()
	var regs unix.PtraceRegs
	note("regs", unix.PtraceGetRegs(pid, &regs), unix.PtraceSetRegs(pid, &regs),
		unix.PtraceSetOptions(pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_EXITKILL))
	// The value differs from program to program, so a pattern takes its place.
	at := uintptr(regs.PC()) &^ 63
	was := make([]byte, 64)
	_, err = unix.PtracePeekText(pid, at, was)
	note("text", err)
	pattern := []byte("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_")
	n, err := unix.PtracePokeText(pid, at, pattern)
	note("pattern", n, err)
	for _, size := range []int{0, 1, 7, 8, 9, 16, 33} {
		for odd := range uintptr(3) {
			buf := make([]byte, size)
			n, err := unix.PtracePeekData(pid, at+odd, buf)
			note("peek", n, err, buf)
			n, err = unix.PtracePeekText(pid, 1, buf)
			note("peek nothing", n, err)
			n, err = unix.PtracePokeText(pid, at+odd, []byte(strings.Repeat("+", size)))
			note("poke", n, err)
			all := make([]byte, 64)
			n, err = unix.PtracePeekData(pid, at, all)
			note("poked", n, err, all)
		}
	}
	n, err = unix.PtracePokeText(pid, at, was)
	note("restored", n, err)
	message, err := unix.PtraceGetEventMsg(pid)
	note("message", message, err)
	note("step", unix.PtraceSingleStep(pid))
	wait()
	note("syscall", unix.PtraceSyscall(pid, 0))
	wait()
	note("kill", unix.Kill(pid, unix.SIGKILL))
	wait()
	got, err := unix.Wait4(pid, &status, unix.WALL, nil)
	note("none", got, err)
	var info unix.Siginfo
	note("waitid", unix.Waitid(unix.P_ALL, 0, &info, unix.WEXITED|unix.WNOHANG, nil))
}
