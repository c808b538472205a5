package unix

const waitContinued = 0xffff

// TrapCause returns the PTRACE_EVENT_* that stopped the process, -1 if it is not stopped by SIGTRAP. The 8 bits above
// those of the signal that stopped have it.
func (w WaitStatus) TrapCause() int {
	if w.StopSignal() != SIGTRAP {
		return -1
	}
	return int(w>>16) & 0xff
}
