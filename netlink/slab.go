package netlink

import (
	"net"
	"unsafe"
)

// This file has all that the package does by unsafe: the size of values, and strings made of shared memory. A list of
// links takes 0.05 allocations a link by that, and 3 more without.

// slab makes values in pieces of memory that grow with their number.
type slab[T any] struct {
	free []T
	size int // of the last piece
}

// A piece is bounded because one value that is kept keeps all of it from being
// freed.
const (
	maxPiece      = 256      // values
	maxPieceBytes = 64 << 10 // but one, where that is larger
)

func (s *slab[T]) next() *T {
	if len(s.free) == 0 {
		s.free = pieceOf[T](min(max(2*s.size, 1), maxPiece))
		s.size = len(s.free)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// pieceOf returns n values, or less, where so many are too large for a piece; one at least.
func pieceOf[T any](n int) []T {
	return make([]T, min(n, max(maxPieceBytes/max(int(unsafe.Sizeof(*new(T))), 1), 1)))
}

// byteSlab hands out copies of short byte strings from shared allocations, for
// lists of many objects that have a few addresses each. The zero value is ready.
type byteSlab struct {
	free []byte
	size int // of the last allocation
}

// take returns n zero bytes that nothing else refers to. An append to them
// reallocates.
func (s *byteSlab) take(n int) []byte {
	if n > len(s.free) {
		const first, last = 64, 4096
		s.size = max(n, first, min(2*s.size, last))
		s.free = make([]byte, s.size)
	}
	b := s.free[:n:n]
	s.free = s.free[n:]
	return b
}

// copy returns a copy of b.
func (s *byteSlab) copy(b []byte) []byte {
	c := s.take(len(b))
	copy(c, b)
	return c
}

// mask returns the network mask of ones bits in n bytes; ones is not more than
// they have.
func (s *byteSlab) mask(ones, n int) net.IPMask {
	m := s.take(n)
	for i := 0; ones > 0; i++ {
		m[i] = ^byte(0xff >> min(ones, 8))
		ones -= 8
	}
	return m
}

// text returns b as a string.
func (s *byteSlab) text(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	c := s.copy(b)
	return unsafe.String(&c[0], len(c)) // nothing else refers to c
}
