//go:build unix

package unix

import (
	"encoding/binary"
	"unsafe"
)

// Sockaddr is a socket's address: one of the Sockaddr types of this package, by pointer.
type Sockaddr interface {
	// sockaddr returns the address as the kernel takes it, and its size. It is kept in the value itself.
	sockaddr() (p unsafe.Pointer, size uint32, err error)
}

// rawSockaddr is sa.sockaddr, with an error instead of a panic for no address.
func rawSockaddr(sa Sockaddr) (unsafe.Pointer, uint32, error) {
	if sa == nil {
		return nil, 0, EINVAL
	}
	return sa.sockaddr()
}

// bigEndian16 returns the value whose bytes in memory are those of v in network order.
func bigEndian16(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}
