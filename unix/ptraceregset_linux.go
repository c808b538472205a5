//go:build linux && (arm64 || loong64 || riscv64)

package unix

// PtraceGetRegs reads the registers of a stopped process.
func PtraceGetRegs(pid int, regsout *PtraceRegs) error {
	return getRegSet(pid, NT_PRSTATUS, regsout)
}

// PtraceSetRegs writes the registers of a stopped process.
func PtraceSetRegs(pid int, regs *PtraceRegs) error {
	return setRegSet(pid, NT_PRSTATUS, regs)
}
