//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

// Killed tells whether SIGKILL ended the process.
func (w WaitStatus) Killed() bool { return w.Signal() == SIGKILL }
