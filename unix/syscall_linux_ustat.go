//go:build linux && !arm64 && !loong64 && !riscv64

package unix

//sys	Ustat(dev int, ubuf *Ustat_t) (err error)
