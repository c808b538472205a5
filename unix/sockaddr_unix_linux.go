package unix

import "unsafe"

// SockaddrUnix is an address of unix(7): a path, or a name in the abstract namespace after "@" (or NUL), of at most
// 107 bytes; "" is no name, which Bind replaces by one of its own choice.
type SockaddrUnix struct {
	Name string
	raw  RawSockaddrUnix
}

func (sa *SockaddrUnix) sockaddr() (unsafe.Pointer, uint32, error) {
	n := len(sa.Name)
	if n >= len(sa.raw.Path) {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrUnix{Family: AF_UNIX}
	putText(sa.raw.Path[:], sa.Name)
	size := uint32(unsafe.Offsetof(sa.raw.Path))
	switch {
	case n == 0:
	case sa.Name[0] == '@' || sa.Name[0] == 0:
		sa.raw.Path[0] = 0
		size += uint32(n) // a name ends where the address does, a path with a NUL
	default:
		size += uint32(n) + 1
	}
	return unsafe.Pointer(&sa.raw), size, nil
}

func decodeUnix(raw *RawSockaddrUnix) *SockaddrUnix {
	name := *(*[len(raw.Path)]byte)(unsafe.Pointer(&raw.Path))
	if name[0] == 0 {
		name[0] = '@'
	}
	return &SockaddrUnix{Name: ByteSliceToString(name[:])}
}
