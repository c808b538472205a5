package unix

import "unsafe"

// KexecLoad is kexec_load(2): it loads what a later reboot jumps to at entry, by segments of memory, at most
// KEXEC_SEGMENT_MAX. flags are KEXEC_…, with the architecture.
func KexecLoad(entry uintptr, segments []KexecSegment, flags uint) error {
	return kexecLoad(entry, len(segments), unsafe.Pointer(unsafe.SliceData(segments)), flags)
}
