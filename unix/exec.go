//go:build unix

package unix

import (
	"syscall"
)

// Exec is execve(2).
func Exec(argv0 string, argv []string, envv []string) error { return syscall.Exec(argv0, argv, envv) }
