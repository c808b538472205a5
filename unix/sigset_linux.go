//go:build linux && !mips && !mips64 && !mips64le && !mipsle

package unix

// sigsetSize is how many bytes of a set of signals the kernel wants, which is just what it has: 64 signals. The
// sigset_t of its headers is that of the calls before the rt_ ones on some architectures.
const sigsetSize = 64 / 8
