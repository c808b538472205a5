//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

import "unsafe"

// SockaddrUnix is an address of unix(4): a path.
type SockaddrUnix struct {
	Name string
	raw  RawSockaddrUnix
}

func (sa *SockaddrUnix) sockaddr() (unsafe.Pointer, uint32, error) {
	n := len(sa.Name)
	if n == 0 || n >= len(sa.raw.Path) {
		return nil, 0, EINVAL
	}
	size := uint8(unsafe.Offsetof(sa.raw.Path)) + uint8(n) + 1
	sa.raw = RawSockaddrUnix{Len: size, Family: AF_UNIX}
	putText(sa.raw.Path[:], sa.Name)
	return unsafe.Pointer(&sa.raw), uint32(size), nil
}

func decodeUnix(raw *RawSockaddrUnix) (Sockaddr, error) {
	const head = int(unsafe.Offsetof(raw.Path))
	if raw.Len < uint8(head) || raw.Len > SizeofSockaddrUnix {
		return nil, EINVAL
	}
	// Some systems count the NUL behind the path, some do not.
	path := *(*[len(raw.Path)]byte)(unsafe.Pointer(&raw.Path))
	return &SockaddrUnix{Name: ByteSliceToString(path[:int(raw.Len)-head])}, nil
}
