//go:build linux && gccgo

package unix

import "unsafe"

// runtimeAuxv reads what this compiler's runtime does not keep.
func runtimeAuxv() []uintptr {
	fd, err := Open("/proc/self/auxv", O_RDONLY|O_CLOEXEC, 0)
	if err != nil {
		return nil
	}
	defer func() { _ = Close(fd) }()
	const word = unsafe.Sizeof(uintptr(0))
	var words [512]uintptr // there are some 30 pairs
	n, err := Read(fd, (*[len(words) * int(word)]byte)(unsafe.Pointer(&words))[:])
	if err != nil {
		return nil
	}
	for i := 0; i+1 < n/int(word); i += 2 {
		if words[i] == 0 { // AT_NULL
			return words[:i]
		}
	}
	return nil
}
