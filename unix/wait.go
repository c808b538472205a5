//go:build unix && !aix

package unix

import "syscall"

// WaitStatus is how a process changed, as [Wait4] reports it; see wait(2).
type WaitStatus uint32

// The low 7 bits are the signal that ended the process: 0 for none, 0x7f for "stopped, not ended". Bit 7 is for a core
// dump, the next 8 are the exit status or the signal that stopped. waitContinued is the whole word of a process that
// goes on.
const (
	waitSignal  = 0x7f
	waitStopped = 0x7f
	waitCore    = 0x80
)

// Exited reports whether the process ended by itself.
func (w WaitStatus) Exited() bool { return w&waitSignal == 0 }

// Signaled reports whether a signal ended the process.
func (w WaitStatus) Signaled() bool {
	return w&waitSignal != waitStopped && w&waitSignal != 0 && !w.Continued()
}

// Stopped reports whether the process was stopped.
func (w WaitStatus) Stopped() bool { return w&0xff == waitStopped && !w.Continued() }

// Continued reports whether the process was continued.
func (w WaitStatus) Continued() bool { return w == waitContinued }

// CoreDump reports whether the signal that ended the process made it write its memory to a file.
func (w WaitStatus) CoreDump() bool { return w.Signaled() && w&waitCore != 0 }

// ExitStatus returns the status of a process that exited, -1 for others.
func (w WaitStatus) ExitStatus() int {
	if !w.Exited() {
		return -1
	}
	return int(w>>8) & 0xff
}

// Signal returns the signal that ended the process, -1 if none did.
func (w WaitStatus) Signal() syscall.Signal {
	if !w.Signaled() {
		return -1
	}
	return syscall.Signal(w & waitSignal)
}

// StopSignal returns the signal that stopped the process, -1 if none did.
func (w WaitStatus) StopSignal() syscall.Signal {
	if !w.Stopped() {
		return -1
	}
	return syscall.Signal(w>>8) & 0xff
}

// Wait4 is wait4(2). wstatus and rusage may be nil.
func Wait4(pid int, wstatus *WaitStatus, options int, rusage *Rusage) (wpid int, err error) {
	var status int32
	wpid, err = wait4(pid, &status, options, rusage)
	if wstatus != nil {
		*wstatus = WaitStatus(status)
	}
	return wpid, err
}
