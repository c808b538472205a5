//go:build linux && (mips || mips64 || mips64le || mipsle)

package unix

// sigsetSize is how many bytes of a set of signals the kernel wants, which is just what it has: here, 128 signals.
const sigsetSize = 128 / 8
