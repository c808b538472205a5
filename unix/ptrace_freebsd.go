package unix

import "unsafe"

// PtraceAttach is ptrace(2) with PT_ATTACH.
func PtraceAttach(pid int) (err error) { return ptrace(PT_ATTACH, pid, 0, 0) }

// PtraceDetach is ptrace(2) with PT_DETACH: the process goes on where it is.
func PtraceDetach(pid int) (err error) { return ptrace(PT_DETACH, pid, 1, 0) }

// PtraceCont is ptrace(2) with PT_CONTINUE: the process goes on where it is, with a signal or 0.
func PtraceCont(pid int, signal int) (err error) { return ptrace(PT_CONTINUE, pid, 1, signal) }

// PtraceSingleStep is ptrace(2) with PT_STEP.
func PtraceSingleStep(pid int) (err error) { return ptrace(PT_STEP, pid, 1, 0) }

// PtraceLwpEvents is ptrace(2) with PT_LWP_EVENTS: whether the process stops when a thread begins or ends.
func PtraceLwpEvents(pid int, enable int) (err error) { return ptrace(PT_LWP_EVENTS, pid, 0, enable) }

// PtraceLwpInfo is ptrace(2) with PT_LWPINFO.
func PtraceLwpInfo(pid int, info *PtraceLwpInfoStruct) (err error) {
	return ptracePointer(PT_LWPINFO, pid, unsafe.Pointer(info), int(unsafe.Sizeof(*info)))
}

// PtraceGetRegs is ptrace(2) with PT_GETREGS.
func PtraceGetRegs(pid int, regsout *Reg) (err error) {
	return ptracePointer(PT_GETREGS, pid, unsafe.Pointer(regsout), 0)
}

// PtraceSetRegs is ptrace(2) with PT_SETREGS.
func PtraceSetRegs(pid int, regs *Reg) (err error) {
	return ptracePointer(PT_SETREGS, pid, unsafe.Pointer(regs), 0)
}

// PtraceGetFpRegs is ptrace(2) with PT_GETFPREGS.
func PtraceGetFpRegs(pid int, fpregsout *FpReg) (err error) {
	var regs struct {
		FpReg
		more [256]byte // what newer kernels store beyond the structure, on arm
	}
	err = ptracePointer(PT_GETFPREGS, pid, unsafe.Pointer(&regs), 0)
	*fpregsout = regs.FpReg
	return err
}

// PtraceIO is ptrace(2) with PT_IO: countin bytes at offs in the process go to or come from out, as req says, a
// PIOD_*.
func PtraceIO(req int, pid int, offs uintptr, out []byte, countin int) (count int, err error) {
	if countin < 0 || countin > len(out) {
		return 0, EINVAL
	}
	d := PtraceIoDesc{Op: int32(req), Offs: offs, Addr: (*byte)(bytesOrZero(out))}
	d.SetLen(countin)
	err = ptracePointer(PT_IO, pid, unsafe.Pointer(&d), 0)
	return int(d.Len), err
}

// SetLen sets the length, whatever its width is on this architecture.
func (d *PtraceIoDesc) SetLen(length int) { set(&d.Len, int64(length)) }

// PtracePeekData reads a process's memory into out, PtracePeekText its instructions. They return how many bytes that
// was.
func PtracePeekData(pid int, addr uintptr, out []byte) (count int, err error) {
	return PtraceIO(PIOD_READ_D, pid, addr, out, len(out))
}

// PtracePeekText is [PtracePeekData] of instructions.
func PtracePeekText(pid int, addr uintptr, out []byte) (count int, err error) {
	return PtraceIO(PIOD_READ_I, pid, addr, out, len(out))
}

// PtracePokeData writes data to a process's memory. It returns how many bytes that was.
func PtracePokeData(pid int, addr uintptr, data []byte) (count int, err error) {
	return PtraceIO(PIOD_WRITE_D, pid, addr, data, len(data))
}

// PtracePokeText is [PtracePokeData] of instructions.
func PtracePokeText(pid int, addr uintptr, data []byte) (count int, err error) {
	return PtraceIO(PIOD_WRITE_I, pid, addr, data, len(data))
}
