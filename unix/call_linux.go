package unix

import "syscall"

// Errno is an error number; see errno(3).
type Errno = syscall.Errno

// Signal is a signal number; see signal(7).
type Signal = syscall.Signal

// SysProcAttr says how os/exec and [syscall.ForkExec] start a process.
type SysProcAttr = syscall.SysProcAttr

// Syscall makes a system call of up to three arguments, telling the Go scheduler that it may block.
// What is converted to uintptr within the list of arguments stays alive, and in its place, until the call returns.
func Syscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// Syscall6 is [Syscall] for up to six arguments.
func Syscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// RawSyscall is [Syscall] without telling the scheduler: only for calls that never block.
func RawSyscall(trap, a1, a2, a3 uintptr) (r1, r2 uintptr, err syscall.Errno)

// RawSyscall6 is [RawSyscall] for up to six arguments.
func RawSyscall6(trap, a1, a2, a3, a4, a5, a6 uintptr) (r1, r2 uintptr, err syscall.Errno)

// SyscallNoError is [Syscall] for calls that cannot fail: every value is a result.
func SyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr)

// RawSyscallNoError is [RawSyscall] for calls that cannot fail: every value is a result.
func RawSyscallNoError(trap, a1, a2, a3 uintptr) (r1, r2 uintptr)

// The commonest errors, made once: an error number in an interface would be allocated each time.
var (
	errAgain  error = EAGAIN
	errInval  error = EINVAL
	errNoEnt  error = ENOENT
	errIntr   error = EINTR
	errExist  error = EEXIST
	errBadFd  error = EBADF
	errPerm   error = EPERM
	errAccess error = EACCES
)

// errnoErr returns e, which is not zero, as an error.
func errnoErr(e syscall.Errno) error {
	switch e {
	case EAGAIN:
		return errAgain
	case EINVAL:
		return errInval
	case ENOENT:
		return errNoEnt
	case EINTR:
		return errIntr
	case EEXIST:
		return errExist
	case EBADF:
		return errBadFd
	case EPERM:
		return errPerm
	case EACCES:
		return errAccess
	}
	return e
}

// errOf turns an error number into an error that is nil when it is zero.
func errOf(e syscall.Errno) error {
	if e == 0 {
		return nil
	}
	return errnoErr(e)
}
