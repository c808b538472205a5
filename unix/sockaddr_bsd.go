//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package unix

import "unsafe"

func (sa *SockaddrDatalink) sockaddr() (unsafe.Pointer, uint32, error) {
	if sa.Index == 0 {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrDatalink{
		Len: sa.Len, Family: AF_LINK, Index: sa.Index, Type: sa.Type, Nlen: sa.Nlen, Alen: sa.Alen, Slen: sa.Slen,
		Data: sa.Data,
	}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrDatalink, nil
}

func decodeDatalink(raw *RawSockaddrDatalink) *SockaddrDatalink {
	return &SockaddrDatalink{
		Len: raw.Len, Family: raw.Family, Index: raw.Index, Type: raw.Type, Nlen: raw.Nlen, Alen: raw.Alen, Slen: raw.Slen,
		Data: raw.Data,
	}
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
		return decodeUnix((*RawSockaddrUnix)(p))
	case AF_LINK:
		return decodeDatalink((*RawSockaddrDatalink)(p)), nil
	}
	return decodeOther(rsa)
}
