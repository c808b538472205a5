package netlink

import (
	"context"
	"errors"
	"iter"
	"slices"

	"kern.sys/netlink/wire"
	"kern.sys/netns"
)

// Watch yields the changes of tables, of which [AllTables] has all: ip monitor. It begins
// with the iteration and ends when ctx or the handle's context is done or the handle is closed; the
// error of the last pair says which.
//
// It also yields changes of bridge ports ([BridgePortEvent], with LinkTable), requests of the
// kernel to programs ([NeighMissEvent], with NeighTable), changes of buckets of resilient groups
// ([NexthopBucketEvent], with NexthopTable) and ports that lead to multicast routers
// ([MDBRouterEvent], with MDBTable).
//
// Watch keeps no objects: a changed object comes without its earlier state. When events were lost,
// it yields a [LostEvent], all existing objects and a [SyncedEvent]; objects that were deleted
// meanwhile are not reported. A [Mirror] reports both.
//
// Objects may be kept; each kept object retains a few kilobytes that it shares with others.
func (h *Handle) Watch(ctx context.Context, tables ...Table) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		w, err := h.watchTables("watch", tables, false)
		if err != nil {
			yield(nil, err)
			return
		}
		defer w.close()
		ctx, cancel := h.join(ctx)
		defer cancel(nil)
		w.run(ctx, yield)
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
	// apart, if set, yields what there is in a message about several objects. It reports whether that is one, and
	// whether to go on.
	apart func(m wire.Message, yield func(T, error) bool) (is, more bool)
	// busy is called with false before each wait for events, and with true after.
	busy func(bool)
}

// tableWatch watches tables.
type tableWatch struct {
	watcher[Event]
	parts   []*tablePart
	decoder eventDecoder
}

// watchTables joins the groups of tables in the handle's namespace, or in the calling thread's for a handle without
// one; with others also the groups of what these tables change with.
func (h *Handle) watchTables(op string, tables []Table, others bool) (*tableWatch, error) {
	w := &tableWatch{}
	w.watcher = watcher[Event]{
		events: events[Event]{op: op, dump: w.dumps, decode: w.event},
		apart:  w.eventsIn,
		lost:   func(err error) (Event, error) { return LostEvent{Err: err}, nil },
		listed: func() Event { return SyncedEvent{} },
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
	if len(w.parts) == 0 {
		return nil, &wire.Error{Op: op, Err: errors.New("no table given")}
	}
	open := func(ns *netns.NsHandle) (err error) {
		cfg := wire.Config{NetNS: ns}
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
			if !w.take(m, yield) {
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

// take hands on what is in a message, and reports whether to go on.
func (w *watcher[T]) take(m wire.Message, yield func(T, error) bool) bool {
	if w.apart != nil {
		if is, more := w.apart(m, yield); is {
			return more
		}
	}
	v, want, err := w.decode(m)
	return !want && err == nil || w.yield(v, err, yield)
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
		decode, parts := w.decode, []T(nil)
		if w.apart != nil {
			decode = func(m wire.Message) (v T, want bool, err error) {
				is, _ := w.apart(m, func(v T, failed error) bool {
					parts, err = append(parts, v), failed
					return err == nil
				})
				if is {
					return v, false, err
				}
				return w.decode(m)
			}
		}
		all, err := list(h, r, w.op, decode)
		for _, v := range append(all, parts...) {
			if !yield(v, nil) {
				return false
			}
		}
		if w.apart != nil && errors.Is(err, errors.ErrUnsupported) {
			err = nil // a table that the kernel does not know is empty
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

func (w *tableWatch) dumps(h *Handle) (all []*wire.Request) {
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

// event decodes messages about objects of the tables.
func (w *tableWatch) event(m wire.Message) (ev Event, want bool, err error) {
	for _, p := range w.parts {
		if p.split == nil && p.owns(&m) {
			ev, err = w.eventOf(p, m)
			return ev, err == nil, err
		}
	}
	for _, p := range w.parts {
		if p.news == nil || len(m.Data) == 0 {
			continue
		}
		if ev, err := p.news(m); ev != nil || err != nil {
			return ev, err == nil, wire.Annotate(err, w.op, func() string { return p.name })
		}
	}
	return nil, false, nil
}

// eventOf decodes a message about an object of a part.
func (w *tableWatch) eventOf(p *tablePart, m wire.Message) (ev Event, err error) {
	if m.Type == p.del {
		ev, err = p.event(&w.decoder, m.Data, nil)
	} else {
		ev, err = p.event(&w.decoder, nil, m.Data)
	}
	return ev, wire.Annotate(err, w.op, func() string { return p.name })
}

// eventsIn yields the events in a message about several objects; see watcher.apart.
func (w *tableWatch) eventsIn(m wire.Message, yield func(Event, error) bool) (is, more bool) {
	for _, p := range w.parts {
		if !p.takesApart(&m) {
			continue
		}
		more = true
		err := p.split(m, func(one wire.Message) error {
			if !more {
				return nil
			}
			ev, err := w.eventOf(p, one)
			if err == nil {
				more = yield(ev, nil)
			}
			return err
		})
		if more && err == nil && p.news != nil {
			var ev Event
			if ev, err = p.news(m); ev != nil {
				more = yield(ev, nil)
			}
		}
		if more && err != nil {
			more = yield(nil, wire.Annotate(err, w.op, func() string { return p.name }))
		}
		return true, more
	}
	return false, true
}
