package netlink

import (
	"slices"

	"kern.sys/internal/native"
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
	parts []*batchPart
	items []batchItem
}

// batchPart is what is queued of one netlink protocol.
type batchPart struct {
	protocol int
	wire     *wire.Batch // nil: err says why
	err      error
	sent     []byte  // while Flush is at work: the requests
	errs     []error // and what became of those not yet reported
}

type batchItem struct {
	part       *batchPart
	op, object string
	at         int // where its request begins
	// describe, if set, makes the object of the request: many are queued, few
	// fail. Of one that holds secrets the attributes are zeros.
	describe func(data []byte) string
}

// NewBatch returns an empty batch on h's namespace.
func (h *Handle) NewBatch() *Batch {
	b := &Batch{}
	inner := Handle{conns: noConns}
	if h != nil {
		inner = *h
	}
	inner.batch, inner.details = b, true
	b.Handle = &inner
	return b
}

// part returns what is queued of a protocol.
func (b *Batch) part(protocol int) *batchPart {
	for _, p := range b.parts {
		if p.protocol == protocol {
			return p
		}
	}
	p := &batchPart{protocol: protocol}
	var c *wire.Conn
	if c, p.err = b.conn(protocol); p.err == nil {
		p.wire = c.NewBatch()
	}
	b.parts = append(b.parts, p)
	return p
}

func (b *Batch) add(r *wire.Request, op, object string) {
	b.queue(r, batchItem{op: op, object: object})
}

func (b *Batch) queue(r *wire.Request, it batchItem) {
	it.part = b.part(r.Protocol)
	switch {
	case it.part.wire != nil:
		it.at = len(it.part.wire.Bytes())
		it.part.wire.Add(r)
	case it.describe != nil:
		it.object = it.describe(r.Bytes()[uapi.SizeofNlmsghdr:])
	}
	b.items = append(b.items, it)
}

// Len returns how many changes are queued.
func (b *Batch) Len() int { return len(b.items) }

// Flush sends what is queued. It returns nil where all went well, else a slice
// with an error or nil for each change in the order they were queued. A change
// is tried even where one before it was refused. Changes are in order among those
// of one netlink protocol.
func (b *Batch) Flush() []error {
	failed := false
	for _, p := range b.parts {
		if p.wire != nil {
			p.sent = p.wire.Bytes()
			p.errs = p.wire.Flush(b.context())
			failed = failed || p.errs != nil
		} else {
			failed = true
		}
	}
	var errs []error
	if failed && len(b.items) != 0 {
		errs = make([]error, len(b.items))
		for i := range b.items {
			it := &b.items[i]
			errs[i] = ipsetErrors(it.part, wire.Annotate(it.part.next(), it.op, it.name))
		}
	}
	b.items = b.items[:0]
	b.parts = slices.DeleteFunc(b.parts, func(p *batchPart) bool { return p.wire == nil })
	return errs
}

// next returns what became of the part's next request.
func (p *batchPart) next() (err error) {
	if p.wire == nil {
		return p.err
	}
	if len(p.errs) != 0 {
		err, p.errs = p.errs[0], p.errs[1:]
	}
	return err
}

// name is the object of an error.
func (it *batchItem) name() string {
	if it.describe == nil || it.part.wire == nil {
		return it.object
	}
	sent := it.part.sent[it.at:]
	return it.describe(sent[uapi.SizeofNlmsghdr:native.Uint32(sent)])
}
