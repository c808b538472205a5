package unix

import (
	"encoding/binary"
	"unsafe"
)

// The union in struct ifreq is as large as its largest part, struct ifmap: two longs and 8 bytes.
const ifreqUnion = 2*unsafe.Sizeof(uintptr(0)) + 8

// Ifreq is struct ifreq: the name of a network interface, and something about it; see netdevice(7).
type Ifreq struct {
	name [IFNAMSIZ]byte
	data [ifreqUnion]byte
}

// ifreqPointer is an Ifreq that points elsewhere.
type ifreqPointer struct {
	name [IFNAMSIZ]byte
	data unsafe.Pointer
	_    [ifreqUnion - unsafe.Sizeof(uintptr(0))]byte
}

// NewIfreq returns an Ifreq about the network interface name, which is at most 15 bytes.
func NewIfreq(name string) (*Ifreq, error) {
	if len(name) >= IFNAMSIZ {
		return nil, EINVAL
	}
	var ifr Ifreq
	copy(ifr.name[:], name)
	return &ifr, nil
}

// Name returns the name of the interface.
func (ifr *Ifreq) Name() string { return ByteSliceToString(ifr.name[:]) }

// What struct sockaddr_in has where.
const (
	inetFamily = unsafe.Offsetof(RawSockaddrInet4{}.Family)
	inetAddr   = unsafe.Offsetof(RawSockaddrInet4{}.Addr)
)

// Inet4Addr returns the IPv4 address, or EINVAL if there is none.
func (ifr *Ifreq) Inet4Addr() ([]byte, error) {
	if binary.NativeEndian.Uint16(ifr.data[inetFamily:]) != AF_INET {
		return nil, EINVAL
	}
	return append([]byte(nil), ifr.data[inetAddr:inetAddr+4]...), nil
}

// SetInet4Addr stores an IPv4 address, which has 4 bytes.
func (ifr *Ifreq) SetInet4Addr(v []byte) error {
	if len(v) != 4 {
		return EINVAL
	}
	clear(ifr.data[:])
	binary.NativeEndian.PutUint16(ifr.data[inetFamily:], AF_INET)
	copy(ifr.data[inetAddr:], v)
	return nil
}

// Uint16 returns a number of 16 bits, as the flags.
func (ifr *Ifreq) Uint16() uint16 { return binary.NativeEndian.Uint16(ifr.data[:]) }

// SetUint16 stores a number of 16 bits, as the flags.
func (ifr *Ifreq) SetUint16(v uint16) {
	clear(ifr.data[:])
	binary.NativeEndian.PutUint16(ifr.data[:], v)
}

// Uint32 returns a number of 32 bits, as the index.
func (ifr *Ifreq) Uint32() uint32 { return binary.NativeEndian.Uint32(ifr.data[:]) }

// SetUint32 stores a number of 32 bits, as the MTU.
func (ifr *Ifreq) SetUint32(v uint32) {
	clear(ifr.data[:])
	binary.NativeEndian.PutUint32(ifr.data[:], v)
}
