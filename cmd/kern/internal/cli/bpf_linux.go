package cli

import (
	"runtime"
	"unsafe"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/unix"
)

// ProgInfo asks the kernel for a BPF program; it is false where the caller may
// not see it or it is gone. See bpf(2).
func ProgInfo(id uint32) (info uapi.BpfProgInfo, ok bool) {
	// union bpf_attr of BPF_PROG_GET_FD_BY_ID: prog_id, next_id, open_flags.
	attr := make([]byte, 12)
	native.PutUint32(attr, id)
	fd, err := unix.Bpf(uapi.BPF_PROG_GET_FD_BY_ID, unsafe.Pointer(unsafe.SliceData(attr)), uintptr(len(attr)))
	if err != nil {
		return info, false
	}
	defer unix.Close(fd)

	// … and of BPF_OBJ_GET_INFO_BY_FD: bpf_fd, info_len, info. The kernel reads
	// info too, as what is asked for; zero is nothing but the plain members.
	b := make([]byte, uapi.SizeofBpfProgInfo)
	attr = make([]byte, 16)
	native.PutUint32(attr, uint32(fd))
	native.PutUint32(attr[4:], uint32(len(b)))
	putPointer(attr[8:], unsafe.Pointer(unsafe.SliceData(b)))
	if _, err = unix.Bpf(uapi.BPF_OBJ_GET_INFO_BY_FD, unsafe.Pointer(unsafe.SliceData(attr)),
		uintptr(len(attr))); err != nil {
		return info, false
	}
	runtime.KeepAlive(b)
	info.Decode(b)
	return info, true
}

// putPointer writes an address into a member of eight bytes (__aligned_u64).
func putPointer(b []byte, p unsafe.Pointer) {
	native.PutUint64(b, uint64(uintptr(p)))
}

// OpenPinned opens a BPF object by its name in a BPF file system.
func OpenPinned(path string) (fd int, err error) {
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return -1, err
	}
	// union bpf_attr of BPF_OBJ_GET: pathname, bpf_fd, file_flags.
	attr := make([]byte, 16)
	putPointer(attr, unsafe.Pointer(name))
	r, err := unix.Bpf(uapi.BPF_OBJ_GET, unsafe.Pointer(unsafe.SliceData(attr)), uintptr(len(attr)))
	runtime.KeepAlive(name)
	return int(r), err
}
