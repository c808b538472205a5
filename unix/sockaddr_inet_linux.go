package unix

import "unsafe"

// SockaddrL2TPIP is the address of an IPv4 socket of protocol IPPROTO_L2TP.
type SockaddrL2TPIP struct {
	Addr   [4]byte
	ConnId uint32
	raw    RawSockaddrL2TPIP
}

func (sa *SockaddrL2TPIP) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrL2TPIP{Family: AF_INET, Addr: sa.Addr, Conn_id: sa.ConnId}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrL2TPIP, nil
}

// SockaddrL2TPIP6 is the address of an IPv6 socket of protocol IPPROTO_L2TP.
type SockaddrL2TPIP6 struct {
	Addr   [16]byte
	ZoneId uint32
	ConnId uint32
	raw    RawSockaddrL2TPIP6
}

func (sa *SockaddrL2TPIP6) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrL2TPIP6{Family: AF_INET6, Addr: sa.Addr, Scope_id: sa.ZoneId, Conn_id: sa.ConnId}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrL2TPIP6, nil
}

func decodeInet4(fd int, rsa *RawSockaddrAny) (Sockaddr, error) {
	proto, err := protocolOf(fd)
	if err != nil {
		return nil, err
	}
	if proto == IPPROTO_L2TP {
		raw := (*RawSockaddrL2TPIP)(unsafe.Pointer(rsa))
		return &SockaddrL2TPIP{Addr: raw.Addr, ConnId: raw.Conn_id}, nil
	}
	return inet4((*RawSockaddrInet4)(unsafe.Pointer(rsa))), nil
}

func decodeInet6(fd int, rsa *RawSockaddrAny) (Sockaddr, error) {
	proto, err := protocolOf(fd)
	if err != nil {
		return nil, err
	}
	if proto == IPPROTO_L2TP {
		raw := (*RawSockaddrL2TPIP6)(unsafe.Pointer(rsa))
		return &SockaddrL2TPIP6{Addr: raw.Addr, ZoneId: raw.Scope_id, ConnId: raw.Conn_id}, nil
	}
	return inet6((*RawSockaddrInet6)(unsafe.Pointer(rsa))), nil
}
