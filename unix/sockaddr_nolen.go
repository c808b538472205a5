//go:build linux || solaris

package unix

import "unsafe"

// setFamilyLen does nothing: addresses do not have their size.
func setFamilyLen(unsafe.Pointer, uint8) {}
