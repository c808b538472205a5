//go:build unix

package unix

import (
	"sync"
	"unsafe"
)

// mappings are those that Mmap and Mremap gave out as slices, by their first byte: Munmap takes no others, as a slice
// of one would leave holes behind.
var mappings struct {
	sync.Mutex
	size map[*byte]int // made for the first, as most programs have none
}

// find returns the start of a whole mapping that is known. mappings is locked.
func find(b []byte) (*byte, bool) {
	if len(b) == 0 || len(b) != cap(b) {
		return nil, false
	}
	size, ok := mappings.size[&b[0]]
	return &b[0], ok && size == len(b)
}

// Mmap is mmap(2). [Munmap] takes the slice that it returns, whole.
func Mmap(fd int, offset int64, length int, prot int, flags int) (data []byte, err error) {
	if length <= 0 {
		return nil, EINVAL
	}
	addr, err := mmap(0, uintptr(length), prot, flags, fd, offset)
	if err != nil {
		return nil, err
	}
	return keep(addr, length), nil
}

func keep(addr uintptr, length int) []byte {
	p := (*byte)(pointerTo(addr))
	mappings.Lock()
	defer mappings.Unlock()
	if mappings.size == nil {
		mappings.size = map[*byte]int{}
	}
	mappings.size[p] = length
	return unsafe.Slice(p, length)
}

// Munmap is munmap(2) of what [Mmap] or [Mremap] returned; of anything else it returns EINVAL.
func Munmap(b []byte) (err error) {
	mappings.Lock()
	defer mappings.Unlock()
	p, ok := find(b)
	if !ok {
		return EINVAL
	}
	if err := munmap(uintptr(unsafe.Pointer(p)), uintptr(len(b))); err != nil {
		return err
	}
	delete(mappings.size, p)
	return nil
}

// MmapPtr is mmap(2) at or near addr, which may be nil.
func MmapPtr(fd int, offset int64, addr unsafe.Pointer, length uintptr, prot int, flags int) (ret unsafe.Pointer,
	err error) {
	r, err := mmap(uintptr(addr), length, prot, flags, fd, offset)
	if err != nil {
		return nil, err
	}
	return pointerTo(r), nil
}

// MunmapPtr is munmap(2) of what [MmapPtr] or [MremapPtr] returned.
func MunmapPtr(addr unsafe.Pointer, length uintptr) (err error) { return munmap(uintptr(addr), length) }

// pointerTo returns a pointer to memory that is not the garbage collector's.
func pointerTo(addr uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) }
