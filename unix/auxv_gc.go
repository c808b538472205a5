//go:build (linux || darwin || dragonfly || freebsd || netbsd || openbsd) && gc

package unix

import _ "unsafe" // for linkname

//go:linkname runtimeAuxv runtime.getAuxv
func runtimeAuxv() []uintptr
