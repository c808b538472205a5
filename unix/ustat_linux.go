//go:build linux && (arm64 || loong64 || riscv64)

package unix

// Ustat returns ENOSYS: this architecture never had it. [Statfs] takes its place everywhere.
func Ustat(dev int, ubuf *Ustat_t) (err error) { return ENOSYS }
