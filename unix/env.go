//go:build unix

package unix

import "syscall"

// Getenv returns a variable of the process's environment, and whether it is set.
func Getenv(key string) (value string, found bool) { return syscall.Getenv(key) }

// Setenv sets a variable of the process's environment.
func Setenv(key, value string) error { return syscall.Setenv(key, value) }

// Unsetenv removes a variable from the process's environment.
func Unsetenv(key string) error { return syscall.Unsetenv(key) }

// Clearenv removes all variables from the process's environment.
func Clearenv() { syscall.Clearenv() }

// Environ returns the process's environment, each variable as "key=value".
func Environ() []string { return syscall.Environ() }

// Getpagesize returns the size of a page of memory in bytes.
func Getpagesize() int { return syscall.Getpagesize() }
