//go:build unix

package unix

import (
	"unsafe"
)

// SockaddrInet4 is an address of ip(7).
type SockaddrInet4 struct {
	Port int
	Addr [4]byte
	raw  RawSockaddrInet4
}

func (sa *SockaddrInet4) sockaddr() (unsafe.Pointer, uint32, error) {
	if sa.Port < 0 || sa.Port > 0xffff {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrInet4{Family: AF_INET, Port: bigEndian16(uint16(sa.Port)), Addr: sa.Addr}
	setFamilyLen(unsafe.Pointer(&sa.raw), SizeofSockaddrInet4)
	return unsafe.Pointer(&sa.raw), SizeofSockaddrInet4, nil
}

// SockaddrInet6 is an address of ipv6(7).
type SockaddrInet6 struct {
	Port   int
	ZoneId uint32 // the interface that a link-local address belongs to
	Addr   [16]byte
	raw    RawSockaddrInet6
}

func (sa *SockaddrInet6) sockaddr() (unsafe.Pointer, uint32, error) {
	if sa.Port < 0 || sa.Port > 0xffff {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrInet6{Family: AF_INET6, Port: bigEndian16(uint16(sa.Port)), Addr: sa.Addr, Scope_id: sa.ZoneId}
	setFamilyLen(unsafe.Pointer(&sa.raw), SizeofSockaddrInet6)
	return unsafe.Pointer(&sa.raw), SizeofSockaddrInet6, nil
}

func inet4(raw *RawSockaddrInet4) *SockaddrInet4 {
	return &SockaddrInet4{Port: int(bigEndian16(raw.Port)), Addr: raw.Addr}
}

func inet6(raw *RawSockaddrInet6) *SockaddrInet6 {
	return &SockaddrInet6{Port: int(bigEndian16(raw.Port)), ZoneId: raw.Scope_id, Addr: raw.Addr}
}
