package wire

import (
	"slices"

	"kern.sys/internal/native"
	"kern.sys/internal/uapi"
)

// One datagram of a batch holds at most batchItems requests, so that the
// answers fit into the receive buffer even where all are refused, and about
// batchBytes bytes.
const (
	batchItems = 128
	batchBytes = 32 << 10
)

// Batch sends many requests in few datagrams. Only the last of a datagram asks
// for an acknowledgement: the kernel works through a datagram in order and
// always reports what it refuses, so the rest have succeeded when that comes.
// A Batch is not safe for concurrent use.
type Batch struct {
	c     *Conn
	buf   []byte
	items []batchItem
}

// batchItem is one request in the batch's buffer.
type batchItem struct {
	at, end, header int
	err             error // could not be encoded: is not sent
	secret          bool  // its attributes are cleared when it was sent
}

// NewBatch returns an empty batch.
func (c *Conn) NewBatch() *Batch { return &Batch{c: c} }

// Add appends a request that changes something.
func (b *Batch) Add(r *Request) {
	it := batchItem{at: len(b.buf), header: r.header, secret: r.secret}
	msg, err := r.finish(0, 0)
	if err != nil {
		it.err = &Error{Err: err}
	} else {
		b.buf = append(b.buf, msg...)
		b.buf = append(b.buf, make([]byte, align4(len(b.buf))-len(b.buf))...)
	}
	it.end = len(b.buf)
	b.items = append(b.items, it)
	r.free()
}

// Len returns the number of requests that wait.
func (b *Batch) Len() int { return len(b.items) }

// Bytes returns the requests that wait, one behind the other, without those that
// could not be encoded. It shares the batch's memory: the next Add after a Flush
// writes over it.
func (b *Batch) Bytes() []byte { return b.buf }

// Flush sends what waits and empties the batch. It returns nil where all went
// well, else an error (or nil) for each request in the order they were added.
// A request is tried whether or not one before it was refused; where the
// exchange itself fails, the error is that of all requests whose end is not
// known.
func (b *Batch) Flush(ctx Context) []error {
	if len(b.items) == 0 {
		return nil
	}
	errs := make([]error, len(b.items))
	err := b.sendAll(ctx, errs)
	for _, it := range b.items {
		if it.secret && it.err == nil {
			clear(b.buf[it.at+uapi.SizeofNlmsghdr+it.header : it.end])
		}
	}
	b.buf, b.items = b.buf[:0], b.items[:0]
	if err == nil && !slices.ContainsFunc(errs, func(err error) bool { return err != nil }) {
		return nil
	}
	return errs
}

// fail gives err to all items that have none.
func fail(errs []error, err error) {
	for i := range errs {
		if errs[i] == nil {
			errs[i] = err
		}
	}
}

// sendAll sends all items; where it returns an error, errs has it too.
func (b *Batch) sendAll(ctx Context, errs []error) error {
	for i := 0; i < len(b.items); {
		n := b.chunk(i)
		err := ctx.Err()
		if err != nil {
			err = &Error{Err: ctx.Err()}
		} else {
			err = b.c.withChannel(ctx, forBatch, func(ch *channel) (bool, error) {
				return b.send(ctx, ch, b.items[i:i+n], errs[i:i+n])
			})
		}
		if err != nil {
			fail(errs[i:], err)
			return err
		}
		i += n
	}
	return nil
}

// chunk returns how many items from i on go into one datagram.
func (b *Batch) chunk(i int) int {
	n := 1
	for i+n < len(b.items) && n < batchItems && b.items[i+n].end-b.items[i].at <= batchBytes {
		n++
	}
	return n
}

// wantAck has the request at a place in the buffer ask for an acknowledgement.
func (b *Batch) wantAck(at int) {
	native.PutUint16(b.buf[at+6:], native.Uint16(b.buf[at+6:])|uapi.NLM_F_ACK)
}

// send sends items in one datagram and gathers the answers.
func (b *Batch) send(ctx Context, ch *channel, items []batchItem, errs []error) (clean bool, err error) {
	first := ch.seq + 1
	last := -1
	for i, it := range items {
		ch.seq++
		if errs[i] = it.err; it.err == nil {
			native.PutUint32(b.buf[it.at+8:], ch.seq)
			last = i
			if b.c.warn != nil {
				b.wantAck(it.at)
			}
		}
	}
	if last < 0 {
		return true, nil
	}
	b.wantAck(items[last].at)
	if err := ch.Send(b.buf[items[0].at:items[last].end]); err != nil {
		return false, &Error{Err: err}
	}
	buf := ch.buffer()
	for {
		n, err := b.c.receive(ctx, ch, buf)
		if err != nil {
			return false, err
		}
		if n > len(buf) {
			return false, &Error{Err: ErrTruncated}
		}
		ms := messages{rest: buf[:n]}
		for m, ok := ms.next(); ok; m, ok = ms.next() {
			i := int(m.Seq - first)
			if i < 0 || i >= len(items) {
				continue
			}
			switch m.Type {
			case uapi.NLMSG_OVERRUN:
				return false, &Error{Err: ErrOverrun}
			case uapi.NLMSG_ERROR:
				errs[i] = b.c.ack(m, b.buf[items[i].at:items[i].end], items[i].header)
				if i == last {
					return true, nil
				}
			}
		}
		if ms.bad {
			return false, &Error{Err: ErrMalformed}
		}
	}
}
