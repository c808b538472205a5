package unix

//sys	ptraceUserArea(request int, pid int, area *ptraceArea, data uintptr) (err error) = SYS_PTRACE
//sys	selectFds(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timeval) (n int, err error) = SYS_SELECT
//sys	ustat(dev int, ubuf *kernelUstat) (err error)
