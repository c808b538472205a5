package netlink

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// Watch yields the changes of tables, of which [AllTables] has all: ip monitor. It begins
// with the iteration and ends when ctx or the handle's context is done or the handle is closed; the
// error of the last pair says which.
//
// It also yields changes of bridge ports ([BridgePortEvent], with LinkTable), requests of the
// kernel to programs ([NeighMissEvent], with NeighTable), changes of buckets of resilient groups
// ([NexthopBucketEvent], with NexthopTable), ports that lead to multicast routers
// ([MDBRouterEvent], with MDBTable), that actions of a kind are gone ([ActionFlushEvent], with
// ActionTable), and that all states or policies of IPsec are ([XfrmStateFlushEvent] and
// [XfrmPolicyFlushEvent], with their tables).
//
// Watch keeps no objects: a changed object comes without its earlier state. When events were lost,
// it yields a [LostEvent], all existing objects and a [SyncedEvent]; objects that were deleted
// meanwhile are not reported. Tables of IPsec have a socket of their own, which loses events and is
// synced apart from the others. A [Mirror] reports both.
//
// Objects may be kept; each kept object retains a few kilobytes that it shares with others.
func (h *Handle) Watch(ctx context.Context, tables ...Table) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		all, err := h.watchAll("watch", tables, false)
		if err != nil {
			yield(nil, err)
			return
		}
		defer closeWatches(all)
		ctx, cancel := h.join(ctx)
		defer cancel(nil)
		if len(all) == 1 {
			all[0].run(ctx, yield)
			return
		}
		runAll(ctx, all, yield)
	}
}

// runAll yields the events of all until yield returns false, ctx is done or one of them ends.
func runAll(ctx context.Context, all []*tableWatch, yield func(Event, error) bool) {
	type result struct {
		ev  Event
		err error
	}
	results, stop, ended := make(chan result), make(chan struct{}), make(chan struct{}, len(all))
	ctx, cancel := context.WithCancelCause(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel(nil)
	defer close(stop)
	for _, w := range all {
		running.Go(func() {
			w.run(ctx, func(ev Event, err error) bool {
				select {
				case results <- result{ev, err}:
					return true
				case <-stop:
					return false
				}
			})
			ended <- struct{}{}
		})
	}
	for {
		select {
		case r := <-results:
			if !yield(r.ev, r.err) || r.err != nil && ctx.Err() != nil {
				return
			}
		case <-ended:
			return
		}
	}
}

// watchAll is watchTables for tables of several protocols.
func (h *Handle) watchAll(op string, tables []Table, others bool) ([]*tableWatch, error) {
	var groups [][]Table
	for _, t := range tables {
		i := slices.IndexFunc(groups, func(g []Table) bool { return t.follows(g[0]) })
		if i < 0 {
			i, groups = len(groups), append(groups, nil)
		}
		groups[i] = append(groups[i], t)
	}
	if groups == nil {
		return nil, &wire.Error{Op: op, Err: errors.New("no table given")}
	}
	var all []*tableWatch
	for _, g := range groups {
		w, err := h.watchTables(op, g, others)
		if err != nil {
			closeWatches(all)
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

func closeWatches(all []*tableWatch) {
	for _, w := range all {
		w.close()
	}
}

// join returns a context that ends with ctx, with the handle's own and when the
// handle is closed.
func (h *Handle) join(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	joined, cancel := context.WithCancelCause(ctx)
	stop := func() bool { return true }
	if own := h.parent(); own != ctx {
		stop = context.AfterFunc(own, func() { cancel(context.Cause(own)) })
	}
	e := &ender{func(err error) { cancel(err) }}
	h.conns.endWith(e)
	return joined, func(err error) {
		stop()
		h.conns.forget(e)
		cancel(err)
	}
}

// ender ends an operation that a handle started.
type ender struct{ end func(error) }

// endWith calls e when the handle is closed, at once if it is. A zero handle never is.
func (cs *conns) endWith(e *ender) {
	if cs == nil {
		return
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed != nil {
		e.end(cs.closed)
		return
	}
	if cs.ends == nil {
		cs.ends = map[*ender]struct{}{}
	}
	cs.ends[e] = struct{}{}
}

// forget removes e.
func (cs *conns) forget(e *ender) {
	if cs == nil {
		return
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	delete(cs.ends, e)
}

// events describes objects of one sort, which arrive as T in notifications and, in the same form,
// in dumps.
type events[T any] struct {
	op       string   // "link subscribe", for errors
	protocol int      // NETLINK_…
	groups   []uint32 // RTNLGRP_…, or the protocol's own
	// dump returns the requests that list all objects there are.
	dump func(h *Handle) []*wire.Request
	// decode reports whether the message is wanted. It is called for messages of all types that the
	// groups send.
	decode func(m wire.Message) (v T, want bool, err error)
	// begin and end, if set, are for a protocol that wants more than a group joined.
	begin, end func(*wire.Listener) error
}

// watcher listens to changes of objects, and can list them.
type watcher[T any] struct {
	events[T]
	listen *wire.Listener
	lists  *Handle // in the listener's namespace
	// lost returns the value that reports lost events, listed the value that reports the end of the
	// list after that; nil means none.
	lost   func(err error) (T, error)
	listed func() T
	// busy is called with false before each wait for events, and with true after.
	busy func(bool)
}

// tableWatch watches tables. A message is about one object or about several.
type tableWatch struct {
	watcher[[]Event]
	parts   []*tablePart
	decoder eventDecoder
	listing bool     // what is decoded is kept until the list has ended
	one     [1]Event // what is decoded else, mostly
}

// watchTables joins the groups of tables, which are of one protocol, in the handle's namespace, or in the calling
// thread's for a handle without one; with others also the groups of what these tables change with.
func (h *Handle) watchTables(op string, tables []Table, others bool) (*tableWatch, error) {
	w := &tableWatch{}
	w.watcher = watcher[[]Event]{
		events: events[[]Event]{op: op, dump: w.dumps, decode: w.decode},
		lost:   func(err error) ([]Event, error) { return []Event{LostEvent{Err: err}}, nil },
		listed: func() []Event {
			w.listing = false
			return []Event{SyncedEvent{}}
		},
	}
	for i, t := range tables {
		switch {
		case t.t == nil:
			return nil, &wire.Error{Op: op, Err: errors.New("no such table")}
		case slices.Contains(tables[:i], t):
			continue
		}
		for _, p := range t.t.parts() {
			p.table = t
			w.parts = append(w.parts, &p)
			w.join(p.groups)
			if others {
				for _, m := range p.after {
					w.join(m.groups)
				}
			}
		}
	}
	w.protocol = w.parts[0].protocol
	open := func(ns *netns.NsHandle) (err error) {
		cfg := wire.Config{NetNS: ns, Protocol: w.protocol}
		if ns != nil { // the handle's own, whose settings need the lock
			cfg.ReceiveBuffer, cfg.ForceBuffer = h.cfg.ReceiveBuffer, h.cfg.ForceBuffer
		}
		w.lists, w.listen, err = openWatch(h, cfg, w.groups)
		return err
	}
	if err := h.whereItIs(open); err != nil {
		return nil, &wire.Error{Op: op, Err: err}
	}
	return w, nil
}

// join adds groups to those that are listened to.
func (w *tableWatch) join(groups []uint32) {
	for _, g := range groups {
		if !slices.Contains(w.groups, g) {
			w.groups = append(w.groups, g)
		}
	}
}

// whereItIs calls fn with the handle's namespace, which stays open meanwhile, or with nil for a
// zero handle, whose namespace is the calling thread's.
func (h *Handle) whereItIs(fn func(*netns.NsHandle) error) error {
	if h == nil {
		return errNoHandle
	}
	if h.conns == nil {
		return fn(nil)
	}
	return h.conns.inNamespace(func(ns netns.NsHandle) error { return fn(&ns) })
}

// inNamespace calls fn with the handle's namespace, which stays open meanwhile.
func (cs *conns) inNamespace(fn func(netns.NsHandle) error) error {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed != nil {
		return cs.closed
	}
	if !cs.ns.IsOpen() {
		return errors.New("the handle's namespace could not be held: is /proc mounted?")
	}
	return fn(cs.ns)
}

// openWatch opens a listener to groups of cfg's protocol, and a handle beside it that lists the
// objects.
func openWatch(h *Handle, cfg wire.Config, groups []uint32) (*Handle, *wire.Listener, error) {
	lists, err := NewHandleWithOptions(HandleOptions{NetNS: cfg.NetNS, DisableVFInfoCollection: h.noVFs,
		ErrorDetails: true}, cfg.Protocol)
	if err != nil {
		return nil, nil, err
	}
	// Only the thread's owner could move it to another namespace between the two calls, and the
	// owner is inside this call.
	listen, err := wire.Listen(cfg, groups...)
	if err != nil {
		lists.Delete()
		return nil, nil, err
	}
	return lists, listen, nil
}

func (w *watcher[T]) close() {
	// Nobody is left to receive an error.
	if w.end != nil {
		_ = w.end(w.listen)
	}
	_ = w.listen.Close()
	w.lists.Delete()
}

// run yields the events until yield returns false or ctx is done, which is the last error.
func (w *watcher[T]) run(ctx context.Context, yield func(T, error) bool) {
	busy := w.busy
	if busy == nil {
		busy = func(bool) {}
	}
	busy(false)
	for m, err := range w.listen.Messages(wire.From(ctx)) {
		busy(true)
		switch {
		case err == nil:
			if v, want, err := w.decode(m); (want || err != nil) && !w.yield(v, err, yield) {
				return
			}
		case !lostEvents(err):
			w.yield(*new(T), err, yield)
			return
		default:
			if v, err := w.lost(err); !yield(v, err) || !w.list(ctx, yield) {
				return
			}
			if w.listed != nil && !yield(w.listed(), nil) {
				return
			}
		}
		busy(false)
	}
}

// yield hands on v, or an error that names the operation.
func (w *watcher[T]) yield(v T, err error, yield func(T, error) bool) bool {
	if err != nil {
		return yield(*new(T), wire.Annotate(err, w.op, noObject))
	}
	return yield(v, nil)
}

// list yields all existing objects, and reports whether to continue.
func (w *watcher[T]) list(ctx context.Context, yield func(T, error) bool) bool {
	h := w.lists.WithContext(ctx)
	for _, r := range w.dump(h) {
		all, err := list(h, r, w.op, w.decode)
		for _, v := range all {
			if !yield(v, nil) {
				return false
			}
		}
		if err != nil && !yield(*new(T), err) {
			return false
		}
	}
	return true
}

// lostEvents reports whether err says that events are missing and that more
// will come.
func lostEvents(err error) bool {
	return errors.Is(err, wire.ErrOverrun) || errors.Is(err, wire.ErrTruncated) || errors.Is(err, wire.ErrMalformed)
}

// run yields the events one by one.
func (w *tableWatch) run(ctx context.Context, yield func(Event, error) bool) {
	if poll := w.parts[0].poll; poll != nil {
		poll(w, ctx, yield)
		return
	}
	w.watcher.run(ctx, eachEvent(yield))
}

// eachEvent is yield for several events.
func eachEvent(yield func(Event, error) bool) func([]Event, error) bool {
	return func(all []Event, err error) bool {
		for _, ev := range all {
			if !yield(ev, nil) {
				return false
			}
		}
		// A table that the kernel does not know is empty.
		return err == nil || errors.Is(err, errors.ErrUnsupported) || yield(nil, err)
	}
}

func (w *tableWatch) dumps(h *Handle) (all []*wire.Request) {
	w.listing = true
	for _, p := range w.parts {
		listings, err := p.listings(h)
		for _, l := range listings {
			all = append(all, l.Request)
		}
		if err != nil {
			r := wire.NewRequest(0, 0)
			r.Fail(err)
			all = append(all, r)
		}
	}
	return all
}

// decode decodes messages about objects of the tables.
func (w *tableWatch) decode(m wire.Message) (all []Event, want bool, err error) {
	var ev Event
	for _, p := range w.parts {
		switch {
		case p.takesApart(&m):
			return w.decodeApart(p, m)
		case p.split == nil && p.owns(&m):
			ev, err = w.event(p, m)
			return w.single(ev), err == nil, err
		}
	}
	for _, p := range w.parts {
		if p.news == nil || p.split != nil || len(m.Data) == 0 {
			continue
		}
		if ev, err := p.news(m); ev != nil || err != nil {
			return w.single(ev), err == nil, wire.Annotate(err, w.op, func() string { return p.name })
		}
	}
	return nil, false, nil
}

// single returns one event, which is kept while a list goes on only.
func (w *tableWatch) single(ev Event) []Event {
	if w.listing {
		return []Event{ev}
	}
	w.one[0] = ev
	return w.one[:]
}

// event decodes a message about an object of a part.
func (w *tableWatch) event(p *tablePart, m wire.Message) (ev Event, err error) {
	if m.Type == p.del {
		ev, err = p.event(&w.decoder, m.Data, nil)
	} else {
		ev, err = p.event(&w.decoder, nil, m.Data)
	}
	return ev, wire.Annotate(err, w.op, func() string { return p.name })
}

// decodeApart decodes a message about several objects of a part.
func (w *tableWatch) decodeApart(p *tablePart, m wire.Message) (all []Event, want bool, err error) {
	err = p.split(m, func(one wire.Message) error {
		ev, err := w.event(p, one)
		if err == nil {
			all = append(all, ev)
		}
		return err
	})
	if err == nil && p.news != nil {
		var ev Event
		if ev, err = p.news(m); ev != nil {
			all = append(all, ev)
		}
	}
	return all, len(all) != 0, wire.Annotate(err, w.op, func() string { return p.name })
}
