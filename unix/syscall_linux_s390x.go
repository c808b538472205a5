package unix

//sys	ptraceUserArea(request int, pid int, area *ptraceArea, data uintptr) (err error) = SYS_PTRACE
//sys	ustat(dev int, ubuf *kernelUstat) (err error)
