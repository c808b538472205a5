//go:build linux && (386 || amd64 || arm || mips || mips64 || mips64le || mipsle || ppc || ppc64 || ppc64le)

package unix

import "unsafe"

// PtraceGetRegs reads the registers of a stopped process.
func PtraceGetRegs(pid int, regsout *PtraceRegs) error {
	return ptracePtr(PTRACE_GETREGS, pid, 0, unsafe.Pointer(regsout))
}

// PtraceSetRegs writes the registers of a stopped process.
func PtraceSetRegs(pid int, regs *PtraceRegs) error {
	return ptracePtr(PTRACE_SETREGS, pid, 0, unsafe.Pointer(regs))
}
