package wire

import (
	"iter"
	"sync"
)

// Answer is a dump kept as the datagrams that the kernel sent, so that it is
// known how many objects there are before memory is made for them: raw they
// take a fraction of what they become.
type Answer struct {
	seq    uint32
	n      int
	pieces [][]byte  // whole datagrams each
	first  [1][]byte // room for one piece, which most answers are
}

// Sizes of the pieces of an answer: it has long ones from what does not fit into
// a short one on.
const (
	shortPiece = 8 << 10
	longPiece  = 256 << 10
)

var (
	shortPieces = sync.Pool{New: func() any { return new([shortPiece]byte) }}
	longPieces  = sync.Pool{New: func() any { return new([longPiece]byte) }}
)

// Collect runs a dump like [Conn.List], which see for interrupted ones, and keeps
// what came. [Answer.Free] takes it back, whatever the error is.
func (c *Conn) Collect(ctx Context, r *Request) (*Answer, error) {
	a := &Answer{}
	err := c.ListObjects(ctx, r, a.Free, func(o *Objects) error {
		a.seq = o.seq
		datagram, before := o.rest, a.n
		for _, ok := o.Next(); ok; _, ok = o.Next() {
			a.n++
		}
		if a.n > before {
			a.keep(datagram)
		}
		return nil
	})
	return a, err
}

// keep copies a datagram.
func (a *Answer) keep(datagram []byte) {
	last := len(a.pieces) - 1
	if last < 0 || cap(a.pieces[last])-len(a.pieces[last]) < len(datagram) {
		var piece []byte
		switch {
		case last < 0 && len(datagram) <= shortPiece:
			piece = shortPieces.Get().(*[shortPiece]byte)[:0]
		case len(datagram) <= longPiece:
			piece = longPieces.Get().(*[longPiece]byte)[:0]
		default:
			piece = make([]byte, 0, len(datagram))
		}
		if last < 0 {
			a.pieces = a.first[:0]
		}
		a.pieces = append(a.pieces, piece)
		last++
	}
	a.pieces[last] = append(a.pieces[last], datagram...)
}

// Len returns the number of objects.
func (a *Answer) Len() int { return a.n }

// All gives the objects in the order they came. They are valid until Free.
func (a *Answer) All() iter.Seq[Message] {
	return func(yield func(Message) bool) {
		for _, p := range a.pieces {
			o := Objects{rest: p, seq: a.seq}
			for m, ok := o.Next(); ok; m, ok = o.Next() {
				if !yield(m) {
					return
				}
			}
		}
	}
}

// Free empties the answer and gives its memory to later ones.
func (a *Answer) Free() {
	for _, p := range a.pieces {
		switch cap(p) {
		case shortPiece:
			shortPieces.Put((*[shortPiece]byte)(p[:shortPiece]))
		case longPiece:
			longPieces.Put((*[longPiece]byte)(p[:longPiece]))
		}
	}
	*a = Answer{}
}
