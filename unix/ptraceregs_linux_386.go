package unix

import "unsafe"

// PtraceGetRegs386 reads the registers of a stopped process of architecture 386.
func PtraceGetRegs386(pid int, regsout *PtraceRegs386) error {
	return ptracePtr(PTRACE_GETREGS, pid, 0, unsafe.Pointer(regsout))
}

// PtraceSetRegs386 writes the registers of a stopped process of architecture 386.
func PtraceSetRegs386(pid int, regs *PtraceRegs386) error {
	return ptracePtr(PTRACE_SETREGS, pid, 0, unsafe.Pointer(regs))
}

// PtraceGetRegsAmd64 reads the registers of a stopped process of architecture amd64.
func PtraceGetRegsAmd64(pid int, regsout *PtraceRegsAmd64) error {
	return getRegSet(pid, NT_PRSTATUS, regsout)
}

// PtraceSetRegsAmd64 writes the registers of a stopped process of architecture amd64.
func PtraceSetRegsAmd64(pid int, regs *PtraceRegsAmd64) error {
	return setRegSet(pid, NT_PRSTATUS, regs)
}

// PC returns the program counter.
func (r *PtraceRegs) PC() uint64 { return uint64(uint32(r.Eip)) }

// SetPC sets the program counter.
func (r *PtraceRegs) SetPC(pc uint64) { r.Eip = int32(pc) }
