package netlink

import (
	"context"
	"errors"
	"sync"
	"time"

	"kern.sys/internal/hamt"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Mirror is a copy of some of the kernel's tables that follows every change. It
// is read once, and again only where events were lost or the kernel changes
// what it tells nobody of: routes and next hops when a link changes, and routes
// when an address or a next hop does. Such repairs take a tenth of the time at
// most.
//
// What the kernel tells nobody of is as it was when the links were last read: of a link
// that is down, all that is set but MTU, queue length and IFF_PROMISC, such as alias,
// alternative names and group; of any link its queueing discipline and the limits of
// offloads; the namespace of a veth's other end that moves on from another one.
// [Mirror.Verify] finds it, and has it read again.
//
// A mirror has what identifies and configures objects. Counters, ages and
// lifetimes that run are left out, and a neighbour's state is the last that the
// kernel told of. A Mirror is safe for concurrent use.
type Mirror struct {
	w      *tableWatch
	cancel context.CancelCauseFunc
	done   chan struct{} // closed when the mirror has ended

	mu      sync.Mutex
	parts   []*partState
	changed chan struct{} // closed at the next change; nil: nobody waits
	err     error         // why the mirror has ended
	asked   bool          // and its owner wanted that
	orders  []func(context.Context)
	wake    context.CancelFunc // ends the wait for events, for orders to be done

	// again are the indices of links to be asked for. Only the mirror's goroutine has it.
	again map[int32]bool
}

// partState is the copy of one part of the tables: for each key the objects
// that have it, in the kernel's order, as the bytes that told of them. Only the
// mirror's goroutine changes it, and holds Mirror.mu then.
type partState struct {
	*tablePart
	objects hamt.Map[[]string]
	events  eventDecoder

	reads    int       // how often it was read
	dirty    bool      // is to be read anew
	notUntil time.Time // but not before
	// overlap is there while events are worked in that may be older than what
	// was read: what happened to each key.
	overlap map[string]changeKind
}

// silentGroups tell of what changes routes and next hops without a word.
var silentGroups = []uint32{uapi.RTNLGRP_LINK, uapi.RTNLGRP_IPV4_IFADDR, uapi.RTNLGRP_IPV6_IFADDR, uapi.RTNLGRP_NEXTHOP}

// repairShare is the least time between two repairs, in units of the time that
// one takes.
const repairShare = 9

// NewMirror begins a mirror of tables, of all without any, in the handle's
// namespace. It has read them when it returns, and follows until Close is
// called, ctx or the handle's context is done, or the handle is closed.
func (h *Handle) NewMirror(ctx context.Context, tables ...Table) (*Mirror, error) {
	w, err := h.watchTables("mirror", tables, silentGroups)
	if err != nil {
		return nil, err
	}
	m := &Mirror{w: w, done: make(chan struct{})}
	for _, p := range w.parts {
		m.parts = append(m.parts, &partState{tablePart: p, dirty: true})
	}
	ctx, m.cancel = h.join(ctx)
	if err := m.repair(ctx); err != nil {
		m.cancel(nil)
		w.close()
		return nil, wire.Annotate(err, "mirror", noObject)
	}
	go m.run(ctx)
	return m, nil
}

// Close ends the mirror. What it had can still be read. It returns what the
// mirror failed at before; that a context was done or the handle closed is no
// failure, but [Mirror.Err] has it.
func (m *Mirror) Close() error {
	m.cancel(wire.ErrClosed)
	<-m.done
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.asked {
		return nil
	}
	return m.err
}

// Err returns why the mirror follows no longer; nil while it does.
func (m *Mirror) Err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

// run follows the tables until ctx is done or the socket fails.
func (m *Mirror) run(ctx context.Context) {
	err := m.follow(ctx)
	asked := ctx.Err() != nil
	m.w.close()
	m.cancel(nil)
	m.mu.Lock()
	m.err, m.asked = wire.Annotate(err, "mirror", noObject), asked
	m.tell()
	m.mu.Unlock()
	close(m.done)
}

func (m *Mirror) follow(ctx context.Context) error {
	for {
		waiting, wake := context.WithCancel(ctx)
		m.mu.Lock()
		orders := m.orders
		m.orders, m.wake = nil, wake
		m.mu.Unlock()
		for _, order := range orders {
			order(ctx)
		}
		err := m.receiveAll(ctx, wire.From(waiting))
		wake()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && waiting.Err() == nil:
			return err
		}
	}
}

// receiveAll works events in until waiting, which ends with ctx, is done.
func (m *Mirror) receiveAll(ctx context.Context, waiting wire.Context) error {
	for waiting.Err() == nil {
		timeout := m.untilRepair()
		if timeout < 0 {
			if err := m.repair(ctx); err != nil {
				return err
			}
			continue
		}
		err := m.receive(waiting, timeout)
		if err != nil && !errors.Is(err, wire.ErrTimeout) {
			return err
		}
		if len(m.again) != 0 {
			if err := m.drain(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// order has the mirror's goroutine call fn and waits for its end.
func (m *Mirror) order(ctx context.Context, fn func(context.Context)) error {
	finished := make(chan struct{})
	m.mu.Lock()
	m.orders = append(m.orders, func(ctx context.Context) {
		defer close(finished)
		fn(ctx)
	})
	if m.wake != nil {
		m.wake()
	}
	m.mu.Unlock()
	select {
	case <-finished:
		return nil
	case <-m.done:
		return m.Err()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// receive works one datagram in. timeout is as for wire.Listener. Lost events are
// no error: the tables will be read anew.
func (m *Mirror) receive(ctx wire.Context, timeout time.Duration) error {
	var failed error
	err := m.w.listen.Receive(ctx, timeout, func(msg wire.Message) {
		m.mu.Lock()
		defer m.mu.Unlock()
		if err := m.apply(msg); failed == nil {
			failed = err
		}
	})
	if lostEvents(err) {
		m.mu.Lock()
		defer m.mu.Unlock()
		for _, p := range m.parts {
			p.dirty = true
		}
		return failed
	}
	return errors.Join(failed, err)
}

// drain works in what is queued, and the links that are to be asked for after that.
func (m *Mirror) drain(ctx context.Context) error {
	ends := wire.From(ctx)
	for {
		err := m.receive(ends, -1)
		if errors.Is(err, wire.ErrTimeout) {
			if len(m.again) == 0 {
				return nil
			}
			err = m.askAgain(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// untilRepair returns how long to wait for the next repair: 0 is for ever, a
// negative time means that it is due.
func (m *Mirror) untilRepair() time.Duration {
	var least time.Duration
	for _, p := range m.parts {
		if !p.dirty {
			continue
		}
		d := time.Until(p.notUntil)
		if d <= 0 {
			return -1
		}
		if least == 0 || d < least {
			least = d
		}
	}
	return least
}

// repair reads the dirty parts anew whose time has come.
func (m *Mirror) repair(ctx context.Context) error {
	// The kernel drops events until a queue that was full has been emptied.
	if err := m.drain(ctx); err != nil {
		return err
	}
	for _, p := range m.parts {
		if p.dirty && time.Now().After(p.notUntil) {
			if err := m.readAnew(ctx, p); err != nil {
				return err
			}
		}
	}
	// What is queued now may be older than what was read.
	err := m.drain(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.parts {
		p.overlap = nil
	}
	return err
}

// readAnew reads one part.
func (m *Mirror) readAnew(ctx context.Context, p *partState) error {
	began := time.Now()
	fresh, err := m.read(ctx, p)
	interrupted := errors.Is(err, ErrDumpInterrupted)
	if err != nil && !interrupted {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p.objects = fresh
	p.reads++
	p.overlap = map[string]changeKind{}
	p.dirty = interrupted // the list may lack something
	p.notUntil = time.Now().Add(repairShare * time.Since(began))
	m.tell()
	return nil
}

// read returns the objects of a part. With ErrDumpInterrupted they are what
// was read last.
func (m *Mirror) read(ctx context.Context, p *partState) (objects hamt.Map[[]string], err error) {
	c, err := m.w.lists.conn(uapi.NETLINK_ROUTE)
	if err != nil {
		return objects, err
	}
	barrier(ctx, c)
	restart := func() { objects = hamt.Map[[]string]{} }
	err = c.List(wire.From(ctx), p.dump(), restart, func(msg wire.Message) error {
		if msg.Type != p.new || !p.owns(&msg) || p.hidden(msg.Data) {
			return nil
		}
		key := p.key(msg.Data)
		old, _ := p.objects.Get(key)
		raw, err := p.bytesOf(msg.Data, old)
		if err != nil {
			return err
		}
		group, _ := objects.Get(key)
		objects.Set(key, append(group, raw))
		return nil
	})
	return objects, err
}

// barrier waits until the kernel has finished what it told of: it tells of some
// changes before it makes them, under a lock that not every dump takes. This
// request takes it, and asks for the queueing disciplines of no link.
func barrier(ctx context.Context, c *wire.Conn) {
	r := wire.NewRequest(uapi.RTM_GETQDISC, 0)
	r.Header(uapi.SizeofTcmsg)
	// It is refused; where it could not be sent, nor can what comes next.
	_ = c.Get(wire.From(ctx), r, func(wire.Message) error { return nil })
}

// bytesOf returns what is kept of a message; one of old where that is equal.
// The message is one that can be decoded.
func (p *partState) bytesOf(data []byte, old []string) (string, error) {
	short := p.header
	if p.short != 0 {
		short = p.short
	}
	raw, err := p.volatile.message(data, p.header, short)
	if err != nil {
		return "", err
	}
	for _, o := range old {
		if o == raw {
			return o, nil
		}
	}
	_, err = p.event(&p.events, nil, []byte(raw))
	return raw, err
}

// hidden reports whether an object is left out.
func (p *partState) hidden(data []byte) bool { return p.hides != nil && p.hides(data) }

// tell wakes those who wait for changes. m.mu is held.
func (m *Mirror) tell() {
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}
