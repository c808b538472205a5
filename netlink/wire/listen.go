package wire

import (
	"errors"
	"iter"
	"sync"
	"sync/atomic"
	"time"

	"kern.sys/netns"
)

// Listener receives what the kernel sends to multicast groups.
type Listener struct {
	t   Transport
	buf []byte

	burst  burst                // nil: one datagram at a time
	calm   time.Duration        // when the queue was empty last, by clock
	clock  func() time.Duration // since the listener was made; a time.Time here would bring its texts into the program
	hurry  int                  // how often in a row it was empty within gatherTime
	gather bool                 // events may wait for one another

	closed  atomic.Bool // set under mu
	mu      sync.Mutex
	reading bool // an iteration is under way: it closes the transport
}

// Listen joins groups (RTNLGRP_…) in the namespace cfg.NetNS, or that of the
// calling thread. Events are queued from then on. Close frees the listener.
func Listen(cfg Config, groups ...uint32) (*Listener, error) {
	var t Transport
	var err error
	if cfg.Dial != nil {
		t, err = cfg.Dial()
	} else {
		ns := netns.None()
		if cfg.NetNS != nil {
			ns = *cfg.NetNS
		}
		t, _, err = openSocket(cfg, ns, groups, false)
	}
	if err != nil {
		return nil, err
	}
	began := time.Now()
	clock := func() time.Duration { return time.Since(began) }
	return &Listener{t: t, buf: make([]byte, bufferSize), clock: clock}, nil
}

// Send sends a request to the kernel, whose answers come among the events: some protocols want to be asked before
// they send anything to their groups.
func (l *Listener) Send(r *Request) error {
	defer r.free()
	msg, err := r.finish(0, 0)
	if err == nil {
		err = l.t.Send(msg)
	}
	if err != nil {
		return &Error{Err: err}
	}
	return nil
}

// burst receives many datagrams by one system call.
type burst interface {
	// next returns the next one, whose length is n, also where data is less of it.
	// It does not wait: ErrTimeout says that there is none.
	next() (data []byte, n int, from uint32, err error)
	// holds reports whether the transport has room for what comes in gatherTime.
	holds() bool
	// nap lets time pass.
	nap(d time.Duration)
}

// Waking up for an event costs more than the event. Where they come faster than
// one in gatherTime, gatherAfter times in a row, a listener lets that time pass
// before it looks for more: they come as a burst then. gatherBuffer (SO_RCVBUF)
// holds several times what the kernel can make meanwhile.
const (
	gatherTime   = time.Millisecond
	gatherAfter  = 8
	gatherBuffer = 2 << 20
)

// receive waits for one datagram. Its length is n, also where data is less of it.
func (l *Listener) receive(ctx Context, timeout time.Duration) (data []byte, n int, from uint32, err error) {
	if l.burst != nil {
		data, n, from, err = l.burst.next()
		if err != ErrTimeout || timeout < 0 {
			return data, n, from, err
		}
		if l.gather && (timeout == 0 || timeout > 10*gatherTime) && l.hurried() {
			l.burst.nap(gatherTime)
			l.calm = l.clock()
			if data, n, from, err = l.burst.next(); err != ErrTimeout {
				return data, n, from, err
			}
		}
	}
	if n, from, err = l.t.Receive(ctx, l.buf, timeout); err != nil {
		return nil, 0, 0, err
	}
	if t, ok := l.t.(interface{ newBurst() burst }); ok && l.burst == nil {
		// There are events: now the memory for many is worth it.
		l.burst = t.newBurst()
		l.gather = l.burst.holds()
	}
	return l.buf[:min(n, len(l.buf))], n, from, nil
}

// hurried is called when the queue is empty, and reports whether events come so
// fast that they should gather.
func (l *Listener) hurried() bool {
	now := l.clock()
	if now-l.calm < gatherTime {
		l.hurry++
	} else {
		l.hurry = 0
	}
	l.calm = now
	return l.hurry >= gatherAfter
}

// Messages gives the events as they come, until ctx is done or Close is called.
// After [ErrOverrun], [ErrTruncated] and [ErrMalformed] events were lost, and
// the iteration goes on: what is watched has to be read again. Any other error
// is the last pair; it is [ErrClosed] after Close. One goroutine at a time may
// iterate.
//
// ErrOverrun comes after all events that were queued before it: from a full
// queue on, the kernel drops every event until the queue has been emptied, so
// what is read before that may be missing events that no error reports.
func (l *Listener) Messages(ctx Context) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		if !l.begin() {
			yield(Message{}, &Error{Op: "netlink listen", Err: ErrClosed})
			return
		}
		defer l.end()
		overrun := false
		for {
			timeout := time.Duration(0)
			if overrun {
				timeout = -1
			}
			ok, err := l.datagram(ctx, timeout, func(m Message) bool { return yield(m, nil) })
			switch {
			case !ok:
				return
			case err == nil:
				continue
			case errors.Is(err, ErrOverrun):
				overrun = true
				continue
			case overrun && errors.Is(err, ErrTimeout): // the queue is empty
				overrun = false
				err = &Error{Op: "netlink listen", Err: ErrOverrun}
			}
			if !yield(Message{}, err) || !lost(err) {
				return
			}
		}
	}
}

// Receive waits for one datagram and calls each for its messages; it is for
// those who have other things to do between events, and must not be called
// while [Listener.Messages] is iterated. timeout is as for [Transport]: 0 waits
// until something comes, a negative one not at all, and [ErrTimeout] says that
// nothing came. After an error that Messages would go on after, Receive may be
// called again. Its ErrOverrun comes at once: what is received until a call
// without waiting ends with ErrTimeout may be missing events.
func (l *Listener) Receive(ctx Context, timeout time.Duration, each func(Message)) error {
	if !l.begin() {
		return &Error{Op: "netlink listen", Err: ErrClosed}
	}
	defer l.end()
	_, err := l.datagram(ctx, timeout, func(m Message) bool {
		each(m)
		return true
	})
	return err
}

// lost reports whether err says that events are missing, and no more.
func lost(err error) bool {
	return errors.Is(err, ErrOverrun) || errors.Is(err, ErrTruncated) || errors.Is(err, ErrMalformed)
}

// datagram receives once. ok is false where each wanted no more.
func (l *Listener) datagram(ctx Context, timeout time.Duration, each func(Message) bool) (ok bool, err error) {
	if ctx.Err() != nil {
		return true, &Error{Op: "netlink listen", Err: ctx.Err()}
	}
	if l.closed.Load() {
		return true, &Error{Op: "netlink listen", Err: ErrClosed}
	}
	data, n, from, err := l.receive(ctx, timeout)
	switch {
	case err != nil:
		return true, &Error{Op: "netlink listen", Err: err}
	case from != 0:
		return true, nil
	case n > len(data):
		if n > len(l.buf) {
			l.buf = make([]byte, n) // the next one of this size fits
		}
		return true, &Error{Op: "netlink listen", Err: ErrTruncated}
	}
	ms := messages{rest: data}
	for m, more := ms.next(); more; m, more = ms.next() {
		if !each(m) {
			return false, nil
		}
	}
	if ms.bad {
		return true, &Error{Op: "netlink listen", Err: ErrMalformed}
	}
	return true, nil
}

func (l *Listener) begin() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed.Load() || l.reading {
		return false
	}
	l.reading = true
	return true
}

func (l *Listener) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reading = false
	if l.closed.Load() {
		l.t.Close()
	}
}

// Close ends an iteration under way and frees the listener.
func (l *Listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed.Load() {
		return nil
	}
	l.closed.Store(true)
	l.t.Interrupt()
	if l.reading {
		return nil
	}
	return l.t.Close()
}
