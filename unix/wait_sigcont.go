//go:build dragonfly || freebsd

package unix

// waitContinued is SIGCONT as if it had ended the process, of which it is the one signal that cannot.
const waitContinued = 0x13
