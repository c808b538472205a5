package unix

// WaitStatus is how a process changed, as [Wait4] reports it; see wait(2).
type WaitStatus uint32

// Bits of a status. The byte above the low one is the exit status or the signal that stopped, the next one the signal
// that ended.
const (
	waitStopped   = 0x40
	waitCore      = 0x80
	waitContinued = 0x01000000
)

// Exited reports whether the process ended by itself.
func (w WaitStatus) Exited() bool { return w&0xff == 0 && !w.Continued() }

// Signaled reports whether a signal ended the process.
func (w WaitStatus) Signaled() bool { return w&waitStopped == 0 && w&0xff != 0 }

// Stopped reports whether the process was stopped.
func (w WaitStatus) Stopped() bool { return w&waitStopped != 0 }

// Continued reports whether the process was continued.
func (w WaitStatus) Continued() bool { return w&waitContinued != 0 }

// CoreDump reports whether the signal that ended the process made it write its memory to a file.
func (w WaitStatus) CoreDump() bool { return w&waitCore != 0 }

// ExitStatus returns the status of a process that exited, -1 for others.
func (w WaitStatus) ExitStatus() int {
	if !w.Exited() {
		return -1
	}
	return int(w>>8) & 0xff
}

// Signal returns the signal that ended the process, -1 if none did.
func (w WaitStatus) Signal() Signal {
	if !w.Signaled() {
		return -1
	}
	return Signal(w>>16) & 0xff
}

// StopSignal returns the signal that stopped the process, -1 if none did.
func (w WaitStatus) StopSignal() Signal {
	if !w.Stopped() {
		return -1
	}
	return Signal(w>>8) & 0xff
}

// TrapCause returns -1: a status has no cause of a trap here.
func (w WaitStatus) TrapCause() int { return -1 }

// Wait4 is wait4(2). wstatus and rusage may be nil. The call is made again when it returns ERESTART, as it may while
// the process goes on.
func Wait4(pid int, wstatus *WaitStatus, options int, rusage *Rusage) (wpid int, err error) {
	var status int32
	for {
		wpid, err = wait4(pid, &status, options, rusage)
		if err != ERESTART {
			break
		}
	}
	if wstatus != nil {
		*wstatus = WaitStatus(status)
	}
	return wpid, err
}
