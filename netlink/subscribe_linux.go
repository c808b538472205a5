package netlink

import (
	"context"
	"errors"
	"iter"
	"time"

	"kern.sys/netlink/wire"
	"kern.sys/netns"
	"kern.sys/unix"
)

// subscribeOptions are the fields that the options of all subscriptions have.
type subscribeOptions struct {
	namespace      *netns.NsHandle
	onError        func(error)
	listExisting   bool
	receiveBuffer  int
	forceBuffer    bool
	receiveTimeout *unix.Timeval
}

// errDone is the cause when a subscription ends because its owner asked for it.
var errDone = errors.New("subscription ended")

var errNoChannel = errors.New("no channel given")

// send subscribes and sends objects to ch until done is closed, h's context is done, h is closed or
// the socket fails; then it closes ch. It returns errors of the subscription itself; the options'
// onError gets later ones. They are like those of the other functions of h: a timeout is EAGAIN.
//
// An overrun does not end it: onError gets wire.ErrOverrun, then the list is read again and sent.
func (e events[T]) send(h *Handle, ch chan<- T, done <-chan struct{}, o subscribeOptions) error {
	if ch == nil {
		return h.wrap(errNoChannel, e.op, noObject)
	}
	w, err := e.watch(h, o)
	if err != nil {
		return h.wrap(err, e.op, noObject)
	}
	ctx, cancel := h.join(h.parent())
	if done != nil {
		go func() {
			select {
			case <-done:
				cancel(errDone)
			case <-ctx.Done():
			}
		}()
	}
	go func() {
		defer close(ch)
		defer cancel(errDone)
		defer w.close()
		report := func(err error) {
			if o.onError != nil {
				o.onError(h.wrap(err, e.op, noObject))
			}
		}
		w.run(ctx, func(v T, err error) bool {
			if err != nil {
				report(err)
				return true
			}
			select {
			case ch <- v:
				return true
			case <-ctx.Done():
				if cause := context.Cause(ctx); cause != errDone {
					report(&wire.Error{Op: e.op, Err: cause})
				}
				return false
			}
		})
	}()
	return nil
}

// seq is send as an iterator. It subscribes when an iteration begins. Errors
// come as pairs; after the last of them the iteration ends.
func (e events[T]) seq(h *Handle, o subscribeOptions) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		w, err := e.watch(h, o)
		if err != nil {
			var none T
			yield(none, err)
			return
		}
		defer w.close()
		ctx, cancel := h.join(h.parent())
		defer cancel(errDone)
		w.run(ctx, yield)
	}
}

// subscription is a subscription under way.
type subscription[T any] struct {
	watcher[T]
	opts subscribeOptions
}

// watch joins the groups in the namespace that the options name, else in h's,
// else in the calling thread's.
func (e events[T]) watch(h *Handle, o subscribeOptions) (*subscription[T], error) {
	s := &subscription[T]{opts: o}
	s.watcher = watcher[T]{events: e, lost: func(err error) (none T, _ error) { return none, err }}
	open := func(ns *netns.NsHandle) (err error) {
		cfg := wire.Config{Protocol: e.protocol, NetNS: ns, ReceiveBuffer: o.receiveBuffer, ForceBuffer: o.forceBuffer}
		s.lists, s.listen, err = openWatch(h, cfg, e.groups)
		return err
	}
	var err error
	if h == nil {
		err = errNoHandle
	} else if ns := o.namespace; ns != nil && ns.IsOpen() {
		err = open(ns)
	} else {
		err = h.whereItIs(open)
	}
	if err == nil && e.begin != nil {
		if err = e.begin(s.listen); err != nil {
			s.close()
		}
	}
	if err != nil {
		return nil, &wire.Error{Op: e.op, Err: err}
	}
	return s, nil
}

// run yields the events until yield returns false or ctx is done. An end that the owner asked for
// is not reported.
func (s *subscription[T]) run(ctx context.Context, yield func(T, error) bool) {
	ctx, stop := s.deadline(ctx)
	defer stop()
	told := func(v T, err error) bool {
		return (err == nil || context.Cause(ctx) != errDone) && yield(v, err)
	}
	if !s.opts.listExisting || s.list(ctx, told) {
		s.watcher.run(ctx, told)
	}
}

// deadline ends ctx with wire.ErrTimeout when no event arrived for as long as the options say.
func (s *subscription[T]) deadline(ctx context.Context) (_ context.Context, stop func()) {
	var wait time.Duration
	if t := s.opts.receiveTimeout; t != nil {
		wait = time.Duration(t.Nano())
	}
	if wait <= 0 {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(wait, func() { cancel(wire.ErrTimeout) })
	s.busy = func(b bool) {
		if b {
			timer.Stop()
		} else {
			timer.Reset(wait)
		}
	}
	return ctx, func() {
		timer.Stop()
		cancel(errDone)
	}
}
