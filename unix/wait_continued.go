//go:build netbsd || openbsd || solaris

package unix

const waitContinued = 0xffff
