package unix_test

import (
	"testing"

	"kern.sys/unix"
)

func TestRISCVFlushIcache(t *testing.T) {
	b := pages(t, 1)
	if err := unix.RISCVFlushIcache(b, 0); err != nil {
		onKernel(t, "riscv_flush_icache")
		need(t, "riscv_flush_icache", "4.15", err)
	}
	ok(t, unix.RISCVFlushIcache(b, unix.RISCV_FLUSH_ICACHE_LOCAL))
	if !emulated() {
		fails(t, unix.RISCVFlushIcache(b, 1<<20), unix.EINVAL)
	}
}
