package netlink

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"kern.sys/internal/hamt"
	"kern.sys/internal/uapi"
	"kern.sys/netlink/wire"
)

// Mirror is a copy of some of the kernel's tables that follows every change. The tables are read
// once. They are read again only when events were lost, or when the kernel makes changes without
// notifications: to routes and next hops when a link changes, to routes when an address or a next
// hop changes, and to multicast entries and VLANs of bridges when a bridge or an entry changes that
// others depend on. Such repairs take a tenth of the time at most.
//
// Some changes of links cause no notification and show only when links are read again: on a link
// that is down, all settings except MTU, queue length and IFF_PROMISC, such as alias, alternative
// names and group; on any link, its queueing discipline and the limits of offloads; and the
// namespace of a veth's other end when it moves on from another namespace. [Mirror.Verify] finds
// such differences and reads the links again.
//
// Of traffic control, most of what follows from a change is silent: what goes with a link, a queueing discipline or a
// class, the default ones, the classes of a new discipline, filters that share a changed action. The mirror reads
// these tables again where that may be. Nothing announces these: the schedule of taprio that takes the place of an
// earlier one, the number of queues of mq, whether hardware has an object, what a request of several actions did
// before one of them was refused, and, in other filters, what a filter did to an action with an index that they have.
// Left out are the numbers that the kernel adjusts, such as the bandwidth of cake with autorate-ingress. A u32 filter
// is one object, at the place that its notification said: the kernel lists it in each class and chain of the
// discipline that has u32 filters of its priority.
//
// A mirror keeps the attributes that identify and configure objects. Counters, ages and running
// lifetimes are left out, and a neighbour's state is the last one that the kernel reported. A
// Mirror is safe for concurrent use.
type Mirror struct {
	followers []*follower
	cancel    context.CancelCauseFunc
	done      chan struct{} // closed when the mirror has ended

	mu      sync.Mutex
	parts   []*partState
	changed chan struct{} // closed at the next change; nil when nobody waits
	err     error         // why the mirror has ended
	asked   bool          // whether its owner asked for that
}

// follower follows the tables of one protocol of netlink for a mirror, in a goroutine of its own.
type follower struct {
	*Mirror
	w      *tableWatch
	parts  []*partState // those of the protocol
	orders []func(context.Context)
	wake   context.CancelFunc // ends the wait for events so that orders are executed

	// again are the indices of links to be read again. Only the follower's goroutine uses it.
	again map[int32]bool
}

// partState is the copy of one part of the tables: for each key the objects that have it, in the
// kernel's order, as the bytes of their messages. Only its follower's goroutine changes it, while it
// holds Mirror.mu.
type partState struct {
	*tablePart
	objects hamt.Map[[]string]
	events  eventDecoder

	reads    int       // how often it was read
	dirty    bool      // must be read again
	notUntil time.Time // but not before
	// overlap holds what happened to each key while events are applied that may be older than the
	// last read; nil otherwise.
	overlap map[string]changeKind
}

// repairShare is the minimum interval between repairs, as a multiple of a repair's duration.
const repairShare = 9

// NewMirror starts a mirror of tables in the handle's namespace; [AllTables] has all.
// The tables have been read when it returns. The mirror follows them until Close is called, ctx or
// the handle's context is done, or the handle is closed.
func (h *Handle) NewMirror(ctx context.Context, tables ...Table) (*Mirror, error) {
	all, err := h.watchAll("mirror", tables, true)
	if err != nil {
		return nil, err
	}
	m := &Mirror{done: make(chan struct{})}
	ctx, m.cancel = h.join(ctx)
	for _, w := range all {
		f := &follower{Mirror: m, w: w}
		for _, p := range w.parts {
			f.parts = append(f.parts, &partState{tablePart: p, dirty: true})
		}
		m.followers, m.parts = append(m.followers, f), append(m.parts, f.parts...)
		if err == nil {
			err = f.repair(ctx)
		}
	}
	if err != nil {
		m.cancel(nil)
		closeWatches(all)
		return nil, wire.Annotate(err, "mirror", noObject)
	}
	go m.run(ctx)
	return m, nil
}

// Close ends the mirror. Its last state can still be read. It returns the error by which the mirror
// had ended, if any; a context that is done or a closed handle is no such error, but [Mirror.Err]
// returns it.
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

// Err returns why the mirror has ended; nil while it follows the tables.
func (m *Mirror) Err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}

// run follows the tables until ctx is done or a socket fails.
func (m *Mirror) run(ctx context.Context) {
	var running sync.WaitGroup
	for _, f := range m.followers {
		running.Go(func() {
			err := f.follow(ctx)
			asked := ctx.Err() != nil
			f.w.close()
			m.mu.Lock()
			if m.err == nil {
				m.err, m.asked = wire.Annotate(err, "mirror", noObject), asked
				m.notify()
			}
			m.mu.Unlock()
			m.cancel(nil) // all of them end
		})
	}
	running.Wait()
	close(m.done)
}

func (f *follower) follow(ctx context.Context) error {
	for {
		waiting, wake := context.WithCancel(ctx)
		f.mu.Lock()
		orders := f.orders
		f.orders, f.wake = nil, wake
		f.mu.Unlock()
		for _, order := range orders {
			order(ctx)
		}
		err := f.receiveAll(ctx, wire.From(waiting))
		wake()
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil && waiting.Err() == nil:
			return err
		}
	}
}

// receiveAll applies events until waiting, which ends with ctx, is done.
func (f *follower) receiveAll(ctx context.Context, waiting wire.Context) error {
	for waiting.Err() == nil {
		timeout := f.untilRepair()
		if timeout < 0 {
			if err := f.repair(ctx); err != nil {
				return err
			}
			continue
		}
		err := f.receive(waiting, timeout)
		if err != nil && !errors.Is(err, wire.ErrTimeout) {
			return err
		}
		if len(f.again) != 0 {
			if err := f.drain(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// order makes the follower's goroutine call fn, and waits for its end.
func (f *follower) order(ctx context.Context, fn func(context.Context)) error {
	finished := make(chan struct{})
	f.mu.Lock()
	f.orders = append(f.orders, func(ctx context.Context) {
		defer close(finished)
		fn(ctx)
	})
	if f.wake != nil {
		f.wake()
	}
	f.mu.Unlock()
	select {
	case <-finished:
		return nil
	case <-f.done:
		return f.Err()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// receive applies one datagram. timeout is as for wire.Listener. Lost events are no error: the
// tables will be read again.
func (f *follower) receive(ctx wire.Context, timeout time.Duration) error {
	var failed error
	err := f.w.listen.Receive(ctx, timeout, func(msg wire.Message) {
		f.mu.Lock()
		defer f.mu.Unlock()
		if err := f.apply(msg); failed == nil {
			failed = err
		}
	})
	if lostEvents(err) {
		f.mu.Lock()
		defer f.mu.Unlock()
		for _, p := range f.parts {
			p.dirty = true
		}
		return failed
	}
	return errors.Join(failed, err)
}

// drain applies all queued events, and then reads the links that these require.
func (f *follower) drain(ctx context.Context) error {
	ends := wire.From(ctx)
	for {
		err := f.receive(ends, -1)
		if errors.Is(err, wire.ErrTimeout) {
			if len(f.again) == 0 {
				return nil
			}
			err = f.askAgain(ctx)
		}
		if err != nil {
			return err
		}
	}
}

// untilRepair returns how long to wait for the next repair: 0 is for ever, a
// negative time means that it is due.
func (f *follower) untilRepair() time.Duration {
	var least time.Duration
	for _, p := range f.parts {
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

// repair reads the dirty parts whose time has come.
func (f *follower) repair(ctx context.Context) error {
	// The kernel drops events until a queue that was full has been emptied.
	if err := f.drain(ctx); err != nil {
		return err
	}
	for _, p := range f.parts {
		if p.dirty && time.Now().After(p.notUntil) {
			if err := f.reread(ctx, p); err != nil {
				return err
			}
		}
	}
	// Events in the queue may be older than the tables that were just read.
	err := f.drain(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, p := range f.parts {
		p.overlap = nil
	}
	return err
}

// reread reads one part again.
func (f *follower) reread(ctx context.Context, p *partState) error {
	began := time.Now()
	fresh, err := f.read(ctx, p)
	interrupted := errors.Is(err, ErrDumpInterrupted)
	if err != nil && !interrupted {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	changed := (p.twice || p.every != 0) && differ(&p.objects, &fresh)
	p.dirty = interrupted || p.twice && changed || p.every != 0 // the list may lack something
	p.objects = fresh
	p.reads++
	p.overlap = map[string]changeKind{}
	p.notUntil = time.Now().Add(max(p.every, repairShare*time.Since(began)))
	if changed || p.every == 0 {
		f.notify()
	}
	return nil
}

// differ reports whether there are differences between two states of a part.
func differ(a, b *hamt.Map[[]string]) bool {
	for range hamt.Diff(a, b, slices.Equal) {
		return true
	}
	return false
}

// read returns the objects of a part. With ErrDumpInterrupted they are the last result.
func (f *follower) read(ctx context.Context, p *partState) (objects hamt.Map[[]string], err error) {
	c, err := f.w.lists.conn(f.w.protocol)
	if err != nil {
		return objects, err
	}
	if f.w.protocol == uapi.NETLINK_ROUTE {
		barrier(ctx, c)
	}
	all, err := p.listings(f.w.lists.WithContext(ctx))
	for i := 0; i < len(all) && err == nil; i++ {
		before := objects.Copy()
		restart := func() { objects = before.Copy() }
		one := func(msg wire.Message) error {
			if msg.Type != p.new || !p.owns(&msg) || p.hidden(msg.Data) {
				return nil
			}
			if parent := all[i].parent; parent != 0 {
				setTcParent(msg.Data, parent)
			}
			key := p.key(msg.Data)
			old, _ := p.objects.Get(key)
			raw, err := p.bytesOf(msg.Data, old)
			if err != nil {
				return err
			}
			group, listed := objects.Get(key)
			switch {
			case p.split != nil && slices.Contains(group, raw):
				return nil // what a datagram ended with may be listed again in the next
			case listed && p.again != nil:
				group = p.again(old, group, raw)
			default:
				group = append(group, raw)
			}
			objects.Set(key, group)
			return nil
		}
		err = c.List(wire.From(ctx), all[i].Request, restart, func(msg wire.Message) error {
			if p.takesApart(&msg) {
				return p.split(msg, one)
			}
			return one(msg)
		})
	}
	if errors.Is(err, errors.ErrUnsupported) {
		return hamt.Map[[]string]{}, nil // a table that the kernel does not know is empty
	}
	return objects, err
}

// barrier waits until the kernel has made the changes that it has announced: it announces some
// changes before it makes them, under a lock that not every dump takes. This request takes the
// lock, and asks for the queueing disciplines of no link.
func barrier(ctx context.Context, c *wire.Conn) {
	r := wire.NewRequest(uapi.RTM_GETQDISC, 0)
	r.Header(uapi.SizeofTcmsg)
	// The kernel refuses it. If it cannot be sent, the next request cannot be sent either.
	_ = c.Get(wire.From(ctx), r, func(wire.Message) error { return nil })
}

// bytesOf returns the bytes of a message that are kept, or an equal element of old. The message is
// one that can be decoded.
func (p *partState) bytesOf(data []byte, old []string) (string, error) {
	short := p.header
	if p.short != 0 {
		short = p.short
	}
	var raw string
	var err error
	if p.keep != nil {
		raw, err = p.keep(data)
	} else {
		raw, err = p.volatile.message(data, p.header, short)
	}
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

// notify wakes all that wait for changes. m.mu is held.
func (m *Mirror) notify() {
	if m.changed != nil {
		close(m.changed)
		m.changed = nil
	}
}
