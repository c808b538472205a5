package unix

// This architecture has the registers of 64 bits in requests of their own, and takes their address as the third
// argument.

// PtraceGetRegs reads the registers of a stopped process.
func PtraceGetRegs(pid int, regsout *PtraceRegs) (err error) {
	return ptraceRegs(PTRACE_GETREGS64, pid, regsout)
}

// PtraceSetRegs writes the registers of a stopped process.
func PtraceSetRegs(pid int, regs *PtraceRegs) (err error) {
	return ptraceRegs(PTRACE_SETREGS64, pid, regs)
}

// PC returns the program counter.
func (r *PtraceRegs) PC() uint64 { return r.Tpc }

// SetPC sets the program counter.
func (r *PtraceRegs) SetPC(pc uint64) { r.Tpc = pc }
