package netlink

import (
	"context"
	"errors"
	"iter"
	"slices"

	"kern.sys/internal/uapi"
	"kern.sys/netlink/nl"
	"kern.sys/netns"
)

// Watch tells of what changes in the tables from the time the iteration begins
// until ctx or the handle's context is done, which is the last pair's error:
// ip monitor. Without tables it tells of all.
//
// Watch keeps nothing: an object that changed comes without its earlier state.
// Where events were lost, a [LostEvent] comes, then all objects that there are,
// then a [SyncedEvent]; what has gone meanwhile is not told. [Handle.NewMirror]
// knows both.
//
// Objects may be kept; one that is keeps some kilobytes that others were in.
func (h *Handle) Watch(ctx context.Context, tables ...Table) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		w, err := h.watchTables("watch", tables, nil)
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

// join returns a context that ends with ctx and with the handle's own.
func (h *Handle) join(ctx context.Context) (context.Context, context.CancelCauseFunc) {
	joined, cancel := context.WithCancelCause(ctx)
	if h.ctx != nil {
		stop := context.AfterFunc(h.ctx, func() { cancel(context.Cause(h.ctx)) })
		return joined, func(err error) { stop(); cancel(err) }
	}
	return joined, cancel
}

// tableWatch listens to changes of tables, and can list them.
type tableWatch struct {
	op     string
	parts  []*tablePart
	listen *nl.Listener
	lists  *Handle // in the listener's namespace
	events eventDecoder
}

// watchTables joins the groups of tables, and more, in the handle's namespace, or
// in the calling thread's for a handle without one.
func (h *Handle) watchTables(op string, tables []Table, more []uint32) (*tableWatch, error) {
	w := &tableWatch{op: op}
	var set Table
	for _, t := range tables {
		set |= t
	}
	if len(tables) == 0 {
		set = AllTables
	}
	if set&^AllTables != 0 || set == 0 {
		return nil, &nl.Error{Op: op, Err: errors.New("no such table")}
	}
	groups := slices.Clone(more)
	for i := range tableParts {
		if p := &tableParts[i]; p.table&set != 0 {
			w.parts = append(w.parts, p)
			groups = append(groups, p.groups...)
		}
	}
	open := func(ns *netns.NsHandle) (err error) {
		cfg := nl.Config{NetNS: ns}
		if ns != nil { // the handle's, and what it was set to is under lock
			cfg.ReceiveBuffer, cfg.ForceBuffer = h.cfg.ReceiveBuffer, h.cfg.ForceBuffer
		}
		w.lists, w.listen, err = openWatch(h, cfg, groups)
		return err
	}
	if err := h.whereItIs(open); err != nil {
		return nil, &nl.Error{Op: op, Err: err}
	}
	return w, nil
}

// whereItIs calls fn with the handle's namespace, which stays open meanwhile;
// with nil, the calling thread's, for a zero handle.
func (h *Handle) whereItIs(fn func(*netns.NsHandle) error) error {
	if h.conns == nil {
		return fn(nil)
	}
	return h.conns.inNamespace(func(ns netns.NsHandle) error { return fn(&ns) })
}

// inNamespace calls fn with the handle's namespace, which stays open meanwhile.
func (cs *conns) inNamespace(fn func(netns.NsHandle) error) error {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if cs.closed {
		return nl.ErrClosed
	}
	if !cs.ns.IsOpen() {
		return errors.New("the handle's namespace could not be held: is /proc mounted?")
	}
	return fn(cs.ns)
}

// openWatch opens a listener to rtnetlink's groups, and a handle beside it to
// list what the events are about.
func openWatch(h *Handle, cfg nl.Config, groups []uint32) (*Handle, *nl.Listener, error) {
	lists, err := NewHandleWithOptions(HandleOptions{NetNS: cfg.NetNS, DisableVFInfoCollection: h.noVFs}, uapi.NETLINK_ROUTE)
	if err != nil {
		return nil, nil, err
	}
	// One thread may go to another namespace between the two calls only where
	// its owner takes it there, and he is in this call.
	cfg.Protocol = uapi.NETLINK_ROUTE
	listen, err := nl.Listen(cfg, groups...)
	if err != nil {
		lists.Delete()
		return nil, nil, err
	}
	return lists, listen, nil
}

func (w *tableWatch) close() {
	// There is nothing left to be told to anyone.
	_ = w.listen.Close()
	w.lists.Delete()
}

// run hands on what comes until yield wants no more or ctx is done.
func (w *tableWatch) run(ctx context.Context, yield func(Event, error) bool) {
	for m, err := range w.listen.Messages(ctx) {
		switch {
		case err == nil:
			if ev, err := w.decode(m); (ev != nil || err != nil) && !yield(ev, err) {
				return
			}
		case !lostEvents(err):
			yield(nil, nl.Annotate(err, w.op, noObject))
			return
		case !yield(LostEvent{Err: err}, nil) || !w.listAll(ctx, yield):
			return
		}
	}
}

// lostEvents reports whether err says that events are missing and that more
// will come.
func lostEvents(err error) bool {
	return errors.Is(err, nl.ErrOverrun) || errors.Is(err, nl.ErrTruncated) || errors.Is(err, nl.ErrMalformed)
}

// decode returns nil for what is not of the tables.
func (w *tableWatch) decode(m nl.Message) (ev Event, err error) {
	for _, p := range w.parts {
		if !p.owns(&m) {
			continue
		}
		if m.Type == p.del {
			ev, err = p.event(&w.events, m.Data, nil)
		} else {
			ev, err = p.event(&w.events, nil, m.Data)
		}
		if err != nil {
			return nil, nl.Annotate(err, w.op, func() string { return p.name })
		}
		return ev, nil
	}
	return nil, nil
}

// listAll hands on all objects there are, and reports whether to go on.
func (w *tableWatch) listAll(ctx context.Context, yield func(Event, error) bool) bool {
	h := w.lists.WithContext(ctx)
	for _, p := range w.parts {
		all, err := list(h, p.dump(), w.op, func(m nl.Message) (Event, bool, error) {
			ev, err := w.decode(m)
			return ev, ev != nil, err
		})
		for _, ev := range all {
			if !yield(ev, nil) {
				return false
			}
		}
		if err != nil && !yield(nil, err) {
			return false
		}
	}
	return yield(SyncedEvent{}, nil)
}
