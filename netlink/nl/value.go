package nl

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"net"
)

var native = binary.NativeEndian

// bigEndian reports whether this machine is.
func bigEndian() bool { return native.Uint16([]byte{0, 1}) == 1 }

// NativeEndian returns the machine's byte order, [binary.LittleEndian] or [binary.BigEndian].
func NativeEndian() binary.ByteOrder {
	if bigEndian() {
		return binary.BigEndian
	}
	return binary.LittleEndian
}

// Swap16 makes a number in network byte order of one in the machine's, and the other way round.
func Swap16(i uint16) uint16 {
	if bigEndian() {
		return i
	}
	return bits.ReverseBytes16(i)
}

// Swap32 is [Swap16] for 32 bits.
func Swap32(i uint32) uint32 {
	if bigEndian() {
		return i
	}
	return bits.ReverseBytes32(i)
}

// GetIPFamily returns the family of an address, [FAMILY_V4] also for one of IPv4 in the form
// of IPv6 and for none.
func GetIPFamily(ip net.IP) int {
	if len(ip) <= net.IPv4len || ip.To4() != nil {
		return FAMILY_V4
	}
	return FAMILY_V6
}

// ZeroTerminated returns s and a NUL.
func ZeroTerminated(s string) []byte { return append([]byte(s), 0) }

// NonZeroTerminated returns s without a NUL.
func NonZeroTerminated(s string) []byte { return []byte(s) }

// BytesToString returns the bytes before the first NUL, or all of b.
func BytesToString(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

// Uint8Attr returns v as the payload of an attribute.
func Uint8Attr(v uint8) []byte { return []byte{v} }

// Uint16Attr returns v as the payload of an attribute, in the machine's byte order.
func Uint16Attr(v uint16) []byte { return native.AppendUint16(nil, v) }

// BEUint16Attr returns v as the payload of an attribute, in network byte order.
func BEUint16Attr(v uint16) []byte { return binary.BigEndian.AppendUint16(nil, v) }

// Uint32Attr returns v as the payload of an attribute, in the machine's byte order.
func Uint32Attr(v uint32) []byte { return native.AppendUint32(nil, v) }

// BEUint32Attr returns v as the payload of an attribute, in network byte order.
func BEUint32Attr(v uint32) []byte { return binary.BigEndian.AppendUint32(nil, v) }

// Uint64Attr returns v as the payload of an attribute, in the machine's byte order.
func Uint64Attr(v uint64) []byte { return native.AppendUint64(nil, v) }

// BEUint64Attr returns v as the payload of an attribute, in network byte order.
func BEUint64Attr(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

// align4 rounds a length up to netlink's alignment.
func align4(n int) int { return (n + 3) &^ 3 }

// padded returns b with at least n bytes: what it lacks is zero.
func padded(b []byte, n int) []byte {
	if len(b) >= n {
		return b
	}
	return append(bytes.Clone(b), make([]byte, n-len(b))...)
}
