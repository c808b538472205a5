package netlink

import (
	"errors"
	"iter"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
)

// ErrDumpInterrupted says that the kernel's table changed while it was
// listed, however often the package began anew. The list that comes with it is
// the last one read, and may lack objects or have some twice.
var ErrDumpInterrupted = nl.ErrDumpInterrupted

// ErrNotImplemented says that this system has no netlink.
var ErrNotImplemented = nl.ErrNotImplemented

// exec sends an rtnetlink request that changes something. op and object name
// it in the error.
func (h *Handle) exec(r *nl.Request, op string, object func() string) error {
	if h.batch != nil {
		h.batch.add(r, op, object())
		return nil
	}
	c, err := h.conn(uapi.NETLINK_ROUTE)
	if err == nil {
		err = c.Do(h.context(), r)
	}
	return nl.Annotate(err, op, object)
}

// get sends an rtnetlink request that has one reply. each reads it in place,
// and makes no request of its own.
func (h *Handle) get(r *nl.Request, op string, object func() string, each func(nl.Message) error) error {
	c, err := h.conn(uapi.NETLINK_ROUTE)
	if err == nil {
		err = c.Get(h.context(), r, each)
	}
	return nl.Annotate(err, op, object)
}

func noObject() string { return "" }

// list runs a dump and decodes what comes. decode says whether an object is
// wanted. The list is returned along with ErrDumpInterrupted.
func list[T any](h *Handle, r *nl.Request, op string, decode func(nl.Message) (v T, want bool, err error)) ([]T, error) {
	return fill(h, r, op, byValue(decode))
}

func byValue[T any](decode func(nl.Message) (v T, want bool, err error)) func(nl.Message, *T) (bool, error) {
	return func(m nl.Message, v *T) (want bool, err error) {
		*v, want, err = decode(m)
		return want, err
	}
}

// fill is list for objects that are decoded where they stay: v is zero, and
// nobody looks at it where it is not wanted.
//
// The messages are kept as they are until their number is known: they are a
// fraction of the size of what they become, which then is allocated once.
func fill[T any](h *Handle, r *nl.Request, op string, decode func(m nl.Message, v *T) (want bool, err error)) ([]T, error) {
	var kept messages
	c, err := h.conn(uapi.NETLINK_ROUTE)
	if err == nil {
		err = c.List(h.context(), r, kept.clear, kept.add)
	}
	if err != nil && !errors.Is(err, ErrDumpInterrupted) {
		return nil, nl.Annotate(err, op, noObject)
	}
	interrupted := err
	all, n := make([]T, len(kept.heads)), 0
	for m := range kept.all() {
		want, err := decode(m, &all[n])
		if err != nil {
			return nil, nl.Annotate(err, op, noObject)
		}
		if want {
			n++
		} else {
			clear(all[n : n+1])
		}
	}
	if n == 0 {
		return nil, interrupted
	}
	return all[:n], interrupted
}

// messages keeps copies of messages, in few pieces of memory.
type messages struct {
	heads  []messageHead
	pieces [][]byte
}

// messageHead is a message without its data, and how long that is.
type messageHead struct {
	typ, flags uint16
	size       int
}

// messagePiece is the size of a piece; a longer message has one to itself.
const messagePiece = 256 << 10

func (k *messages) clear() { *k = messages{} }

func (k *messages) add(m nl.Message) error {
	k.heads = append(k.heads, messageHead{m.Type, m.Flags, len(m.Data)})
	last := len(k.pieces) - 1
	if last < 0 || cap(k.pieces[last])-len(k.pieces[last]) < len(m.Data) {
		// The first pieces are small: most lists are.
		k.pieces = append(k.pieces, make([]byte, 0, max(len(m.Data), min(1024<<min(2*len(k.pieces), 20), messagePiece))))
		last++
	}
	k.pieces[last] = append(k.pieces[last], m.Data...)
	return nil
}

// all gives the messages in the order they came.
func (k *messages) all() iter.Seq[nl.Message] {
	return func(yield func(nl.Message) bool) {
		piece, at := 0, 0
		for _, h := range k.heads {
			for at+h.size > len(k.pieces[piece]) {
				piece, at = piece+1, 0
			}
			data := k.pieces[piece][at : at+h.size : at+h.size]
			at += h.size
			if !yield(nl.Message{Type: h.typ, Flags: h.flags, Data: data}) {
				return
			}
		}
	}
}

// seq is list as a stream: objects are decoded as they come. An interrupted
// dump is not begun anew; its last pair is ErrDumpInterrupted.
func seq[T any](h *Handle, request func() (*nl.Request, error), op string, decode func(nl.Message) (v T, want bool, err error)) iter.Seq2[T, error] {
	return stream(h, request, op, byValue(decode), nil)
}

// stream is to seq what fill is to list. Where over is set and says so, an error
// is no more than the end.
func stream[T any](h *Handle, request func() (*nl.Request, error), op string, decode func(m nl.Message, v *T) (want bool, err error), over func(error) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		c, err := h.conn(uapi.NETLINK_ROUTE)
		var r *nl.Request
		if err == nil {
			r, err = request()
		}
		if err != nil {
			yield(none, nl.Annotate(err, op, noObject))
			return
		}
		v := new(T) // one for all, since decode lets it escape
		for m, err := range c.Dump(h.context(), r) {
			want := true
			if err == nil {
				*v = none
				want, err = decode(m, v)
			}
			if err != nil {
				if over != nil && over(err) {
					return
				}
				if !errors.Is(err, ErrDumpInterrupted) {
					err = nl.Annotate(err, op, noObject)
				}
				yield(none, err)
				return
			}
			if want && !yield(*v, nil) {
				return
			}
		}
	}
}
