package netlink

import (
	"context"
	"errors"
	"iter"
	"time"

	"kern.sys/netlink/nl"
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

// events describes a subscription to objects of one sort. The objects of type
// T come as the kernel's notifications and, in the same form, as the answers to
// dumps.
type events[T any] struct {
	op     string   // "link subscribe", for errors
	groups []uint32 // RTNLGRP_…
	// dump returns the requests that list all objects there are.
	dump func(h *Handle) []*nl.Request
	// decode says whether it wants the message. It is called for messages of
	// all types that the groups bring.
	decode func(m nl.Message) (v T, want bool, err error)
}

// errDone is the cause of a subscription's end that its owner asked for.
var errDone = errors.New("subscription ended")

// send subscribes and sends objects to ch until done is closed, h's context is
// done or the socket fails; then it closes ch. Only what comes in the way of
// subscribing is returned; the options' onError gets the rest.
//
// An overrun does not end it: onError gets nl.ErrOverrun, then the list is read
// anew and sent.
func (e events[T]) send(h *Handle, ch chan<- T, done <-chan struct{}, o subscribeOptions) error {
	w, err := e.watch(h, o)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(h.context())
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
		w.run(ctx, func(v T, err error) bool {
			if err != nil {
				if o.onError != nil {
					o.onError(err)
				}
				return true
			}
			select {
			case ch <- v:
				return true
			case <-ctx.Done():
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
		ctx, cancel := context.WithCancelCause(h.context())
		defer cancel(errDone)
		w.run(ctx, yield)
	}
}

// watcher is a subscription under way.
type watcher[T any] struct {
	events[T]
	opts   subscribeOptions
	listen *nl.Listener
	lists  *Handle // in the listener's namespace, to read the list anew
}

// watch joins the groups in the namespace that the options name, else in h's,
// else in the calling thread's.
func (e events[T]) watch(h *Handle, o subscribeOptions) (*watcher[T], error) {
	w := &watcher[T]{events: e, opts: o}
	ns := o.namespace
	if ns != nil && !ns.IsOpen() {
		ns = nil
	}
	open := func(ns *netns.NsHandle) error { return w.open(h, ns) }
	var err error
	if ns == nil {
		err = h.whereItIs(open)
	} else {
		err = open(ns)
	}
	if err != nil {
		return nil, &nl.Error{Op: e.op, Err: err}
	}
	return w, nil
}

func (w *watcher[T]) open(h *Handle, ns *netns.NsHandle) (err error) {
	w.lists, w.listen, err = openWatch(h, nl.Config{
		NetNS:         ns,
		ReceiveBuffer: w.opts.receiveBuffer,
		ForceBuffer:   w.opts.forceBuffer,
	}, w.groups)
	return err
}

func (w *watcher[T]) close() {
	// There is nothing left to be told to anyone.
	_ = w.listen.Close()
	w.lists.Delete()
}

// run hands on what comes until yield wants no more or ctx is done.
func (w *watcher[T]) run(ctx context.Context, yield func(T, error) bool) {
	var none T
	ctx, quiet, stop := w.deadline(ctx)
	defer stop()
	if w.opts.listExisting && !w.list(ctx, yield) {
		return
	}
	quiet(true)
	for m, err := range w.listen.Messages(ctx) {
		quiet(false)
		switch {
		case err == nil:
			v, want, err := w.decode(m)
			if err != nil {
				if !yield(none, nl.Annotate(err, w.op, noObject)) {
					return
				}
			} else if want && !yield(v, nil) {
				return
			}
		case context.Cause(ctx) == errDone:
			return
		default:
			if !yield(none, err) {
				return
			}
			if lostEvents(err) && !w.list(ctx, yield) {
				return
			}
		}
		quiet(true)
	}
}

// deadline ends ctx with nl.ErrTimeout when it was quiet for as long as the
// options say.
func (w *watcher[T]) deadline(ctx context.Context) (_ context.Context, quiet func(bool), stop func()) {
	var wait time.Duration
	if t := w.opts.receiveTimeout; t != nil {
		wait = time.Duration(t.Nano())
	}
	if wait <= 0 {
		return ctx, func(bool) {}, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(wait, func() { cancel(nl.ErrTimeout) })
	quiet = func(q bool) {
		if q {
			timer.Reset(wait)
		} else {
			timer.Stop()
		}
	}
	return ctx, quiet, func() {
		timer.Stop()
		cancel(errDone)
	}
}

// list hands on all objects there are, and reports whether to go on.
func (w *watcher[T]) list(ctx context.Context, yield func(T, error) bool) bool {
	var none T
	h := w.lists.WithContext(ctx)
	for _, r := range w.dump(h) {
		all, err := list(h, r, w.op, w.decode)
		for _, v := range all {
			if !yield(v, nil) {
				return false
			}
		}
		if context.Cause(ctx) == errDone {
			return false
		}
		if err != nil && !yield(none, err) {
			return false
		}
	}
	return true
}
