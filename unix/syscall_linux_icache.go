//go:build linux && riscv64

package unix

//sys	riscvFlushIcache(start unsafe.Pointer, end unsafe.Pointer, flags uintptr) (err error) = SYS_RISCV_FLUSH_ICACHE
