//go:build unix

package unix

import (
	"bytes"
	"strings"
	"unsafe"
)

// ByteSliceFromString returns the bytes of s and a NUL, or EINVAL if s holds a NUL itself.
func ByteSliceFromString(s string) ([]byte, error) {
	if strings.IndexByte(s, 0) >= 0 {
		return nil, EINVAL
	}
	b := make([]byte, len(s)+1)
	copy(b, s)
	return b, nil
}

// BytePtrFromString returns a pointer to the bytes of s and a NUL, or EINVAL if s holds a NUL itself.
func BytePtrFromString(s string) (*byte, error) {
	b, err := ByteSliceFromString(s)
	if err != nil {
		return nil, err
	}
	return &b[0], nil
}

// shortString is room on the stack for the bytes of a string, as most paths and names are short: with it a call that
// takes a string allocates nothing.
type shortString [128]byte

// pointer is [BytePtrFromString]. What it returns is of a new shortString, and for this call only.
func (b *shortString) pointer(s string) (*byte, error) {
	if len(s) >= len(b) {
		return BytePtrFromString(s)
	}
	if strings.IndexByte(s, 0) >= 0 {
		return nil, EINVAL
	}
	copy(b[:], s)
	return &b[0], nil
}

// ByteSliceToString returns the text before the first NUL of s, or all of s.
func ByteSliceToString(s []byte) string {
	if i := bytes.IndexByte(s, 0); i >= 0 {
		s = s[:i]
	}
	return string(s)
}

// BytePtrToString returns the text from p to the first NUL; "" if p is nil.
func BytePtrToString(p *byte) string {
	if p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice(p, n))
}

// optional returns nil for "", which some calls distinguish from an empty string.
func optional(s string) (*byte, error) {
	if s == "" {
		return nil, nil
	}
	return BytePtrFromString(s)
}
