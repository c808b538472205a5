package unix

//sys	ptraceUserArea(request int, pid int, area *ptraceArea, data uintptr) (err error) = SYS_PTRACE
// Select is select(2). timeout may be nil; the kernel leaves in it what is left.
//sys	Select(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timeval) (n int, err error)
//sys	ustat(dev int, ubuf *kernelUstat) (err error)
