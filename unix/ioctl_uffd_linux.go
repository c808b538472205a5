package unix

import (
	"runtime"
	"unsafe"
)

// The requests of descriptors of [Userfaultfd]; see ioctl_userfaultfd(2). Addresses are those of the process whose
// faults they report of, in memory that is mapped and not the garbage collector's, as from [Mmap].

// IoctlUffdioApi is UFFDIO_API, the first one to make: value.Api is UFFD_API, and Features (UFFD_FEATURE_…) what is
// wanted. What the kernel has is stored there.
func IoctlUffdioApi(fd int, value *UffdioApi) error { return ioctlSet(fd, UFFDIO_API, value) }

// IoctlUffdioRegister is UFFDIO_REGISTER: from now on faults in a range are reported, those that Mode
// (UFFDIO_REGISTER_MODE_…) names. Ioctls is what can be done there: a bit for each request, which its lowest byte
// numbers.
func IoctlUffdioRegister(fd int, value *UffdioRegister) error {
	return ioctlSet(fd, UFFDIO_REGISTER, value)
}

// IoctlUffdioUnregister is UFFDIO_UNREGISTER.
func IoctlUffdioUnregister(fd int, value *UffdioRange) error {
	return ioctlSet(fd, UFFDIO_UNREGISTER, value)
}

// IoctlUffdioWake is UFFDIO_WAKE, for who resolved faults with a mode of DONTWAKE.
func IoctlUffdioWake(fd int, value *UffdioRange) error { return ioctlSet(fd, UFFDIO_WAKE, value) }

// IoctlUffdioCopy is UFFDIO_COPY: it fills missing pages from dst on with what is in src, whole pages. n is the bytes
// copied, which may be some when there is an error.
func IoctlUffdioCopy(fd int, dst uint64, src []byte, mode uint64) (n int, err error) {
	if len(src) == 0 {
		return 0, EINVAL
	}
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&src[0])
	value := UffdioCopy{Dst: dst, Src: uint64(uintptr(unsafe.Pointer(&src[0]))), Len: uint64(len(src)), Mode: mode}
	err = ioctlSet(fd, UFFDIO_COPY, &value)
	return max(int(value.Copy), 0), err
}

// IoctlUffdioZeropage is UFFDIO_ZEROPAGE: it fills missing pages with zeros.
func IoctlUffdioZeropage(fd int, value *UffdioZeropage) error {
	return ioctlSet(fd, UFFDIO_ZEROPAGE, value)
}

// IoctlUffdioWriteprotect is UFFDIO_WRITEPROTECT, Linux 5.7: it protects pages from being written, or no more.
func IoctlUffdioWriteprotect(fd int, value *UffdioWriteprotect) error {
	return ioctlSet(fd, UFFDIO_WRITEPROTECT, value)
}

// IoctlUffdioContinue is UFFDIO_CONTINUE, Linux 5.13: it maps pages that are in the page cache.
func IoctlUffdioContinue(fd int, value *UffdioContinue) error {
	return ioctlSet(fd, UFFDIO_CONTINUE, value)
}

// IoctlUffdioPoison is UFFDIO_POISON, Linux 6.6: who touches the pages gets SIGBUS.
func IoctlUffdioPoison(fd int, value *UffdioPoison) error { return ioctlSet(fd, UFFDIO_POISON, value) }

// IoctlUffdioMove is UFFDIO_MOVE, Linux 6.8: it fills missing pages by moving others there.
func IoctlUffdioMove(fd int, value *UffdioMove) error { return ioctlSet(fd, UFFDIO_MOVE, value) }

// IoctlUffdioRwprotect is UFFDIO_RWPROTECT: it protects pages from any access, or no more. Kernels without
// UFFD_FEATURE_RWP do not know it.
func IoctlUffdioRwprotect(fd int, value *UffdioRwprotect) error {
	return ioctlSet(fd, UFFDIO_RWPROTECT, value)
}

// IoctlUffdioSetMode is UFFDIO_SET_MODE: it turns features on and off. Kernels without UFFD_FEATURE_RWP do not know
// it.
func IoctlUffdioSetMode(fd int, value *UffdioSetMode) error {
	return ioctlSet(fd, UFFDIO_SET_MODE, value)
}

// Pagefault returns the contents of UFFD_EVENT_PAGEFAULT: UFFD_PAGEFAULT_FLAG_…, the address, and with
// UFFD_FEATURE_THREAD_ID the thread.
func (m *UffdMsg) Pagefault() (flags, addr uint64, tid int) {
	return m.Arg[0], m.Arg[1], int(*(*uint32)(unsafe.Pointer(&m.Arg[2])))
}

// Fork returns the contents of UFFD_EVENT_FORK: a descriptor for the faults of the child.
func (m *UffdMsg) Fork() (fd int) { return int(*(*uint32)(unsafe.Pointer(&m.Arg[0]))) }

// Remap returns the contents of UFFD_EVENT_REMAP, about an mremap(2).
func (m *UffdMsg) Remap() (from, to, length uint64) { return m.Arg[0], m.Arg[1], m.Arg[2] }

// Remove returns the range that UFFD_EVENT_REMOVE or UFFD_EVENT_UNMAP is about.
func (m *UffdMsg) Remove() (start, end uint64) { return m.Arg[0], m.Arg[1] }
