//go:build linux && (386 || arm || mips || mipsle || ppc || ppc64 || ppc64le || sparc64)

package unix

// Select is select(2). timeout may be nil; the kernel leaves in it what is left.
//sys	Select(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timeval) (n int, err error) = SYS__NEWSELECT
