//go:build aix || solaris

package unix

import "unsafe"

// SockaddrUnix is an address of AF_UNIX: a path, or a name without a file after "@" (or NUL).
type SockaddrUnix struct {
	Name string
	raw  RawSockaddrUnix
}

func (sa *SockaddrUnix) sockaddr() (unsafe.Pointer, uint32, error) {
	n := len(sa.Name)
	abstract := n > 0 && (sa.Name[0] == '@' || sa.Name[0] == 0 && n > 1)
	if n > len(sa.raw.Path) || n == len(sa.raw.Path) && !abstract {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrUnix{Family: AF_UNIX}
	putText(sa.raw.Path[:], sa.Name)
	size := uint32(unsafe.Offsetof(sa.raw.Path))
	switch {
	case abstract:
		sa.raw.Path[0] = 0
		size += uint32(n) // a name ends where the address does, a path with a NUL
	case n > 0:
		size += uint32(n) + 1
	}
	return unsafe.Pointer(&sa.raw), size, nil
}

// decodeUnix takes the path to end at the first NUL: the size that AIX returns is not always right.
func decodeUnix(raw *RawSockaddrUnix) *SockaddrUnix {
	path := *(*[len(raw.Path)]byte)(unsafe.Pointer(&raw.Path))
	return &SockaddrUnix{Name: ByteSliceToString(path[:])}
}

// decodeAny returns an address that the kernel stored.
func decodeAny(_ int, rsa *RawSockaddrAny) (Sockaddr, error) {
	p := unsafe.Pointer(rsa)
	switch rsa.Addr.Family {
	case AF_INET:
		return inet4((*RawSockaddrInet4)(p)), nil
	case AF_INET6:
		return inet6((*RawSockaddrInet6)(p)), nil
	case AF_UNIX:
		return decodeUnix((*RawSockaddrUnix)(p)), nil
	}
	return nil, EAFNOSUPPORT
}
