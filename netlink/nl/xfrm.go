package nl

import (
	"bytes"
	"net"
)

// XfrmMsgType is the type of a message of IPsec (XFRM_MSG_…).
type XfrmMsgType uint8

// XfrmMsg is a message of IPsec.
type XfrmMsg interface {
	Type() XfrmMsgType
}

// ToIP returns the address with sixteen bytes. One whose last twelve bytes are zero is of IPv4.
func (x *XfrmAddress) ToIP() net.IP {
	if [12]byte(x[4:]) == [12]byte{} {
		return net.IPv4(x[0], x[1], x[2], x[3])
	}
	return bytes.Clone(x[:])
}

// ToIPNet returns the address with a mask of prefixlen bits. family (AF_…) says of which family the address is where
// all of it and prefixlen are zero.
func (x *XfrmAddress) ToIPNet(prefixlen uint8, family uint16) *net.IPNet {
	ip, size := x.ToIP(), 8*net.IPv6len
	switch {
	case *x == XfrmAddress{} && prefixlen == 0 && family == FAMILY_V6:
		ip = net.IPv6zero
	case ip.To4() != nil:
		size = 8 * net.IPv4len
	}
	return &net.IPNet{IP: bytes.Clone(ip), Mask: net.CIDRMask(int(prefixlen), size)}
}

// FromIP sets the address; none is all zero.
func (x *XfrmAddress) FromIP(ip net.IP) {
	*x = XfrmAddress{}
	if ip4 := ip.To4(); ip4 != nil {
		copy(x[:], ip4)
	} else {
		copy(x[:], ip.To16())
	}
}

// Serialize returns the address as the kernel takes it.
func (x *XfrmAddress) Serialize() []byte { return bytes.Clone(x[:]) }

// DeserializeXfrmAddress reads the address that b begins with; what a short b lacks is zero.
func DeserializeXfrmAddress(b []byte) *XfrmAddress {
	x := new(XfrmAddress)
	copy(x[:], b)
	return x
}

// XfrmAlgo is an algorithm and its key (struct xfrm_algo).
type XfrmAlgo struct {
	AlgName   [64]byte
	AlgKeyLen uint32 // in bits
	AlgKey    []byte
}

// XfrmAlgoAuth is an algorithm for authentication and its key (struct xfrm_algo_auth).
type XfrmAlgoAuth struct {
	AlgName     [64]byte
	AlgKeyLen   uint32 // in bits
	AlgTruncLen uint32 // in bits
	AlgKey      []byte
}

// XfrmAlgoAEAD is an algorithm for encryption with authentication, and its key (struct xfrm_algo_aead).
type XfrmAlgoAEAD struct {
	AlgName   [64]byte
	AlgKeyLen uint32 // in bits
	AlgICVLen uint32 // in bits
	AlgKey    []byte
}

// keyBytes is the length in bytes of a key of that number of bits.
func keyBytes(bits uint32) int { return int((uint64(bits) + 7) / 8) }

// Len returns the length with a key of AlgKeyLen bits, in bytes.
func (msg *XfrmAlgo) Len() int { return SizeofXfrmAlgo + keyBytes(msg.AlgKeyLen) }

// Len returns the length with a key of AlgKeyLen bits, in bytes.
func (msg *XfrmAlgoAuth) Len() int { return SizeofXfrmAlgoAuth + keyBytes(msg.AlgKeyLen) }

// Len returns the length with a key of AlgKeyLen bits, in bytes.
func (msg *XfrmAlgoAEAD) Len() int { return SizeofXfrmAlgoAEAD + keyBytes(msg.AlgKeyLen) }

// Serialize returns the algorithm as the kernel takes it, with a key of AlgKeyLen bits.
func (msg *XfrmAlgo) Serialize() []byte {
	return serializeAlgo(msg.Len(), msg.AlgName, msg.AlgKey, msg.AlgKeyLen)
}

// Serialize returns the algorithm as the kernel takes it, with a key of AlgKeyLen bits.
func (msg *XfrmAlgoAuth) Serialize() []byte {
	return serializeAlgo(msg.Len(), msg.AlgName, msg.AlgKey, msg.AlgKeyLen, msg.AlgTruncLen)
}

// Serialize returns the algorithm as the kernel takes it, with a key of AlgKeyLen bits.
func (msg *XfrmAlgoAEAD) Serialize() []byte {
	return serializeAlgo(msg.Len(), msg.AlgName, msg.AlgKey, msg.AlgKeyLen, msg.AlgICVLen)
}

func serializeAlgo(size int, name [64]byte, key []byte, numbers ...uint32) []byte {
	b := append(make([]byte, 0, size), name[:]...)
	for _, n := range numbers {
		b = native.AppendUint32(b, n)
	}
	at := len(b)
	b = b[:size]
	copy(b[at:], key)
	return b
}

// DeserializeXfrmAlgo reads the algorithm that b begins with; what a short b lacks is zero, but a key that is cut off
// stays short.
func DeserializeXfrmAlgo(b []byte) *XfrmAlgo {
	name, numbers, rest := deserializeAlgo(b, SizeofXfrmAlgo)
	return &XfrmAlgo{name, numbers[0], keyOf(rest, numbers[0])}
}

// DeserializeXfrmAlgoAuth is [DeserializeXfrmAlgo] for authentication.
func DeserializeXfrmAlgoAuth(b []byte) *XfrmAlgoAuth {
	name, numbers, rest := deserializeAlgo(b, SizeofXfrmAlgoAuth)
	return &XfrmAlgoAuth{name, numbers[0], numbers[1], keyOf(rest, numbers[0])}
}

// DeserializeXfrmAlgoAEAD is [DeserializeXfrmAlgo] for encryption with authentication.
func DeserializeXfrmAlgoAEAD(b []byte) *XfrmAlgoAEAD {
	name, numbers, rest := deserializeAlgo(b, SizeofXfrmAlgoAEAD)
	return &XfrmAlgoAEAD{name, numbers[0], numbers[1], keyOf(rest, numbers[0])}
}

func deserializeAlgo(b []byte, size int) (name [64]byte, numbers [2]uint32, rest []byte) {
	b = padded(b, size)
	copy(name[:], b)
	for i := range (size - len(name)) / 4 {
		numbers[i] = native.Uint32(b[len(name)+4*i:])
	}
	return name, numbers, b[size:]
}

func keyOf(b []byte, bits uint32) []byte { return bytes.Clone(b[:min(len(b), keyBytes(bits))]) }
