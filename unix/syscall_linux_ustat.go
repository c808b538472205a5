//go:build linux && !arm64 && !loong64 && !riscv64 && !s390x

package unix

//sys	Ustat(dev int, ubuf *Ustat_t) (err error)
