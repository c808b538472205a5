package unix

import "unsafe"

// AccessByMode is what Faccessat falls back to.
var AccessByMode = accessByMode

// DecodeAny returns an address that the kernel stored.
var DecodeAny = decodeAny

// RawBytes returns the bytes of an address, as the kernel takes them.
func RawBytes(sa Sockaddr) ([]byte, error) {
	p, size, err := rawSockaddr(sa)
	if err != nil {
		return nil, err
	}
	return append([]byte(nil), unsafe.Slice((*byte)(p), size)...), nil
}

// SigsetSize is the size of a set of signals for the kernel, bytes.
const SigsetSize = sigsetSize
