package nl

import (
	"context"
	"iter"
	"sync"
)

// Answer is a dump kept as the datagrams that the kernel sent, so that it is
// known how many objects there are before memory is made for them: raw they
// take a fraction of what they become.
type Answer struct {
	seq    uint32
	n      int
	pieces [][]byte // whole datagrams each
}

// pieceSize is the size of a piece of an answer. A short answer has one that is
// as long as itself.
const (
	pieceSize  = 256 << 10
	shortPiece = 8 << 10
)

var pieces = sync.Pool{New: func() any { return new([pieceSize]byte) }}

// Collect runs a dump like [Conn.List], which see for interrupted ones, and keeps
// what came. [Answer.Free] takes it back, whatever the error is.
func (c *Conn) Collect(ctx context.Context, r *Request) (*Answer, error) {
	a := &Answer{}
	err := c.ListObjects(ctx, r, a.Free, func(o *Objects) error {
		a.seq = o.seq
		a.keep(o.rest)
		for _, ok := o.Next(); ok; _, ok = o.Next() {
			a.n++
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
		if last < 0 && len(datagram) <= shortPiece || len(datagram) > pieceSize {
			piece = make([]byte, 0, len(datagram))
		} else {
			piece = pieces.Get().(*[pieceSize]byte)[:0]
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
		if cap(p) == pieceSize {
			pieces.Put((*[pieceSize]byte)(p[:pieceSize]))
		}
	}
	*a = Answer{}
}
