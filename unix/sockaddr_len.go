//go:build aix || darwin || dragonfly || freebsd || netbsd || openbsd

package unix

import "unsafe"

// setFamilyLen sets the first byte of an address, which is its size.
func setFamilyLen(raw unsafe.Pointer, size uint8) { *(*uint8)(raw) = size }
