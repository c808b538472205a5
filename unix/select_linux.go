//go:build linux && (amd64 || arm64 || loong64 || mips64 || mips64le || riscv64)

package unix

// Select is select(2). timeout may be nil, and stays as it is. EINVAL: Usec is no part of a second. Descriptors from
// FD_SETSIZE on, for which a set has no place, are in none.
func Select(nfd int, r *FdSet, w *FdSet, e *FdSet, timeout *Timeval) (n int, err error) {
	nfd = min(nfd, FD_SETSIZE)
	if timeout == nil {
		return pselect6(nfd, r, w, e, nil, nil)
	}
	if timeout.Usec < 0 || timeout.Usec >= 1e6 {
		return -1, EINVAL
	}
	return pselect6(nfd, r, w, e, &Timespec{Sec: timeout.Sec, Nsec: timeout.Usec * 1000}, nil)
}
