package unix

import (
	"encoding/binary"
	"unsafe"
)

// littleEndian16 returns the value whose bytes in memory are those of v from the lowest to the highest.
func littleEndian16(v uint16) uint16 {
	var b [2]byte
	binary.LittleEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}

// index32 reports whether an interface index fits the kernel's.
func index32(i int) bool { return i >= 0 && i <= 1<<31-1 }

// decodeAny returns an address that the kernel stored. Some families need fd, to ask for the socket's protocol.
func decodeAny(fd int, rsa *RawSockaddrAny) (Sockaddr, error) {
	switch rsa.Addr.Family {
	case AF_INET:
		return decodeInet4(fd, rsa)
	case AF_INET6:
		return decodeInet6(fd, rsa)
	case AF_UNIX:
		return decodeUnix((*RawSockaddrUnix)(unsafe.Pointer(rsa))), nil
	case AF_NETLINK:
		return decodeNetlink((*RawSockaddrNetlink)(unsafe.Pointer(rsa))), nil
	case AF_PACKET:
		return decodeLinklayer((*RawSockaddrLinklayer)(unsafe.Pointer(rsa))), nil
	case AF_VSOCK:
		return decodeVM((*RawSockaddrVM)(unsafe.Pointer(rsa))), nil
	case AF_XDP:
		return decodeXDP((*RawSockaddrXDP)(unsafe.Pointer(rsa))), nil
	case AF_CAN:
		return decodeCAN(fd, (*RawSockaddrCAN)(unsafe.Pointer(rsa)))
	case AF_TIPC:
		return decodeTIPC((*RawSockaddrTIPC)(unsafe.Pointer(rsa)))
	case AF_PPPOX:
		return decodePPPoE((*RawSockaddrPPPoX)(unsafe.Pointer(rsa)))
	case AF_BLUETOOTH:
		return decodeBluetooth(fd, rsa)
	case AF_IUCV:
		return decodeIUCV((*RawSockaddrIUCV)(unsafe.Pointer(rsa))), nil
	case AF_NFC:
		return decodeNFC(fd, rsa)
	}
	return nil, EAFNOSUPPORT
}

func protocolOf(fd int) (int, error) { return GetsockoptInt(fd, SOL_SOCKET, SO_PROTOCOL) }
