package unix

import (
	"runtime"
	"syscall"
	"unsafe"
)

// cloneTaken are the flags for children that share memory or descriptors with the program, which Go's runtime cannot
// have, and those that have the kernel store what Clone3 returns otherwise.
const cloneTaken = CLONE_VM | CLONE_VFORK | CLONE_THREAD | CLONE_SIGHAND | CLONE_FILES | CLONE_SETTLS |
	CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID

// Clone3 is clone3(2), Linux 5.5: it makes a child process that executes path at once, as os/exec does, with all that
// args can ask for: namespaces, a pid of choice (Set_tid, the address of int32s that a runtime.Pinner holds), a
// cgroup, another signal at its end or none. The error is that of execve(2), too: then there is no child.
//
// A child cannot go on in Go. It would have one of the threads alone, with the locks of the others taken for ever; so
// nothing of the program runs in it, and flags that have it share memory, descriptors or handlers of signals are
// EINVAL, as are the fields Pidfd, Child_tid, Parent_tid, Stack and Tls. CLONE_CLEAR_SIGHAND is always there. With
// CLONE_PIDFD, pidfd is a descriptor of the child, else -1. The caller waits for the child, with __WALL if
// Exit_signal is not SIGCHLD. It keeps the soft limit of open files that the standard library raised.
func Clone3(args *CloneArgs, path string, argv, envv []string) (pid, pidfd int, err error) {
	if args.Flags&cloneTaken != 0 || args.Pidfd|args.Child_tid|args.Parent_tid|args.Stack|args.Stack_size|args.Tls != 0 {
		return -1, -1, EINVAL
	}
	c := childOf{args: *args}
	c.args.Flags |= CLONE_CLEAR_SIGHAND
	if c.path, err = BytePtrFromString(path); err != nil {
		return -1, -1, err
	}
	if c.argv, err = syscall.SlicePtrFromStrings(argv); err != nil {
		return -1, -1, err
	}
	if c.envv, err = syscall.SlicePtrFromStrings(envv); err != nil {
		return -1, -1, err
	}
	fd := int32(-1)
	if args.Flags&CLONE_PIDFD != 0 {
		var pin runtime.Pinner
		defer pin.Unpin()
		pin.Pin(&fd)
		c.args.Pidfd = uint64(uintptr(unsafe.Pointer(&fd)))
	}
	pid, err = c.start()
	if err != nil {
		if fd >= 0 {
			_ = Close(int(fd))
		}
		return -1, -1, err
	}
	return pid, int(fd), nil
}

// childOf is all that the child needs.
type childOf struct {
	args       CloneArgs
	path       *byte
	argv, envv []*byte
	mask       Sigset_t // of its thread
	report     int      // the end of a pipe for the error of execve
}

// start makes the child and waits until it executes its program.
func (c *childOf) start() (pid int, err error) {
	syscall.ForkLock.Lock()
	var p [2]int
	if err := Pipe2(p[:], O_CLOEXEC); err != nil {
		syscall.ForkLock.Unlock()
		return -1, err
	}
	c.report = p[1]
	pid, err = c.clone()
	syscall.ForkLock.Unlock()
	defer func() { _ = Close(p[0]) }()
	if err := Close(p[1]); err != nil {
		return -1, err
	}
	if err != nil {
		return -1, err
	}
	var failure [4]byte
	n := 0
	err = IgnoringEINTR(func() (err error) {
		n, err = read(p[0], failure[:])
		return err
	})
	if n < len(failure) || err != nil {
		return pid, err // the pipe was closed by execve, or by a child that was killed
	}
	_ = IgnoringEINTR(func() error {
		_, err := Wait4(pid, nil, WALL, nil) // ECHILD if it is the child of another process
		return err
	})
	return -1, syscall.Errno(*(*uint32)(unsafe.Pointer(&failure)))
}

// clone makes the child. No signal comes between: no handler of Go's runtime may run in the child.
func (c *childOf) clone() (pid int, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	if err := PthreadSigmask(SIG_SETMASK, &all, &c.mask); err != nil {
		return -1, err
	}
	r, errno := cloneAndExec(c, &c.argv[0], &c.envv[0])
	if err := PthreadSigmask(SIG_SETMASK, &c.mask, nil); err != nil {
		return int(r), err
	}
	return int(r), errOf(errno)
}

// cloneAndExec is where the child begins and ends. It makes system calls and nothing else: the stack must not grow,
// and nothing may wait for another thread.
//
//go:noinline
//go:norace
//go:nosplit
func cloneAndExec(c *childOf, argv, envv **byte) (pid uintptr, err syscall.Errno) {
	pid, _, err = RawSyscall(SYS_CLONE3, uintptr(unsafe.Pointer(&c.args)), unsafe.Sizeof(c.args), 0)
	if err != 0 || pid != 0 {
		return pid, err
	}
	_, _, err = RawSyscall6(SYS_RT_SIGPROCMASK, SIG_SETMASK, uintptr(unsafe.Pointer(&c.mask)), 0, sigsetSize, 0, 0)
	if err == 0 {
		_, _, err = RawSyscall(SYS_EXECVE, uintptr(unsafe.Pointer(c.path)), uintptr(unsafe.Pointer(argv)),
			uintptr(unsafe.Pointer(envv)))
	}
	failure := uint32(err)
	_, _, _ = RawSyscall(SYS_WRITE, uintptr(c.report), uintptr(unsafe.Pointer(&failure)), unsafe.Sizeof(failure))
	for {
		_, _, _ = RawSyscall(SYS_EXIT_GROUP, 127, 0, 0)
	}
}
