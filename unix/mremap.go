//go:build linux || netbsd

package unix

import "unsafe"

// Mremap is mremap(2) of what [Mmap] or Mremap returned. A fixed address is not for slices: EINVAL.
func Mremap(oldData []byte, newLength int, flags int) (data []byte, err error) {
	mappings.Lock()
	defer mappings.Unlock()
	p, ok := find(oldData)
	if !ok || newLength <= 0 || flags&mremapFixed != 0 {
		return nil, EINVAL
	}
	addr, err := mremap(uintptr(unsafe.Pointer(p)), uintptr(len(oldData)), uintptr(newLength), flags, 0)
	if err != nil {
		return nil, err
	}
	if flags&mremapKeep == 0 {
		delete(mappings.size, p)
	}
	q := (*byte)(pointerTo(addr))
	mappings.size[q] = newLength
	return unsafe.Slice(q, newLength), nil
}

// MremapPtr is mremap(2). newAddr is used with MREMAP_FIXED (on NetBSD MAP_FIXED) only.
func MremapPtr(oldAddr unsafe.Pointer, oldLength uintptr, newAddr unsafe.Pointer, newLength uintptr,
	flags int) (ret unsafe.Pointer, err error) {
	r, err := mremap(uintptr(oldAddr), oldLength, newLength, flags, uintptr(newAddr))
	if err != nil {
		return nil, err
	}
	return pointerTo(r), nil
}
