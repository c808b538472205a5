//go:build linux && (386 || arm || mips || mipsle || ppc || ppc64 || ppc64le || sparc64)

package unix

//sys	selectFds(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timeval) (n int, err error) = SYS__NEWSELECT
