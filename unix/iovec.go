//go:build unix

package unix

import (
	"unsafe"
)

// minIovec is how many buffers a call takes before it allocates.
const minIovec = 8

func appendBytes(vecs []Iovec, bs [][]byte) []Iovec {
	for _, b := range bs {
		v := Iovec{Base: (*byte)(unsafe.Pointer(&zero))}
		v.SetLen(len(b))
		if len(b) > 0 {
			v.Base = &b[0]
		}
		vecs = append(vecs, v)
	}
	return vecs
}

// SetLen sets the length, whatever its width is on this architecture.
func (iov *Iovec) SetLen(length int) { set(&iov.Len, int64(length)) }
