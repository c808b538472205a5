package unix

// waitContinued is SIGCONT as if it had stopped the process, of which it is the one signal that cannot.
const waitContinued = 0x137f
