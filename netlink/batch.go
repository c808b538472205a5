package netlink

import (
	"encoding/binary"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Batch queues changes and sends them in few system calls: the fast way to
// make many routes, addresses or neighbours. Every method of a Handle that
// changes an object by rtnetlink queues it and returns nil; what only asks is
// answered at once, from before the queued changes. A Batch is not safe for
// concurrent use.
//
//	b := h.NewBatch()
//	for _, r := range routes {
//		b.RouteAdd(&r)
//	}
//	errs := b.Flush() // nil, or one (maybe nil) a change
type Batch struct {
	*Handle
	wire  *wire.Batch
	items []batchItem
	err   error
}

type batchItem struct {
	op, object string
	at         int // where its request begins
	// describe, if set, makes the object of the request: many are queued, few
	// fail.
	describe func(data []byte) string
}

// NewBatch returns an empty batch on h's namespace.
func (h *Handle) NewBatch() *Batch {
	b := &Batch{}
	inner := *h
	inner.batch = b
	b.Handle = &inner
	var c *wire.Conn
	if c, b.err = h.conn(uapi.NETLINK_ROUTE); b.err == nil {
		b.wire = c.NewBatch()
	}
	return b
}

func (b *Batch) add(r *wire.Request, op, object string) {
	b.queue(r, batchItem{op: op, object: object})
}

func (b *Batch) queue(r *wire.Request, it batchItem) {
	switch {
	case b.wire != nil:
		it.at = len(b.wire.Bytes())
		b.wire.Add(r)
	case it.describe != nil:
		it.object = it.describe(r.Bytes()[uapi.SizeofNlmsghdr:])
	}
	b.items = append(b.items, it)
}

// Len returns how many changes are queued.
func (b *Batch) Len() int { return len(b.items) }

// Flush sends what is queued. It returns nil where all went well, else a slice
// with an error or nil for each change in the order they were queued. A change
// is tried even where one before it was refused.
func (b *Batch) Flush() []error {
	var errs []error
	if b.err != nil && len(b.items) != 0 {
		errs = make([]error, len(b.items))
		for i, it := range b.items {
			errs[i] = wire.Annotate(b.err, it.op, func() string { return it.object })
		}
	} else if b.wire != nil {
		sent := b.wire.Bytes()
		errs = b.wire.Flush(b.context())
		for i, err := range errs {
			errs[i] = wire.Annotate(err, b.items[i].op, func() string { return b.items[i].name(sent) })
		}
	}
	b.items = b.items[:0]
	return errs
}

// name is the object of an error.
func (it *batchItem) name(sent []byte) string {
	if it.describe == nil {
		return it.object
	}
	data := sent[it.at+uapi.SizeofNlmsghdr : it.at+int(binary.NativeEndian.Uint32(sent[it.at:]))]
	return it.describe(data)
}
