//go:build aix || solaris

package unix

import "syscall"

// Auxv returns ENOTSUP: the standard library does not keep what the kernel passed to the process when it started.
func Auxv() ([][2]uintptr, error) { return nil, syscall.ENOTSUP }
