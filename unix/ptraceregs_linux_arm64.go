package unix

// PtraceGetRegsArm64 reads the registers of a stopped process of architecture arm64.
func PtraceGetRegsArm64(pid int, regsout *PtraceRegsArm64) error {
	return getRegSet(pid, NT_PRSTATUS, regsout)
}

// PtraceSetRegsArm64 writes the registers of a stopped process of architecture arm64.
func PtraceSetRegsArm64(pid int, regs *PtraceRegsArm64) error {
	return setRegSet(pid, NT_PRSTATUS, regs)
}

// PtraceGetRegsArm reads the registers of a stopped process of architecture arm.
func PtraceGetRegsArm(pid int, regsout *PtraceRegsArm) error {
	return getRegSet(pid, NT_PRSTATUS, regsout)
}

// PtraceSetRegsArm writes the registers of a stopped process of architecture arm.
func PtraceSetRegsArm(pid int, regs *PtraceRegsArm) error {
	return setRegSet(pid, NT_PRSTATUS, regs)
}

// PtraceGetRegSetArm64 reads a set of registers, as NT_PRSTATUS, of a stopped process.
func PtraceGetRegSetArm64(pid, addr int, regsout *PtraceRegsArm64) error {
	return getRegSet(pid, addr, regsout)
}

// PtraceSetRegSetArm64 writes a set of registers, as NT_PRSTATUS, of a stopped process.
func PtraceSetRegSetArm64(pid, addr int, regs *PtraceRegsArm64) error {
	return setRegSet(pid, addr, regs)
}

// PC returns the program counter.
func (r *PtraceRegs) PC() uint64 { return r.Pc }

// SetPC sets the program counter.
func (r *PtraceRegs) SetPC(pc uint64) { r.Pc = pc }
