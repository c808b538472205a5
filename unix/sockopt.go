//go:build unix

package unix

import (
	"unsafe"
)

// optionRoom is memory for an option of up to 16 bytes, with room behind it: some protocols, as Bluetooth's, store an
// int whatever size they are given.
type optionRoom [3]uint64

// getOption reads an option that is a T. size is how many bytes the kernel says that it has.
func getOption[T any](fd, level, opt int) (v T, size uint32, err error) {
	var room optionRoom
	size = uint32(unsafe.Sizeof(v))
	err = getsockopt(fd, level, opt, unsafe.Pointer(&room), &size)
	return *(*T)(unsafe.Pointer(&room)), size, err
}

// getOptionAt is getOption for structures, all of which have at least 8 bytes. It is a function and not one for each
// type, as each of those would take time to compile.
func getOptionAt(fd, level, opt int, v unsafe.Pointer, size uintptr) error {
	n := uint32(size)
	return getsockopt(fd, level, opt, v, &n)
}

// GetsockoptInt is getsockopt(2) for an option that is a C int.
func GetsockoptInt(fd, level, opt int) (value int, err error) {
	v, _, err := getOption[int32](fd, level, opt)
	return int(v), err
}

// SetsockoptInt is setsockopt(2) for an option that is a C int.
func SetsockoptInt(fd, level, opt int, value int) (err error) {
	v := int32(value)
	return setsockopt(fd, level, opt, unsafe.Pointer(&v), unsafe.Sizeof(v))
}

// GetsockoptByte is getsockopt(2) for an option that is a byte.
func GetsockoptByte(fd, level, opt int) (value byte, err error) {
	value, _, err = getOption[byte](fd, level, opt)
	return value, err
}

// SetsockoptByte is setsockopt(2) for an option that is a byte.
func SetsockoptByte(fd, level, opt int, value byte) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(&value), unsafe.Sizeof(value))
}

// GetsockoptUint64 is getsockopt(2) for an option of 64 bits, as SO_COOKIE. Of one that is a C int the rest is 0.
func GetsockoptUint64(fd, level, opt int) (value uint64, err error) {
	value, size, err := getOption[uint64](fd, level, opt)
	if size == 4 {
		value = uint64(*(*uint32)(unsafe.Pointer(&value)))
	}
	return value, err
}

// SetsockoptUint64 is setsockopt(2) for an option of 64 bits.
func SetsockoptUint64(fd, level, opt int, value uint64) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(&value), unsafe.Sizeof(value))
}

// GetsockoptInet4Addr is getsockopt(2) for an option that is an IPv4 address.
func GetsockoptInet4Addr(fd, level, opt int) (value [4]byte, err error) {
	value, _, err = getOption[[4]byte](fd, level, opt)
	return value, err
}

// SetsockoptInet4Addr is setsockopt(2) for an option that is an IPv4 address.
func SetsockoptInet4Addr(fd, level, opt int, value [4]byte) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(&value), unsafe.Sizeof(value))
}

// SetsockoptString is setsockopt(2) for an option that is bytes.
func SetsockoptString(fd, level, opt int, s string) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(unsafe.StringData(s)), uintptr(len(s)))
}

// GetsockoptString is getsockopt(2) for an option that is text, as SO_BINDTODEVICE.
func GetsockoptString(fd, level, opt int) (string, error) {
	buf := make([]byte, 256)
	size := uint32(len(buf))
	err := getsockopt(fd, level, opt, unsafe.Pointer(&buf[0]), &size)
	if err == ERANGE && int(size) > len(buf) { // SO_PEERSEC of Linux says so, and how much it takes
		buf = make([]byte, size)
		err = getsockopt(fd, level, opt, unsafe.Pointer(&buf[0]), &size)
	}
	if err != nil {
		return "", err
	}
	return ByteSliceToString(buf[:min(int(size), len(buf))]), nil
}

// GetsockoptLinger is getsockopt(2) for SO_LINGER.
func GetsockoptLinger(fd, level, opt int) (*Linger, error) {
	v := new(Linger)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// SetsockoptLinger is setsockopt(2) for SO_LINGER.
func SetsockoptLinger(fd, level, opt int, l *Linger) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(l), unsafe.Sizeof(*l))
}

// GetsockoptIPMreq is getsockopt(2) for a group and the address of an interface.
func GetsockoptIPMreq(fd, level, opt int) (*IPMreq, error) {
	v := new(IPMreq)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// SetsockoptIPMreq is setsockopt(2) for a group and the address of an interface.
func SetsockoptIPMreq(fd, level, opt int, mreq *IPMreq) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(mreq), unsafe.Sizeof(*mreq))
}

// GetsockoptIPv6Mreq is getsockopt(2) for an IPv6 group and an interface.
func GetsockoptIPv6Mreq(fd, level, opt int) (*IPv6Mreq, error) {
	v := new(IPv6Mreq)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// SetsockoptIPv6Mreq is setsockopt(2) for an IPv6 group and an interface.
func SetsockoptIPv6Mreq(fd, level, opt int, mreq *IPv6Mreq) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(mreq), unsafe.Sizeof(*mreq))
}

// GetsockoptIPv6MTUInfo is getsockopt(2) for IPV6_PATHMTU.
func GetsockoptIPv6MTUInfo(fd, level, opt int) (*IPv6MTUInfo, error) {
	v := new(IPv6MTUInfo)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// GetsockoptICMPv6Filter is getsockopt(2) for ICMPV6_FILTER.
func GetsockoptICMPv6Filter(fd, level, opt int) (*ICMPv6Filter, error) {
	v := new(ICMPv6Filter)
	return v, getOptionAt(fd, level, opt, unsafe.Pointer(v), unsafe.Sizeof(*v))
}

// SetsockoptICMPv6Filter is setsockopt(2) for ICMPV6_FILTER.
func SetsockoptICMPv6Filter(fd, level, opt int, filter *ICMPv6Filter) (err error) {
	return setsockopt(fd, level, opt, unsafe.Pointer(filter), unsafe.Sizeof(*filter))
}
