package unix

import "unsafe"

// nodes returns a set as the calls about NUMA nodes take it: they look at one bit less than they are given.
func (s *CPUSet) nodes() (mask unsafe.Pointer, bits uintptr) {
	if s == nil {
		return nil, 0
	}
	return unsafe.Pointer(s), 8*unsafe.Sizeof(*s) + 1
}

// GetMemPolicy is get_mempolicy(2): the policy (MPOL_…) by which the calling thread gets its memory or, with
// MPOL_F_ADDR, that of the memory at addr; other flags ask for other things. Its NUMA nodes are stored in set, which
// may be nil.
func GetMemPolicy(set *CPUSet, addr unsafe.Pointer, flags int) (mode int, err error) {
	mask, bits := set.nodes()
	var m int32
	err = getMempolicy(&m, mask, bits, addr, flags)
	return int(m), err
}

// Mbind is mbind(2): from which NUMA nodes, those of set, the memory of b is taken. b begins at a page. set may be
// nil where mode wants none.
func Mbind(b []byte, mode int, set *CPUSet, flags int) error {
	mask, bits := set.nodes()
	return mbind(unsafe.Pointer(unsafe.SliceData(b)), len(b), mode, mask, bits, flags)
}

// MigratePages is migrate_pages(2): it moves the memory of the process pid, or of the calling one for 0, from some
// NUMA nodes to others. n is how many pages could not be moved.
func MigratePages(pid int, from, to *CPUSet) (n int, err error) {
	old, bits := from.nodes()
	new, bits2 := to.nodes()
	if bits != bits2 {
		return -1, EFAULT // one is nil
	}
	return migratePages(pid, bits, old, new)
}

// MovePages is move_pages(2): it moves each page of the process pid, or of the calling one for 0, to the NUMA node at
// its index in nodes, and stores the node it is on, or an error less than 0, in status. With nodes nil it moves none.
// n is how many were not moved. The pages are addresses of that process.
func MovePages(pid int, pages []uintptr, nodes, status []int32, flags int) (n int, err error) {
	if len(status) != len(pages) || nodes != nil && len(nodes) != len(pages) {
		return -1, EINVAL
	}
	return movePages(pid, len(pages), unsafe.SliceData(pages), unsafe.SliceData(nodes), unsafe.SliceData(status), flags)
}

// Mincore is mincore(2): it sets the lowest bit of a byte of vec for each page of b that is in memory. b begins at a
// page. vec has a byte for each, else EINVAL.
func Mincore(b, vec []byte) error {
	if page := Getpagesize(); len(vec) < (len(b)+page-1)/page {
		return EINVAL
	}
	return mincore(unsafe.Pointer(unsafe.SliceData(b)), len(b), unsafe.SliceData(vec))
}

// MapShadowStack is map_shadow_stack(2): a shadow stack for user space, at addr if that is not nil, with a token on
// it if flags have SHADOW_STACK_SET_TOKEN. Linux 6.6 on amd64, 6.13 on arm64, 7.0 on riscv64; EOPNOTSUPP where the
// processor has none. [MunmapPtr] frees it.
func MapShadowStack(addr unsafe.Pointer, size uintptr, flags uint) (unsafe.Pointer, error) {
	at, err := mapShadowStack(uintptr(addr), size, flags)
	if err != nil {
		return nil, err
	}
	return pointerTo(at), nil
}
