package unix

import (
	"encoding/binary"
	"unsafe"
)

// SockaddrCAN is an address of AF_CAN, of any protocol but CAN_J1939.
type SockaddrCAN struct {
	Ifindex int
	RxID    uint32
	TxID    uint32
	raw     RawSockaddrCAN
}

func (sa *SockaddrCAN) sockaddr() (unsafe.Pointer, uint32, error) {
	if !index32(sa.Ifindex) {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrCAN{Family: AF_CAN, Ifindex: int32(sa.Ifindex)}
	binary.NativeEndian.PutUint32(sa.raw.Addr[0:], sa.RxID)
	binary.NativeEndian.PutUint32(sa.raw.Addr[4:], sa.TxID)
	return unsafe.Pointer(&sa.raw), SizeofSockaddrCAN, nil
}

// SockaddrCANJ1939 is an address of AF_CAN, protocol CAN_J1939.
type SockaddrCANJ1939 struct {
	Ifindex int
	Name    uint64
	PGN     uint32
	Addr    uint8
	raw     RawSockaddrCAN
}

func (sa *SockaddrCANJ1939) sockaddr() (unsafe.Pointer, uint32, error) {
	if !index32(sa.Ifindex) {
		return nil, 0, EINVAL
	}
	sa.raw = RawSockaddrCAN{Family: AF_CAN, Ifindex: int32(sa.Ifindex)}
	binary.NativeEndian.PutUint64(sa.raw.Addr[0:], sa.Name)
	binary.NativeEndian.PutUint32(sa.raw.Addr[8:], sa.PGN)
	sa.raw.Addr[12] = sa.Addr
	return unsafe.Pointer(&sa.raw), SizeofSockaddrCAN, nil
}

func decodeCAN(fd int, raw *RawSockaddrCAN) (Sockaddr, error) {
	proto, err := protocolOf(fd)
	if err != nil {
		return nil, err
	}
	if proto == CAN_J1939 {
		return &SockaddrCANJ1939{
			Ifindex: int(raw.Ifindex),
			Name:    binary.NativeEndian.Uint64(raw.Addr[0:]),
			PGN:     binary.NativeEndian.Uint32(raw.Addr[8:]),
			Addr:    raw.Addr[12],
		}, nil
	}
	return &SockaddrCAN{
		Ifindex: int(raw.Ifindex),
		RxID:    binary.NativeEndian.Uint32(raw.Addr[0:]),
		TxID:    binary.NativeEndian.Uint32(raw.Addr[4:]),
	}, nil
}
