package unix

import "unsafe"

// RISCVFlushIcache is riscv_flush_icache(2), Linux 4.15: it makes code that was stored at b visible to all threads of
// the process, or with RISCV_FLUSH_ICACHE_LOCAL to the calling one.
func RISCVFlushIcache(b []byte, flags uint) error {
	start := unsafe.Pointer(unsafe.SliceData(b))
	return riscvFlushIcache(start, unsafe.Add(start, len(b)), uintptr(flags))
}
