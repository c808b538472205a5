package unix

//sys	Fstat(fd int, stat *Stat_t) (err error) = SYS_FSTAT64
//sys	Fstatat(dirfd int, path string, stat *Stat_t, flags int) (err error) = SYS_FSTATAT64
//sys	ptraceRegs(request int, pid int, regs *PtraceRegs) (err error) = SYS_PTRACE
