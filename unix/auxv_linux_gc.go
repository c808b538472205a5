//go:build linux && gc

package unix

import _ "unsafe" // for linkname

//go:linkname runtimeAuxv runtime.getAuxv
func runtimeAuxv() []uintptr
