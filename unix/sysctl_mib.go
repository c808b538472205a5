//go:build darwin || dragonfly || freebsd

package unix

import "unsafe"

// nameToMIB asks the kernel, which has the node {0, 3} for that: written a name, it reads as the numbers.
func nameToMIB(name string) ([]int32, error) {
	text, err := ByteSliceFromString(name)
	if err != nil {
		return nil, err
	}
	mib := make([]int32, CTL_MAXNAME+2)
	n := uintptr(CTL_MAXNAME) * unsafe.Sizeof(mib[0])
	if err := sysctl([]int32{0, 3}, (*byte)(unsafe.Pointer(&mib[0])), &n, &text[0], uintptr(len(name))); err != nil {
		return nil, err
	}
	return mib[:n/unsafe.Sizeof(mib[0])], nil
}
