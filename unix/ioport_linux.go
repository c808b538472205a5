//go:build linux && (mips64 || mips64le || s390x || sparc64)

package unix

// Ioperm returns ENOSYS: this architecture has no I/O ports. It is here for those who build for several.
func Ioperm(from int, num int, on int) (err error) { return ENOSYS }

// Iopl returns ENOSYS, as [Ioperm] does.
func Iopl(level int) (err error) { return ENOSYS }
