//go:build linux && amd64

package main

import "kern.sys/unix"

// handlers has what is answered, by the names of base.
var handlers map[string]handler

func init() {
	handlers = map[string]handler{}
	for _, part := range []map[string]handler{plainCalls, fileCalls, processCalls, threadCalls, signalCalls, socketCalls,
		eventCalls, systemCalls} {
		for name, h := range part {
			handlers[name] = h
		}
	}
}

// arg turns an argument into Linux's; it reports what has no counterpart.
type arg func(c *call, v uint64) (uint64, bool)

// pass makes the call of Linux's with the same arguments, those with a function turned by it.
func pass(nr uintptr, convert ...arg) handler {
	return func(c *call) (uint64, unix.Errno) {
		args := c.args[:6]
		for i, f := range convert {
			if f == nil {
				continue
			}
			v, ok := f(c, args[i])
			if !ok {
				c.unanswered("argument of another kind")
				return 0, unix.EINVAL
			}
			args[i] = v
		}
		return c.do(nr, args...)
	}
}

// zero answers a call that has nothing to do here.
func zero(*call) (uint64, unix.Errno) { return 0, 0 }

// from returns a function that turns one number of several.
func from(list names) arg { return func(c *call, v uint64) (uint64, bool) { return c.one(list, v) } }

// flags returns a function that turns flags.
func flags(list names) arg { return func(c *call, v uint64) (uint64, bool) { return c.bits(list, v) } }

func dirfd(c *call, v uint64) (uint64, bool) {
	if c.has("AT_FDCWD", v) {
		v = atCwd
	}
	return v, true
}

// atCwd is Linux's AT_FDCWD as an argument.
const atCwd = ^uint64(99)

func signo(c *call, v uint64) (uint64, bool) {
	if v == 0 {
		return 0, true
	}
	if v >= uint64(len(c.reverse)) || c.reverse[v] == 0 {
		return 0, false
	}
	return uint64(c.reverse[v]), true
}

var (
	atFlags   = flags(names{"AT_SYMLINK_NOFOLLOW", "AT_SYMLINK_FOLLOW", "AT_REMOVEDIR", "AT_EACCESS", "AT_EMPTY_PATH"})
	openFlags = flags(names{"O_WRONLY", "O_RDWR", "O_NONBLOCK", "O_APPEND", "O_SYNC=__O_SYNC", "O_CREAT", "O_TRUNC",
		"O_EXCL", "O_NOCTTY", "O_NOFOLLOW",
		"O_DIRECTORY", "O_CLOEXEC", "O_DIRECT", "O_PATH"})
	mapFlags = flags(names{"MAP_SHARED", "MAP_PRIVATE", "MAP_FIXED", "MAP_ANON=MAP_ANONYMOUS", "MAP_NORESERVE",
		"MAP_STACK"})
	clock    = from(names{"CLOCK_REALTIME", "CLOCK_MONOTONIC", "CLOCK_PROCESS_CPUTIME_ID", "CLOCK_THREAD_CPUTIME_ID"})
	resource = from(names{"RLIMIT_CPU", "RLIMIT_FSIZE", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_CORE", "RLIMIT_RSS",
		"RLIMIT_MEMLOCK", "RLIMIT_NPROC", "RLIMIT_NOFILE", "RLIMIT_AS"})
	adviceList = from(names{"MADV_NORMAL", "MADV_RANDOM", "MADV_SEQUENTIAL", "MADV_WILLNEED", "MADV_DONTNEED",
		"MADV_FREE"})
)

// plainCalls are those that take what Linux takes.
var plainCalls = map[string]handler{
	"access":      pass(unix.SYS_ACCESS),
	"chdir":       pass(unix.SYS_CHDIR),
	"chmod":       pass(unix.SYS_CHMOD),
	"chown":       pass(unix.SYS_CHOWN),
	"chroot":      pass(unix.SYS_CHROOT),
	"close_range": pass(unix.SYS_CLOSE_RANGE),
	"dup":         pass(unix.SYS_DUP),
	"dup2":        pass(unix.SYS_DUP2),
	"exit":        pass(unix.SYS_EXIT_GROUP),
	"faccessat":   pass(unix.SYS_FACCESSAT2, dirfd, nil, nil, atFlags),
	"fchdir":      pass(unix.SYS_FCHDIR),
	"fchmod":      pass(unix.SYS_FCHMOD),
	"fchown":      pass(unix.SYS_FCHOWN),
	"fchmodat":    pass(unix.SYS_FCHMODAT2, dirfd, nil, nil, atFlags),
	"fchownat":    pass(unix.SYS_FCHOWNAT, dirfd, nil, nil, nil, atFlags),
	"fdatasync":   pass(unix.SYS_FDATASYNC),
	"flock":       pass(unix.SYS_FLOCK),
	"fsync":       pass(unix.SYS_FSYNC),
	"getegid":     pass(unix.SYS_GETEGID),
	"geteuid":     pass(unix.SYS_GETEUID),
	"getgid":      pass(unix.SYS_GETGID),
	"getgroups":   pass(unix.SYS_GETGROUPS),
	"setgroups":   pass(unix.SYS_SETGROUPS),
	// The calls that package unix has kept from before FreeBSD 15.
	"freebsd14_getgroups": pass(unix.SYS_GETGROUPS),
	"freebsd14_setgroups": pass(unix.SYS_SETGROUPS),
	"getpgid":             pass(unix.SYS_GETPGID),
	"getpgrp":             pass(unix.SYS_GETPGRP),
	"getpid":              pass(unix.SYS_GETPID),
	"getppid":             pass(unix.SYS_GETPPID),
	"getrandom":           pass(unix.SYS_GETRANDOM),
	"getresgid":           pass(unix.SYS_GETRESGID),
	"getresuid":           pass(unix.SYS_GETRESUID),
	"getsid":              pass(unix.SYS_GETSID),
	"gettimeofday":        pass(unix.SYS_GETTIMEOFDAY),
	"getuid":              pass(unix.SYS_GETUID),
	"lchown":              pass(unix.SYS_LCHOWN),
	"link":                pass(unix.SYS_LINK),
	"linkat":              pass(unix.SYS_LINKAT, dirfd, nil, dirfd, nil, atFlags),
	"madvise":             pass(unix.SYS_MADVISE, nil, nil, adviceList),
	"mincore":             pass(unix.SYS_MINCORE),
	"mkdir":               pass(unix.SYS_MKDIR),
	"mkdirat":             pass(unix.SYS_MKDIRAT, dirfd),
	"mlock":               pass(unix.SYS_MLOCK),
	"mlockall":            pass(unix.SYS_MLOCKALL),
	"mprotect":            pass(unix.SYS_MPROTECT),
	"munlock":             pass(unix.SYS_MUNLOCK),
	"munlockall":          pass(unix.SYS_MUNLOCKALL),
	"munmap":              pass(unix.SYS_MUNMAP),
	"msync":               pass(unix.SYS_MSYNC, nil, nil, flags(names{"MS_ASYNC", "MS_INVALIDATE", "MS_SYNC"})),
	"nanosleep":           pass(unix.SYS_NANOSLEEP),
	"read":                pass(unix.SYS_READ),
	"readlink":            pass(unix.SYS_READLINK),
	"readlinkat":          pass(unix.SYS_READLINKAT, dirfd),
	"readv":               pass(unix.SYS_READV),
	"rename":              pass(unix.SYS_RENAME),
	"renameat":            pass(unix.SYS_RENAMEAT, dirfd, nil, dirfd),
	"rmdir":               pass(unix.SYS_RMDIR),
	"sched_yield":         pass(unix.SYS_SCHED_YIELD),
	"setgid":              pass(unix.SYS_SETGID),
	"setpgid":             pass(unix.SYS_SETPGID),
	"setpriority":         pass(unix.SYS_SETPRIORITY),
	"setregid":            pass(unix.SYS_SETREGID),
	"setresgid":           pass(unix.SYS_SETRESGID),
	"setresuid":           pass(unix.SYS_SETRESUID),
	"setreuid":            pass(unix.SYS_SETREUID),
	"setsid":              pass(unix.SYS_SETSID),
	"setuid":              pass(unix.SYS_SETUID),
	"symlink":             pass(unix.SYS_SYMLINK),
	"symlinkat":           pass(unix.SYS_SYMLINKAT, nil, dirfd),
	"sync":                pass(unix.SYS_SYNC),
	"umask":               pass(unix.SYS_UMASK),
	"unlink":              pass(unix.SYS_UNLINK),
	"write":               pass(unix.SYS_WRITE),
	"writev":              pass(unix.SYS_WRITEV),
	"clock_gettime":       pass(unix.SYS_CLOCK_GETTIME, clock),
	"clock_getres":        pass(unix.SYS_CLOCK_GETRES, clock),
	"shutdown":            pass(unix.SYS_SHUTDOWN),
	"listen":              pass(unix.SYS_LISTEN),
	"unlinkat":            pass(unix.SYS_UNLINKAT, dirfd, nil, atFlags),
	"copy_file_range": func(c *call) (uint64, unix.Errno) {
		if c.args[5] != 0 {
			return 0, unix.EINVAL
		}
		return c.do(unix.SYS_COPY_FILE_RANGE, c.args[:6]...)
	},
}
