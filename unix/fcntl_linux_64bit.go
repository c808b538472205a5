//go:build linux && !386 && !arm && !mips && !mipsle

package unix

const fcntl64Number = SYS_FCNTL
