package unix

import "unsafe"

// mmap passes its arguments in memory, as this architecture has no place for six in registers.
func mmap(addr uintptr, length uintptr, prot int, flags int, fd int, offset int64) (uintptr, error) {
	args := [6]uintptr{addr, length, uintptr(prot), uintptr(flags), uintptr(fd), uintptr(offset)}
	r0, _, e := Syscall(SYS_MMAP, uintptr(unsafe.Pointer(&args)), 0, 0)
	return r0, errOf(e)
}
