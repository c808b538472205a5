package netlink

import (
	"errors"
	"iter"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netlink/wire"
)

// ErrDumpInterrupted says that the kernel's table changed while it was
// listed, however often the package started again. The list that comes with it is
// the last one read, and may lack objects or have some twice.
var ErrDumpInterrupted = nl.ErrDumpInterrupted

// ErrNotImplemented says that this system has no netlink.
var ErrNotImplemented error = wire.NotImplemented{}

// exec sends a request that changes something, over the connection of its
// protocol. op and object name it in the error.
func (h *Handle) exec(r *wire.Request, op string, object func() string) error {
	if h != nil && h.batch != nil {
		h.batch.add(r, op, object())
		return nil
	}
	c, err := h.conn(r.Protocol)
	if err == nil {
		err = c.Do(h.context(), r)
	}
	return h.wrap(err, op, object)
}

// execMany is exec for changes of which batches have many, and few fail: describe makes the object of the payload of
// the request, once that is needed. It must not keep what the caller may change.
func (h *Handle) execMany(r *wire.Request, op string, object func() string, describe func(data []byte) string) error {
	if h != nil && h.batch != nil && r.Err() == nil {
		h.batch.queue(r, batchItem{op: op, describe: describe})
		return nil
	}
	return h.exec(r, op, object)
}

// refuse ends a change that is not sent: with err, and in a batch with nil and
// err in its place of what Flush returns, like every other change.
func (h *Handle) refuse(err error, op string, object func() string) error {
	r := wire.NewRequest(uapi.NLMSG_NOOP, 0)
	r.Fail(err)
	return h.exec(r, op, object)
}

// get sends a request that has one reply. each reads it in place,
// and makes no request of its own.
func (h *Handle) get(r *wire.Request, op string, object func() string, each func(wire.Message) error) error {
	c, err := h.conn(r.Protocol)
	if err == nil {
		err = c.Get(h.context(), r, each)
	}
	return h.wrap(err, op, object)
}

func noObject() string { return "" }

// list runs a dump and decodes what comes. decode says whether an object is
// wanted. The list is returned along with ErrDumpInterrupted.
func list[T any](h *Handle, r *wire.Request, op string, decode func(wire.Message) (v T, want bool, err error)) ([]T,
	error) {
	return fill(h, r, op, byValue(decode))
}

// gather is list for objects that are pointers or interfaces: they are decoded as they come, so that nothing is kept
// raw. A list that grows costs less than that where its elements are small. decode must make no request.
func gather[T any](h *Handle, r *wire.Request, op string, decode func(wire.Message) (v T, want bool, err error)) ([]T,
	error) {
	c, err := h.conn(r.Protocol)
	if err != nil {
		return nil, h.wrap(err, op, noObject)
	}
	var all []T
	again := func() {
		clear(all)
		all = all[:0]
	}
	err = c.List(h.context(), r, again, func(m wire.Message) error {
		v, want, err := decode(m)
		if want {
			if len(all) == cap(all) {
				all = slices.Grow(all, max(len(all), 1)) // append makes longer ones more often
			}
			all = append(all, v)
		}
		return err
	})
	if err != nil && !errors.Is(err, ErrDumpInterrupted) {
		return nil, h.wrap(err, op, noObject)
	}
	return all, err
}

func byValue[T any](decode func(wire.Message) (v T, want bool, err error)) func(wire.Message, *T) (bool, error) {
	return func(m wire.Message, v *T) (want bool, err error) {
		*v, want, err = decode(m)
		return want, err
	}
}

// fill is list for objects that are decoded where they stay: v is zero, and
// nobody looks at it where it is not wanted. See [wire.Answer] for how the list is
// made in one piece.
func fill[T any](h *Handle, r *wire.Request, op string, decode func(m wire.Message, v *T) (want bool, err error)) ([]T,
	error) {
	return appendTo(nil, h, r, op, decode)
}

// appendTo is fill for a list that goes on.
func appendTo[T any](all []T, h *Handle, r *wire.Request, op string,
	decode func(m wire.Message, v *T) (want bool, err error)) ([]T, error) {
	c, err := h.conn(r.Protocol)
	if err != nil {
		return all, h.wrap(err, op, noObject)
	}
	answer, err := c.Collect(h.context(), r)
	defer answer.Free()
	if err != nil && !errors.Is(err, ErrDumpInterrupted) {
		return all, h.wrap(err, op, noObject)
	}
	list := growing[T]{all: all, left: answer.Len()}
	for m := range answer.All() {
		v := list.next()
		want, err := decode(m, v)
		if err != nil {
			return all, h.wrap(err, op, noObject)
		}
		list.took(want)
	}
	return list.all, err
}

// growing is a list that is filled with what is wanted of a known number of
// objects. While all are wanted it has room for all of them.
type growing[T any] struct {
	all   []T
	left  int  // objects to come
	few   bool // some were not wanted
	clean bool // the room was made here, and nothing is in the next place
	spare T    // where there is no room yet
}

// next returns the zero value that the next object goes to. New memory is not
// cleared again: that takes long while the garbage collector is at work, which the
// allocation of a long list sets off.
func (g *growing[T]) next() *T {
	var none T
	n := len(g.all)
	if n == cap(g.all) {
		g.spare = none
		return &g.spare
	}
	v := &g.all[:n+1][n]
	if !g.clean {
		*v = none
	}
	return v
}

// took says whether the value stays.
func (g *growing[T]) took(want bool) {
	n := len(g.all)
	switch {
	case !want:
		g.few, g.clean = true, false
	case n < cap(g.all):
		g.all = g.all[:n+1]
	default:
		if !g.few {
			grown := make([]T, n, n+g.left)
			copy(grown, g.all)
			g.all, g.clean = grown, true
		}
		g.all = append(g.all, g.spare)
	}
	g.left--
}

// seq is list as a stream: objects are decoded as they come. An interrupted
// dump is not restarted; its last pair is ErrDumpInterrupted. Streams are no part of
// what programs were written for elsewhere, so their errors have all details.
func seq[T any](h *Handle, request func() (*wire.Request, error), op string,
	decode func(wire.Message) (v T, want bool, err error)) iter.Seq2[T, error] {
	return stream(h, request, op, byValue(decode), nil)
}

// stream is to seq what fill is to list. Where over is set and says so, an error
// is no more than the end.
func stream[T any](h *Handle, request func() (*wire.Request, error), op string,
	decode func(m wire.Message, v *T) (want bool, err error), over func(error) bool) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		v := new(T) // one for all, since decode lets it escape
		left := false
		err := h.dumpObjects(request, op, func(o *wire.Objects) (bool, error) {
			for m, ok := o.Next(); ok; m, ok = o.Next() {
				*v = none
				if want, err := decode(m, v); err != nil {
					return false, err
				} else if want && !yield(*v, nil) {
					left = true
					return false, nil
				}
			}
			return true, nil
		})
		if err != nil && !left && !(over != nil && over(err)) {
			yield(none, err)
		}
	}
}

// entries is stream for values that are decoded where they stay, whatever was
// there, and handed out by pointer: nothing is allocated or copied for each.
func entries[T any](h *Handle, request func() (*wire.Request, error), op string,
	decode func(m wire.Message, v *T) (want bool, err error), over func(error) bool) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		v := new(T)
		left := false
		err := h.dumpObjects(request, op, func(o *wire.Objects) (bool, error) {
			for m, ok := o.Next(); ok; m, ok = o.Next() {
				if want, err := decode(m, v); err != nil {
					return false, err
				} else if want && !yield(v, nil) {
					left = true
					return false, nil
				}
			}
			return true, nil
		})
		if err != nil && !left && !(over != nil && over(err)) {
			yield(new(T), err)
		}
	}
}

// dumpObjects runs a dump and calls each for every datagram, until it returns
// false or an error.
func (h *Handle) dumpObjects(request func() (*wire.Request, error), op string,
	each func(*wire.Objects) (bool, error)) error {
	r, err := request()
	var c *wire.Conn
	if err == nil {
		c, err = h.conn(r.Protocol)
	}
	if err == nil {
		var bad error
		err = c.DumpObjects(h.context(), r, func(o *wire.Objects) (more bool) {
			more, bad = each(o)
			return more && bad == nil
		})
		if bad != nil {
			err = bad
		}
	}
	if err == nil || errors.Is(err, ErrDumpInterrupted) {
		return err
	}
	return wire.Annotate(err, op, noObject)
}
