//go:build arm && (netbsd || openbsd)

package unix

// cmsgWord is what control messages are aligned to.
const cmsgWord = 8
