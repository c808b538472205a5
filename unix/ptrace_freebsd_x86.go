//go:build freebsd && (386 || amd64)

package unix

import "unsafe"

// PtraceGetFsBase is ptrace(2) with PT_GETFSBASE.
func PtraceGetFsBase(pid int, fsbase *int64) (err error) {
	var base uintptr
	err = ptracePointer(PT_GETFSBASE, pid, unsafe.Pointer(&base), 0)
	*fsbase = int64(base)
	return err
}
