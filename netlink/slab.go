package netlink

import (
	"net"
	"strings"
)

// slab makes values in pieces of memory that grow with their number.
type slab[T any] struct {
	free []T
	size int // of the last piece
}

// maxPiece bounds a piece in values, because one value that is kept keeps all of it from being freed. The largest
// links have a kilobyte.
const maxPiece = 64

func (s *slab[T]) next() *T {
	if len(s.free) == 0 {
		s.free = make([]T, min(max(2*s.size, 1), maxPiece))
		s.size = len(s.free)
	}
	v := &s.free[0]
	s.free = s.free[1:]
	return v
}

// byteSlab hands out copies of short byte strings from shared allocations, for
// lists of many objects that have a few addresses each. The zero value is ready. It must not be copied.
type byteSlab struct {
	free  []byte
	size  int             // of the last allocation
	texts strings.Builder // it never grows, so that all its strings share one allocation
}

// The sizes of allocations, which double.
const firstBytes, lastBytes = 64, 4096

// take returns n zero bytes that nothing else refers to. An append to them
// reallocates.
func (s *byteSlab) take(n int) []byte {
	if n > len(s.free) {
		s.size = max(n, firstBytes, min(2*s.size, lastBytes))
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
	if free := s.texts.Cap() - s.texts.Len(); free < len(b) {
		size := max(len(b), firstBytes, min(2*s.texts.Cap(), lastBytes))
		s.texts.Reset()
		s.texts.Grow(size)
	}
	start := s.texts.Len()
	s.texts.Write(b)
	return s.texts.String()[start:]
}
