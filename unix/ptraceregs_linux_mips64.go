package unix

import "unsafe"

// PtraceGetRegsMips reads the registers of a stopped process of architecture mips.
func PtraceGetRegsMips(pid int, regsout *PtraceRegsMips) error {
	return ptracePtr(PTRACE_GETREGS, pid, 0, unsafe.Pointer(regsout))
}

// PtraceSetRegsMips writes the registers of a stopped process of architecture mips.
func PtraceSetRegsMips(pid int, regs *PtraceRegsMips) error {
	return ptracePtr(PTRACE_SETREGS, pid, 0, unsafe.Pointer(regs))
}

// PtraceGetRegsMips64 reads the registers of a stopped process of architecture mips64.
func PtraceGetRegsMips64(pid int, regsout *PtraceRegsMips64) error {
	return ptracePtr(PTRACE_GETREGS, pid, 0, unsafe.Pointer(regsout))
}

// PtraceSetRegsMips64 writes the registers of a stopped process of architecture mips64.
func PtraceSetRegsMips64(pid int, regs *PtraceRegsMips64) error {
	return ptracePtr(PTRACE_SETREGS, pid, 0, unsafe.Pointer(regs))
}
