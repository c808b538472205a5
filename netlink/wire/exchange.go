package wire

import (
	"iter"
	"time"

	"kern.sys/internal/uapi"
)

// maxGrow bounds how often an exchange is begun again with a larger buffer, and
// maxBuffer how large that gets: far beyond what the kernel puts into one
// message.
const (
	maxGrow   = 4
	maxBuffer = 16 << 20
)

// mayGrow reports whether to begin again with a buffer of need bytes after one
// of size bytes (0: the usual one) and some tries.
func mayGrow(need, size, tries int) bool { return need > size && need <= maxBuffer && tries < maxGrow }

// Do sends a request that changes something and waits for the kernel's
// acknowledgement.
func (c *Conn) Do(ctx Context, r *Request) error {
	return c.single(ctx, r, uapi.NLM_F_ACK, nil)
}

// Exec is Do for a request that has replies of its own before the
// acknowledgement; each is called for every one.
func (c *Conn) Exec(ctx Context, r *Request, each func(Message) error) error {
	return c.single(ctx, r, uapi.NLM_F_ACK, each)
}

// Get sends a request that has exactly one reply and calls one for it. Nothing
// may be asked of the connection by one.
func (c *Conn) Get(ctx Context, r *Request, one func(Message) error) error {
	return c.single(ctx, r, 0, one)
}

func (c *Conn) single(ctx Context, r *Request, flags uint16, each func(Message) error) error {
	defer r.free()
	if err := r.Err(); err != nil {
		return &Error{Err: err}
	}
	if err := ctx.Err(); err != nil {
		return &Error{Err: ctx.Err()}
	}
	size := 0
	for try := 0; ; try++ {
		var need int
		err := c.withChannel(ctx, forOne, func(ch *channel) (clean bool, err error) {
			need, clean, err = c.converse(ctx, ch, r, flags, size, each)
			return clean, err
		})
		// A question may be asked again, an order may not.
		if flags != 0 || !mayGrow(need, size, try) {
			return err
		}
		size = need
	}
}

// withChannel lends a channel to fn and takes it back.
func (c *Conn) withChannel(ctx Context, u use, fn func(*channel) (clean bool, err error)) error {
	ch, err := c.take(ctx, u)
	if err != nil {
		return &Error{Err: err}
	}
	clean := false
	defer func() { c.give(ch, u, clean) }() // also where fn panics
	clean, err = fn(ch)
	return err
}

// converse has one exchange. need is the size of a message that did not fit.
func (c *Conn) converse(ctx Context, ch *channel, r *Request, flags uint16, size int,
	each func(Message) error) (need int, clean bool, err error) {
	msg, err := ch.send(r, flags)
	if err != nil {
		return 0, false, err
	}
	buf := ch.sized(size)
	var eachErr error
	for {
		n, err := c.receive(ctx, ch, buf)
		if err != nil {
			return 0, false, err
		}
		if n > len(buf) {
			return n, false, &Error{Err: ErrTruncated}
		}
		ms := messages{rest: buf[:n]}
		for m, ok := ms.next(); ok; m, ok = ms.next() {
			if m.Seq != ch.seq {
				continue
			}
			switch m.Type {
			case uapi.NLMSG_NOOP:
			case uapi.NLMSG_OVERRUN:
				return 0, false, &Error{Err: ErrOverrun}
			case uapi.NLMSG_ERROR, uapi.NLMSG_DONE:
				if err := c.ack(m, msg, r.header); err != nil {
					return 0, true, err
				}
				return 0, true, eachErr
			default:
				if each != nil && eachErr == nil {
					eachErr = each(m)
				}
				if flags&uapi.NLM_F_ACK == 0 && m.Flags&uapi.NLM_F_MULTI == 0 {
					return 0, true, eachErr
				}
			}
		}
		if ms.bad {
			return 0, false, &Error{Err: ErrMalformed}
		}
	}
}

// send gives r the channel's next sequence number and sends it.
func (ch *channel) send(r *Request, flags uint16) ([]byte, error) {
	ch.seq++
	msg, err := r.finish(ch.seq, flags)
	if err == nil {
		err = ch.Send(msg)
	}
	if err != nil {
		return nil, &Error{Err: err}
	}
	return msg, nil
}

// sized returns the receive buffer, made larger where size asks for that.
func (ch *channel) sized(size int) []byte {
	if size > len(ch.buffer()) {
		ch.buf = make([]byte, size)
	}
	return ch.buf
}

// receive reads the next datagram that the kernel sent, whatever others may
// send to the socket.
func (c *Conn) receive(ctx Context, ch *channel, buf []byte) (int, error) {
	for {
		n, from, err := ch.Receive(ctx, buf, time.Duration(c.timeout.Load()))
		if err != nil {
			return 0, &Error{Err: err}
		}
		if from == 0 {
			return n, nil
		}
	}
}

// Dump sends a request for a table (NLM_F_DUMP) and gives its objects as they
// come. The last pair holds the error, if there is one; an interrupted dump
// ends with [ErrDumpInterrupted]. The reader may use the connection meanwhile,
// and may leave at any time.
func (c *Conn) Dump(ctx Context, r *Request) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		left := false
		err := c.DumpObjects(ctx, r, func(o *Objects) bool {
			for m, ok := o.Next(); ok; m, ok = o.Next() {
				if left = !yield(m, nil); left {
					return false
				}
			}
			return true
		})
		if err != nil && !left {
			yield(Message{}, err)
		}
	}
}

// DumpObjects is [Conn.Dump] by the datagram: it calls each for every one until
// each returns false, which is no error.
func (c *Conn) DumpObjects(ctx Context, r *Request, each func(*Objects) bool) error {
	defer r.free()
	_, _, err := c.dump(ctx, r, 0, each)
	return err
}

// Backing off from an interrupted dump begins with dumpPause and doubles.
const (
	dumpTries = 10
	dumpPause = 500 * time.Microsecond
)

// List runs a dump to its end and calls each for every object. Where the
// kernel says that the table changed meanwhile, it calls restart, which drops
// what was gathered, and starts again, at most ten times within half a second;
// after the last it returns [ErrDumpInterrupted], and what each was given since
// the last restart is what there is.
func (c *Conn) List(ctx Context, r *Request, restart func(), each func(Message) error) error {
	return c.ListObjects(ctx, r, restart, func(o *Objects) error {
		for m, ok := o.Next(); ok; m, ok = o.Next() {
			if err := each(m); err != nil {
				return err
			}
		}
		return nil
	})
}

// ListObjects is [Conn.List] by the datagram.
func (c *Conn) ListObjects(ctx Context, r *Request, restart func(), each func(*Objects) error) error {
	defer r.free()
	size, grown := 0, 0
	for try, pause := 1, dumpPause; ; {
		var eachErr error
		need, some, err := c.dump(ctx, r, size, func(o *Objects) bool {
			eachErr = each(o)
			return eachErr == nil
		})
		switch {
		case eachErr != nil:
			return eachErr
		case err == nil:
			return nil
		case mayGrow(need, size, grown) && some: // else dump has tried it
			size, grown = need, grown+1
		case (err == error(ErrDumpInterrupted) || isInterrupted(err)) && try < dumpTries:
			if err := sleep(ctx, pause); err != nil {
				return err
			}
			try, pause = try+1, pause*2
		case isInterrupted(err):
			return ErrDumpInterrupted
		default:
			return err
		}
		restart()
	}
}

func sleep(ctx Context, d time.Duration) error {
	over := make(chan struct{})
	t := time.AfterFunc(d, func() { close(over) }) // a channel of times would bring package time's texts into the program
	defer t.Stop()
	select {
	case <-over:
		return nil
	case <-ctx.Done():
		return &Error{Err: ctx.Err()}
	}
}

// dump reads one dump. need is the size of a message that did not fit; where
// that is the first one, the dump is begun again by itself. some says that each
// was called.
func (c *Conn) dump(ctx Context, r *Request, size int, each func(*Objects) bool) (need int, some bool, err error) {
	for grown := 0; ; grown++ {
		need, some = 0, false
		err = c.withChannel(ctx, forDump, func(ch *channel) (clean bool, err error) {
			need, some, clean, err = c.converseDump(ctx, ch, r, size, each)
			return clean, err
		})
		if some || !mayGrow(need, size, grown) {
			return need, some, err
		}
		size = need
	}
}

func (c *Conn) converseDump(ctx Context, ch *channel, r *Request, size int, each func(*Objects) bool) (need int, some,
	clean bool, err error) {
	if ctx.Err() != nil {
		return 0, false, true, &Error{Err: ctx.Err()}
	}
	msg, err := ch.send(r, uapi.NLM_F_DUMP)
	if err != nil {
		return 0, false, false, err
	}
	buf := ch.sized(size)
	o := Objects{seq: ch.seq}
	for {
		n, err := c.receive(ctx, ch, buf)
		if err != nil {
			return 0, some, false, err
		}
		if n > len(buf) {
			return n, some, false, &Error{Err: ErrTruncated}
		}
		o.rest, some = buf[:n], true
		if !each(&o) {
			return 0, some, false, nil
		}
		for _, ok := o.Next(); ok; _, ok = o.Next() { // what each left
		}
		switch {
		case o.overrun:
			return 0, some, false, &Error{Err: ErrOverrun}
		case o.end.Type != 0:
			err := c.ack(o.end, msg, r.header)
			if err == nil && o.interrupted {
				err = ErrDumpInterrupted
			}
			return 0, some, true, err
		case o.bad:
			return 0, some, false, &Error{Err: ErrMalformed}
		case ctx.Err() != nil:
			return 0, some, false, &Error{Err: ctx.Err()}
		}
		select {
		case <-c.done: // where the next part is there, nothing waits that Close could end
			return 0, some, false, &Error{Err: ErrClosed}
		default:
		}
	}
}
