//go:build linux && (386 || arm || mips || mipsle || ppc || ppc64 || ppc64le || s390x || sparc64)

package unix

// Select is select(2). timeout may be nil; the kernel stores the remaining time in it. Descriptors from FD_SETSIZE
// on, for which a set has no place, are in none.
func Select(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timeval) (n int, err error) {
	return selectFds(min(nfd, FD_SETSIZE), r, w, e, timeout)
}
