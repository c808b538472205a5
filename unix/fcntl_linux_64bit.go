//go:build linux && !386 && !arm && !mips && !mipsle && !ppc

package unix

const fcntl64Number = SYS_FCNTL
