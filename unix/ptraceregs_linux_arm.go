package unix

import "unsafe"

// PtraceGetRegsArm reads the registers of a stopped process of architecture arm.
func PtraceGetRegsArm(pid int, regsout *PtraceRegsArm) error {
	return ptracePtr(PTRACE_GETREGS, pid, 0, unsafe.Pointer(regsout))
}

// PtraceSetRegsArm writes the registers of a stopped process of architecture arm.
func PtraceSetRegsArm(pid int, regs *PtraceRegsArm) error {
	return ptracePtr(PTRACE_SETREGS, pid, 0, unsafe.Pointer(regs))
}

// PtraceGetRegsArm64 reads the registers of a stopped process of architecture arm64.
func PtraceGetRegsArm64(pid int, regsout *PtraceRegsArm64) error {
	return getRegSet(pid, NT_PRSTATUS, regsout)
}

// PtraceSetRegsArm64 writes the registers of a stopped process of architecture arm64.
func PtraceSetRegsArm64(pid int, regs *PtraceRegsArm64) error {
	return setRegSet(pid, NT_PRSTATUS, regs)
}

// PC returns the program counter, register 15.
func (r *PtraceRegs) PC() uint64 { return uint64(uint32(r.Uregs[15])) }

// SetPC sets the program counter, register 15.
func (r *PtraceRegs) SetPC(pc uint64) { r.Uregs[15] = uint32(pc) }
