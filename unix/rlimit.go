//go:build unix && !linux

package unix

import (
	"syscall"
	"unsafe"
)

// Setrlimit is setrlimit(2), by the standard library: it raises the limit of open files at start, and undoes that in
// the programs it starts unless the program sets the limit itself.
func Setrlimit(resource int, rlim *Rlimit) error {
	return syscall.Setrlimit(resource, (*syscall.Rlimit)(unsafe.Pointer(rlim)))
}
