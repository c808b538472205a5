package unix

import "unsafe"

// All of these must be made by the thread that traces pid; see ptrace(2) and runtime.LockOSThread.

func ptrace(request int, pid int, addr uintptr, data uintptr) error {
	return ptracePtr(request, pid, addr, pointerTo(data))
}

const ptraceWord = unsafe.Sizeof(uintptr(0))

// peek reads the words that hold the len(out) bytes at addr. It returns how many bytes it got before an error.
func peek(request int, pid int, addr uintptr, out []byte) (count int, err error) {
	for count < len(out) {
		at := addr + uintptr(count)
		var word [ptraceWord]byte
		if err := ptracePtr(request, pid, at&^(ptraceWord-1), unsafe.Pointer(&word)); err != nil {
			return count, err
		}
		count += copy(out[count:], word[at%ptraceWord:])
	}
	return count, nil
}

// poke writes data at addr, in words. What a word holds beside it is read first, by request read.
func poke(write, read int, pid int, addr uintptr, data []byte) (count int, err error) {
	for count < len(data) {
		at := addr + uintptr(count)
		var word [ptraceWord]byte
		start := at &^ (ptraceWord - 1)
		if at != start || len(data)-count < len(word) {
			if err := ptracePtr(read, pid, start, unsafe.Pointer(&word)); err != nil {
				return count, err
			}
		}
		n := copy(word[at-start:], data[count:])
		if err := ptrace(write, pid, start, *(*uintptr)(unsafe.Pointer(&word))); err != nil {
			return count, err
		}
		count += n
	}
	return count, nil
}

// PtracePeekText reads the memory of a process. It returns how many bytes of out it filled.
func PtracePeekText(pid int, addr uintptr, out []byte) (count int, err error) {
	return peek(PTRACE_PEEKTEXT, pid, addr, out)
}

// PtracePeekData is [PtracePeekText]: to Linux the two are the same.
func PtracePeekData(pid int, addr uintptr, out []byte) (count int, err error) {
	return peek(PTRACE_PEEKDATA, pid, addr, out)
}

// PtracePeekUser reads what the kernel keeps of a process: struct user, from offset addr.
func PtracePeekUser(pid int, addr uintptr, out []byte) (count int, err error) {
	return peek(PTRACE_PEEKUSR, pid, addr, out)
}

// PtracePokeText writes the memory of a process. It returns how many bytes of data it wrote.
func PtracePokeText(pid int, addr uintptr, data []byte) (count int, err error) {
	return poke(PTRACE_POKETEXT, PTRACE_PEEKTEXT, pid, addr, data)
}

// PtracePokeData is [PtracePokeText]: to Linux the two are the same.
func PtracePokeData(pid int, addr uintptr, data []byte) (count int, err error) {
	return poke(PTRACE_POKEDATA, PTRACE_PEEKDATA, pid, addr, data)
}

// PtracePokeUser writes what the kernel keeps of a process: struct user, from offset addr.
func PtracePokeUser(pid int, addr uintptr, data []byte) (count int, err error) {
	return poke(PTRACE_POKEUSR, PTRACE_PEEKUSR, pid, addr, data)
}

// PtraceSetOptions sets PTRACE_O_* options.
func PtraceSetOptions(pid int, options int) (err error) {
	return ptrace(PTRACE_SETOPTIONS, pid, 0, uintptr(options))
}

// PtraceGetEventMsg returns the value of the last event, such as the number of a new process.
func PtraceGetEventMsg(pid int) (msg uint, err error) {
	err = ptracePtr(PTRACE_GETEVENTMSG, pid, 0, unsafe.Pointer(&msg))
	return msg, err
}

// PtraceCont lets a stopped process go on, with a signal if that is not 0.
func PtraceCont(pid int, signal int) (err error) { return ptrace(PTRACE_CONT, pid, 0, uintptr(signal)) }

// PtraceSyscall is [PtraceCont] until the next entry to, or return from, a system call.
func PtraceSyscall(pid int, signal int) (err error) {
	return ptrace(PTRACE_SYSCALL, pid, 0, uintptr(signal))
}

// PtraceSingleStep is [PtraceCont] for one instruction.
func PtraceSingleStep(pid int) (err error) { return ptrace(PTRACE_SINGLESTEP, pid, 0, 0) }

// PtraceInterrupt stops a process that [PtraceSeize] attached.
func PtraceInterrupt(pid int) (err error) { return ptrace(PTRACE_INTERRUPT, pid, 0, 0) }

// PtraceAttach begins to trace a process, and stops it.
func PtraceAttach(pid int) (err error) { return ptrace(PTRACE_ATTACH, pid, 0, 0) }

// PtraceSeize begins to trace a process, and does not stop it.
func PtraceSeize(pid int) (err error) { return ptrace(PTRACE_SEIZE, pid, 0, 0) }

// PtraceDetach ends tracing; the process goes on.
func PtraceDetach(pid int) (err error) { return ptrace(PTRACE_DETACH, pid, 0, 0) }

// getRegSet reads registers of the process into a T, which must have just their size: one of another size is of a
// process of another kind, 32-bit or 64-bit.
func getRegSet[T any](pid int, set int, regs *T) error {
	iov := Iovec{Base: (*byte)(unsafe.Pointer(regs))}
	iov.SetLen(int(unsafe.Sizeof(*regs)))
	if err := ptracePtr(PTRACE_GETREGSET, pid, uintptr(set), unsafe.Pointer(&iov)); err != nil {
		return err
	}
	if uintptr(iov.Len) != unsafe.Sizeof(*regs) {
		return EINVAL
	}
	return nil
}

func setRegSet[T any](pid int, set int, regs *T) error {
	iov := Iovec{Base: (*byte)(unsafe.Pointer(regs))}
	iov.SetLen(int(unsafe.Sizeof(*regs)))
	return ptracePtr(PTRACE_SETREGSET, pid, uintptr(set), unsafe.Pointer(&iov))
}
