//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

// Killed reports whether SIGKILL ended the process.
func (w WaitStatus) Killed() bool { return w.Signal() == SIGKILL }
