package unix

import "unsafe"

// This architecture reads and writes a part of struct user in one call instead of registers.

type ptraceArea struct {
	len     uint32
	kernel  uint64      // where in struct user
	process *PtraceRegs // where here
}

func registers(regs *PtraceRegs) *ptraceArea {
	return &ptraceArea{len: uint32(unsafe.Sizeof(*regs)), process: regs}
}

// PtraceGetRegs reads the registers of a stopped process.
func PtraceGetRegs(pid int, regsout *PtraceRegs) (err error) {
	return ptraceUserArea(PTRACE_PEEKUSR_AREA, pid, registers(regsout), 0)
}

// PtraceSetRegs writes the registers of a stopped process.
func PtraceSetRegs(pid int, regs *PtraceRegs) (err error) {
	return ptraceUserArea(PTRACE_POKEUSR_AREA, pid, registers(regs), 0)
}

// PC returns the program counter.
func (r *PtraceRegs) PC() uint64 { return r.Psw.Addr }

// SetPC sets the program counter.
func (r *PtraceRegs) SetPC(pc uint64) { r.Psw.Addr = pc }
