package cli

import (
	"unsafe"

	"kern.sys/cmd/kern/internal/bpf"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/desc"
	"kern.sys/netns"
	"kern.sys/unix"
)

// ProgInfo asks the kernel for a BPF program; it is false where the caller may
// not see it or it is gone. See bpf(2).
func ProgInfo(id uint32) (info uapi.BpfProgInfo, ok bool) {
	fd, err := openByID(unix.BPF_PROG_GET_FD_BY_ID, id)
	if err != nil {
		return info, false
	}
	defer unix.Close(fd)
	b := make([]byte, uapi.SizeofBpfProgInfo)
	if err := objectInfo(fd, b); err != nil {
		return info, false
	}
	info.Decode(b)
	return info, true
}

// OpenMap opens a BPF map by its number, and says what the kernel knows of it.
func OpenMap(id uint32) (fd int, info unix.BpfMapInfo, err error) {
	fd, err = openByID(unix.BPF_MAP_GET_FD_BY_ID, id)
	if err != nil {
		return -1, info, err
	}
	if err := objectInfo(fd, unsafe.Slice((*byte)(unsafe.Pointer(&info)), unsafe.Sizeof(info))); err != nil {
		unix.Close(fd)
		return -1, info, err
	}
	return fd, info, nil
}

func openByID(command int, id uint32) (fd int, err error) {
	attr := unix.BpfGetIdAttr{Id: id}
	return unix.Bpf(command, unsafe.Pointer(&attr), unsafe.Sizeof(attr))
}

// objectInfo has the kernel write what it says of an object, as much as there is room for in b. The kernel reads b
// too, as what is asked for; zero is nothing but the plain members.
func objectInfo(fd int, b []byte) error {
	attr := unix.BpfInfoAttr{Bpf_fd: uint32(fd), Info_len: uint32(len(b))}
	attr.Info.Ptr = unsafe.SliceData(b)
	_, err := unix.Bpf(unix.BPF_OBJ_GET_INFO_BY_FD, unsafe.Pointer(&attr), unsafe.Sizeof(attr))
	return err
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
