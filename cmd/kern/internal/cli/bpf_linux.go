package cli

import (
	"runtime"
	"unsafe"

	"kern.sys/cmd/kern/internal/bpf"
	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netns"
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

	b := make([]byte, uapi.SizeofBpfProgInfo)
	if err := objectInfo(int(fd), b); err != nil {
		return info, false
	}
	info.Decode(b)
	return info, true
}

// OpenMap opens a BPF map by its number, and says what the kernel knows of it.
func OpenMap(id uint32) (fd int, info unix.BpfMapInfo, err error) {
	// union bpf_attr of BPF_MAP_GET_FD_BY_ID: map_id, next_id, open_flags.
	attr := make([]byte, 12)
	native.PutUint32(attr, id)
	r, err := unix.Bpf(unix.BPF_MAP_GET_FD_BY_ID, unsafe.Pointer(unsafe.SliceData(attr)), uintptr(len(attr)))
	if err != nil {
		return -1, info, err
	}
	if err := objectInfo(int(r), unsafe.Slice((*byte)(unsafe.Pointer(&info)), unsafe.Sizeof(info))); err != nil {
		unix.Close(int(r))
		return -1, info, err
	}
	return int(r), info, nil
}

// objectInfo has the kernel write what it says of an object, as much as there is room for in b.
func objectInfo(fd int, b []byte) error {
	// union bpf_attr of BPF_OBJ_GET_INFO_BY_FD: bpf_fd, info_len, info. The kernel reads info too, as what is
	// asked for; zero is nothing but the plain members.
	var p runtime.Pinner // b must not be on a stack, which moves: attr has its address as a number
	p.Pin(unsafe.SliceData(b))
	defer p.Unpin()
	attr := make([]byte, 16)
	native.PutUint32(attr, uint32(fd))
	native.PutUint32(attr[4:], uint32(len(b)))
	putPointer(attr[8:], unsafe.Pointer(unsafe.SliceData(b)))
	_, err := unix.Bpf(uapi.BPF_OBJ_GET_INFO_BY_FD, unsafe.Pointer(unsafe.SliceData(attr)), uintptr(len(attr)))
	return err
}

// putPointer writes an address into a member of eight bytes (__aligned_u64).
func putPointer(b []byte, p unsafe.Pointer) {
	native.PutUint64(b, uint64(uintptr(p)))
}

// openProgram opens a pinned BPF program, or loads that of an object file, until the command ends.
func (s *Session) openProgram(p *desc.BpfProgram) (fd int, err error) {
	open := func() (err error) {
		fd, err = bpf.Open(p, s.Out.Names)
		return err
	}
	if s.NS.IsOpen() {
		err = netns.Do(s.NS, open) // which p.Link is of
	} else {
		err = open()
	}
	if err != nil {
		return -1, err
	}
	s.programs = append(s.programs, fd)
	return fd, nil
}

func closeFD(fd int) { unix.Close(fd) }
