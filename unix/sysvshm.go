//go:build linux || (darwin && !ios)

package unix

import (
	"unsafe"
)

// SysvShmAttach is shmat(2): the memory of segment id, at addr if that is not 0.
func SysvShmAttach(id int, addr uintptr, flag int) ([]byte, error) {
	var desc SysvShmDesc
	if _, err := SysvShmCtl(id, IPC_STAT, &desc); err != nil {
		return nil, err
	}
	at, err := shmat(id, addr, flag)
	if err != nil {
		return nil, err
	}
	return unsafe.Slice((*byte)(pointerTo(at)), int(desc.Segsz)), nil
}

// SysvShmDetach is shmdt(2) of what [SysvShmAttach] returned.
func SysvShmDetach(data []byte) error {
	if len(data) == 0 {
		return EINVAL
	}
	return shmdt(uintptr(unsafe.Pointer(&data[0])))
}
