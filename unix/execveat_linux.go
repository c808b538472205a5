package unix

import "syscall"

// Execveat is execveat(2), Linux 3.19: it executes the program path, relative to dirfd, or with AT_EMPTY_PATH and an empty path
// the file dirfd itself, in place of this one. Unlike [Exec] it does not undo that the standard library raised the soft limit
// of open files.
func Execveat(dirfd int, path string, argv, envv []string, flags int) error {
	p, err := BytePtrFromString(path)
	if err != nil {
		return err
	}
	args, err := syscall.SlicePtrFromStrings(argv)
	if err != nil {
		return err
	}
	env, err := syscall.SlicePtrFromStrings(envv)
	if err != nil {
		return err
	}
	return execveat(dirfd, p, &args[0], &env[0], flags)
}

// Getcpu is getcpu(2): the processor that the calling thread runs on just now, and the NUMA node of that.
func Getcpu() (cpu, node int, err error) {
	var c, n uint32
	err = getcpu(&c, &n, 0)
	return int(c), int(n), err
}

// IoprioValue is what [IoprioSet] takes: an IOPRIO_CLASS_…, a level from 0, the highest, to IOPRIO_NR_LEVELS-1, and an
// IOPRIO_HINT_…, Linux 6.5.
func IoprioValue(class, level, hint int) int {
	return (class&IOPRIO_CLASS_MASK)<<IOPRIO_CLASS_SHIFT | (hint&IOPRIO_HINT_MASK)<<IOPRIO_HINT_SHIFT | level&IOPRIO_LEVEL_MASK
}
