package unix

import "unsafe"

// SockaddrHCI is an address of AF_BLUETOOTH, protocol BTPROTO_HCI.
type SockaddrHCI struct {
	Dev     uint16
	Channel uint16
	raw     RawSockaddrHCI
}

func (sa *SockaddrHCI) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrHCI{Family: AF_BLUETOOTH, Dev: sa.Dev, Channel: sa.Channel}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrHCI, nil
}

// SockaddrL2 is an address of AF_BLUETOOTH, protocol BTPROTO_L2CAP. Addr is as it is written, its first byte first.
type SockaddrL2 struct {
	PSM      uint16
	CID      uint16
	Addr     [6]uint8
	AddrType uint8
	raw      RawSockaddrL2
}

func (sa *SockaddrL2) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrL2{
		Family: AF_BLUETOOTH, Psm: littleEndian16(sa.PSM), Cid: littleEndian16(sa.CID), Bdaddr: reversed(sa.Addr),
		Bdaddr_type: sa.AddrType,
	}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrL2, nil
}

// SockaddrRFCOMM is an address of AF_BLUETOOTH, protocol BTPROTO_RFCOMM. Addr is as the kernel has it, its last byte
// first.
type SockaddrRFCOMM struct {
	Addr    [6]uint8
	Channel uint8
	raw     RawSockaddrRFCOMM
}

func (sa *SockaddrRFCOMM) sockaddr() (unsafe.Pointer, uint32, error) {
	sa.raw = RawSockaddrRFCOMM{Family: AF_BLUETOOTH, Bdaddr: sa.Addr, Channel: sa.Channel}
	return unsafe.Pointer(&sa.raw), SizeofSockaddrRFCOMM, nil
}

func decodeBluetooth(fd int, rsa *RawSockaddrAny) (Sockaddr, error) {
	proto, err := protocolOf(fd)
	if err != nil {
		return nil, err
	}
	switch proto {
	case BTPROTO_HCI:
		raw := (*RawSockaddrHCI)(unsafe.Pointer(rsa))
		return &SockaddrHCI{Dev: raw.Dev, Channel: raw.Channel}, nil
	case BTPROTO_L2CAP:
		raw := (*RawSockaddrL2)(unsafe.Pointer(rsa))
		return &SockaddrL2{
			PSM: littleEndian16(raw.Psm), CID: littleEndian16(raw.Cid), Addr: reversed(raw.Bdaddr), AddrType: raw.Bdaddr_type,
		}, nil
	case BTPROTO_RFCOMM:
		raw := (*RawSockaddrRFCOMM)(unsafe.Pointer(rsa))
		return &SockaddrRFCOMM{Addr: raw.Bdaddr, Channel: raw.Channel}, nil
	}
	return nil, EAFNOSUPPORT
}

func reversed(a [6]uint8) [6]uint8 { return [6]uint8{a[5], a[4], a[3], a[2], a[1], a[0]} }
