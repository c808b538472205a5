//go:build linux && !386 && !arm && !mips && !mipsle && !ppc && !s390x

package unix

//sys	mmap(addr uintptr, length uintptr, prot int, flags int, fd int, offset int64) (xaddr uintptr, err error)
