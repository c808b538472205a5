//go:build linux && (386 || amd64)

package unix

// ArchPrctl is arch_prctl(2), about the calling thread, for the codes (ARCH_…) that take a number. ret is 0 for most.
// ARCH_SET_FS, ARCH_SET_GS and ARCH_SHSTK_ENABLE take from Go's runtime what it runs on. On 386: Linux 4.12.
//sysnb	ArchPrctl(code int, arg uintptr) (ret int, err error)
// ArchPrctlPtr is [ArchPrctl] for the codes that store a number at arg.
//sysnb	ArchPrctlPtr(code int, arg *uint64) (err error) = SYS_ARCH_PRCTL
