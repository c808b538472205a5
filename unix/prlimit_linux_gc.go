//go:build linux && gc

package unix

import (
	"syscall"
	_ "unsafe" // for linkname
)

// The standard library raises the limit of open files at start, and undoes that in the programs it starts unless
// the program sets the limit itself: by this call, then.
//
//go:linkname syscallPrlimit syscall.prlimit
func syscallPrlimit(pid, resource int, newlimit, old *syscall.Rlimit) error
