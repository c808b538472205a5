package unix

import "syscall"

// Execveat is execveat(2), Linux 3.19: it executes the program path, relative to dirfd, or with AT_EMPTY_PATH and an
// empty path the file dirfd itself, in place of this one. Unlike [Exec] it does not undo that the standard library
// raised the soft limit of open files.
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
