package wire

import (
	"unsafe"

	"kern.sys/unix"
)

// The library's calls by unsafe. By package unix each datagram would take a Sockaddr of 24 bytes, and each call would
// inform the scheduler: question and answer of a small request took 2.55 µs like this and 2.71 µs with Sendto and
// Recvfrom.

// sendTo sends one datagram to the address that the socket is connected to, or to the kernel.
func sendTo(fd int, b []byte) unix.Errno {
	_, _, e := unix.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))), uintptr(len(b)),
		0, 0, 0)
	return e
}

// recvFrom reads one datagram without waiting, and where from is not nil, its sender. With MSG_TRUNC the kernel
// reports the datagram's full length. The scheduler learns of calls that are slow.
func recvFrom(fd int, b []byte, from *unix.RawSockaddrNetlink, slow bool) (int, unix.Errno) {
	const flags = unix.MSG_DONTWAIT | unix.MSG_TRUNC
	room := uint32(unix.SizeofSockaddrNetlink)
	size := &room
	if from == nil {
		size = nil
	}
	var n uintptr
	var e unix.Errno
	if slow {
		n, _, e = unix.Syscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))),
			uintptr(len(b)), flags, uintptr(unsafe.Pointer(from)), uintptr(unsafe.Pointer(size)))
	} else {
		n, _, e = unix.RawSyscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(b))),
			uintptr(len(b)), flags, uintptr(unsafe.Pointer(from)), uintptr(unsafe.Pointer(size)))
	}
	return int(n), e
}

// recvMany fills several headers without waiting, and returns how many. The call has no timeout, so the old one does
// on machines of 32 bits, where unix.Recvmmsg takes Linux 5.1.
func recvMany(fd int, heads []unix.Mmsghdr) (int, unix.Errno) {
	n, _, e := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(heads))),
		uintptr(len(heads)), unix.MSG_DONTWAIT|unix.MSG_TRUNC, 0, 0)
	return int(n), e
}

// setSender has a header receive the datagram's sender in from.
func setSender(h *unix.Msghdr, from *unix.RawSockaddrNetlink) {
	h.Name, h.Namelen = (*byte)(unsafe.Pointer(from)), unix.SizeofSockaddrNetlink
}
