package unix

import "unsafe"

// PtraceGetRegsMipsle reads the registers of a stopped process of architecture mipsle.
func PtraceGetRegsMipsle(pid int, regsout *PtraceRegsMipsle) error {
	return ptracePtr(PTRACE_GETREGS, pid, 0, unsafe.Pointer(regsout))
}

// PtraceSetRegsMipsle writes the registers of a stopped process of architecture mipsle.
func PtraceSetRegsMipsle(pid int, regs *PtraceRegsMipsle) error {
	return ptracePtr(PTRACE_SETREGS, pid, 0, unsafe.Pointer(regs))
}

// PtraceGetRegsMips64le reads the registers of a stopped process of architecture mips64le.
func PtraceGetRegsMips64le(pid int, regsout *PtraceRegsMips64le) error {
	return ptracePtr(PTRACE_GETREGS, pid, 0, unsafe.Pointer(regsout))
}

// PtraceSetRegsMips64le writes the registers of a stopped process of architecture mips64le.
func PtraceSetRegsMips64le(pid int, regs *PtraceRegsMips64le) error {
	return ptracePtr(PTRACE_SETREGS, pid, 0, unsafe.Pointer(regs))
}
