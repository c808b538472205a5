//go:build unix && !linux && !aix

package unix

// TrapCause returns -1: a status has no cause of a trap here.
func (w WaitStatus) TrapCause() int { return -1 }
